package import Intake
package import Logging
package import Settings

/// The log of a long-running command, as `log:` of the configuration wants it.
package struct ServiceLog: Sendable {
    /// Has what is written but for `flush`.
    package let writer = LogWriter()
    /// What `log.level` sets.
    package let threshold: LogThreshold
    /// For all lines but those of messages.
    package let logger: Logger
    /// For the lines of messages.
    package let messages: MessageLogOutput

    /// A log on standard output.
    package init(_ settings: LogSettings = LogSettings()) {
        let writer = writer
        let threshold = LogThreshold(Logger.Level(rawValue: settings.level) ?? .info)
        self.threshold = threshold
        let format: LogFormat = settings.format == .json ? .json : .text
        logger = Logger(label: "smppost") { label in
            LineLogHandler(label: label, threshold: threshold, format: format, writer: writer)
        }
        messages = MessageLogOutput(format) { writer.write($0, count: $1) }
    }
}
