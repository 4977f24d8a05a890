import NIOCore
import SMPP

extension PcapReader.Packet {
    /// What a packet holds, as far as matters here.
    package enum Content: Hashable, Sendable {
        case tcp(PcapSegment)
        /// A piece of an IP packet: these are not put together.
        case fragment
        case other
    }

    /// Reads link, IP and TCP headers. Octets that were not captured are missing at the payload's end.
    package var content: Content {
        var packet = octets
        guard Self.skipLink(linkType, &packet),
            let version = packet.getInteger(at: packet.readerIndex, as: UInt8.self).map({ $0 >> 4 })
        else { return .other }
        switch version {
        case 4: return Self.readIPv4(packet)
        case 6: return Self.readIPv6(packet)
        default: return .other
        }
    }

    /// Whether an IP packet comes next.
    private static func skipLink(_ linkType: UInt16, _ packet: inout ByteBuffer) -> Bool {
        let start = packet.readerIndex
        var type: UInt16?
        let length: Int
        switch linkType {
        // BSD's loopback: the address family, whose value depends on the system; the IP version says the same.
        case 0, 108: length = 4
        // Raw IP, by its own number and those of DLT_RAW.
        case 12, 14, 101, 228, 229: length = 0
        case 1:
            var offset = 12
            type = packet.getInteger(at: start + offset)
            // Tags of virtual networks (IEEE 802.1Q); there are two at most.
            for _ in 0..<4 where [0x8100, 0x88A8, 0x9100].contains(type) {
                offset += 4
                type = packet.getInteger(at: start + offset)
            }
            length = offset + 2
        case 113:
            type = packet.getInteger(at: start + 14)
            length = 16
        case 276:
            type = packet.getInteger(at: start)
            length = 20
        default: return false
        }
        let hasType = [1, 113, 276].contains(linkType)
        guard packet.readableBytes > length, !hasType || type == 0x0800 || type == 0x86DD else { return false }
        packet.moveReaderIndex(forwardBy: length)
        return true
    }

    /// RFC 791 §3.1.
    private static func readIPv4(_ packet: ByteBuffer) -> Content {
        var rest = packet
        guard
            let (first, _, total, _, fragment, _, proto, _, source, destination) = rest.readMultipleIntegers(
                as: (UInt8, UInt8, UInt16, UInt16, UInt16, UInt8, UInt8, UInt16, UInt32, UInt32).self)
        else { return .other }
        let header = Int(first & 0xF) * 4
        // 0 where the network card was to cut the packet into smaller ones.
        let length = total == 0 ? packet.readableBytes : Int(total)
        guard header >= 20, length >= header, proto == 6 else { return .other }
        guard fragment & 0x3FFF == 0 else { return .fragment }
        var payload = packet
        guard payload.readSlice(length: header) != nil,
            let tcp = payload.readSlice(length: min(length - header, payload.readableBytes))
        else { return .other }
        return readTCP(tcp) { PcapEndpoint(IPAddress(ipv4: $0 ? source : destination), port: $1) }
    }

    /// RFC 8200 §3, §4.
    private static func readIPv6(_ packet: ByteBuffer) -> Content {
        var rest = packet
        guard
            let (_, total, first, _, source, source2, destination, destination2) = rest.readMultipleIntegers(
                as: (UInt32, UInt16, UInt8, UInt8, UInt64, UInt64, UInt64, UInt64).self),
            var payload = rest.readSlice(
                length: total == 0 ? rest.readableBytes : min(Int(total), rest.readableBytes))
        else { return .other }
        var next = first
        // Extension headers; there are eight kinds.
        for _ in 0..<8 where next != 6 {
            guard let (following, size) = payload.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .other }
            switch next {
            case 0, 43, 60:
                guard payload.readSlice(length: Int(size) * 8 + 6) != nil else { return .other }
            case 44:
                guard let (offset, _) = payload.readMultipleIntegers(as: (UInt16, UInt32).self) else { return .other }
                guard offset & 0xFFF9 == 0 else { return .fragment }
            default: return .other
            }
            next = following
        }
        guard next == 6 else { return .other }
        return readTCP(payload) {
            PcapEndpoint(IPAddress(ipv6: $0 ? source : destination, $0 ? source2 : destination2), port: $1)
        }
    }

    private static func readTCP(
        _ segment: ByteBuffer, endpoint: (_ isSource: Bool, _ port: UInt16) -> PcapEndpoint
    ) -> Content {
        var rest = segment
        guard
            let (source, destination, sequence, acknowledgement, offset, flags) = rest.readMultipleIntegers(
                as: (UInt16, UInt16, UInt32, UInt32, UInt8, UInt8).self)
        else { return .other }
        var payload = segment
        let header = Int(offset >> 4) * 4
        guard header >= 20, payload.readSlice(length: header) != nil else { return .other }
        return .tcp(
            PcapSegment(
                from: endpoint(true, source), to: endpoint(false, destination), sequence: sequence,
                acknowledgement: acknowledgement, flags: PcapSegment.Flags(rawValue: flags), payload: payload))
    }
}
