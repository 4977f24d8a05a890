import SMPP
import Testing

@testable import Messaging

struct PhoneNumberTests {
    private static let russian = NumberRules(country: .ru)
    private static let short = NumberRules(country: .ru, shortNumbers: true)

    private func digits(_ text: String, _ rules: NumberRules) throws -> String {
        try PhoneNumber(text, rules: rules).digits
    }

    private func problem(_ text: String, _ rules: NumberRules = russian) -> NumberProblem? {
        do {
            _ = try PhoneNumber(text, rules: rules)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "79161234567", "+79161234567", "+7 916 123-45-67", "8 (916) 123-45-67", "89161234567", "9161234567",
        "916 123 45 67", "7.916.123.45.67", "[916] 123-45-67", "007 916 1234567", "00 7 916 1234567",
        "810 7 916 123 45 67", "8-10-7-916-123-45-67", "+8 (916) 123-45-67", "+9161234567", "  +7 916 1234567  ",
        "\t8\u{A0}916\u{2009}123\u{202F}45\u{3000}67\n", "8\u{2011}916\u{2013}123\u{2014}45\u{2212}67",
        "\u{202A}+7 916 123-45-67\u{202C}", "\u{FEFF}79161234567\u{200B}", "8(916)1234567", "\u{FF0B}79161234567",
        "+007 916 123 45 67", "\u{2068}8 916 123\u{AD}45 67\u{2069}", "8\u{00B7}916\u{00B7}1234567",
    ])
    func `Russian numbers as people write them`(text: String) throws {
        #expect(try digits(text, Self.russian) == "79161234567")
    }

    @Test(arguments: [
        // A leading space is a `+` that form decoding took away.
        (" 79161234567", "79161234567"), (" 7 916 123-45-67", "79161234567"), (" 89161234567", "79161234567"),
        (" 9161234567", "79161234567"), (" 84912345678", "84912345678"), (" 375291234567", "375291234567"),
        (" 0079161234567", "79161234567"), (" 81079161234567", "79161234567"),
        // Announced as international, they are other countries' own.
        ("+84912345678", "84912345678"), ("0084912345678", "84912345678"), ("81084912345678", "84912345678"),
        ("+9607712345", "9607712345"), ("+9611234567", "9611234567"), ("+9512345678", "9512345678"),
        ("+819012345678", "819012345678"), ("+8101234567890", "8101234567890"),
        // Not announced, they are Russian.
        ("84912345678", "74912345678"), ("9607712345", "79607712345"), ("88001234567", "78001234567"),
        // Neither 11 digits with 8 nor 10 with 9.
        ("375291234567", "375291234567"), ("+22345678", "22345678"), ("234567890123456", "234567890123456"),
        ("+234567890123456", "234567890123456"), ("00234567890123456", "234567890123456"),
        ("810234567890123456", "234567890123456"), ("4915112345678", "4915112345678"),
    ])
    func `Russia's rules stay in Russia`(text: String, expected: String) throws {
        #expect(try digits(text, Self.russian) == expected)
    }

    /// What a spreadsheet, a person from another country or a template makes of a number.
    @Test(arguments: [
        "0685123456", "020 7946 0958", "011 44 20 7946 0958", "+7 8 916 123 45 67", "(495) 123-45-67", "8123456789",
        "0501234567", "7916123456", "791612345670", "+7916123456", "79161234", "37529123456", "+3752912345678",
        "380671234", "+38067123456789", "000079161234567", "0 916 123 45 67",
    ])
    func `no such international number`(text: String) {
        #expect(problem(text) == .notInternational)
        #expect(problem(text, NumberRules(country: .kz)) == (text == "7916123456" ? nil : .notInternational))
    }

