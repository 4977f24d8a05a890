extension UInt32 {
    /// Upper-case hexadecimal digits, padded with zeros to `width`.
    package func hexDigits(_ width: Int) -> String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
