import Foundation
import NIOCore
import SMPP
import SMPPWire
import TestPrograms

/// An SMSC of one thread with blocking sockets and little room in them: it writes all its answers, long ones, before it reads again.
final class BlockingSMSC: Sendable {
    let port: Int
    private let listener: Int32

    init() throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var room: Int32 = 16_384
        // Connections have these from the listener.
        for option in [SO_RCVBUF, SO_SNDBUF] {
            setsockopt(listener, SOL_SOCKET, option, &room, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = listener
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && listen(descriptor, 1) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else { throw HarnessError("no socket: \(errno)") }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { Self.serve(accept(descriptor, nil, nil)) }
    }

    func stop() { close(listener) }

    private static func serve(_ connection: Int32) {
        defer { close(connection) }
        var stream = ByteBuffer()
        var octets = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &octets, octets.count, 0)
            guard count > 0 else { return }
            stream.writeBytes(octets[..<count])
            while let frame = try? PDUFrame.next(from: &stream) {
                guard let pdu = try? PDUDecoder.decode(frame), let answer = answer(to: pdu) else { continue }
                var written = ByteBuffer()
                guard (try? PDUEncoder.encode(PDU(sequence: pdu.sequence, answer), into: &written)) != nil else {
                    return
                }
                var rest = Array(written.readableBytesView)[...]
                while !rest.isEmpty {
                    let sent = Array(rest).withUnsafeBytes { octets in
                        unsafe send(connection, octets.baseAddress, octets.count, Int32(MSG_NOSIGNAL))
                    }
                    guard sent > 0 else { return }
                    rest = rest.dropFirst(sent)
                }
            }
        }
    }

    private static func answer(to pdu: PDU) -> PDUBody? {
        switch pdu.body {
        case .bind(let kind, _): .bindResponse(kind, BindResponse(systemID: "ONE"))
        case .submit:
            .submitResponse(
                MessageResponse(
                    messageID: "\(pdu.sequence)",
                    tlvs: [TLV(TLVTag(rawValue: 0x1400), [UInt8](repeating: 65, count: 1000))]))
        case .enquireLink: .enquireLinkResponse
        case .unbind: .unbindResponse
        default: nil
        }
    }
}
