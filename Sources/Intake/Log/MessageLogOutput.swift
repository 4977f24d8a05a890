/// How a log line looks.
package enum LogFormat: String, Sendable {
    case text, json
}

/// Where the lines of messages go.
package struct MessageLogOutput: Sendable {
    /// How they look: as all other lines of the log do.
    package var format: LogFormat
    /// Takes whole lines, each with its line feed, and how many they are. Called on event loops: it must not block.
    package var write: @Sendable (_ lines: [UInt8], _ count: Int) -> Void

    /// Both.
    package init(_ format: LogFormat, write: @escaping @Sendable (_ lines: [UInt8], _ count: Int) -> Void) {
        self.format = format
        self.write = write
    }
}
