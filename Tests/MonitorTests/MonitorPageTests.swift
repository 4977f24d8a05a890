import HTTPService
import Monitor
import NIOCore
import NIOHTTP1
import TLS
import Testing

/// What can be told of the page without a browser.
struct MonitorPageTests {
    private static let html = String(buffer: MonitorPage.response.body)
    private static let policy = MonitorPage.response.headers.first(name: "Content-Security-Policy") ?? ""

    @Test func isSmall() {
        #expect(MonitorPage.response.body.readableBytes < 100_000)
        #expect(MonitorPage.response.contentType == "text/html; charset=utf-8")
    }

    /// An address of a name space is no address.
    @Test func loadsNothingFromElsewhere() {
        let text = Self.html.replacing("http://www.w3.org/2000/svg", with: "")
        for word in ["http://", "https://", "//cdn", "@import", "url(", " src=", "import("] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test func dataIsNeverMarkupOrCode() {
        for word in [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", " onclick=\"",
            " onload=", " style=\"", "javascript:", "localStorage",
        ] {
            #expect(!Self.html.contains(word), "\(word)")
        }
    }

    /// The policy names exactly what stands in the page.
    @Test(arguments: [("script", "script-src"), ("style", "style-src")])
    func thePolicyKnowsTheHash(tag: String, directive: String) throws {
        let open = "<\(tag)>"
        let start = try #require(Self.html.firstRange(of: open)).upperBound
        let end = try #require(Self.html.firstRange(of: "</\(tag)>")).lowerBound
        let text = String(Self.html[start..<end])
        #expect(Self.html.ranges(of: open).count == 1 && Self.html.ranges(of: "</\(tag)>").count == 1)
        let digest = try #require(KeyHash(hashing: Array(text.utf8)).description.split(separator: "$").last)
        #expect(Self.policy.contains("\(directive) 'sha256-\(digest)='"))
    }

    @Test func thePolicyIsStrict() {
        #expect(Self.policy.hasPrefix("default-src 'none'; "))
        #expect(!Self.policy.contains("unsafe") && !Self.policy.contains("*"))
        #expect(Self.policy.contains("frame-ancestors 'none'") && Self.policy.contains("base-uri 'none'"))
    }
}
