package import SMPP

/// `smppost binds`: carriers and binds as lines of a terminal, the worst first.
package struct BindsTable: Sendable {
    /// How the lines are shown.
    package struct Style: Hashable, Sendable {
        /// Escape sequences of ECMA-48 §8.3.117 (SGR) for colours.
        package var isColoured: Bool
        /// Longer lines are wrapped, and columns left out; nil = never.
        package var columns: Int?
        package var language: Language

        package init(isColoured: Bool = false, columns: Int? = nil, language: Language = .en) {
            self.isColoured = isColoured
            self.columns = columns
            self.language = language
        }
    }

    private enum Colour: String {
        case green = "32"
        case yellow = "33"
        case red = "31"
        case dim = "2"
        case bold = "1"
    }

    /// A column: its title, what stands in it, and how soon it is left out where there is no room (0 = never).
    private struct Column {
        var title: Phrase
        var leftOut: Int
        var text: @Sendable (BindsDocument.Bind, Language) -> String
    }

    private static let columns = [
        Column(title: "BIND", leftOut: 0) { bind, _ in bind.name },
        Column(title: Phrase(en: "KIND", ru: "ВИД"), leftOut: 2) { bind, _ in bind.kind },
        Column(title: Phrase(en: "STATE", ru: "СОСТОЯНИЕ"), leftOut: 0) { bind, language in
            language == .en ? bind.state : CarrierWords.state(bind.state)[language]
        },
        Column(title: Phrase(en: "FOR", ru: "УЖЕ"), leftOut: 0) { bind, _ in span(bind.downFor ?? bind.since) },
        Column(title: Phrase(en: "WINDOW", ru: "ОКНО"), leftOut: 6) { bind, _ in
            "\(bind.windowInUse)/\(bind.windowSize)" + (bind.waiting > 0 ? "+\(bind.waiting)" : "")
        },
        Column(title: Phrase(en: "RATE", ru: "ТЕМП"), leftOut: 5) { bind, _ in
            "\(short(bind.rate))/\(bind.rateLimit.map(short) ?? "-")"
        },
        Column(title: "P95", leftOut: 3) { bind, _ in time(bind.responseP95) },
        Column(title: Phrase(en: "LINK", ru: "КАНАЛ"), leftOut: 1) { bind, _ in time(bind.enquireLinkRtt) },
        Column(title: Phrase(en: "ACCEPTED", ru: "ПРИНЯТО"), leftOut: 7) { bind, _ in "\(bind.totals.accepted)" },
        Column(title: Phrase(en: "REFUSED", ru: "ОТКЛОНЕНО"), leftOut: 4) { bind, _ in "\(bind.totals.refused)" },
        Column(title: Phrase(en: "UNKNOWN", ru: "НЕИЗВЕСТНО"), leftOut: 4) { bind, _ in "\(bind.totals.unknown)" },
    ]

    private let document: BindsDocument
    private let style: Style

    package init(_ document: BindsDocument, style: Style = Style()) {
        self.document = document
        self.style = style
    }

    /// What stands above the table: how all carriers are, and what is wrong with the bridge.
    package var head: [String] {
        let language = style.language
        let carriers = wrapped(document.headline[language], indent: 2).map { line in
            colour(Self.colour(worst), line)
        }
        let troubles = (document.troubles ?? []).flatMap { trouble in
            wrapped(trouble.phrase[language], indent: 2).map { colour(trouble.critical ? .red : .yellow, $0) }
        }
        return troubles + carriers
    }

    /// The table, without line breaks.
    package var lines: [String] {
        let carriers = sorted
        let columns = shownColumns(carriers.flatMap(\.binds))
        let widths = columns.map { width(of: $0, carriers.flatMap(\.binds)) }
        var lines = [colour(.dim, cut(Self.join(columns.map { $0.title[style.language] }, widths)))]
        for carrier in carriers {
            let colour = Self.colour(carrier.light)
            lines += heading(of: carrier).map { self.colour(colour, $0) }
            if let flow = flow(carrier) { lines += wrapped("  " + flow, indent: 4) }
            for bind in carrier.binds {
                let why = bind.why
                let row = cut(Self.join(columns.map { $0.text(bind, style.language) }, widths))
                let isUp = bind.state == BindState.bound.name
                lines.append(why == nil ? row : self.colour(isUp ? .yellow : .red, row))
                if let why { lines += wrapped("    " + why[style.language], indent: 4) }
            }
        }
        return lines
    }

    /// The worst first, of the same light the required ones.
    private var sorted: [BindsDocument.Carrier] {
        let order = [TrafficLight.red, .yellow, .off, .green].map(\.rawValue)
        func rank(_ carrier: BindsDocument.Carrier) -> Int {
            2 * (order.firstIndex(of: carrier.light) ?? 0) + (carrier.required ? 0 : 1)
        }
        return document.carriers.enumerated().sorted { (rank($0.element), $0.offset) < (rank($1.element), $1.offset) }
            .map(\.element)
    }

    private var worst: String { sorted.first?.light ?? TrafficLight.off.rawValue }

    private func heading(of carrier: BindsDocument.Carrier) -> [String] {
        let language = style.language
        let required = Phrase(en: " (required)", ru: " (обязательный)")[language]
        let isSwitching = document.configuration?.switching?.contains(carrier.name) == true
        let parts = [
            carrier.upWords, carrier.troubleWords,
            isSwitching ? CarrierWords.switching.with(Phrase(carrier.name)) : nil,
        ].compactMap { $0?[language] }
        let word = Self.word(carrier.light)[language]
        let name = carrier.name + (carrier.required ? required : "")
        return wrapped("\(name)  \(word)  \(parts.joined(separator: "; "))", indent: 2)
    }

    /// `pace 12.4/s of 30/s, 5 wait 0.4s, 12 not in time`; nil where there is nothing to tell.
    private func flow(_ carrier: BindsDocument.Carrier) -> String? {
        var parts: [Phrase] = []
        if let pace = carrier.pace, let now = pace.current ?? pace.configured {
            let limit = pace.configured.map {
                now < $0 ? Phrase(en: " of %/s", ru: " из %/с").filled(Phrase(Self.short($0))) : ""
            }
            let learnt = Phrase(en: ", learnt", ru: ", по отказам")
            parts.append(Phrase(en: "pace %/s%", ru: "темп %/с%").filled(Phrase(Self.short(now)), limit ?? learnt))
        }
        if let queue = carrier.queue {
            if queue.messages > 0 {
                let waits = Phrase(en: "% wait %", ru: "ждут: %, %")
                parts.append(waits.filled(Phrase("\(queue.messages)"), Phrase(Self.time(queue.wait))))
            }
            if queue.notInTime > 0 {
                parts.append(Phrase(en: "% not in time", ru: "не успели: %").filled(Phrase("\(queue.notInTime)")))
            }
        }
        return parts.isEmpty ? nil : parts.map { $0[style.language] }.joined(separator: ", ")
    }

    // MARK: Lay-out

    /// Those that there is room for: what people need least is left out first.
    private func shownColumns(_ binds: [BindsDocument.Bind]) -> [Column] {
        guard let room = style.columns else { return Self.columns }
        var shown = Self.columns
        for next in 1...7 {
            let needed = shown.reduce(0) { $0 + 2 + width(of: $1, binds) }
            guard needed > room else { break }
            shown.removeAll { $0.leftOut == next }
        }
        return shown
    }

    private func width(of column: Column, _ binds: [BindsDocument.Bind]) -> Int {
        max(column.title[style.language].count, binds.map { column.text($0, style.language).count }.max() ?? 0)
    }

    private static func join(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += "  " + cell + String(repeating: " ", count: width - cell.count)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private func wrapped(_ text: String, indent: Int) -> [String] { Self.wrapped(text, style, indent: indent) }

    /// The text in lines that fit.
    package static func wrapped(_ text: String, _ style: Style, indent: Int = 2) -> [String] {
        guard let columns = style.columns else { return [text] }
        return TextWrap.lines(text, columns: columns, indent: indent)
    }

    private func cut(_ line: String) -> String {
        guard let columns = style.columns, line.count > columns else { return line }
        return line.prefix(max(0, columns - 1)) + "…"
    }

    private func colour(_ colour: Colour, _ text: String) -> String {
        style.isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    private static func word(_ light: String) -> Phrase {
        switch TrafficLight(rawValue: light) {
        case .green: Phrase(en: "UP", ru: "РАБОТАЕТ")
        case .yellow: Phrase(en: "TROUBLE", ru: "С ЗАМЕЧАНИЯМИ")
        case .red: Phrase(en: "DOWN", ru: "НЕ РАБОТАЕТ")
        case .off: Phrase(en: "OFF", ru: "ВЫКЛЮЧЕН")
        case nil: Phrase(light.uppercased())
        }
    }

    private static func colour(_ light: String) -> Colour {
        switch TrafficLight(rawValue: light) {
        case .green: .green
        case .yellow: .yellow
        case .red: .red
        case .off, nil: .bold
        }
    }

    /// `45s`, `3m12s`, `5h10m`, `3d4h`.
    package static func span(_ seconds: Double) -> String {
        let all = Int(max(0, min(seconds, 1e11)))
        let (days, hours, minutes, rest) = (all / 86_400, all / 3600 % 24, all / 60 % 60, all % 60)
        if days > 0 { return "\(days)d\(hours)h" }
        if hours > 0 { return "\(hours)h\(minutes)m" }
        return minutes > 0 ? "\(minutes)m\(rest)s" : "\(rest)s"
    }

    private static func time(_ seconds: Double?) -> String {
        guard let seconds else { return "-" }
        return seconds < 1 ? "\(short(seconds * 1000))ms" : "\(short(seconds))s"
    }

    /// One digit after the point, and none where it is 0.
    private static func short(_ value: Double) -> String {
        let rounded = (value * 10).rounded() / 10
        return Int(exactly: rounded).map(String.init) ?? String(rounded)
    }
}
