import Intake
import Logging
import Synchronization

/// A log whose lines can be read: `warning it is so`.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    /// The lines of messages, without their times.
    var messages: MessageLogOutput {
        MessageLogOutput(.text) { [self] lines, count in
            let texts = String(decoding: lines, as: UTF8.self).split(separator: "\n").map {
                String($0.drop { $0 != " " }.dropFirst())
            }
            precondition(texts.count == count)
            self.lines.withLock { $0 += texts }
        }
    }

    private struct Handler: LogHandler {
        let lines: LogLines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.info

        init(lines: LogLines) { self.lines = lines }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }
}
