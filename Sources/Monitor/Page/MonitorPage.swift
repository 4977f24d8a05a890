package import HTTPService
import NIOCore
import NIOHTTP1
import TLS

/// The monitor's page: one HTML file that loads nothing but `events` beside it, from which it draws everything.
///
/// It holds no data itself, so that it may be served to anybody. What it shows is inserted as text, never as markup.
package enum MonitorPage {
    /// The page, with a policy that runs and styles nothing but what stands here.
    package static let response: HTTPServerResponse = {
        let policy = [
            "default-src 'none'", "script-src '\(source(of: script))'", "style-src '\(source(of: style))'",
            "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        ]
        return HTTPServerResponse(
            contentType: "text/html; charset=utf-8", body: ByteBuffer(string: html),
            headers: ["Content-Security-Policy": policy.joined(separator: "; ")])
    }()

    private static let script = [
        PageScript.words, PageScript.phrases, PageScript.elements, PageScript.charts, PageScript.binds,
        PageScript.service, PageScript.actions, PageScript.send, PageScript.live,
    ].joined(separator: "\n")

    private static let style = PageStyle.text

    private static let html = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>smppost</title>
        <link rel="icon" id="icon" href="data:,">
        <style>\(style)</style>
        </head>
        <body>
        \(PageMarkup.body)
        <script>\(script)</script>
        </body>
        </html>

        """

    /// A hash source of Content Security Policy Level 3 §2.3.1.
    private static func source(of text: String) -> String {
        // 32 octets in base64 end with one `=`, which the hash's own text leaves out.
        let digest = KeyHash(hashing: Array(text.utf8)).description.split(separator: "$").last ?? ""
        return "sha256-\(digest)="
    }
}
