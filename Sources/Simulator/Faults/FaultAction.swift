package import SMPP

/// What the simulator does with a message whose destination has a faulty ending.
package enum FaultAction: Hashable, Sendable {
    /// What stands in an error response after its header: SMSCs differ, and none of the three may cost a bind.
    package enum ErrorBody: String, Hashable, Sendable, CaseIterable {
        /// Nothing: 16 octets in all, as SMPP 3.4 §4.4.2 has it.
        case headerOnly = "status"
        /// An empty `message_id`.
        case emptyID = "status-empty"
        /// A `message_id`, as if the message had been taken.
        case withID = "status-id"
    }

    /// Answers with this `command_status`; 0 accepts.
    case status(CommandStatus, ErrorBody)
    /// Answers a destination with this status once, and accepts what is sent to it afterwards.
    case once(CommandStatus)
    /// Takes the message and never answers.
    case silent
    /// Takes the message and closes the connection (FIN) without an answer.
    case close
    /// Takes the message and resets the connection (RST) without an answer.
    case reset
    /// Answers with `generic_nack` of this status.
    case nack(CommandStatus)
    /// Accepts, and answers after this time instead of the simulator's latency.
    case late(Duration)
    /// Accepts, with an empty `message_id`.
    case emptyID
    /// Accepts, with optional parameters behind the `message_id`.
    case tlv
    /// Accepts, answers at once, and sends `unbind`.
    case unbind
    /// Accepts, sends `unbind`, and its open answers all together after this time; with zero they stand in the same
    /// segment, behind it.
    case unbindFirst(Duration)
    /// Takes the message and sends octets that are no PDU.
    case garbage

    /// Reads `status:0x0B`, `status-empty:11`, `status-id:0x0B`, `once:0x58`, `silent`, `close`, `reset`, `nack`,
    /// `nack:0x02`, `late:8s`, `empty-id`, `tlv`, `unbind`, `unbind-first:300ms` or `garbage`. Statuses are hexadecimal after `0x`, decimal
    /// otherwise; times are whole numbers of `ms`, `s` or `m`.
    package init(parsing text: String) throws(OptionProblem) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let argument = parts.count == 2 ? parts[1] : nil
        let plain: FaultAction?
        switch parts[0] {
        case "silent": plain = .silent
        case "close": plain = .close
        case "reset": plain = .reset
        case "empty-id": plain = .emptyID
        case "tlv": plain = .tlv
        case "unbind": plain = .unbind
        case "garbage": plain = .garbage
        case "nack" where argument == nil: plain = .nack(.invalidCommandID)
        default: plain = nil
        }
        if let plain {
            guard argument == nil else { throw OptionProblem("\"\(parts[0])\" takes no argument") }
            self = plain
            return
        }
        switch parts[0] {
        case "nack": self = .nack(try Self.status(argument))
        case "once": self = .once(try Self.status(argument))
        case "late": self = .late(try Self.time(argument))
        case "unbind-first": self = .unbindFirst(try Self.time(argument))
        default:
            guard let body = ErrorBody(rawValue: parts[0]) else { throw OptionProblem("no action \"\(parts[0])\"") }
            self = .status(try Self.status(argument), body)
        }
    }

    private static func status(_ text: String?) throws(OptionProblem) -> CommandStatus {
        guard let text else { throw OptionProblem("a command_status is missing: \"status:0x0B\"") }
        let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHex ? text.dropFirst(2) : text[...]
        guard digits.allSatisfy(\.isHexDigit), let value = UInt32(digits, radix: isHex ? 16 : 10) else {
            throw OptionProblem("\"\(text)\" is no command_status")
        }
        return CommandStatus(rawValue: value)
    }

    private static func time(_ text: String?) throws(OptionProblem) -> Duration {
        guard let text else { throw OptionProblem("a time is missing: \"late:8s\"") }
        return try OptionText.time(text)
    }
}

extension FaultAction: CustomStringConvertible {
    /// The text that `init(parsing:)` reads back.
    package var description: String {
        switch self {
        case .status(let status, let body): "\(body.rawValue):\(status.shortHex)"
        case .once(let status): "once:\(status.shortHex)"
        case .silent: "silent"
        case .close: "close"
        case .reset: "reset"
        case .nack(.invalidCommandID): "nack"
        case .nack(let status): "nack:\(status.shortHex)"
        case .late(let time): "late:\(OptionText.text(time))"
        case .emptyID: "empty-id"
        case .tlv: "tlv"
        case .unbind: "unbind"
        case .unbindFirst(let time): "unbind-first:\(OptionText.text(time))"
        case .garbage: "garbage"
        }
    }
}

extension CommandStatus {
    /// `0x0B`: two digits where they suffice.
    fileprivate var shortHex: String { "0x" + rawValue.hexDigits(2) }
}
