import Foundation
import Operations
import SMPP
import UnixSignals

/// What is known of the terminal that standard output is.
enum Terminal {
    static var isThere: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Colours only on a terminal, and not where NO_COLOR is set (no-color.org) or the terminal is a dumb one.
    static var style: BindsTable.Style {
        let environment = ProcessInfo.processInfo.environment
        let isColoured =
            isThere && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        return BindsTable.Style(isColoured: isColoured)
    }

    /// Columns and rows now; nil where it does not tell.
    static var size: (columns: Int, rows: Int)? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// What LC_ALL, LC_MESSAGES or LANG says, in the order of POSIX; English where it says neither.
    static var language: Language {
        let environment = ProcessInfo.processInfo.environment
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        return locale?.hasPrefix("ru") == true ? .ru : .en
    }

    /// Writes all at once: a screen drawn in pieces flickers.
    static func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}

/// Keys as they are pressed, without an Enter and unseen; nothing where standard input is no terminal of ours.
struct Keyboard {
    /// So many octets are read at one time.
    private static let most = 64
    private let before: termios

    /// The terminal gives each key at once until `restore`; Ctrl-C stays a signal.
    init?() {
        var settings = termios()
        // A job in the background that sets its terminal is stopped.
        guard isatty(STDIN_FILENO) == 1, tcgetpgrp(STDIN_FILENO) == getpgrp(), tcgetattr(STDIN_FILENO, &settings) == 0
        else { return nil }
        before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        // VTIME and VMIN: a read takes what is there, and waits for nothing.
        settings.c_cc.5 = 0
        settings.c_cc.6 = 0
        guard tcsetattr(STDIN_FILENO, TCSANOW, &settings) == 0 else { return nil }
    }

    func restore() {
        var settings = before
        tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    }

    /// What was pressed since the last call. Does not wait.
    func keys() -> [ScreenKey] {
        let typed = try? FileHandle.standardInput.read(upToCount: Self.most)
        return ScreenKey.keys(in: typed.map(Array.init) ?? [])
    }
}

/// `smppost binds --watch`: the table, drawn anew each second, when a key is pressed and when the terminal's size changes.
struct BindsScreen {
    /// Keys and the size are looked at so often.
    private static let look = Duration.milliseconds(50)
    private static let every = Duration.seconds(1)
    /// The other screen of xterm and its kin, the cursor hidden; and back.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    let names: [String]
    let place: String
    let language: Language

    /// What is shown.
    private struct Picture {
        var document: BindsDocument?
        var problem: String?
        /// Since when nothing came.
        var silentSince: ContinuousClock.Instant?
    }

    /// Until SIGINT, SIGTERM or q.
    func run(_ read: @escaping @Sendable () async throws -> BindsDocument) async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let isTerminal = Terminal.isThere
        let keyboard = isTerminal ? Keyboard() : nil
        if isTerminal { Terminal.write(Self.enter) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { return }
            }
            group.addTask { await show(read, isTerminal: isTerminal, keyboard) }
            await group.next()
            group.cancelAll()
        }
        if isTerminal { Terminal.write(Self.leave) }
        keyboard?.restore()
    }

    private func show(
        _ read: @escaping @Sendable () async throws -> BindsDocument, isTerminal: Bool, _ keyboard: Keyboard?
    ) async {
        var picture = Picture()
        var scroll = ScreenScroll()
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                picture = Picture(document: try await read().only(names))
            } catch {
                picture.problem = "\(place): \(error)"
                picture.silentSince = picture.silentSince ?? start
            }
            guard !Task.isCancelled else { return }
            guard isTerminal else {
                let (head, body) = parts(picture, columns: nil)
                Terminal.write((head + body).joined(separator: "\n") + "\n\n")
                try? await Task.sleep(until: start + Self.every)
                continue
            }
            var size = draw(picture, &scroll)
            while ContinuousClock.now < start + Self.every, !Task.isCancelled {
                try? await Task.sleep(for: Self.look)
                let keys = keyboard?.keys() ?? []
                if keys.contains(.quit) { return }
                guard !keys.isEmpty || Terminal.size.map({ $0 != size }) ?? false else { continue }
                let (head, body) = parts(picture, columns: size.columns)
                let room = ScreenLayout.room(head: head, rows: size.rows)
                for key in keys { scroll.press(key, lines: body.count, rows: room) }
                size = draw(picture, &scroll)
            }
        }
    }

    /// The size for which it was drawn.
    private func draw(_ picture: Picture, _ scroll: inout ScreenScroll) -> (columns: Int, rows: Int) {
        let size = Terminal.size ?? (80, 24)
        let (head, body) = parts(picture, columns: size.columns)
        let lines = ScreenLayout.lines(
            head: head, body: body, rows: size.rows, columns: size.columns, scroll: &scroll, language: language)
        // Each line ends with "erase to its end", the last one with "erase below": nothing is cleared that is drawn again.
        Terminal.write("\u{1B}[H" + lines.prefix(size.rows).joined(separator: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J")
        return size
    }

    /// What stays, and what scrolls.
    private func parts(_ picture: Picture, columns: Int?) -> (head: [String], body: [String]) {
        var style = Terminal.style
        style.columns = columns
        style.language = language
        var head = ["smppost"]
        if let process = picture.document?.process {
            let up = Phrase(en: "up %", ru: "работает %").filled(Phrase(BindsTable.span(process.uptime)))
            head = ["smppost \(process.version), \(up[language])"]
        }
        if let problem = picture.problem, let since = picture.silentSince {
            let silent = Phrase(BindsTable.span((ContinuousClock.now - since) / .seconds(1)))
            let words = Phrase(en: "NO ANSWER for %: %", ru: "НЕТ ОТВЕТА %: %").filled(silent, Phrase(problem))
            head += BindsTable.wrapped(words[language], style)
        }
        guard let document = picture.document else { return (head, []) }
        let table = BindsTable(document, style: style)
        return (head + table.head, table.lines)
    }
}
