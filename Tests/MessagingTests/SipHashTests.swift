import Testing

@testable import Messaging

/// SipHash-2-4-128 against its authors' vectors.
@Suite struct SipHashTests {
    private func hash(_ octets: [UInt8], key: [UInt8] = Array(0...15)) -> String {
        var hash = SipHash(SipHash.Key(key))
        hash.add(octets.span)
        let (first, second) = hash.end()
        var text = ""
        for word in [first, second] {
            for place in 0..<8 {
                let octet = UInt8(truncatingIfNeeded: word >> UInt64(8 * place))
                text += (octet < 16 ? "0" : "") + String(octet, radix: 16)
            }
        }
        return text
    }

    /// `vectors_sip128` of the reference code: the key is 0…15, the input 0…n-1.
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"), (3, "9c70b60c5267a94e5f33b6b02985ed51"),
        (7, "a1f1ebbed8dbc153c0b84aa61ff08239"), (8, "3b62a9ba6258f5610f83e264f31497b4"),
        (15, "5493e99933b0a8117e08ec0f97cfc3d9"), (63, "5150d1772f50834a503e069a973fbd7c"),
    ])
    func vectors(_ length: Int, _ expected: String) {
        #expect(hash((0..<length).map { UInt8($0) }) == expected)
    }

    /// However the input is cut.
    @Test func piecesAreOneInput() {
        let octets = (0..<50).map { UInt8($0 * 5) }
        for first in 0...50 {
            for second in stride(from: first, through: 50, by: 7) {
                var whole = SipHash(SipHash.Key([1]))
                whole.add(octets.span)
                var pieces = SipHash(SipHash.Key([1]))
                pieces.add(Array(octets[..<first]).span)
                for octet in octets[first..<second] { pieces.add(octet) }
                pieces.add(Array(octets[second...]).span)
                #expect(whole.end() == pieces.end())
            }
        }
    }
}
