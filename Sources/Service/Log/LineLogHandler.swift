import Foundation
import HTTPService
package import Intake
package import Logging

/// A log handler that renders one line an event, as text or JSON, with the metadata at its end.
package struct LineLogHandler: LogHandler {
    /// The threshold's, unless one is set for this logger alone.
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    package var metadata: Logger.Metadata = [:]
    private var ownLevel: Logger.Level?
    private let threshold: LogThreshold
    private let label: String
    private let format: LogFormat
    private let writer: LogWriter

    package init(label: String, threshold: LogThreshold, format: LogFormat, writer: LogWriter) {
        self.label = label
        self.threshold = threshold
        self.format = format
        self.writer = writer
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var pairs = metadata
        for (key, value) in event.metadata ?? [:] { pairs[key] = value }
        let sorted = pairs.sorted { $0.key < $1.key }
        let time = Date.now.formatted(Self.time)
        var line: String
        switch format {
        case .text:
            line = "\(time) \(event.level) \(Self.oneLine("\(event.message)"))"
            for (key, value) in sorted { line += " \(key)=\(Self.quotedIfNeeded("\(value)"))" }
        case .json:
            var json = JSONWriter()
            json.object { json in
                json.member("time", time)
                json.member("level", "\(event.level)")
                json.member("message", "\(event.message)")
                for (key, value) in sorted { json.member(key, "\(value)") }
            }
            line = String(decoding: json.bytes, as: UTF8.self)
        }
        writer.write(line)
    }

    /// RFC 3339 in UTC with milliseconds.
    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private static func quotedIfNeeded(_ text: String) -> String {
        text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F } && !text.isEmpty ? text : json(text)
    }

    /// A message as it is, unless it would make more than a line of it.
    private static func oneLine(_ text: String) -> String {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } ? text : json(text)
    }

    private static func json(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
