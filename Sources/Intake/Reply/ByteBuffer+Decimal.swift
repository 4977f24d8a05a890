import NIOCore

extension ByteBuffer {
    /// Appends a number from 0 up in decimal digits, without a string on the way.
    mutating func writeDecimal(_ number: Int) {
        if number >= 10 { writeDecimal(number / 10) }
        writeInteger(UInt8(truncatingIfNeeded: number % 10) + UInt8(ascii: "0"))
    }
}
