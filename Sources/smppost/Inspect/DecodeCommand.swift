import ArgumentParser
import Foundation
import NIOCore
import SMPPWire

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Explain SMPP PDUs given in hexadecimal or in a capture file, octet by octet.",
        discussion: """
            A capture is a pcap or pcapng file, of dumpcap, tcpdump or `smppost binds trace`; of every TCP connection in it both \
            directions are followed. Several PDUs in hexadecimal may follow one another. Passwords, texts and numbers are \
            masked without --reveal.
            """)

    @Argument(
        help: """
            A capture file, or hexadecimal digits; spaces, colons and line breaks are skipped. None: hexadecimal digits from \
            standard input.
            """)
    var input: [String] = []

    @Option(help: "Of a capture: only this TCP port; several may be given. None: 2775, and whatever looks like SMPP.")
    var port: [UInt16] = []

    @Flag(help: "Show passwords, texts and whole numbers.")
    var reveal = false

    /// A PDU has at most 64 KiB; more input than this is a mistake.
    private static let inputLimit = 1 << 20

    func run() throws {
        if input.count == 1, FileManager.default.fileExists(atPath: input[0]) {
            return try CaptureDecoding(file: input[0], ports: port, reveal: reveal).run()
        }
        guard port.isEmpty else { throw ValidationError("--port is for a capture file") }
        let text = input.isEmpty ? try Self.standardInput() : input.joined()
        var bytes = try Self.bytes(of: text)
        guard bytes.readableBytes > 0 else { throw ValidationError("there is nothing to decode") }
        while bytes.readableBytes > 0 {
            let length = bytes.getInteger(at: bytes.readerIndex, as: UInt32.self).map(Int.init) ?? 0
            guard bytes.readableBytes >= 16, length >= 16, let frame = bytes.readSlice(length: length) else {
                Console.error(
                    "at octet \(bytes.readerIndex): \(bytes.readableBytes) octets are left and command_length is \(length)"
                )
                throw ExitCode.failure
            }
            Console.say(PDUAnnotation.describe(frame, revealSecrets: reveal))
        }
    }

    private static func standardInput() throws -> String {
        var text = ""
        while let line = readLine(strippingNewline: true) {
            text += line
            guard text.utf8.count <= inputLimit else { throw ValidationError("more than \(inputLimit) characters") }
        }
        return text
    }

    private static func bytes(of text: String) throws -> ByteBuffer {
        var buffer = ByteBuffer()
        var high: UInt8?
        for (index, character) in text.enumerated() where !" :\t\r\n".contains(character) {
            guard let digit = character.hexDigitValue.map(UInt8.init) else {
                throw ValidationError(
                    "character \(index + 1) is not a hexadecimal digit, and there is no such file")
            }
            if let first = high {
                buffer.writeInteger(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else { throw ValidationError("the number of hexadecimal digits is odd") }
        return buffer
    }
}
