extension Unicode.Scalar {
    /// Unicode's White_Space (PropList), one by one: a text of 64 KiB of them must not cost what the property's table does.
    var isSpace: Bool {
        switch value {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}
