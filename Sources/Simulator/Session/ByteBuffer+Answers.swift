import NIOCore
import SMPP
import SMPPWire

/// Answers, written straight into the buffer that leaves with the next flush.
extension ByteBuffer {
    /// A response with an id as its whole body (SMPP 3.4 §4.4.2), or with the header alone where there is no id.
    mutating func writeMessageResponse(
        _ command: CommandID, _ status: CommandStatus, sequence: UInt32, messageID: String?
    ) {
        let length = 16 + (messageID.map { $0.utf8.count + 1 } ?? 0)
        writeMultipleIntegers(UInt32(length), command.rawValue, status.rawValue, sequence)
        guard let messageID else { return }
        writeString(messageID)
        writeInteger(0 as UInt8)
    }

    /// `submit_multi_resp` with the destinations that failed (SMPP 3.4 §4.5.2).
    mutating func writeMultiResponse(
        _ status: CommandStatus, sequence: UInt32, messageID: String, _ failed: [(SMPPAddress, CommandStatus)]
    ) {
        let start = writerIndex
        writeMultipleIntegers(0 as UInt32, CommandID.submitMultiResponse.rawValue, status.rawValue, sequence)
        writeString(messageID)
        writeMultipleIntegers(0 as UInt8, UInt8(truncatingIfNeeded: failed.count))
        for (address, status) in failed {
            writeMultipleIntegers(address.ton, address.npi)
            writeBytes(address.value.latin1Octets)
            writeMultipleIntegers(0 as UInt8, status.rawValue)
        }
        setInteger(UInt32(writerIndex - start), at: start)
    }

    /// Any other PDU. One that the encoder refuses would be a mistake of ours: the peer gets a `generic_nack` for it.
    mutating func writePDU(_ pdu: PDU) {
        let start = writerIndex
        do {
            try PDUEncoder.encode(pdu, into: &self)
        } catch {
            moveWriterIndex(to: start)
            writeMessageResponse(.genericNack, .systemError, sequence: pdu.sequence, messageID: nil)
        }
    }
}
