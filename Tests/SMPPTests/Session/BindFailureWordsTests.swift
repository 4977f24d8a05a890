import SMPP
import Testing

/// Every reason has words in both languages, with the same facts.
struct BindFailureWordsTests {
    /// One of each; a new cause does not compile until it stands here and below.
    private static let plain: [BindFailure.Cause] =
        [
            .refused(.invalidPassword), .refused(.invalidSystemID), .refused(.invalidSystemType),
            .refused(.alreadyBound),
            .refused(.bindFailed), .refused(.systemError), .closedBeforeBindResponse(from: "192.0.2.7"),
            .connectRefused,
            .unreachable, .connectTimeout(.seconds(10)), .transportTimeout, .bindTimeout(.milliseconds(2500)),
            .writeTimeout,
            .nameNotFound, .enquireUnanswered(2), .unbindReceived, .reset, .incomplete(octets: 7), .closed,
            .notSMPP(commandLength: 3), .notSMPP(commandLength: 0x1503_0100), .notSMPP(commandLength: 0x4854_5450),
            .noSuchAddress("192.0.2.77"), .system(71), .stopped(isAnswered: true), .stopped(isAnswered: false),
        ]

    private static let causes = plain + tls.map(BindFailure.Cause.tls)

    private static let tls: [BindFailure.TLSCause] = [
        .plainPort, .closed, .timeout, .wantsCertificate, .certificateRefused, .wrongName([]),
        .wrongName(["smsc.good.example", "192.0.2.9"]), .selfSigned, .unknownIssuer, .expired, .notYetValid,
        .noCommonVersion, .refused, .other("bad record mac"),
    ]

    /// What a person needs to go on.
    private static func facts(_ cause: BindFailure.Cause) -> [String] {
        switch cause {
        case .refused(let status): [status.hex, status.name]
        case .closedBeforeBindResponse(let address): [address ?? "", "tls.enabled: true"]
        case .connectTimeout: ["10"]
        case .bindTimeout: ["2.5"]
        case .nameNotFound: ["hosts", "DNS"]
        case .tls(let cause): facts(cause)
        case .enquireUnanswered(let count): ["\(count)", "enquire_link"]
        case .unbindReceived: ["unbind"]
        case .incomplete(let octets): ["\(octets)"]
        case .notSMPP(0x1503_0100): ["tls.enabled: true"]
        case .notSMPP(0x4854_5450): ["HTTP", "hosts"]
        case .notSMPP(let length): ["\(length)", "hosts"]
        case .noSuchAddress(let address): [address, "bind_from"]
        case .system(let number): ["\(number)"]
        case .stopped(let isAnswered): isAnswered ? [] : ["unbind"]
        case .connectRefused, .unreachable, .transportTimeout, .writeTimeout, .reset, .closed: []
        }
    }

    private static func facts(_ cause: BindFailure.TLSCause) -> [String] {
        switch cause {
        case .plainPort, .closed, .timeout: ["tls.enabled: false"]
        case .wantsCertificate: ["tls.certificate", "tls.key"]
        case .certificateRefused: ["tls.certificate"]
        case .wrongName(let names): names + ["tls.server_name"]
        case .selfSigned, .unknownIssuer, .expired: ["tls.ca"]
        case .notYetValid: []
        case .noCommonVersion: ["TLS 1.2"]
        case .refused: ["tls.certificate", "tls.key"]
        case .other(let reason): [reason]
        }
    }

    @Test(arguments: causes) func bothLanguagesHaveTheFacts(cause: BindFailure.Cause) {
        let failure = BindFailure(cause, at: "smsc.example.net:2775")
        for language in Language.allCases {
            let words = failure.words[language]
            #expect(words.hasPrefix("smsc.example.net:2775: "))
            for fact in Self.facts(cause) { #expect(words.contains(fact), "\(language): \(words)") }
            #expect(!words.contains("%") && !words.contains("\n") && words.count < 300, "\(words)")
        }
        Self.expectSame(failure.words)
        Self.expectSame(failure.short)
        #expect(
            BindFailure(cause).words.en.first?.isLetter == true || BindFailure(cause).words.en.first?.isNumber == true)
    }

    @Test func everyCodeHasACause() {
        #expect(Set(Self.causes.map { BindFailure($0).code }) == Set(BindFailure.Code.allCases))
    }

    @Test(arguments: CarrierWords.allCases) func stateWords(words: CarrierWords) {
        let phrase = words.phrase
        #expect(phrase.en.count { $0 == "%" } == phrase.ru.count { $0 == "%" })
        if phrase.en.contains(where: \.isLetter) { Self.expectSame(phrase) }
    }

    @Test func eachStateAndConditionHasWords() {
        for phrase in CarrierWords.states.values { Self.expectSame(phrase) }
        for phrase in CarrierWords.conditions.values { Self.expectSame(phrase) }
        #expect(CarrierWords.state("bound").ru == "установлено")
        #expect(CarrierWords.state("newer") == "newer")
    }

    @Test func placesAreFilledInOrder() {
        let phrase = Phrase(en: "% of %", ru: "% из %")
        #expect(phrase.filled("1", "2") == Phrase(en: "1 of 2", ru: "1 из 2"))
        #expect(phrase.filled("1%").en == "1% of %")
        #expect((phrase + Phrase(en: "!", ru: "?"))[.ru] == "% из %?")
    }

    /// English is Latin, Russian Cyrillic, and names, keys, statuses and numbers stand in both.
    private static func expectSame(_ phrase: Phrase) {
        #expect(!phrase.en.isEmpty && !phrase.en.contains(where: isCyrillic), "\(phrase)")
        #expect(phrase.ru.contains(where: isCyrillic), "\(phrase)")
        #expect(names(phrase.en) == names(phrase.ru), "\(phrase)")
        for raw in ["errno", "(error set)", "NSCocoa", "NIO", "Optional("] {
            #expect(!phrase.en.contains(raw) && !phrase.ru.contains(raw))
        }
    }

    private static func isCyrillic(_ character: Character) -> Bool {
        character.unicodeScalars.contains { (0x400...0x4FF).contains($0.value) }
    }

    /// What is not a word of either language: it has a digit, a point inside, or an underscore.
    private static func names(_ text: String) -> Set<String> {
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".")) }
        return Set(
            words.map { String($0.trimmingSuffix { $0 == "." }) }.filter { word in
                word.contains { $0.isNumber || $0 == "_" || $0 == "." }
            })
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ isLeftOut: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isLeftOut(last) { rest.removeLast() }
        return rest
    }
}
