/// `log:` of `smppost.yaml`.
package struct LogSettings: Hashable, Sendable {
    /// How a log line is written.
    package enum Format: String, Hashable, Sendable {
        case text, json
    }

    /// `level`: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var level = "info"
    /// `format`.
    package var format = Format.text

    package init() {}
}

extension LogSettings {
    /// Reads `log:`.
    init(reading reader: MappingReader) {
        self.init()
        level = reader.choice(
            "level",
            [
                "trace": "trace", "debug": "debug", "info": "info", "notice": "notice", "warning": "warning",
                "error": "error", "critical": "critical",
            ], default: level)
        format = reader.choice("format", ["text": .text, "json": .json], default: format)
        reader.finish()
    }
}
