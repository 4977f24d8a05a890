import DequeModule

/// Holds what the carrier received against what was sent and what was answered. Reads the record line by line; what was sent
/// is made anew from the message's number.
package struct Audit: Sendable {
    /// Of a message: how often it was received whole (up to 63), and two marks.
    private struct Arrival: Sendable {
        private var bits: UInt8 = 0

        var copies: Int { Int(bits & 0x3F) }
        var isChanged: Bool { bits & 0x40 != 0 }
        /// Some segments came, or one more than was to.
        var hasPieces: Bool { bits & 0x80 != 0 }

        mutating func addCopy() {
            if bits & 0x3F < 0x3F { bits += 1 }
        }
        mutating func setChanged() { bits |= 0x40 }
        mutating func setPieces() { bits |= 0x80 }
    }

    /// What the segments of a text have in common.
    private struct Key: Hashable, Sendable {
        var systemID: String
        var bind: String
        var from: String
        var to: String
        var reference: Int
        var parts: Int
    }

    private struct Text: Sendable {
        var parts: [Int: String] = [:]
        var message: Int?
    }

    /// Texts whose segments are not all there, and whole ones that are remembered to know a repeated segment.
    private static let maximumOpen = 100_000
    private static let maximumWhole = 100_000

    private let maker: MessageMaker
    private var arrivals: [Arrival] = []
    private var open: [Key: [Text]] = [:]
    private var openCount = 0
    private var whole: [Key: Text] = [:]
    private var wholeOrder = Deque<Key>()
    private var report = AuditReport()
    /// Segments that the carrier accepted and whose receipt it means to send.
    private(set) var receiptsPlanned = 0
    private var lastNumber: Int?

    package init(maker: MessageMaker) {
        self.maker = maker
    }

    /// How many lines were read.
    package var lines: Int { report.lines }

    /// Lines that were in the record before the run: the next one follows `number`.
    package mutating func begin(after number: Int) {
        lastNumber = number
    }

    /// A line of the record, in its order.
    package mutating func read(_ line: RecordLine) {
        report.lines += 1
        if let lastNumber, line.number > lastNumber + 1 { report.missingLines += line.number - lastNumber - 1 }
        lastNumber = line.number
        if let status = line.status, status != "0x00000000" {
            report.refusedLines += 1
            return
        }
        if line.parts <= 1 {
            guard let message = maker.marker.number(in: line.text) else {
                report.foreignLines += 1
                return
            }
            if line.receipt != nil { receiptsPlanned += 1 }
            judge(message, line.text, line)
        } else {
            if line.receipt != nil { receiptsPlanned += 1 }
            readPart(line)
        }
    }

    // MARK: Long texts

    private mutating func readPart(_ line: RecordLine) {
        let key = Key(
            systemID: line.systemID, bind: line.bind, from: line.from, to: line.to, reference: line.reference,
            parts: line.parts)
        var texts = open[key] ?? []
        // The newest that misses it: an older one has lost it for good.
        var found = texts.lastIndex { $0.parts[line.part] == nil }
        // References come again, and so do the words of a later segment: what an open text misses is that text's.
        if found == nil, let earlier = whole[key], earlier.parts[line.part] == line.text {
            if let message = earlier.message { addPiece(message) }
            return
        }
        if line.part == 1, maker.marker.number(in: line.text) != nil, texts.isEmpty || texts.last?.parts[1] != nil {
            found = nil
        }
        let index: Int
        if let found {
            index = found
        } else {
            index = texts.count
            texts.append(Text())
            openCount += 1
        }
        texts[index].parts[line.part] = line.text
        if line.part == 1 { texts[index].message = maker.marker.number(in: line.text) }
        if texts[index].parts.count == line.parts {
            let text = texts.remove(at: index)
            openCount -= 1
            open[key] = texts.isEmpty ? nil : texts
            finish(text, key, line)
        } else {
            open[key] = texts
            if openCount > Self.maximumOpen { report.problem = "over \(Self.maximumOpen) texts are in pieces" }
        }
    }

    private mutating func finish(_ text: Text, _ key: Key, _ line: RecordLine) {
        guard let message = text.message else {
            report.foreignLines += line.parts
            return
        }
        judge(message, (1...line.parts).map { text.parts[$0] ?? "" }.joined(), line)
        if whole.updateValue(text, forKey: key) == nil { wholeOrder.append(key) }
        while wholeOrder.count > Self.maximumWhole { whole[wholeOrder.removeFirst()] = nil }
    }

    private mutating func addPiece(_ message: Int) {
        report.add(.duplicated, marker: maker.marker.text(message), "a segment was received again")
        extend(to: message)
        if arrivals.indices.contains(message) { arrivals[message].setPieces() }
    }

    // MARK: One message

    private mutating func judge(_ message: Int, _ text: String, _ line: RecordLine) {
        guard message < LoadLimits.audited else {
            report.add(.unexpected, marker: maker.marker.text(message), "no message of this run has such a number")
            return
        }
        extend(to: message)
        let expected = maker.message(message)
        if let difference = Self.difference(expected, text, line) {
            if !arrivals[message].isChanged { report.add(.changed, marker: maker.marker.text(message), difference) }
            arrivals[message].setChanged()
        }
        arrivals[message].addCopy()
    }

    private static func difference(_ expected: LoadMessage, _ text: String, _ line: RecordLine) -> String? {
        let to = line.to.hasPrefix("+") ? String(line.to.dropFirst()) : line.to
        if to != expected.to { return "another recipient" }
        if !expected.from.isEmpty, expected.from != line.from { return "another sender" }
        // Octet for octet: two texts may look the same and not be.
        let (sent, received) = (Array(expected.text.unicodeScalars), Array(text.unicodeScalars))
        if sent == received { return nil }
        let same = zip(sent, received).prefix { $0 == $1 }.count
        return "another text: \(sent.count) characters sent, \(received.count) received, the first \(same) the same"
    }

    private mutating func extend(to message: Int) {
        guard message < LoadLimits.audited else { return }
        while arrivals.count <= message { arrivals.append(Arrival()) }
    }

    // MARK: The end

    /// How many messages were received, at least once and whole.
    package var received: Int { arrivals.count { $0.copies > 0 } }

    /// The verdict.
    /// - Parameters:
    ///   - outcomes: of each message by its number; nil for one that was never begun.
    ///   - count: numbers from 0 that may have been sent.
    ///   - problem: why the record could not be read to its end.
    package func verdict(count: Int, problem: String? = nil, outcomes: (Int) -> LoadOutcome?) -> AuditReport {
        var report = report
        var arrivals = arrivals
        var strays = 0
        for texts in open.values {
            for text in texts {
                if let message = text.message, arrivals.indices.contains(message) || message < count {
                    while arrivals.count <= message { arrivals.append(Arrival()) }
                    arrivals[message].setPieces()
                } else {
                    strays += 1
                }
            }
        }
        for _ in 0..<strays { report.add(.strayPiece, marker: "", "its first segment was never received") }
        for number in 0..<max(count, arrivals.count) {
            let arrival = number < arrivals.count ? arrivals[number] : Arrival()
            Self.judge(number, arrival, number < count ? outcomes(number) : nil, maker.marker, &report)
        }
        report.problem = report.problem ?? problem
        if report.missingLines > 0, report.problem == nil {
            report.problem =
                "the record had dropped \(report.missingLines) lines before they were read (simulate --record keeps more)"
        }
        report.received = arrivals.count { $0.copies > 0 }
        report.verdict = report.problem != nil ? .incomplete : report.total > 0 ? .faults : .clean
        return report
    }

    private static func judge(
        _ number: Int, _ arrival: Arrival, _ outcome: LoadOutcome?, _ marker: MessageMarker, _ report: inout AuditReport
    ) {
        let arrived = arrival.copies > 0
        func add(_ kind: AuditReport.Kind, _ detail: String) {
            report.add(kind, marker: marker.text(number), detail)
        }
        if arrival.copies > 1 { add(.duplicated, "received \(arrival.copies) times") }
        switch outcome {
        case .accepted:
            if !arrived { add(.lost, arrival.hasPieces ? "only some segments were received" : "never received") }
        case .refused, .notSent:
            if arrived {
                add(.receivedThoughRefused, "told as \(outcome?.name ?? ""), received whole")
            } else if arrival.hasPieces {
                add(.receivedThoughRefused, "told as \(outcome?.name ?? ""), received in part")
            }
        case .partial:
            if arrived { add(.falsePartial, "told as partial, received whole") }
            if !arrived, !arrival.hasPieces { add(.falsePartial, "told as partial, never received") }
        case .unknown, .connectionLost, .timedOut, .unreadable:
            if arrived { report.doubtfulReceived += 1 } else { report.doubtfulMissing += 1 }
        case .notStarted, .stopped, .unsendable, nil:
            if arrived { add(.unexpected, "it was never sent") }
        }
    }
}
