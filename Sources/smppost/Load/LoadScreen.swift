import Foundation
import LoadTest
import Synchronization

/// Shows a run's progress: one line that changes on a terminal, a line a second elsewhere.
final class LoadScreen: Sendable {
    private let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let width = Mutex(0)

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    func show(_ progress: LoadProgress) {
        guard !isQuiet else { return }
        put(ProgressText.line(progress))
    }

    /// Leaves the line as it is.
    func end() {
        let shown = width.withLock { width in
            defer { width = 0 }
            return width
        }
        if isTerminal, shown > 0 { write("\n") }
    }

    private func put(_ line: String) {
        guard isTerminal else {
            write(line + "\n")
            return
        }
        let spaces = width.withLock { width in
            defer { width = line.count }
            return max(0, width - line.count)
        }
        write("\r" + line + String(repeating: " ", count: spaces))
    }

    private func write(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }
}
