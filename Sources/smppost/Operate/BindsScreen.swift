import Foundation
import Operations
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

    /// Writes all at once: a screen drawn in pieces flickers.
    static func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }
}

/// `smppost binds --watch`: the table, drawn anew each second and when the terminal's size changes.
struct BindsScreen {
    /// The size is looked at so often.
    private static let look = Duration.milliseconds(200)
    private static let every = Duration.seconds(1)
    /// The other screen of xterm and its kin, the cursor hidden; and back.
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"

    let names: [String]
    let place: String

    /// What is shown.
    private struct Picture {
        var document: BindsDocument?
        var problem: String?
        /// Since when nothing came.
        var silentSince: ContinuousClock.Instant?
    }

    /// Until SIGINT or SIGTERM.
    func run(_ read: @escaping @Sendable () async throws -> BindsDocument) async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let isTerminal = Terminal.isThere
        if isTerminal { Terminal.write(Self.enter) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in signals { return }
            }
            group.addTask { await show(read, isTerminal: isTerminal) }
            await group.next()
            group.cancelAll()
        }
        if isTerminal { Terminal.write(Self.leave) }
    }

    private func show(_ read: @Sendable () async throws -> BindsDocument, isTerminal: Bool) async {
        var picture = Picture()
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                picture = Picture(document: try await read().only(names))
            } catch {
                picture.problem = "\(error)"
                picture.silentSince = picture.silentSince ?? start
            }
            guard !Task.isCancelled else { return }
            guard isTerminal else {
                Terminal.write(lines(picture, columns: nil).joined(separator: "\n") + "\n\n")
                try? await Task.sleep(until: start + Self.every)
                continue
            }
            var size = draw(picture)
            while ContinuousClock.now < start + Self.every, !Task.isCancelled {
                try? await Task.sleep(for: Self.look)
                if let now = Terminal.size, now != size { size = draw(picture) }
            }
        }
    }

    /// The size for which it was drawn.
    private func draw(_ picture: Picture) -> (columns: Int, rows: Int) {
        let size = Terminal.size ?? (80, 24)
        // Each line ends with "erase to its end", the last one with "erase below": nothing is cleared that is drawn again.
        let lines = lines(picture, columns: size.columns).prefix(size.rows)
        Terminal.write("\u{1B}[H" + lines.joined(separator: "\u{1B}[K\n") + "\u{1B}[K\u{1B}[J")
        return size
    }

    private func lines(_ picture: Picture, columns: Int?) -> [String] {
        var style = Terminal.style
        style.columns = columns
        var head = "smppost"
        if let document = picture.document {
            head += " \(document.process.version), up \(BindsTable.span(document.process.uptime))"
        }
        if let problem = picture.problem, let since = picture.silentSince {
            let seconds = (ContinuousClock.now - since) / .seconds(1)
            head += "  NO ANSWER for \(BindsTable.span(seconds)): \(problem)"
        }
        let table = picture.document.map { BindsTable($0, style: style).lines } ?? []
        return [columns.map { String(head.prefix($0)) } ?? head] + table
    }
}
