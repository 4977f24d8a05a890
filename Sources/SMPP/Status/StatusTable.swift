/// Whose matter a `command_status` is.
package enum StatusClass: String, Hashable, Sendable, CaseIterable {
    /// Accepted.
    case ok = "OK"
    /// The message: its sender, number or text.
    case request = "REQ"
    /// The carrier file or our PDU.
    case configuration = "CFG"
    /// The bind, not the message.
    case bind = "BIND"
    /// Passes by itself.
    case temporary = "TMP"
    /// The carrier's last word.
    case refused = "REF"
}

/// Whether the bridge itself submits the segment again inside the deadline.
package enum BridgeRetry: Hashable, Sendable {
    /// The answer stands.
    case never
    /// Once, over another bind of the carrier.
    case otherBindOnce
    /// When the bind's own back-off is over.
    case afterBindBackoff
    /// At most so often on this bind, each time after at least this long.
    case times(Int, after: Duration)
}

/// What one `command_status` means for the person who sent the message.
package struct StatusRow: Hashable, Sendable {
    /// One ASCII token without spaces, such as `ESME_RINVDSTADR`, `RESERVED` or `VENDOR_SPECIFIC` (SMPP 3.4 §5.1.3).
    package var name: String
    /// The HTTP status of the reply.
    package var http: Int
    /// Whose matter it is.
    package var statusClass: StatusClass
    /// Whether the bridge submits again by itself.
    package var retry: BridgeRetry
    /// One line; the code is already in its place.
    package var russian: String
    /// One line; the code is already in its place.
    package var english: String

    package init(
        name: String, http: Int, statusClass: StatusClass, retry: BridgeRetry, russian: String, english: String
    ) {
        self.name = name
        self.http = http
        self.statusClass = statusClass
        self.retry = retry
        self.russian = russian
        self.english = english
    }
}

/// What a carrier file changes in a row; nil leaves the standard value. `{c}` in a text stands for the code.
package struct StatusOverride: Hashable, Sendable {
    package var http: Int?
    package var statusClass: StatusClass?
    package var retry: BridgeRetry?
    package var russian: String?
    package var english: String?

    package init(
        http: Int? = nil, statusClass: StatusClass? = nil, retry: BridgeRetry? = nil, russian: String? = nil,
        english: String? = nil
    ) {
        self.http = http
        self.statusClass = statusClass
        self.retry = retry
        self.russian = russian
        self.english = english
    }
}

/// The meaning of every `command_status`, with a carrier's own changes.
package struct StatusTable: Hashable, Sendable {
    /// Rows that a carrier file changed, whole. Few or none.
    private let changed: [CommandStatus: StatusRow]

    /// The standard rows with some of them changed, each for one code.
    package init(overrides: [CommandStatus: StatusOverride] = [:]) {
        var changed: [CommandStatus: StatusRow] = [:]
        for (status, override) in overrides {
            var row = StatusCodes.containing(status).row(for: status)
            row.http = override.http ?? row.http
            row.statusClass = override.statusClass ?? row.statusClass
            row.retry = override.retry ?? row.retry
            row.russian = override.russian.map { status.insertingCode(into: $0) } ?? row.russian
            row.english = override.english.map { status.insertingCode(into: $0) } ?? row.english
            changed[status] = row
        }
        self.changed = changed
    }

    /// The table without a carrier's changes.
    package static let standard = StatusTable()

    /// The row of any code: reserved and vendors' codes have theirs too.
    package func row(for status: CommandStatus) -> StatusRow {
        if !changed.isEmpty, let row = changed[status] { return row }
        return StatusCodes.containing(status).row(for: status)
    }
}

extension CommandStatus {
    /// The name in SMPP 3.4 §5.1.3 (or 5.0), else `RESERVED` or `VENDOR_SPECIFIC`: ASCII without spaces.
    package var name: String { StatusCodes.containing(self).name }

    /// `text` with `{c}` replaced by the code, as `0x00000400`.
    fileprivate func insertingCode(into text: String) -> String {
        guard text.contains("{") else { return text }
        var result = ""
        var rest = Substring(text)
        while let brace = rest.firstIndex(of: "{") {
            result += rest[..<brace]
            rest = rest[brace...]
            if rest.hasPrefix("{c}") {
                result += hex
                rest = rest.dropFirst(3)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}

/// A generated row: what a code, or every code of a range, means.
struct StatusCodes: Hashable, Sendable {
    let first: UInt32
    let last: UInt32
    let name: String
    let http: Int
    let statusClass: StatusClass
    let retry: BridgeRetry
    let russian: String
    let english: String

    init(
        _ first: UInt32, _ last: UInt32, _ name: String, http: Int, _ statusClass: StatusClass, _ retry: BridgeRetry,
        russian: String, english: String
    ) {
        self.first = first
        self.last = last
        self.name = name
        self.http = http
        self.statusClass = statusClass
        self.retry = retry
        self.russian = russian
        self.english = english
    }

    /// The row as it reads for one of its codes.
    func row(for status: CommandStatus) -> StatusRow {
        StatusRow(
            name: name, http: http, statusClass: statusClass, retry: retry,
            russian: status.insertingCode(into: russian), english: status.insertingCode(into: english))
    }

    /// The generated row of any code: binary search over ranges that leave no gap.
    static func containing(_ status: CommandStatus) -> StatusCodes {
        let rows = StatusRows.all
        var low = 0
        var high = rows.count - 1
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].last < status.rawValue { low = middle + 1 } else { high = middle }
        }
        return rows[low]
    }
}
