import Glibc
package import Messaging
import Synchronization

/// The character sets of SMPP 3.4 §5.2.19 whose tables are not ours, read by the C library's iconv.
///
/// One descriptor for each encoding, open for as long as the process lives. A conversion holds its lock: some microseconds.
package enum CharsetDecoder {
    /// Opens the descriptors. That reads files, which no event loop may wait for: call it before any of them runs.
    package static func prepare() { _ = descriptors }

    /// What octets say. Nil where this machine's C library lacks the encoding.
    package static let read: CharsetReader = { charset, octets in
        switch charset {
        case .cyrillic: convert(octets, .iso8859Cyrillic)?.text
        case .hebrew: convert(octets, .iso8859Hebrew)?.text
        case .korean: convert(octets, .korean)?.text
        case .jis, .kanji, .iso2022JP: japanese(octets)
        }
    }

    private enum Encoding: String, CaseIterable {
        case iso8859Cyrillic = "ISO-8859-5"
        case iso8859Hebrew = "ISO-8859-8"
        case iso2022 = "ISO-2022-JP-2"
        case eucJapanese = "EUC-JP"
        case shiftJIS = "CP932"
        // KS C 5601 as EUC-KR, with Microsoft's additions.
        case korean = "UHC"
    }

    /// A descriptor, or nil where the C library lacks the encoding. It is never closed.
    private struct Descriptor: @unchecked Sendable {
        let value: iconv_t?

        init(_ encoding: Encoding) {
            let opened = iconv_open("UTF-8", encoding.rawValue)
            value = opened == iconv_t(bitPattern: -1) ? nil : opened
        }
    }

    private final class Converter: Sendable {
        let descriptor: Mutex<Descriptor>

        init(_ encoding: Encoding) {
            descriptor = Mutex(Descriptor(encoding))
        }
    }

    private static let descriptors: [Encoding: Converter] = Dictionary(
        uniqueKeysWithValues: Encoding.allCases.map { ($0, Converter($0)) })

    /// JIS X 0208 and 0212 come in three encodings, and nothing says in which: escapes are ISO-2022-JP; of the other two the one
    /// without a fault, and EUC-JP, which takes less for its own, before Shift JIS.
    private static func japanese(_ octets: [UInt8]) -> String? {
        guard octets.contains(where: { $0 >= 0x80 }), !octets.contains(0x1B) else {
            return convert(octets, .iso2022)?.text
        }
        guard let euc = convert(octets, .eucJapanese) else { return convert(octets, .shiftJIS)?.text }
        // To iconv the first octets of Shift JIS are controls of EUC-JP.
        let controls = euc.text.unicodeScalars.count { 0x80...0x9F ~= $0.value }
        guard euc.faults + controls > 0, let shift = convert(octets, .shiftJIS), shift.faults < euc.faults + controls
        else { return euc.text }
        return shift.text
    }

    /// The text, with U+FFFD for each octet that is none, and how many those are.
    private static func convert(_ octets: [UInt8], _ encoding: Encoding) -> (text: String, faults: Int)? {
        guard let converter = descriptors[encoding] else { return nil }
        return converter.descriptor.withLock { descriptor in
            guard let descriptor = descriptor.value else { return nil }
            // Some encodings have a state, which begins anew.
            _ = iconv(descriptor, nil, nil, nil, nil)
            var source = octets.map { CChar(bitPattern: $0) }
            // No octet becomes more than a scalar of the basic plane, three octets of UTF-8, but for the first of a pair.
            let room = 4 * octets.count + 8
            var faults = 0
            let text = [CChar](unsafeUninitializedCapacity: room) { target, count in
                source.withUnsafeMutableBufferPointer { source in
                    count = convert(descriptor, source, target, &faults)
                }
            }
            return (String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self), faults)
        }
    }

    /// How many octets were written.
    private static func convert(
        _ descriptor: iconv_t, _ source: UnsafeMutableBufferPointer<CChar>,
        _ target: UnsafeMutableBufferPointer<CChar>, _ faults: inout Int
    ) -> Int {
        var (from, left) = (source.baseAddress, source.count)
        var (to, room) = (target.baseAddress, target.count)
        while left > 0, iconv(descriptor, &from, &left, &to, &room) == -1 {
            // EILSEQ or EINVAL: an octet that begins nothing, or nothing whole. E2BIG would be a mistake of ours.
            guard errno != E2BIG, room >= 3, let place = to else { break }
            for (offset, octet) in ([0xEF, 0xBF, 0xBD] as [UInt8]).enumerated() {
                place[offset] = CChar(bitPattern: octet)
            }
            to = place + 3
            room -= 3
            from = from.map { $0 + 1 }
            left -= 1
            faults += 1
        }
        return target.count - room
    }
}
