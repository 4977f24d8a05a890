/// The `command_status` of a response (SMPP 3.4 §5.1.3). Any 32-bit value is representable: vendors define their own.
///
/// Its name, HTTP status and texts stand in `StatusTable`.
package struct CommandStatus: RawRepresentable, Hashable, Sendable {
    /// The value as it stands on the wire.
    package let rawValue: UInt32

    /// Wraps a wire value, known or not.
    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let ok = CommandStatus(rawValue: 0x00)
    package static let invalidMessageLength = CommandStatus(rawValue: 0x01)
    package static let invalidCommandLength = CommandStatus(rawValue: 0x02)
    package static let invalidCommandID = CommandStatus(rawValue: 0x03)
    package static let invalidBindStatus = CommandStatus(rawValue: 0x04)
    package static let alreadyBound = CommandStatus(rawValue: 0x05)
    package static let systemError = CommandStatus(rawValue: 0x08)
    package static let invalidSourceAddress = CommandStatus(rawValue: 0x0A)
    package static let invalidDestinationAddress = CommandStatus(rawValue: 0x0B)
    package static let invalidMessageID = CommandStatus(rawValue: 0x0C)
    package static let bindFailed = CommandStatus(rawValue: 0x0D)
    package static let invalidPassword = CommandStatus(rawValue: 0x0E)
    package static let invalidSystemID = CommandStatus(rawValue: 0x0F)
    package static let messageQueueFull = CommandStatus(rawValue: 0x14)
    package static let submitFailed = CommandStatus(rawValue: 0x45)
    package static let invalidDestinationCount = CommandStatus(rawValue: 0x33)
    package static let invalidListName = CommandStatus(rawValue: 0x34)
    package static let invalidSystemType = CommandStatus(rawValue: 0x53)
    package static let invalidSchedule = CommandStatus(rawValue: 0x61)
    package static let invalidExpiry = CommandStatus(rawValue: 0x62)
    package static let throttled = CommandStatus(rawValue: 0x58)

    /// `0x0000000B`: the form used in replies, logs and configuration.
    package var hex: String { "0x" + rawValue.hexDigits(8) }
}
