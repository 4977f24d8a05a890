import ArgumentParser
import NIOCore
import SMPPWire

struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Explain SMPP PDUs given in hexadecimal, octet by octet.",
        discussion: "Several PDUs may follow one another. Passwords, texts and numbers are masked without --reveal.")

    @Argument(help: "Hexadecimal digits; spaces, colons and line breaks are skipped. None: read standard input.")
    var hex: [String] = []

    @Flag(help: "Show passwords, texts and whole numbers.")
    var reveal = false

    /// A PDU has at most 64 KiB; more input than this is a mistake.
    private static let inputLimit = 1 << 20

    func run() throws {
        let text = hex.isEmpty ? try Self.standardInput() : hex.joined()
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
                throw ValidationError("character \(index + 1) is not a hexadecimal digit")
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
