extension Unicode.Scalar {
    /// Unicode's White_Space. The property's table is slow: it is asked for what is neither visible ASCII nor Cyrillic.
    var isSpace: Bool {
        switch value {
        case 0x21...0x7E, 0x0400...0x04FF: false
        default: properties.isWhitespace
        }
    }
}
