package import NIOCore

/// Blocks of a pcapng file (draft-ietf-opsawg-pcapng §4), little-endian. The file begins with a section; then an interface
/// comes before its packets. Interfaces are numbered from 0 in the order of their blocks; times are nanoseconds since 1970.
package enum PcapngBlock {
    /// Whether a packet came or went.
    package enum Direction: UInt32, Hashable, Sendable {
        case inbound = 1
        case outbound = 2
    }

    /// The link type of packets that begin with their IP header.
    package static let rawIP: UInt16 = 101

    /// Appends a section header, with the name of the program that writes.
    package static func writeSection(application: String, into buffer: inout ByteBuffer) {
        write(0x0A0D_0D0A, into: &buffer) { body in
            body.writeMultipleIntegers(
                UInt32(0x1A2B_3C4D), UInt16(1), UInt16(0), UInt64.max, endianness: .little)
            writeOption(4, application, into: &body)
        }
    }

    /// Appends an interface of raw IP packets.
    package static func writeInterface(name: String, description: String, into buffer: inout ByteBuffer) {
        write(1, into: &buffer) { body in
            body.writeMultipleIntegers(rawIP, UInt16(0), UInt32(0), endianness: .little)
            writeOption(2, name, into: &body)
            writeOption(3, description, into: &body)
            // Nanoseconds.
            writeOption(9, [9], into: &body)
        }
    }

    /// Appends a packet.
    package static func writePacket(
        interface: Int, time: UInt64, direction: Direction, comment: String? = nil, _ packet: ByteBuffer,
        into buffer: inout ByteBuffer
    ) {
        write(6, into: &buffer) { body in
            let length = UInt32(clamping: packet.readableBytes)
            body.writeMultipleIntegers(
                UInt32(clamping: interface), UInt32(truncatingIfNeeded: time >> 32), UInt32(truncatingIfNeeded: time),
                length, length, endianness: .little)
            body.writeImmutableBuffer(packet)
            pad(packet.readableBytes, &body)
            if let comment { writeOption(1, comment, into: &body) }
            writeOption(2, octets(of: UInt64(direction.rawValue)).prefix(4), into: &body)
        }
    }

    /// Appends what an interface has counted: packets taken, and those that were lost before they could be written.
    package static func writeStatistics(
        interface: Int, time: UInt64, received: UInt64, dropped: UInt64, comment: String, into buffer: inout ByteBuffer
    ) {
        write(5, into: &buffer) { body in
            body.writeMultipleIntegers(
                UInt32(clamping: interface), UInt32(truncatingIfNeeded: time >> 32), UInt32(truncatingIfNeeded: time),
                endianness: .little)
            writeOption(1, comment, into: &body)
            writeOption(4, octets(of: received), into: &body)
            writeOption(5, octets(of: dropped), into: &body)
        }
    }

    /// Writes type, length, body, the end of its options, and the length again.
    private static func write(
        _ type: UInt32, into buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void
    ) {
        let start = buffer.writerIndex
        buffer.writeMultipleIntegers(type, UInt32(0), endianness: .little)
        body(&buffer)
        buffer.writeInteger(UInt32(0))
        let length = UInt32(clamping: buffer.writerIndex - start + 4)
        buffer.writeInteger(length, endianness: .little)
        buffer.setInteger(length, at: start + 4, endianness: .little)
    }

    private static func writeOption(_ code: UInt16, _ text: String, into buffer: inout ByteBuffer) {
        writeOption(code, Array(text.utf8.prefix(4096)), into: &buffer)
    }

    private static func writeOption(
        _ code: UInt16, _ octets: some Collection<UInt8>, into buffer: inout ByteBuffer
    ) {
        buffer.writeMultipleIntegers(code, UInt16(clamping: octets.count), endianness: .little)
        buffer.writeBytes(octets)
        pad(octets.count, &buffer)
    }

    private static func pad(_ length: Int, _ buffer: inout ByteBuffer) {
        buffer.writeRepeatingByte(0, count: (4 - length % 4) % 4)
    }

    private static func octets(of value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
