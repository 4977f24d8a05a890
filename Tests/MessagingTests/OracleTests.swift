import Foundation
import Testing

@testable import Messaging

/// What smsutil 1.1.3 made of one text; `Oracle/generate.py` wrote it.
private struct OracleCase: Decodable {
    enum Kind: String, Decodable {
        /// Every character is a grapheme cluster of its own: nothing may differ.
        case plain
        /// smsutil cuts inside grapheme clusters. We do not, on purpose.
        case clusters
    }

    let kind: Kind
    let text: String
    let alphabet: String
    /// Unicode scalars of each part.
    let scalars: [Int]
    /// The CRC-32 of each part's octets.
    let crc32: [UInt32]

    static func all() throws -> [OracleCase] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Oracle/smsutil.json")
        return try JSONDecoder().decode([OracleCase].self, from: Data(contentsOf: file))
    }
}

struct OracleTests {
    /// smsutil knows only these two alphabets.
    private static let policy = TextPolicy(dataCoding: [.gsm: 0, .ucs2: 8], maxParts: 255)

    @Test func `smsutil and we agree`() throws {
        let cases = try OracleCase.all()
        #expect(cases.count > 250)
        for expected in cases where !expected.text.allSatisfy(\.isWhitespace) {
            let result = try Segmenter.segment(expected.text, policy: Self.policy) { 1 }
            #expect("\(result.alphabet)" == expected.alphabet)
            let texts = result.segments.map { segment in
                TextDecoding.text(segment.octets.dropFirst(segment.hasUDH ? 6 : 0), alphabet: result.alphabet)
            }
            switch expected.kind {
            case .plain:
                #expect(texts.map(\.unicodeScalars.count) == expected.scalars)
                #expect(result.segments.map { crc32($0.octets.dropFirst($0.hasUDH ? 6 : 0)) } == expected.crc32)
            case .clusters:
                #expect(texts.map(Array.init).joined().elementsEqual(expected.text))
                #expect(texts.count >= expected.scalars.count && texts.count <= expected.scalars.count + 1)
            }
        }
    }

    private func crc32(_ octets: some Sequence<UInt8>) -> UInt32 {
        ~octets.reduce(~0) { crc, octet in
            (0..<8).reduce(crc ^ UInt32(octet)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
    }
}
