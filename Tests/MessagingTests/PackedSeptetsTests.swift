import SMPP
import Testing

@testable import Messaging

struct PackedSeptetsTests {
    private func septets(_ text: String) -> [UInt8] {
        var octets: [UInt8] = []
        #expect(Alphabet.gsm.encode(text, transliterate: false, into: &octets))
        return octets
    }

    private func packed(_ text: String, headerLength: Int = 0, limit: Int = 140) -> [UInt8] {
        PackedSeptets.pack(septets(text)[...], headerLength: headerLength, limit: limit)
    }

    @Test func `the examples everybody knows`() {
        #expect(packed("hello") == [0xE8, 0x32, 0x9B, 0xFD, 0x06])
        #expect(packed("hellohello") == [0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37])
        #expect(packed("") == [])
        #expect(packed("@") == [0x00])
        #expect(packed("€") == [0x9B, 0x32])
    }

    @Test func `seven spare bits hold a carriage return`() {
        // 7 septets: 49 bits in 56.
        #expect(packed("1234567") == [0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x1A])
        #expect(packed("1234567").last.map { $0 >> 1 } == 0x0D)
        #expect(packed("12345678").count == 7)
    }

    @Test func `an @ at the end stays and none appears`() {
        for count in 0...40 {
            for end in ["", "@", "@@", "€", "A"] {
                let text = String(repeating: "x", count: count) + end
                #expect(unpacked(packed(text)) == text)
                #expect(unpacked(packed(text, headerLength: 6), headerLength: 6) == text)
                #expect(unpacked(packed(text, headerLength: 7), headerLength: 7) == text)
            }
        }
    }

    @Test func `a carriage return on the boundary is doubled where there is room`() {
        #expect(packed("1234567\r").count == 8)
        #expect(packed("1234567\r").last == 0x0D)
        #expect(unpacked(packed("1234567\r")) == "1234567\r\r")
        #expect(packed("123456\r").count == 7)
        #expect(unpacked(packed("123456\r")) == "123456\r")
        #expect(packed("1234567\r", limit: 7).count == 7)
        #expect(packed(String(repeating: "a", count: 159) + "\r").count == 140)
    }

    @Test func `fill bits after a header`() {
        // Six octets are 48 bits: one more to the next septet.
        #expect(packed("A", headerLength: 6) == [0x82])
        #expect(packed("A", headerLength: 7) == [0x41])
        #expect(PackedSeptets.pack(septets(String(repeating: "a", count: 153))[...], headerLength: 6).count == 134)
        #expect(PackedSeptets.pack(septets(String(repeating: "a", count: 152))[...], headerLength: 7).count == 133)
    }

    @Test func `random septets survive`() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            let septets = (0..<Int.random(in: 0...160, using: &random)).map { _ in
                UInt8.random(in: 0...0x7F, using: &random)
            }
            for headerLength in [0, 6, 7, 12] where septets.last != 0x0D {
                let octets = PackedSeptets.pack(septets[...], headerLength: headerLength)
                #expect(PackedSeptets.unpack(octets[...], headerLength: headerLength) == septets)
            }
        }
    }

    @Test func `any octets unpack`() {
        #expect(PackedSeptets.unpack([], headerLength: 6) == [])
        #expect(PackedSeptets.unpack([0xFF], headerLength: 6) == [0x7F])
        #expect(PackedSeptets.unpack([0xFF], headerLength: 12) == [])
        for headerLength in 0...13 {
            #expect(PackedSeptets.unpack([1, 2, 3][...], headerLength: headerLength).count <= 3)
        }
    }

    private func unpacked(_ octets: [UInt8], headerLength: Int = 0) -> String {
        TextDecoding.text(octets, alphabet: .gsm, packed: true, headerLength: headerLength)
    }
}
