package import NIOCore
import SMPP

/// A TCP segment (RFC 9293 §3.1), without options.
package struct PcapSegment: Hashable, Sendable {
    /// The control bits that matter here.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let fin = Flags(rawValue: 0x01)
        package static let syn = Flags(rawValue: 0x02)
        package static let rst = Flags(rawValue: 0x04)
        package static let psh = Flags(rawValue: 0x08)
        package static let ack = Flags(rawValue: 0x10)
    }

    package var source: PcapEndpoint
    /// Of the same family.
    package var destination: PcapEndpoint
    package var sequence: UInt32
    package var acknowledgement: UInt32
    package var flags: Flags
    /// At most `maximumPayload` where the segment is written.
    package var payload: ByteBuffer

    /// Octets that one segment carries when it is written: a longer PDU takes several.
    package static let maximumPayload = 16_384

    package init(
        from source: PcapEndpoint, to destination: PcapEndpoint, sequence: UInt32, acknowledgement: UInt32,
        flags: Flags, payload: ByteBuffer = ByteBuffer()
    ) {
        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.payload = payload
    }

    /// Appends an IPv4 (RFC 791 §3.1) or IPv6 (RFC 8200 §3) packet that carries it, with right checksums.
    package func writePacket(into buffer: inout ByteBuffer) {
        let length = Self.headerLength + payload.readableBytes
        let start = buffer.writerIndex
        let (from, to) = (source.address, destination.address)
        if from.isIPv6 {
            buffer.writeMultipleIntegers(UInt32(0x6000_0000), UInt16(clamping: length), UInt8(6), UInt8(64))
            buffer.writeMultipleIntegers(from.high, from.low, to.high, to.low)
        } else {
            // Version 4, no options, not to be fragmented.
            buffer.writeMultipleIntegers(
                UInt16(0x4500), UInt16(clamping: 20 + length), UInt32(0x0000_4000), UInt8(64), UInt8(6), UInt16(0))
            buffer.writeMultipleIntegers(UInt32(truncatingIfNeeded: from.low), UInt32(truncatingIfNeeded: to.low))
            let sum = Self.checksum(buffer.viewBytes(at: start, length: 20), from: 0)
            buffer.setInteger(sum, at: start + 10)
        }
        let tcp = buffer.writerIndex
        buffer.writeMultipleIntegers(
            source.port, destination.port, sequence, acknowledgement, UInt8(0x50), flags.rawValue, UInt16.max)
        buffer.writeMultipleIntegers(UInt16(0), UInt16(0))
        buffer.writeImmutableBuffer(payload)
        // The addresses, the protocol and the length stand for the pseudo header.
        let halves = [from.high, from.low, to.high, to.low]
        let pseudo = halves.reduce(UInt64(6) + UInt64(length)) { sum, half in
            stride(from: 0, to: 64, by: 16).reduce(sum) { $0 + (half >> UInt64($1) & 0xFFFF) }
        }
        let sum = Self.checksum(buffer.viewBytes(at: tcp, length: length), from: pseudo)
        buffer.setInteger(sum, at: tcp + 16)
    }

    private static let headerLength = 20

    /// The Internet checksum (RFC 1071).
    private static func checksum(_ octets: ByteBufferView?, from start: UInt64) -> UInt16 {
        var sum = start
        var isHigh = true
        for octet in octets ?? ByteBufferView() {
            sum += isHigh ? UInt64(octet) << 8 : UInt64(octet)
            isHigh.toggle()
        }
        while sum > 0xFFFF { sum = (sum & 0xFFFF) + (sum >> 16) }
        return ~UInt16(truncatingIfNeeded: sum)
    }
}
