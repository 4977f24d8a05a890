import ArgumentParser
import Foundation
import NIOCore
import SMPPWire
import Settings

/// Explains the PDUs of a capture file.
struct CaptureDecoding {
    /// Octets of the largest file that is read; it is held in memory.
    private static let fileLimit = 1 << 30

    let file: String
    let ports: [UInt16]
    let reveal: Bool

    /// Prints each PDU with its time and direction.
    ///
    /// - Throws: exit code 1 for a file that cannot be read, or not to its end.
    func run() throws {
        do {
            var pdus = try PcapPDUs(try read(), ports: ports.isEmpty ? nil : Set(ports))
            defer { summarise(pdus.totals) }
            while let event = try pdus.next() { tell(event) }
        } catch let error as PcapError {
            Console.error("\(file): \(error)")
            throw ExitCode.failure
        }
    }

    private func read() throws -> ByteBuffer {
        guard access(file, R_OK) == 0 else {
            Console.error("\(file) \(FileProblem(errno: errno).reason)")
            throw ExitCode.failure
        }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            var buffer = ByteBuffer()
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                buffer.writeBytes(piece)
                guard buffer.readableBytes <= Self.fileLimit else {
                    throw ValidationError("\(file) has more than \(Self.fileLimit >> 20) MiB")
                }
            }
            return buffer
        } catch is CocoaError {
            Console.error("\(file) cannot be read")
            throw ExitCode.failure
        }
    }

    private func tell(_ event: PcapPDUs.Event) {
        switch event {
        case .pdu(let frame, let flow, let time):
            Console.say("\(Self.text(time)) \(flow.source) → \(flow.destination)")
            Console.say(PDUAnnotation.describe(frame, revealSecrets: reveal))
        case .gap(let flow, let octets):
            Console.say("\(flow.source) → \(flow.destination): \(octets) octets are not in the capture\n")
        case .skipped(let flow, let octets):
            Console.say("\(flow.source) → \(flow.destination): \(octets) octets skipped: no PDU begins there\n")
        }
    }

    private func summarise(_ totals: PcapPDUs.Totals) {
        if totals.fragments > 0 {
            Console.error("\(file): \(totals.fragments) pieces of IP packets, which are not put together")
        }
        if totals.ignored > 0 {
            Console.error("\(file): \(totals.ignored) packets of too many connections")
        }
    }

    /// RFC 3339 in UTC, to microseconds.
    private static func text(_ time: UInt64) -> String {
        let second = Date(timeIntervalSince1970: Double(time / 1_000_000_000)).formatted(.iso8601)
        let microseconds = String(time / 1_000 % 1_000_000)
        let padded = String(repeating: "0", count: 6 - microseconds.count) + microseconds
        return second.dropLast() + "." + padded + "Z"
    }
}
