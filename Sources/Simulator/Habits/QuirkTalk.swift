import NIOCore
import SMPP
import SMPPWire

/// Something that the SMSC says unasked.
struct QuirkTalk: Hashable, Sendable {
    enum Moment: Hashable, Sendable {
        /// As soon as the connection is open.
        case connected
        /// A bind request has come and is not answered yet.
        case binding
        /// The bind response is on its way.
        case bound
        /// Before the answer to the n-th message of a connection.
        case message(Int)
    }

    var moment: Moment
    var words: [QuirkWord]
    /// Over all connections, at most so often.
    var limit = Int.max
}

/// One PDU that the SMSC sends, or octets that are none, and the answer that the peer owes for it.
struct QuirkWord: Hashable, Sendable {
    struct Answer: Hashable, Sendable {
        var id: CommandID
        var status = CommandStatus.ok
        var sequence: UInt32
    }

    var octets: [UInt8]
    /// Nil owes none.
    var answer: Answer?

    /// A header and, behind it, whatever stands in `body`.
    static func header(
        _ id: CommandID, sequence: UInt32, body: [UInt8] = [], length: UInt32? = nil, answer: Answer?
    ) -> QuirkWord {
        var octets = ByteBuffer()
        octets.writeMultipleIntegers(
            length ?? UInt32(16 + body.count), id.rawValue, CommandStatus.ok.rawValue, sequence)
        octets.writeBytes(body)
        return QuirkWord(octets: Array(octets.readableBytesView), answer: answer)
    }

    static func enquireLink(sequence: UInt32, body: [UInt8] = []) -> QuirkWord {
        header(
            .enquireLink, sequence: sequence, body: body, answer: Answer(id: .enquireLinkResponse, sequence: sequence))
    }

    /// A command that a peer need not know: 0x03 by `generic_nack`.
    static func unknown(_ id: UInt32, sequence: UInt32, body: [UInt8] = []) -> QuirkWord {
        header(
            CommandID(rawValue: id), sequence: sequence, body: body,
            answer: Answer(id: .genericNack, status: .invalidCommandID, sequence: sequence))
    }

    /// A response to what nobody asked.
    static func unasked(_ id: CommandID, sequence: UInt32, body: [UInt8] = []) -> QuirkWord {
        header(id, sequence: sequence, body: body, answer: nil)
    }

    /// Octets that are no PDU, which end the stream: the peer may say so with sequence number 0.
    static func noise(_ octets: [UInt8]) -> QuirkWord {
        QuirkWord(octets: octets, answer: Answer(id: .genericNack, status: .invalidCommandLength, sequence: 0))
    }

    /// A whole PDU, to be answered with status 0 by its response.
    static func pdu(_ pdu: PDU, status: CommandStatus = .ok, as response: CommandID? = nil) -> QuirkWord {
        var octets = ByteBuffer()
        octets.writePDU(pdu)
        let id = response ?? pdu.commandID.response
        return QuirkWord(
            octets: Array(octets.readableBytesView),
            answer: Answer(id: id, status: status, sequence: pdu.sequence))
    }
}
