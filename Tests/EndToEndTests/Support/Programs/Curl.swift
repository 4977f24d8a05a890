import Foundation
import TestPrograms

/// An HTTP reply as curl saw it.
struct Reply: Sendable {
    let status: Int
    /// The reason phrase of the status line.
    let reason: String
    /// By lower-case name.
    let headers: [String: String]
    let body: String
    /// New connections that this transfer needed: 0 when it used one that was there.
    let newConnections: Int
    /// From the start of the request to the last octet.
    let time: Duration

    /// The body without its line end.
    var text: String { body.hasSuffix("\n") ? String(body.dropLast()) : body }
    var id: String? { headers["x-message-id"] }
    /// The total of `X-Segments: ACCEPTED/TOTAL`; 0 without it.
    var segmentCount: Int {
        headers["x-segments"]?.split(separator: "/").last.flatMap { Int($0) } ?? 0
    }
    var outcome: String? { headers["x-outcome"] }

    /// The body as JSON (with `Accept: application/json`).
    func json() throws -> JSONReply {
        try JSONDecoder().decode(JSONReply.self, from: Data(body.utf8))
    }
}

/// Both JSON shapes of a reply.
struct JSONReply: Decodable {
    var status: String?
    var id: String?
    var segments: Int?
    var carrierIDs: [String]?
    var error: String?
    var message: String?
    var retry: Bool?
    var smppStatus: String?

    enum CodingKeys: String, CodingKey {
        case status, id, segments, error, message, retry
        case carrierIDs = "carrier_ids"
        case smppStatus = "smpp_status"
    }
}

/// One request for curl.
struct CurlRequest: Sendable {
    var url: String
    var method: String?
    /// The body; nil: none is sent.
    var body: String?
    var headers: [String] = []
    /// More lines for curl's configuration.
    var options: [String] = []
}

/// Many requests by one curl, one after the other over as few connections as it can.
enum Curl {
    private static let mark = "@@transfer"

    static func run(_ requests: [CurlRequest], atMost limit: Duration = .seconds(60)) async throws -> [Reply] {
        let configuration = requests.map { lines(for: $0).joined(separator: "\n") }.joined(separator: "\nnext\n")
        let output = try await TestPrograms.run("curl", ["-q", "-K", "-"], input: configuration, atMost: limit)
        let replies = try parse(output.standardOutput)
        guard replies.count == requests.count else {
            throw HarnessError("curl made \(replies.count) of \(requests.count) transfers: \(output.everything)")
        }
        return replies
    }

    static func run(_ request: CurlRequest, atMost limit: Duration = .seconds(60)) async throws -> Reply {
        try await run([request], atMost: limit)[0]
    }

    private static func lines(for request: CurlRequest) -> [String] {
        var lines = [
            "silent", "show-error", "include", "http1.1", "noproxy = \"*\"", "max-time = 60",
            "url = \(quoted(request.url))",
            "write-out = \"\\n\(mark) %{http_code} %{num_connects} %{time_total} %{exitcode} %{errormsg}\\n\"",
        ]
        if let method = request.method {
            lines.append("request = \(quoted(method))")
        }
        if let body = request.body {
            lines.append("data-binary = \(quoted(body))")
        }
        lines += request.headers.map { "header = \(quoted($0))" }
        lines += request.options
        return lines
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Splits curl's output at the marks. A line end of two characters is one `Character` in Swift: hence the first step.
    private static func parse(_ output: String) throws -> [Reply] {
        var replies: [Reply] = []
        var lines: [Substring] = []
        for line in output.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix(mark) else {
                lines.append(line)
                continue
            }
            let figures = line.split(separator: " ", maxSplits: 5)
            guard figures.count >= 5, figures[4] == "0" else {
                throw HarnessError("curl: \(line)")
            }
            replies.append(
                try reply(lines, newConnections: Int(figures[2]) ?? -1, seconds: Double(figures[3]) ?? -1))
            lines = []
        }
        return replies
    }

    private static func reply(_ lines: [Substring], newConnections: Int, seconds: Double) throws -> Reply {
        // Interim responses (100 Continue) stand before the final one.
        var rest = lines[...]
        while let first = rest.first, first.hasPrefix("HTTP/1.1 100") {
            rest = rest.drop { !$0.trimmed.isEmpty }.dropFirst()
        }
        let statusLine = rest.first?.trimmed.split(separator: " ", maxSplits: 2) ?? []
        guard statusLine.count >= 2, let status = Int(statusLine[1]) else {
            throw HarnessError("no status line: \(lines)")
        }
        var headers: [String: String] = [:]
        rest = rest.dropFirst()
        while let line = rest.popFirst(), !line.trimmed.isEmpty {
            let parts = line.trimmed.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmed : ""
        }
        // The mark's own line end comes after the body.
        let body = rest.joined(separator: "\n")
        return Reply(
            status: status, reason: statusLine.count > 2 ? String(statusLine[2]) : "", headers: headers,
            body: body.hasSuffix("\n") ? String(body.dropLast()) : body, newConnections: newConnections,
            time: .milliseconds(Int(seconds * 1000)))
    }
}

extension Substring {
    /// Without spaces, tabs and carriage returns at both ends.
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
