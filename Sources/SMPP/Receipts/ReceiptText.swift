/// The fields of a receipt's text (SMPP 3.4 appendix B), found wherever they stand.
///
/// `id:… sub:… dlvrd:… submit date:… done date:… stat:… err:… text:…`, in any order and case; each may be missing.
/// A field that occurs twice counts as it came first. One pass over at most `maxLength` octets.
struct ReceiptText: Hashable, Sendable {
    /// Octets beyond it are not looked at.
    static let maxLength = 4096

    var id: String?
    var sub: String?
    var dlvrd: String?
    var submitDate: String?
    var doneDate: String?
    var stat: String?
    var err: String?
    /// The message's own beginning.
    var text: String?
    /// Where there is no `stat:`: a word of the text before the message's own that is a state, as `DELIVRD`.
    private(set) var bareState: String?
    /// Whether the first word is a field.
    private var beginsWithField = false

    init(scanning octets: [UInt8]) {
        var scanner = Scanner(octets: octets.prefix(Self.maxLength))
        read(&scanner)
        if stat == nil { bareState = scanner.bareState() }
    }

    /// Whether it can be nothing but a receipt: see `ReceiptSigns.text`.
    var isReceipt: Bool {
        let others = [sub, dlvrd, submitDate, doneDate, err].count { $0 != nil }
        return beginsWithField && id != nil && stat.map { ReceiptState(word: $0) != nil } ?? false && others >= 2
    }

    private mutating func read(_ scanner: inout Scanner) {
        var textStart: Int?
        var isFirst = true
        while let field = scanner.nextField() {
            if isFirst { beginsWithField = scanner.isBlank(before: field.start) }
            isFirst = false
            if field.key == .text { scanner.textBegins(at: field.start) }
            if self[field.key] != nil { continue }
            if let start = textStart {
                // A text that comes before the id or the state ends where the next missing field begins.
                text = scanner.word(start..<field.start)
                textStart = nil
            }
            switch field.key {
            case .text:
                guard text == nil else { continue }
                if id != nil, stat != nil {
                    text = scanner.rest()
                    return
                }
                textStart = scanner.offset
            case .submitDate, .doneDate:
                self[field.key] = scanner.date()
            case .id, .sub, .dlvrd, .stat, .err:
                self[field.key] = scanner.value()
            }
        }
        if let textStart { text = scanner.word(textStart..<scanner.end) }
    }

    fileprivate enum Key {
        case id, sub, dlvrd, submitDate, doneDate, stat, err, text
    }

    private subscript(key: Key) -> String? {
        get {
            switch key {
            case .id: id
            case .sub: sub
            case .dlvrd: dlvrd
            case .submitDate: submitDate
            case .doneDate: doneDate
            case .stat: stat
            case .err: err
            case .text: text
            }
        }
        set {
            switch key {
            case .id: id = newValue
            case .sub: sub = newValue
            case .dlvrd: dlvrd = newValue
            case .submitDate: submitDate = newValue
            case .doneDate: doneDate = newValue
            case .stat: stat = newValue
            case .err: err = newValue
            case .text: text = newValue
            }
        }
    }
}

/// Walks over a receipt's octets, from field name to field name.
private struct Scanner {
    let octets: ArraySlice<UInt8>
    let end: Int
    /// Of a field just found: where its value begins.
    private(set) var offset = 0
    /// Where the message's own text begins.
    private var textStart: Int?

    init(octets: ArraySlice<UInt8>) {
        self.octets = octets
        end = octets.endIndex
    }

    /// The next field name at the beginning of a word; `offset` is then behind its colon and the blanks that follow.
    mutating func nextField() -> (key: ReceiptText.Key, start: Int)? {
        while offset < end {
            let start = offset
            if offset == 0 || !Self.isWord(octets[offset - 1]), let found = key(at: offset) {
                offset = skipBlanks(from: found.end)
                return (found.key, start)
            }
            offset += 1
        }
        return nil
    }

    /// What stands here up to a blank, a comma, a semicolon or the next field; nil where that is nothing.
    mutating func value() -> String? {
        if key(at: offset) != nil { return nil }
        let start = offset
        while offset < end, octets[offset] > 0x20, octets[offset] != 0x2C, octets[offset] != 0x3B { offset += 1 }
        return word(start..<offset)
    }

    /// A date here: digits, and the marks and single blanks that stand between digits.
    mutating func date() -> String? {
        let start = offset
        var lastDigit = offset - 1
        while offset < end {
            let octet = octets[offset]
            if Self.isDigit(octet) {
                lastDigit = offset
            } else if offset - lastDigit > 1 || offset == start || !Self.dateMarks.contains(octet) {
                break
            }
            offset += 1
        }
        // What is no date at all is kept as it is.
        guard lastDigit >= start else { return value() }
        offset = lastDigit + 1
        return word(start..<offset)
    }

