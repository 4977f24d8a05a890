import Intake
import NIOHTTP1
import Testing

@Suite struct RequestTermsTests {
    private func terms(
        _ method: HTTPMethod = .POST, _ uri: String = "/sms", _ fields: [(String, String)] = [("Host", "h")],
        _ version: HTTPVersion = .http1_1
    ) -> RequestTerms {
        HeadWriter.terms(
            method, uri, fields, version, rules: .init(path: "/sms", maxBodyBytes: 100, maxHeaderBytes: 200))
    }

    @Test(arguments: ["/sms", "/sms?x=/y", "/sms?", "https://h/sms", "HTTP://h:1/sms?q", "/sms/", "/sms/?x"])
    func ourPath(_ uri: String) {
        #expect(terms(.POST, uri).refusal == nil)
    }

    @Test(arguments: [
        "/", "/sms//", "/SMS", "/sms/x", "//sms", "/%73ms", "https://h", "ftp://h/sms", "/smsx", "https://h?x/sms",
    ])
    func otherPaths(_ uri: String) {
        #expect(terms(.POST, uri).refusal == .notFound)
        #expect(!terms(.POST, uri).mustClose)
    }

    @Test func methods() {
        for method in [HTTPMethod.GET, .HEAD, .PUT, .DELETE, .OPTIONS, .PATCH] {
            #expect(terms(method).refusal == .methodNotAllowed)
        }
        #expect(terms(.OPTIONS, "*").refusal == .methodNotAllowed)
        #expect(terms(.CONNECT, "h:443").refusal == .notFound)
        #expect(!terms(.CONNECT, "h:443").keepAlive)
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", FormCharset.utf8), ("", .utf8), ("; charset=utf-8", .utf8),
        ("Application/X-WWW-Form-URLencoded ; Charset=\"UTF-8\"", .utf8),
        ("application/x-www-form-urlencoded;charset=windows-1251", .windows1251),
        ("application/x-www-form-urlencoded; boundary=x; charset=CP1251", .windows1251),
    ])
    func forms(_ type: String, _ charset: FormCharset) {
        let terms = terms(.POST, "/sms", [("Host", "h"), ("Content-Type", type)])
        #expect(terms.refusal == nil)
        #expect(terms.charset == charset)
    }

    @Test(arguments: [
        "multipart/form-data; boundary=x", "application/json", "text/plain",
        "application/x-www-form-urlencoded; charset=koi8-r", "application/x-www-form-urlencoded; charset=",
        "application/x-www-form-urlencodedx",
    ])
    func otherTypes(_ type: String) {
        #expect(terms(.POST, "/sms", [("Host", "h"), ("Content-Type", type)]).refusal == .unsupportedMediaType)
    }

    @Test func contentEncoding() {
        #expect(terms(.POST, "/sms", [("Host", "h"), ("Content-Encoding", "gzip")]).refusal == .unsupportedMediaType)
        #expect(terms(.POST, "/sms", [("Host", "h"), ("Content-Encoding", "Identity")]).refusal == nil)
    }

    @Test(arguments: [
        [("Content-Length", "5"), ("Content-Length", "5")], [("Content-Length", "5, 5")], [("Content-Length", "-1")],
        [("Content-Length", "+5")], [("Content-Length", "")], [("Content-Length", "99999999999999999999")],
        [("Transfer-Encoding", "chunked"), ("Content-Length", "5")], [("Transfer-Encoding", "gzip, chunked")],
        [("Transfer-Encoding", "identity")], [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
        [("Host", "other")], [("Content-Type", "text/plain"), ("Content-Type", "text/plain")],
    ])
    func smuggling(_ fields: [(String, String)]) {
        let terms = terms(.POST, "/sms", [("Host", "h")] + fields)
        #expect(terms.refusal == .badRequest)
        #expect(terms.mustClose && !terms.keepAlive)
    }

    @Test func versions() {
        #expect(terms(.POST, "/sms", []).refusal == .badRequest)
        #expect(terms(.POST, "/sms", [], .http1_0).refusal == nil)
        #expect(!terms(.POST, "/sms", [], .http1_0).keepAlive)
        #expect(terms(.POST, "/sms", [("Connection", "Keep-Alive")], .http1_0).announcesKeepAlive)
        #expect(terms(.POST, "/sms", [("Transfer-Encoding", "chunked")], .http1_0).refusal == .badRequest)
        #expect(!terms(.POST, "/sms", [("Expect", "100-continue")], .http1_0).expectsContinue)
        #expect(terms().keepAlive)
        #expect(!terms(.POST, "/sms", [("Host", "h"), ("Connection", "te , CLOSE")]).keepAlive)
        #expect(!terms(.POST, "/sms", [("Host", "h"), ("Upgrade", "h2c")]).keepAlive)
    }

    @Test func sizes() {
        #expect(terms(.POST, "/sms", [("Host", "h"), ("Content-Length", "100")]).refusal == nil)
        let large = terms(.POST, "/sms", [("Host", "h"), ("Content-Length", "101")])
        #expect(large.refusal == .bodyTooLarge && large.mustClose)
        let padded = terms(.POST, "/sms", [("Host", "h"), ("X", String(repeating: "x", count: 200))])
        #expect(padded.refusal == .headersTooLarge && padded.mustClose)
        let long = terms(.POST, "/sms?" + String(repeating: "x", count: 200))
        #expect(long.refusal == .headersTooLarge)
    }

    @Test func expectations() {
        let good = terms(.POST, "/sms", [("Host", "h"), ("Expect", "100-Continue")])
        #expect(good.expectsContinue && good.keepAlive)
        let bad = terms(.GET, "/sms", [("Host", "h"), ("Expect", "100-continue")])
        #expect(bad.mustClose && bad.refusal == .methodNotAllowed)
    }

    @Test(arguments: [
        ("application/json", true), ("*/*", false), ("text/plain", false), ("text/html, Application/JSON;q=0.8", true),
        ("application/json;q=0", false), ("text/plain, application/json;q=0.5", false),
        ("application/json, text/plain", true), ("application/jsonx", false), ("", false), ("application/*", false),
        ("application/json;q=x", false),
    ])
    func accept(_ value: String, _ json: Bool) {
        #expect(terms(.POST, "/sms", [("Host", "h"), ("Accept", value)]).wantsJSON == json)
    }
}
