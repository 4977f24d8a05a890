import Testing

@testable import LoadTest

@Suite struct AuditTests {
    private static let maker = MessageMaker(.standard, seed: 21, run: 99)
    private static let accepted: @Sendable (Int) -> LoadOutcome? = { _ in .accepted }

    /// The lines that a faithful carrier would have recorded of a message, in parts of `size` scalars.
    private static func lines(_ number: Int, size: Int = 100) -> [RecordLine] {
        let message = maker.message(number)
        let scalars = Array(message.text.unicodeScalars)
        let starts = Array(stride(from: 0, to: scalars.count, by: size))
        return starts.enumerated().map { place, start in
            var line = RecordLine()
            line.systemID = "acme"
            line.bind = "1"
            line.to = message.to
            line.from = "ANY"
            line.reference = starts.count > 1 ? number % 256 : 0
            line.part = place + 1
            line.parts = starts.count
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars[start..<min(scalars.count, start + size)])
            line.text = String(view)
            line.status = "0x00000000"
            return line
        }
    }

    private static func audit(_ lines: [RecordLine]) -> Audit {
        var audit = Audit(maker: maker)
        audit.begin(after: 10)
        for (place, line) in lines.enumerated() {
            var line = line
            line.number = place + 11
            audit.read(line)
        }
        return audit
    }

    /// The first number from `start` whose message has one part, or several.
    private static func number(from start: Int = 0, isLong: Bool) -> Int {
        (start...).first { (lines($0).count > 1) == isLong } ?? start
    }

    @Test func aFaithfulCarrierIsClean() {
        let report = Self.audit((0..<300).flatMap { Self.lines($0) }).verdict(count: 300, outcomes: Self.accepted)
        #expect(report.verdict == .clean)
        #expect(report.received == 300)
        #expect(report.total == 0)
        #expect(report.findings.isEmpty)
    }

    @Test func segmentsOfManyTextsMayMix() {
        // All first parts, then all second ones, and so on; each message has its own number, most have their own reference.
        let all = (0..<200).map { Self.lines($0) }
        let mixed = (0..<10).flatMap { part in all.compactMap { part < $0.count ? $0[part] : nil } }
        let report = Self.audit(mixed).verdict(count: 200, outcomes: Self.accepted)
        #expect(report.verdict == .clean, "\(report)")
    }

    @Test func findsWhatIsLost() {
        let lines = (0..<50).filter { $0 != 7 && $0 != 30 }.flatMap { Self.lines($0) }
        let report = Self.audit(lines).verdict(count: 50, outcomes: Self.accepted)
        #expect(report.verdict == .faults)
        #expect(report.count(.lost) == 2)
        #expect(report.total == 2)
        #expect(report.findings.map(\.marker) == [7, 30].map(Self.maker.marker.text))
    }

    @Test func aMissingSegmentIsALostMessage() {
        let long = Self.number(isLong: true)
        for dropped in Self.lines(long).indices {
            var lines = Self.lines(long)
            lines.remove(at: dropped)
            let report = Self.audit(lines).verdict(count: long + 1) { $0 == long ? .accepted : nil }
            #expect(report.count(.lost) == 1, "part \(dropped)")
            #expect(report.verdict == .faults)
            // Without its first part nobody knows whose it is.
            #expect(report.count(.strayPiece) == (dropped == 0 ? 1 : 0))
        }
    }

    /// Found in three million messages: a reference that came again, with the same words in a later segment.
    @Test func aReferenceThatComesAgainIsNoDuplicate() throws {
        let words = String(repeating: "ten words. ", count: 20)
        let mix = try MixReading.read(
            yaml: "numbers: [\"79160000000\"]\nmessages: [{ text: \"{marker} \(words)\" }]", file: "mix"
        ) { _ in "" }
        let maker = MessageMaker(mix, seed: 1, run: 5)
        var audit = Audit(maker: maker)
        audit.begin(after: 0)
        var number = 0
        for message in [0, 1] {
            let scalars = Array(maker.message(message).text.unicodeScalars)
            for (place, part) in [scalars[..<100], scalars[100...]].enumerated() {
                number += 1
                var line = RecordLine()
                (line.number, line.to, line.reference, line.part, line.parts) = (
                    number, maker.message(message).to, 7, place + 1, 2
                )
                line.text = String(String.UnicodeScalarView(part))
                line.status = "0x00000000"
                audit.read(line)
            }
        }
        let report = audit.verdict(count: 2, outcomes: Self.accepted)
        #expect(report.verdict == .clean, "\(report)")
    }

    @Test func findsDuplicates() {
        let short = Self.number(isLong: false)
        let long = Self.number(isLong: true)
        let twice = Self.lines(short) + Self.lines(long) + Self.lines(short) + Self.lines(short)
        var report = Self.audit(twice).verdict(count: 2_000) { [short, long].contains($0) ? .accepted : nil }
        #expect(report.count(.duplicated) == 1)
        #expect(report.findings.first?.detail == "received 3 times")
        let segment = Self.lines(long) + [Self.lines(long)[1]]
        report = Self.audit(segment).verdict(count: 2_000) { $0 == long ? .accepted : nil }
        #expect(report.count(.duplicated) == 1)
        #expect(report.total == 1)
    }

    @Test func findsChanges() {
        let lines = (0..<4).map { Self.lines(Self.number(from: $0 * 40, isLong: false))[0] }
        var (text, to, same) = (lines[0], lines[1], lines[2])
        text.text.removeLast()
        to.to = "79990000000"
        same.to = "+" + same.to
        let numbers = lines.compactMap { Self.maker.marker.number(in: $0.text) }
        let report = Self.audit([text, to, same, lines[3]]).verdict(count: 2_000) {
            numbers.contains($0) ? .accepted : nil
        }
        #expect(report.count(.changed) == 2)
        #expect(report.total == 2)
        #expect(report.findings.map(\.detail).contains("another recipient"))
        #expect(!report.findings.contains { $0.detail.contains("7999") })
    }

    /// A composed and a decomposed letter are equal as Swift's strings and not the same message.
    @Test func looksAlikeIsNotTheSame() {
        let mix = MessageMix(
            numbers: MessageMix.standard.numbers, entries: [.init(.template([.literal("caf\u{E9}")]))])
        let maker = MessageMaker(mix, seed: 1, run: 1)
        let message = maker.message(0)
        var line = RecordLine()
        line.number = 1
        line.to = message.to
        line.text = message.text.replacing("\u{E9}", with: "e\u{301}")
        var audit = Audit(maker: maker)
        audit.read(line)
        #expect(audit.verdict(count: 1, outcomes: Self.accepted).count(.changed) == 1)
    }

    @Test func findsFalseReports() {
        let numbers = (0..<6).map { Self.number(from: $0 * 50, isLong: false) }
        let long = Self.number(from: 400, isLong: true)
        let lines = numbers.flatMap { Self.lines($0) } + [Self.lines(long)[0]]
        let told: [Int: LoadOutcome] = [
            numbers[0]: .refused, numbers[1]: .notSent, numbers[2]: .partial, numbers[3]: .unknown,
            numbers[4]: .timedOut,
            numbers[5]: .accepted, long: .notSent,
        ]
        let report = Self.audit(lines).verdict(count: 5_000) { told[$0] }
        #expect(report.count(.receivedThoughRefused) == 3)
        #expect(report.count(.falsePartial) == 1)
        #expect(report.doubtfulReceived == 2)
        #expect(report.total == 4)
    }

    @Test func partialIsTrueWhereSomeSegmentsCame() {
        let long = Self.number(isLong: true)
        let report = Self.audit([Self.lines(long)[0]]).verdict(count: long + 1) { $0 == long ? .partial : nil }
        #expect(report.verdict == .clean)
    }

    @Test func refusalsAreNotReceived() {
        let short = Self.number(isLong: false)
        var line = Self.lines(short)[0]
        line.status = "0x00000058"
        let report = Self.audit([line]).verdict(count: short + 1) { $0 == short ? .notSent : nil }
        #expect(report.verdict == .clean)
        #expect(report.refusedLines == 1)
    }

    @Test func whatWasNeverSentIsUnexpected() {
        let short = Self.number(from: 100, isLong: false)
        let report = Self.audit(Self.lines(short)).verdict(count: 3) { _ in nil }
        #expect(report.count(.unexpected) == 1)
        var foreign = Self.lines(short)[0]
        foreign.text = "Hello"
        let other = Self.audit([foreign]).verdict(count: 0) { _ in nil }
        #expect(other.verdict == .clean)
        #expect(other.foreignLines == 1)
    }

    @Test func aGapMakesItIncomplete() {
        var audit = Audit(maker: Self.maker)
        audit.begin(after: 10)
        var line = Self.lines(Self.number(isLong: false))[0]
        line.number = 14
        audit.read(line)
        let report = audit.verdict(count: 0) { _ in nil }
        #expect(report.verdict == .incomplete)
        #expect(report.missingLines == 3)
        #expect(report.problem?.contains("dropped 3 lines before they were read (simulate --record") == true)
        let unread = Self.audit([]).verdict(count: 0, problem: "gone") { _ in nil }
        #expect(unread.verdict == .incomplete)
    }

    @Test func listsAreBounded() {
        let report = Self.audit([]).verdict(count: 1_000, outcomes: Self.accepted)
        #expect(report.count(.lost) == 1_000)
        #expect(report.findings.count == LoadLimits.listed)
    }

    @Test func readsLines() throws {
        let json =
            #"{"n":7,"at":1764000000.123,"system_id":"a\"c","bind":3,"from":null,"to":"79","ref":7,"part":1,"#
            + #""parts":2,"text":"\u0416\ud83d\ude00\n\\","id":"x","status":"0x00000000","receipt":"delivered","new":true}"#
        let line = try #require(RecordLine(json: json.utf8))
        #expect(line.number == 7)
        #expect(line.systemID == "a\"c")
        #expect(line.bind == "3")
        #expect(line.from.isEmpty)
        #expect(line.text == "Ж😀\n\\")
        #expect(line.parts == 2)
        #expect(line.receipt == "delivered")
        let short = try #require(
            RecordLine(json: #"{ "n" : 1, "status":null, "ref":null,"part":null,"parts":null }"#.utf8))
        #expect(short.status == nil)
        #expect(short.parts == 1)
        #expect(try #require(RecordLine(json: #"{"n":1,"text":"\ud83dx"}"#.utf8)).text == "\u{FFFD}x")
    }

    @Test(arguments: [
        "", "{", "{}", "[]", #"{"n"}"#, #"{"n":}"#, #"{"n":1"#, #"{"n":1} x"#, #"{"n":1,"t":"abc}"#,
        #"{"n":1,"t":"\x"}"#,
        #"{"n":1,"t":"\u12"}"#, #"{"n":1,}"#, #"{"n":{"a":1}}"#,
    ])
    func refusesOtherJSON(text: String) {
        #expect(RecordLine(json: text.utf8) == nil)
    }
}