    mutating func textBegins(at start: Int) {
        textStart = textStart ?? start
    }

    func isBlank(before start: Int) -> Bool { octets[octets.startIndex..<start].allSatisfy { $0 <= 0x20 } }

    /// The only word before the message's own text that can be nothing but a state. Nil where there are two, or one is denied
    /// (`NOT DELIVERED`): that would be a guess.
    func bareState() -> String? {
        var state: String?
        var isDenied = false
        for piece in octets[octets.startIndex..<(textStart ?? end)].split(whereSeparator: { !Self.isWord($0) }) {
            guard let word = word(piece.startIndex..<piece.endIndex) else { continue }
            if Self.states.contains(word) || Self.abbreviations.contains(word.uppercased()) {
                guard !isDenied, state == nil || state == word else { return nil }
                state = word
            }
            isDenied = word.lowercased() == "not"
        }
        return state
    }

    /// As appendix B has them, and as carriers misspell them: these are nobody's words, in whatever case.
    private static let abbreviations: Set<String> = [
        "DELIVRD", "DELIVERD", "UNDELIV", "UNDELIVRD", "REJECTD", "ACCEPTD", "ENROUTE",
    ]
    /// These are, but not in capitals.
    private static let states: Set<String> = [
        "DELIVERED", "UNDELIVERED", "UNDELIVERABLE", "EXPIRED", "DELETED", "REJECTED", "ACCEPTED", "FAILED",
    ]

    /// Everything from here on.
    func rest() -> String? {
        word(offset..<end)
    }

    /// Without the blanks around it; nil where nothing is left.
    func word(_ range: Range<Int>) -> String? {
        var slice = octets[range]
        while let last = slice.last, last <= 0x20 { slice.removeLast() }
        while let first = slice.first, first <= 0x20 { slice.removeFirst() }
        return slice.isEmpty ? nil : String(latin1: slice)
    }

    private static let dateMarks: Set<UInt8> = Set("-/:. Tt".utf8)

    private static let id = packed("id")
    private static let sub = packed("sub")
    private static let dlvrd = packed("dlvrd")
    private static let submit = packed("submit")
    private static let done = packed("done")
    private static let date = packed("date")
    private static let stat = packed("stat")
    private static let status = packed("status")
    private static let state = packed("state")
    private static let err = packed("err")
    private static let error = packed("error")
    private static let text = packed("text")

    private static func packed(_ name: String) -> UInt64 {
        name.utf8.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A field name here, with its colon.
    private func key(at start: Int) -> (key: ReceiptText.Key, end: Int)? {
        guard let name = letters(from: start) else { return nil }
        let key: ReceiptText.Key
        var next = name.end
        switch name.packed {
        case Self.id: key = .id
        case Self.sub: key = .sub
        case Self.dlvrd: key = .dlvrd
        case Self.stat, Self.status, Self.state: key = .stat
        case Self.err, Self.error: key = .err
        case Self.text: key = .text
        case Self.submit, Self.done:
            key = name.packed == Self.submit ? .submitDate : .doneDate
            var second = next
            while second < end, second - next < 2, octets[second] == 0x20 || octets[second] == 0x5F { second += 1 }
            if let word = letters(from: second), word.packed == Self.date { next = word.end }
        default: return nil
        }
        next = skipBlanks(from: next, atMost: 2)
        guard next < end, octets[next] == 0x3A else { return nil }
        return (key, next + 1)
    }

    /// One to eight letters, in lower case, one octet each in `packed`.
    private func letters(from start: Int) -> (packed: UInt64, end: Int)? {
        var packed: UInt64 = 0
        var next = start
        while next < end, (0x61...0x7A).contains(octets[next] | 0x20) {
            guard next - start < 8 else { return nil }
            packed = packed << 8 | UInt64(octets[next] | 0x20)
            next += 1
        }
        return next == start ? nil : (packed, next)
    }

    private func skipBlanks(from start: Int, atMost limit: Int = .max) -> Int {
        var next = start
        while next < end, next - start < limit, octets[next] == 0x20 || octets[next] == 0x09 { next += 1 }
        return next
    }

    private static func isDigit(_ octet: UInt8) -> Bool { (0x30...0x39).contains(octet) }

    private static func isWord(_ octet: UInt8) -> Bool {
        isDigit(octet) || (0x61...0x7A).contains(octet | 0x20)
    }
}
