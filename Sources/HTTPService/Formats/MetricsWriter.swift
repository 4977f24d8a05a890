/// What a metric is, in the words of the Prometheus text format.
package enum MetricKind: String, Sendable {
    /// Only ever rises, from 0 at the start of what it counts; its name ends in `_total`.
    case counter
    /// May rise and fall.
    case gauge
    /// Counts in buckets, with their sum.
    case histogram
}

/// Writes the Prometheus text format, version 0.0.4: families with their help, each followed by its samples.
///
/// A family stands in the text also where it has no sample, so that the names that exist can be read there.
package struct MetricsWriter: Sendable {
    /// The `Content-Type` of the text.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Names and values of a sample's labels, in order. Values are escaped; names are not: they are literals of ours.
    package typealias Labels = KeyValuePairs<String, String>

    /// What has been written so far, UTF-8.
    package private(set) var bytes: [UInt8] = []
    private var name = ""

    package init() {
        bytes.reserveCapacity(65_536)
    }

    /// Begins a family: the samples that follow are its.
    ///
    /// - Parameters:
    ///   - name: `[a-z_]+`, of no other family.
    ///   - help: one line that says what is measured.
    package mutating func family(_ name: String, _ kind: MetricKind, _ help: String) {
        self.name = name
        write("# HELP \(name) ")
        escape(help, quotes: false)
        write("\n# TYPE \(name) \(kind.rawValue)\n")
    }

    /// A sample of the family.
    package mutating func sample(_ value: some BinaryInteger, _ labels: Labels = [:]) {
        line("", labels, nil, String(value))
    }

    /// A sample of the family.
    package mutating func sample(_ value: Double, _ labels: Labels = [:]) {
        line("", labels, nil, Self.text(value))
    }

    /// A sample that is 1 for yes and 0 for no.
    package mutating func sample(_ value: Bool, _ labels: Labels = [:]) {
        line("", labels, nil, value ? "1" : "0")
    }

    /// A whole histogram of the family.
    ///
    /// - Parameters:
    ///   - bounds: upper bounds of the buckets, ascending.
    ///   - counts: how much is in each bucket and in no lower one; one more than bounds, the last for what is above all.
    ///   - sum: of all that was counted.
    package mutating func histogram(bounds: [Double], counts: [UInt64], sum: Double, _ labels: Labels = [:]) {
        precondition(counts.count == bounds.count + 1, "a histogram has one bucket more than bounds")
        var total: UInt64 = 0
        for (bound, count) in zip(bounds, counts) {
            total &+= count
            line("_bucket", labels, Self.text(bound), String(total))
        }
        total &+= counts[bounds.count]
        line("_bucket", labels, "+Inf", String(total))
        line("_sum", labels, nil, Self.text(sum))
        line("_count", labels, nil, String(total))
    }

    private mutating func line(_ suffix: String, _ labels: Labels, _ bound: String?, _ value: String) {
        write(name)
        write(suffix)
        var isFirst = true
        for (label, text) in labels {
            write(isFirst ? "{" : ",")
            isFirst = false
            write(label)
            write("=\"")
            escape(text, quotes: true)
            write("\"")
        }
        if let bound {
            write(isFirst ? "{" : ",")
            isFirst = false
            write("le=\"\(bound)\"")
        }
        if !isFirst { write("}") }
        write(" ")
        write(value)
        write("\n")
    }

    private mutating func write(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    /// A backslash and a line feed are escaped everywhere, quotes in label values.
    private mutating func escape(_ text: String, quotes: Bool) {
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "\\"): write("\\\\")
            case UInt8(ascii: "\n"): write("\\n")
            case UInt8(ascii: "\"") where quotes: write("\\\"")
            default: bytes.append(octet)
            }
        }
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // 5 instead of 5.0: bounds read as people write them.
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return String(value)
    }
}
