package import NIOCore
import SMPP

/// Splitting a byte stream into PDUs by `command_length` (SMPP 3.4 §3.2).
package enum PDUFrame {
    /// Octets of the longest PDU that is taken unless the caller says otherwise: 64 KiB.
    package static let maximumLength = 65_536

    /// Takes the next whole PDU, header included, from the front of `stream`.
    ///
    /// Nil where the PDU has not come whole yet; `stream` is then as it was. The length is judged as soon as its four
    /// octets are there, so that garbage is not waited for.
    package static func next(
        from stream: inout ByteBuffer, maximumLength: Int = PDUFrame.maximumLength
    ) throws(FrameError) -> ByteBuffer? {
        guard let length = stream.getInteger(at: stream.readerIndex, as: UInt32.self) else { return nil }
        guard length >= PDUHeader.length else { throw .tooShort(length: length) }
        guard length <= maximumLength else { throw .tooLong(length: length, maximum: maximumLength) }
        return stream.readSlice(length: Int(length))
    }
}

/// Why a stream of bytes is not a stream of PDUs. Nothing after it can be understood: the connection is to be closed.
package enum FrameError: Error, Hashable, CustomStringConvertible {
    /// `command_length` is less than a header's 16 octets.
    case tooShort(length: UInt32)
    /// `command_length` is more than the receiver takes.
    case tooLong(length: UInt32, maximum: Int)
    /// The stream ended inside a PDU after this many of its octets.
    case incomplete(received: Int)

    /// Whose first octets these are, where that is well known.
    private static func hint(_ length: UInt32) -> String {
        switch OtherProtocol(commandLength: length) {
        case .tls: ": the peer speaks TLS on this port"
        case .http: ": the peer speaks HTTP on this port"
        case nil: ""
        }
    }

    package var description: String {
        switch self {
        case .tooShort(let length):
            "command_length is \(length), less than the 16 octets of a header"
        case .tooLong(let length, let maximum):
            "command_length is \(length), more than the \(maximum) octets that are taken" + Self.hint(length)
        case .incomplete(let received):
            "the stream ended inside a PDU, \(received) octets after its beginning"
        }
    }
}
