import Testing

@testable import SMPP

@Suite struct CarrierMessageIDTests {
    @Test(arguments: ["", "-", " ", " - ", "\0"])
    func noID(text: String) {
        #expect(CarrierMessageID(text) == nil)
    }

    @Test(arguments: [
        ("123", "123"), ("000123", "123"), ("0", "0"), ("0000", "0"), ("0AbC", "abc"), (" 12 ", "12"),
        ("0x1F", "1f"), ("0x", "x"), ("0xyz", "xyz"), ("a-b", "a-b"), ("--", "--"),
        ("550E8400-E29B-41D4-A716-446655440000", "550e8400e29b41d4a716446655440000"),
        ("00000000-0000-0000-0000-0000000000AB", "ab"),
        ("550E8400-E29B-41D4-A716-44665544000G", "550e8400-e29b-41d4-a716-44665544000g"),
    ])
    func folded(raw: String, folded: String) {
        #expect(CarrierMessageID(raw)?.folded == folded)
    }

    @Test(arguments: [
        ("10", "a"), ("1234567890", "499602d2"), ("0", "0"), ("0000255", "ff"),
        ("18446744073709551615", "ffffffffffffffff"), ("18446744073709551616", "10000000000000000"),
        ("340282366920938463463374607431768211455", "ffffffffffffffffffffffffffffffff"),
        ("340282366920938463463374607431768211456", "100000000000000000000000000000000"),
    ])
    func bases(decimal: String, hexadecimal: String) throws {
        #expect(CarrierMessageID(decimal)?.hexadecimalOfDecimal == hexadecimal)
        let folded = try #require(CarrierMessageID(decimal)).folded
        #expect(CarrierMessageID(hexadecimal.uppercased())?.decimalOfHexadecimal == folded)
        #expect(CarrierMessageID("0x00" + hexadecimal)?.decimalOfHexadecimal == folded)
    }

    @Test func whatIsNoNumberHasNoOtherBase() {
        for text in ["+5", "-5", "5-", "g", "é", "12 34", "1_000", String(repeating: "9", count: 65)] {
            #expect(CarrierMessageID(text)?.hexadecimalOfDecimal == nil)
            #expect(CarrierMessageID(text)?.decimalOfHexadecimal == nil)
        }
        #expect(CarrierMessageID("ab")?.hexadecimalOfDecimal == nil)
        #expect(CarrierMessageID(String(repeating: "f", count: 64))?.decimalOfHexadecimal?.utf8.count == 78)
    }

    @Test func thereAndBack() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            let digits = (0..<(1 + random.below(60))).map { _ in String(random.below(10)) }.joined()
            let decimal = try #require(CarrierMessageID(digits))
            let hexadecimal = try #require(decimal.hexadecimalOfDecimal.flatMap { CarrierMessageID($0) })
            #expect(hexadecimal.decimalOfHexadecimal == decimal.folded)
        }
    }
}
