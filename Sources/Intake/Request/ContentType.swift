/// What a request's `Content-Type` says about its form.
enum ContentType {
    /// The charset of the form that `value` announces (RFC 9110 §8.3); nil when it announces something else, or a
    /// charset that we do not read.
    static func formCharset(_ value: String) -> FormCharset? {
        let parts = value.split(separator: ";", omittingEmptySubsequences: false)
        let type = parts[0].trimmingHTTPSpace()
        guard type.isEmpty || type.lowercased() == "application/x-www-form-urlencoded" else { return nil }
        var charset = FormCharset.utf8
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, pair[0].trimmingHTTPSpace().lowercased() == "charset" else { continue }
            guard let named = FormCharset(name: pair[1].trimmingHTTPSpace().withoutQuotes()) else { return nil }
            charset = named
        }
        return charset
    }

    /// Whether an `Accept` value asks for JSON (RFC 9110 §12.5.1): `application/json` is named, and not with less weight
    /// than `text/plain`. Wildcards ask for nothing in particular.
    static func wantsJSON(accept value: String) -> Bool {
        var json = 0.0
        var plain = 0.0
        for range in value.split(separator: ",") {
            let parts = range.split(separator: ";", omittingEmptySubsequences: false)
            var weight = 1.0
            for parameter in parts.dropFirst() {
                let pair = parameter.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, pair[0].trimmingHTTPSpace().lowercased() == "q" else { continue }
                weight = Double(pair[1].trimmingHTTPSpace()) ?? 0
            }
            switch parts[0].trimmingHTTPSpace().lowercased() {
            case "application/json": json = max(json, weight)
            case "text/plain": plain = max(plain, weight)
            default: continue  // types we do not write
            }
        }
        return json > 0 && json >= plain
    }
}

extension StringProtocol where SubSequence == Substring {
    /// Without the spaces and tabs at both ends (OWS, RFC 9110 §5.6.3).
    func trimmingHTTPSpace() -> Substring {
        var rest = self[...]
        while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest = rest.dropFirst() }
        while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest = rest.dropLast() }
        return rest
    }

    /// Without a pair of double quotes around it.
    func withoutQuotes() -> Substring {
        let inner = dropFirst().dropLast()
        return utf8.count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? inner : self[...]
    }
}
