package import SMPP

/// A key of `smppost binds --watch`.
package enum ScreenKey: Hashable, Sendable {
    case up, down, pageUp, pageDown, home, end, quit

    /// What a terminal sends for what was pressed (xterm and its kin); what is not known is passed over.
    package static func keys(in bytes: [UInt8]) -> [ScreenKey] {
        var keys: [ScreenKey] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "q"), UInt8(ascii: "Q"): keys.append(.quit)
            case UInt8(ascii: "k"): keys.append(.up)
            case UInt8(ascii: "j"): keys.append(.down)
            case UInt8(ascii: " "): keys.append(.pageDown)
            case UInt8(ascii: "b"): keys.append(.pageUp)
            case 0x1B where rest.first == UInt8(ascii: "[") || rest.first == UInt8(ascii: "O"):
                rest.removeFirst()
                let number = rest.prefix { $0 < 0x40 }
                rest = rest.dropFirst(number.count)
                if let last = rest.popFirst(), let key = key(number, last) { keys.append(key) }
            default: break
            }
        }
        return keys
    }

    /// Of a sequence `ESC [ NUMBER LAST`.
    private static func key(_ number: ArraySlice<UInt8>, _ last: UInt8) -> ScreenKey? {
        switch (last, number.count == 1 ? number.first : nil) {
        case (UInt8(ascii: "A"), _): .up
        case (UInt8(ascii: "B"), _): .down
        case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), UInt8(ascii: "1")): .home
        case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), UInt8(ascii: "4")): .end
        case (UInt8(ascii: "~"), UInt8(ascii: "5")): .pageUp
        case (UInt8(ascii: "~"), UInt8(ascii: "6")): .pageDown
        default: nil
        }
    }
}

/// Which lines of a longer text a screen shows.
package struct ScreenScroll: Hashable, Sendable {
    /// The index of the first line that is shown.
    package private(set) var top = 0

    package init() {}

    /// A key was pressed while so many of the text's lines had room.
    package mutating func press(_ key: ScreenKey, lines: Int, rows: Int) {
        switch key {
        case .up: top -= 1
        case .down: top += 1
        case .pageUp: top -= max(1, rows - 1)
        case .pageDown: top += max(1, rows - 1)
        case .home: top = 0
        case .end: top = lines
        case .quit: break
        }
        clamp(lines: lines, rows: rows)
    }

    /// The text or the screen has another size now.
    package mutating func clamp(lines: Int, rows: Int) {
        top = max(0, min(top, lines - rows))
    }
}

/// The whole picture of `smppost binds --watch`.
package enum ScreenLayout {
    /// A screen of `rows` lines at most: `head` stays, `body` scrolls, the last line tells where one is and which keys there are.
    package static func lines(
        head: [String], body: [String], rows: Int, columns: Int, scroll: inout ScreenScroll, language: Language
    ) -> [String] {
        // However small the screen is, something of the body is seen.
        let fixed = Array(head.prefix(max(1, rows - 4)))
        let room = max(1, rows - fixed.count - 1)
        scroll.clamp(lines: body.count, rows: room)
        let shown = Array(body.dropFirst(scroll.top).prefix(room))
        let blank = Array(repeating: "", count: room - shown.count)
        return fixed + shown + blank + [foot(body.count, shown.count, scroll, columns: columns, language)]
    }

    /// How many lines of the body have room.
    package static func room(head: [String], rows: Int) -> Int { max(1, rows - min(head.count, max(1, rows - 4)) - 1) }

    private static func foot(
        _ all: Int, _ shown: Int, _ scroll: ScreenScroll, columns: Int, _ language: Language
    ) -> String {
        let keys =
            shown == all
            ? Phrase(en: "q quit", ru: "q выход")
            : Phrase(
                en: "lines %-% of %: ↑ ↓ PgUp PgDn, q quit", ru: "строки %-% из %: ↑ ↓ PgUp PgDn, q выход"
            ).filled(Phrase("\(scroll.top + 1)"), Phrase("\(scroll.top + shown)"), Phrase("\(all)"))
        return String(keys[language].prefix(columns))
    }
}
