import Foundation

/// What a command says to the one who typed it, as against what a service logs.
enum Console {
    /// One line to standard output, out at once: it may be a pipe that somebody waits on.
    static func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    }

    /// One line to standard error.
    static func error(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