    /// Numbers whose end is missing, and those of another country written as at home: never a guess.
    @Test(
        arguments: [
            (Country.by, "375291234"), (.by, "380671234"), (.by, "8 701 123 45 67"), (.by, "8 067 123 45 67"),
            (.by, "12345678"), (.by, "0 29 123 45 6"), (.by, "371234567"), (.by, "89161234567"),
            (.by, "8 (029) 123-45-6"),
            (.ua, "380671234"), (.ua, "375291234"), (.ua, "8 701 123 45 67"), (.ua, "8 029 123 45 67"),
            (.ua, "291234567"),
            (.ua, "84912345678"), (.ua, "1671234567"),
            (.ru, "916123456"), (.ru, "495123456"), (.ru, "12345678"), (.ru, "376312345"), (.ru, "8 (029) 123-45-67"),
            (.ru, "+7 029 123 45 67"), (.ru, "81012345678"), (.ru, "8 10 1234567"), (.ru, "8 10 375 29 123 45"),
            (.ru, "+1 212 555 01"), (.ru, "+1 212 555 012 345"), (.ru, "8 101 234 56 78"),
            (.kz, "8 (029) 123-45-67"), (.kz, "701123456"), (.kz, "8 10 12 345 678"), (.kz, "+1 212 555 01"),
            (nil, "121255501"), (nil, "+7 029 123 45 67"), (nil, "+375 029 123 45 6"),
        ] as [(Country?, String)])
    func `short and foreign numbers are refused`(country: Country?, text: String) {
        let problem = problem(text, NumberRules(country: country))
        #expect(problem == .notInternational || problem == .tooShort)
    }

    @Test(arguments: [
        "79161234567.0", "79161234567.00", "+79161234567.0", "4915112345678.0", "79161234567,0", "4915112345678,00",
    ])
    func `a fraction is no number`(text: String) {
        #expect(problem(text) == .badCharacter)
        #expect(problem(text, NumberRules()) == .badCharacter)
    }

    @Test(arguments: [
        (Country.by, "8 029 123-45-67", "375291234567"), (.by, "029 123-45-67", "375291234567"),
        (.by, "29 123-45-67", "375291234567"), (.by, "+375 29 123-45-67", "375291234567"),
        (.by, "375291234567", "375291234567"), (.by, "+7 916 123-45-67", "79161234567"),
        (.by, "8 10 375 29 123-45-67", "375291234567"), (.by, "8 (029) 123-45-67", "375291234567"),
        (.by, "8 017 123-45-67", "375171234567"), (.by, "+1 212 555 0123", "12125550123"),
        (.ua, "067 123 45 67", "380671234567"), (.ua, "8 067 123 45 67", "380671234567"),
        (.ua, "67 123 45 67", "380671234567"), (.ua, "+380671234567", "380671234567"),
        (.ua, "0685123456", "380685123456"), (.ua, "00380671234567", "380671234567"),
        (.kz, "8 701 123 45 67", "77011234567"), (.kz, "701 123 45 67", "77011234567"),
        (.kz, "+7 701 123 45 67", "77011234567"), (.kz, "77011234567", "77011234567"),
        (.ru, "8 701 123 45 67", "77011234567"),
    ])
    func `national numbers of other countries`(country: Country, text: String, expected: String) throws {
        #expect(try digits(text, NumberRules(country: country)) == expected)
        #expect(try digits(country.example, NumberRules()) == country.example.filter(\.isNumber))
    }

    @Test(arguments: [
        ("89161234567", "89161234567"), ("9161234567", "9161234567"), ("+7 916 123-45-67", "79161234567"),
        ("0079161234567", "79161234567"), ("81079161234567", "79161234567"), (" 89161234567", "89161234567"),
    ])
    func `without a country nothing is added or replaced`(text: String, expected: String) throws {
        #expect(try digits(text, NumberRules()) == expected)
    }

    @Test(arguments: ["123", "1234", "123456", " 1234", "12-34", "810", "0011", "003", "8100"])
    func `short numbers only where they are allowed`(text: String) throws {
        let expected = text.filter { ("0"..."9").contains($0) }
        #expect(try digits(text, Self.short) == expected)
        #expect(problem(text) == .tooShort)
    }

    @Test(arguments: ["+1234", "12", "1", "1234567", "00123456", "810123456", "8101234567", "+123456"])
    func `a prefix does not make a short number, nor do 1, 2 or 7 digits`(text: String) {
        #expect(problem(text, Self.short) == .tooShort)
    }

    @Test(arguments: ["", " ", "   ", "+", "-", "()", "\u{A0}", " + "])
    func `nothing`(text: String) {
        #expect(problem(text) == .empty)
    }

    @Test(arguments: [
        "79161234567,79161234568", "79161234567, 79161234568", "79161234567;79161234568", "79161234567 ; 8916",
        "+79161234567 +79161234568", "+79161234567+79161234568", "79161234567 79161234568",
        "8 916 123-45-67 8 916 765-43-21", "79161234567\n79161234568", "79161234567/79161234568",
        "8 916 123 45 67 или 8 916 123 45 68", "79161234567 и 79161234568", "79161234567 AND 79161234568",
        "79161234567|79161234568", "79161234567 & 79161234568", "79161234567,,123",
        "8 916 123 45 67 8 916 765 43 21 8 916 765 43 22 8 916 765 43 23 8 916 765 43 24 8 916 765 43 25 89167654326",
    ])
    func `several numbers`(text: String) {
        #expect(problem(text) == .several)
    }

