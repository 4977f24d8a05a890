package import NIOCore

/// Reads the packets of a capture file: pcap with micro- or nanoseconds, and pcapng, of either byte order.
package struct PcapReader {
    /// A packet as it was captured.
    package struct Packet: Hashable, Sendable {
        /// Nanoseconds since 1970; 0 where the file does not tell.
        package var time: UInt64
        /// A LINKTYPE value.
        package var linkType: UInt16
        package var octets: ByteBuffer
    }

    private struct Interface {
        var linkType: UInt16
        var snapLength: UInt32
        var resolution: UInt8 = 6
        /// Seconds that are added to every time.
        var offset: Int64 = 0

        /// §4.2, `if_tsresol`: a negative power of 10, or of 2 where the highest bit is set.
        func nanoseconds(_ ticks: UInt64) -> UInt64 {
            let exponent = Int(resolution & 0x7F)
            let time: (partialValue: UInt64, overflow: Bool)
            if resolution & 0x80 != 0 {
                guard exponent < 64 else { return 0 }
                let (high, low) = ticks.multipliedFullWidth(by: 1_000_000_000)
                let value = exponent == 0 ? low : low >> UInt64(exponent) | high << UInt64(64 - exponent)
                time = (value, high >> UInt64(exponent) != 0)
            } else if exponent <= 9 {
                time = ticks.multipliedReportingOverflow(by: Self.power(9 - exponent))
            } else {
                time = (exponent > 28 ? 0 : ticks / Self.power(exponent - 9), false)
            }
            guard !time.overflow else { return 0 }
            let shift = offset.multipliedReportingOverflow(by: 1_000_000_000)
            guard !shift.overflow else { return 0 }
            let sum =
                shift.partialValue < 0
                ? time.partialValue.subtractingReportingOverflow(shift.partialValue.magnitude)
                : time.partialValue.addingReportingOverflow(shift.partialValue.magnitude)
            return sum.overflow ? 0 : sum.partialValue
        }

        /// 10 to this power, which is at most 19.
        private static func power(_ exponent: Int) -> UInt64 {
            (0..<exponent).reduce(1) { power, _ in power * 10 }
        }
    }

    private enum Format {
        case classic(linkType: UInt16, ticks: UInt64)
        case blocks
    }

    private var file: ByteBuffer
    private let length: Int
    private let format: Format
    private var endianness = Endianness.big
    private var interfaces: [Interface] = []

    /// - Throws: where `file` is not a capture.
    package init(_ file: ByteBuffer) throws(PcapError) {
        self.file = file
        length = file.readableBytes
        guard let magic = file.getInteger(at: file.readerIndex, as: UInt32.self) else { throw .notACapture }
        if magic == Self.sectionHeader {
            format = .blocks
            return
        }
        guard let (endianness, ticks) = Self.classic(magic) else { throw .notACapture }
        guard self.file.readableBytes >= 24,
            let network = file.getInteger(at: file.readerIndex + 20, endianness: endianness, as: UInt32.self)
        else { throw .cut(at: length) }
        self.file.moveReaderIndex(forwardBy: 24)
        self.endianness = endianness
        // The upper bits tell of checksums at the frames' ends.
        format = .classic(linkType: UInt16(truncatingIfNeeded: network), ticks: ticks)
    }

    /// The next packet; nil at the end.
    ///
    /// - Throws: where the file is broken or ends too early; nothing more can be read of it.
    package mutating func next() throws(PcapError) -> Packet? {
        switch format {
        case .classic(let linkType, let ticks): try nextRecord(linkType, ticks: ticks)
        case .blocks: try nextOfBlocks()
        }
    }

    private var offset: Int { length - file.readableBytes }

    private static let sectionHeader: UInt32 = 0x0A0D_0D0A

    /// The byte order of a pcap file, and the nanoseconds of its ticks.
    private static func classic(_ magic: UInt32) -> (Endianness, UInt64)? {
        switch magic {
        case 0xA1B2_C3D4: (.big, 1_000)
        case 0xD4C3_B2A1: (.little, 1_000)
        case 0xA1B2_3C4D: (.big, 1)
        case 0x4D3C_B2A1: (.little, 1)
        default: nil
        }
    }

    private mutating func nextRecord(_ linkType: UInt16, ticks: UInt64) throws(PcapError) -> Packet? {
        guard file.readableBytes > 0 else { return nil }
        let start = offset
        guard
            let (seconds, fraction, count, _) = file.readMultipleIntegers(
                endianness: endianness, as: (UInt32, UInt32, UInt32, UInt32).self),
            let octets = file.readSlice(length: Int(count))
        else { throw .cut(at: start) }
        return Packet(
            time: UInt64(seconds) * 1_000_000_000 + UInt64(fraction) * ticks, linkType: linkType, octets: octets)
    }

    private mutating func nextOfBlocks() throws(PcapError) -> Packet? {
        while file.readableBytes > 0 {
            let start = offset
            guard let type = file.getInteger(at: file.readerIndex, endianness: endianness, as: UInt32.self) else {
                throw .cut(at: start)
            }
            if type == Self.sectionHeader { try beginSection(at: start) }
            guard
                let count = file.getInteger(at: file.readerIndex + 4, endianness: endianness, as: UInt32.self),
                count <= file.readableBytes
            else { throw .cut(at: start) }
            guard count >= 12, count % 4 == 0, var body = file.readSlice(length: Int(count)) else {
                throw .broken(at: start)
            }
            body.moveReaderIndex(forwardBy: 8)
            guard let body = body.readSlice(length: body.readableBytes - 4) else { throw .broken(at: start) }
            guard let packet = try read(type, body, at: start) else { continue }
            return packet
        }
        return nil
    }

    /// A section may have its own byte order; its interfaces are numbered anew.
    private mutating func beginSection(at start: Int) throws(PcapError) {
        guard let magic = file.getInteger(at: file.readerIndex + 8, as: UInt32.self) else { throw .cut(at: start) }
        switch magic {
        case 0x1A2B_3C4D: endianness = .big
        case 0x4D3C_2B1A: endianness = .little
        default: throw .broken(at: start)
        }
        interfaces = []
    }

    private mutating func read(
        _ type: UInt32, _ block: ByteBuffer, at start: Int
    ) throws(PcapError) -> Packet? {
        var body = block
        switch type {
        case 1:
            guard
                let (linkType, _, snapLength) = body.readMultipleIntegers(
                    endianness: endianness, as: (UInt16, UInt16, UInt32).self)
            else { throw .broken(at: start) }
            var interface = Interface(linkType: linkType, snapLength: snapLength)
            readOptions(body, into: &interface)
            interfaces.append(interface)
            return nil
        case 2, 6:
            // The older block has a drop count in the upper half of its first word.
            let number: Int?
            if type == 2 {
                number = body.readMultipleIntegers(endianness: endianness, as: (UInt16, UInt16).self).map { Int($0.0) }
            } else {
                number = body.readInteger(endianness: endianness, as: UInt32.self).map(Int.init)
            }
            guard let number, interfaces.indices.contains(number),
                let (high, low, count, _) = body.readMultipleIntegers(
                    endianness: endianness, as: (UInt32, UInt32, UInt32, UInt32).self),
                let octets = body.readSlice(length: Int(count))
            else { throw .broken(at: start) }
            let interface = interfaces[number]
            return Packet(
                time: interface.nanoseconds(UInt64(high) << 32 | UInt64(low)), linkType: interface.linkType,
                octets: octets)
        case 3:
            guard let interface = interfaces.first,
                let original = body.readInteger(endianness: endianness, as: UInt32.self)
            else { throw .broken(at: start) }
            let limit = interface.snapLength == 0 ? original : min(original, interface.snapLength)
            guard let octets = body.readSlice(length: min(Int(limit), body.readableBytes)) else {
                throw .broken(at: start)
            }
            return Packet(time: 0, linkType: interface.linkType, octets: octets)
        default:
            return nil
        }
    }

    private func readOptions(_ options: ByteBuffer, into interface: inout Interface) {
        var options = options
        while let (code, count) = options.readMultipleIntegers(endianness: endianness, as: (UInt16, UInt16).self),
            code != 0, let value = options.readSlice(length: Int(count))
        {
            options.moveReaderIndex(forwardBy: min((4 - Int(count) % 4) % 4, options.readableBytes))
            switch code {
            case 9:
                interface.resolution = value.getInteger(at: value.readerIndex) ?? interface.resolution
            case 14:
                let offset = value.getInteger(at: value.readerIndex, endianness: endianness, as: Int64.self)
                interface.offset = offset ?? interface.offset
            default: break
            }
        }
    }
}

/// Why a capture file cannot be read, or not further. Places are octets from the file's beginning.
package enum PcapError: Error, Hashable, CustomStringConvertible {
    case notACapture
    /// It ends inside what begins here.
    case cut(at: Int)
    case broken(at: Int)

    package var description: String {
        switch self {
        case .notACapture: "this is neither a pcap nor a pcapng file"
        case .cut(let offset): "the file ends inside the packet that begins at octet \(offset)"
        case .broken(let offset): "the file makes no sense from octet \(offset) on"
        }
    }
}
