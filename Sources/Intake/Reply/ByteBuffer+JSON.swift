package import NIOCore

extension ByteBuffer {
    /// Appends `text` as a JSON string with its quotes (RFC 8259 §7).
    package mutating func writeJSONString(_ text: String) {
        writeStaticString("\"")
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
            writeString(text)
        } else {
            for byte in text.utf8 {
                switch byte {
                case 0x22, 0x5C:
                    writeInteger(UInt8(ascii: "\\"))
                    writeInteger(byte)
                case 0..<0x20:
                    writeStaticString("\\u00")
                    writeInteger(UInt8(byte < 0x10 ? 0x30 : 0x31))
                    writeInteger(Self.hexDigit(byte & 0x0F))
                default: writeInteger(byte)  // stands for itself
                }
            }
        }
        writeStaticString("\"")
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x57 + value
    }
}
