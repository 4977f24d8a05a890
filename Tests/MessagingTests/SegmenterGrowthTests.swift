import TestPrograms
import Testing

@testable import Messaging

/// What a text costs grows as its length, whatever its characters do to each other: a text of 64 KiB must not stop an event loop.
@Suite struct SegmenterGrowthTests {
    /// Texts of which all, or nearly all, may be one grapheme cluster, and those whose clusters need a long look back.
    static let worst: [(name: String, head: String, repeated: String)] = [
        ("marks", "e", "\u{301}"), ("joiners", "👩", "\u{200D}👩"), ("flags", "", "🇷🇺"), ("half flags", "🇷", "🇺"),
        ("conjuncts", "क", "\u{94D}क"), ("Hangul", "", "\u{1100}"), ("prepended", "", "\u{600}"),
        ("right to left", "ב", "\u{5B8}\u{5BC}ב"), ("line ends", "я", "\r\n"), ("plain", "", "я"),
    ]

    private static func cost(_ kind: (name: String, head: String, repeated: String), units: Int) throws -> Duration {
        let text = kind.head + String(repeating: kind.repeated, count: units / kind.repeated.utf16.count)
        let policy = TextPolicy(maxParts: 255)
        var least = Duration.seconds(3600)
        for _ in 0..<5 {
            let cost = try processorTime {
                let segmented = try Segmenter.segment(text, policy: policy) { 1 }
                #expect(segmented.segments.count > 1)
            }
            least = min(least, cost)
        }
        return least
    }

    /// Eight times the text: eight times the work if it is linear, 64 times if it is quadratic.
    @Test(arguments: worst.indices) func costIsLinear(_ index: Int) throws {
        let kind = Self.worst[index]
        let (short, long) = (try Self.cost(kind, units: 2_000), try Self.cost(kind, units: 16_000))
        #expect(long < short * 24, "\(kind.name): \(short) and \(long)")
    }

    /// The list stands in our code; Unicode's own decides.
    @Test func spacesAreUnicodes() {
        for value in 0...0x10FFFF {
            guard let scalar = Unicode.Scalar(UInt32(value)), scalar.isSpace != scalar.properties.isWhitespace else {
                continue
            }
            Issue.record("\(String(value, radix: 16))")
        }
    }
}
