import NIOCore
import NIOHTTP1

@testable import Intake

/// Writes heads of requests and has them read.
enum HeadWriter {
    static func head(
        _ method: HTTPMethod, _ uri: String, _ fields: [(String, String)], _ version: HTTPVersion
    ) -> String {
        "\(method.rawValue) \(uri) HTTP/\(version.major).\(version.minor)\r\n"
            + fields.map { "\($0.0): \($0.1)\r\n" }.joined() + "\r\n"
    }

    /// The terms of a request; of one that cannot be read, those of the refusal that it gets.
    static func terms(
        _ method: HTTPMethod, _ uri: String, _ fields: [(String, String)], _ version: HTTPVersion,
        rules: RequestTerms.Rules
    ) -> RequestTerms {
        var reader = RequestReader(maxFields: 100)
        reader.receive(ByteBuffer(string: head(method, uri, fields, version)))
        do throws(RequestProblem) {
            guard case .head(let terms) = try reader.next(rules) else { preconditionFailure("no head") }
            return terms
        } catch {
            var terms = RequestTerms.unparsed
            terms.refusal = error.code
            return terms
        }
    }
}
