import Messaging
import Testing

/// Files of numbers that nothing is sent to.
@Suite struct NumberListTests {
    private func contains(_ list: NumberList, _ number: String) throws -> Bool {
        list.contains(try PhoneNumber(number, rules: NumberRules(country: .ru, shortNumbers: true)))
    }

    @Test func numbersAndPrefixes() throws {
        let list = NumberList(
            """
            \u{FEFF}# opt-outs
            +7 916 123-45-67   # as people write it
            8 (916) 123-45-68\r
            \t9161234569
            7900*
            +375 29*

            1234
            """, country: .ru
        ) { Issue.record("line \($0.line)") }
        #expect(list.count == 6)
        for number in ["79161234567", "79161234568", "79161234569", "79001234567", "375291234567", "1234"] {
            #expect(try contains(list, number), "\(number)")
        }
        for number in ["79161234560", "79011234567", "375301234567", "12345", "79161234500"] {
            #expect(try !contains(list, number), "\(number)")
        }
    }

    @Test func whatIsNoNumberIsLeftOutAndTold() throws {
        var wrong: [Int] = []
        let list = NumberList("79161234567;2026\nabc\n*\n0*\n1234567890123456*\n7*9\n79161234568\n", country: nil) {
            wrong.append($0.line)
        }
        #expect(wrong == [1, 2, 3, 4, 5, 6] && list.count == 1)
        #expect(try contains(list, "79161234568"))
        #expect(try !contains(NumberList(), "79161234568"))
    }
}
