package import NIOCore
package import SMPP

/// The four integers that every PDU begins with (SMPP 3.4 §3.2), as they came.
package struct PDUHeader: Hashable, Sendable {
    /// Octets that a header takes.
    package static let length = 16

    /// `command_length`: octets of the whole PDU, the header included.
    package var length: UInt32
    package var id: CommandID
    package var status: CommandStatus
    package var sequence: UInt32

    package init(length: UInt32, id: CommandID, status: CommandStatus, sequence: UInt32) {
        self.length = length
        self.id = id
        self.status = status
        self.sequence = sequence
    }

    /// Reads the header at the reader index and leaves the index; nil where fewer than 16 octets are there.
    package init?(peeking buffer: ByteBuffer) {
        guard
            let words = buffer.getMultipleIntegers(
                at: buffer.readerIndex, as: (UInt32, UInt32, UInt32, UInt32).self)
        else { return nil }
        self.init(
            length: words.0, id: CommandID(rawValue: words.1), status: CommandStatus(rawValue: words.2),
            sequence: words.3)
    }
}