    @Test(arguments: [
        "79161234567 доб. 12", "79161234567доб12", "79161234567 ДОБ 12", "84951234567, доб. 12",
        "8495123456 добавочный 1",
        "79161234567 ext 12", "79161234567 Ext. 12", "79161234567 extension 12", "79161234567x12", "79161234567 X 12",
        "79161234567 х12", "79161234567#12", "79161234567 # 12", "79161234567w12", "79161234567p12",
        "79161234567;ext=12", "79161234567*12", "79161234567 вн. 12", "79161234567 (доб. 12)", "79161234567 внутр. 1",
        "79161234567 вн 5", "79161234567 доп. 5",
    ])
    func `extensions`(text: String) {
        #expect(problem(text) == .hasExtension)
    }

    @Test(arguments: [
        "7916123456O", "abc", "тел. 89161234567", "tel:+79161234567", "٧٩١٦١٢٣٤٥٦٧", "7916123456７", "७९१६१२३४५६७",
        "7916123456²", "79161234567,", "79161234567;", ",79161234567", "#79161234567", "*100#", "79161234567!",
        "7916\u{0}1234567", "++79161234567", "79161234567 Иван", "+44 (0)20 7946 0958", "7916😀1234567",
        "\u{202E}79161234567", "79161234567\"", "79161234567 и", "79161234567'; DROP", "79161234567<",
        "8~10~79161234567",
        "7916123456a7", "é79161234567", "79161234567 Иван 2",
    ])
    func `what is not a number is refused, not guessed`(text: String) {
        #expect(problem(text) == .badCharacter)
    }

    @Test(arguments: [
        "1234567890123456", "12345678901234567890", "+7916123456789012345", "791612345677916123456812",
        String(repeating: "7", count: 60_000),
    ])
    func `too many digits for one number`(text: String) {
        #expect(problem(text) == .tooLong)
    }

    @Test func `a prefix does not count as digits of the number`() {
        #expect(problem("002345678901234567") == .tooLong)
        #expect(problem("00234567890123456") == nil)
        #expect(problem("8101234567890123456") == .tooLong)
        #expect(problem("001234567") == .tooShort)
    }

    @Test func `it prints masked`() throws {
        let number = try PhoneNumber("+7 916 123-45-67", rules: NumberRules())
        #expect(number.masked == "7916*****67")
        #expect("\(number)" == "7916*****67")
        #expect(String(reflecting: number) == "7916*****67")
        #expect("\(Optional(number) as Any)".contains("12345") == false)
        #expect(try PhoneNumber("22345678", rules: NumberRules()).masked == "22****78")
        #expect(try PhoneNumber("234567890123456", rules: NumberRules()).masked == "2345*********56")
        #expect(try PhoneNumber("1234", rules: NumberRules(shortNumbers: true)).masked == "1***")
    }

    @Test func `equal however they were written`() throws {
        #expect(
            try PhoneNumber("8 (916) 123-45-67", rules: Self.russian)
                == PhoneNumber("+79161234567", rules: NumberRules()))
    }

    @Test func `any text is a number of ASCII digits or a problem`() {
        var random = SplitMix64(seed: 17)
        let elements =
            "0123456789012345678901234567890 +-().,;#x/\u{A0}\u{2013}٣доб\n".map(String.init) + ["00", "810", "(0)"]
        var numbers = 0
        for _ in 0..<20_000 {
            let text = random.text(of: elements, count: Int.random(in: 0...24, using: &random))
            let rules = NumberRules(
                country: Country.allCases.randomElement(using: &random), shortNumbers: Bool.random(using: &random))
            guard let number = try? PhoneNumber(text, rules: rules) else { continue }
            numbers += 1
            let count = number.digits.utf8.count
            #expect((8...15).contains(count) || rules.shortNumbers && (3...6).contains(count))
            #expect(number.digits.utf8.allSatisfy { (0x30...0x39).contains($0) })
            #expect(number.masked.utf8.count == count)
            // A number that was read reads the same again with its plus.
            if count > 6 {
                #expect(
                    (try? PhoneNumber("+" + number.digits, rules: NumberRules()))?.digits == number.digits
                        || number.digits.hasPrefix("00"))
            }
        }
        #expect(numbers > 100)
    }
}
