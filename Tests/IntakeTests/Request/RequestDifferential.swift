import NIOCore
import NIOHTTP1

@testable import Intake

/// Holds `RequestReader` against NIOHTTP1: what it accepts, NIOHTTP1 accepts and reads the same; and it reads the same in
/// whatever pieces the bytes come.
struct RequestDifferential {
    /// A request as `RequestReader` gives it.
    struct Read: Equatable {
        var terms: RequestTerms
        var body: [UInt8] = []
        var isWhole = false
    }

    /// All that a reader makes of a connection's bytes.
    struct Outcome: Equatable {
        var requests: [Read] = []
        var problem: RequestProblem?
    }

    let bytes: [UInt8]
    let maxHeaderBytes: Int
    let maxFields: Int
    private let oracle: [HTTPOracle.Request]

    init(_ bytes: [UInt8], maxHeaderBytes: Int = 16_384, maxFields: Int = 100) {
        self.bytes = bytes
        self.maxHeaderBytes = maxHeaderBytes
        self.maxFields = maxFields
        oracle = HTTPOracle.requests(in: bytes, maxHeaderBytes: maxHeaderBytes, maxFields: maxFields)
    }

    /// What differs, in words; nil: nothing does.
    /// - Parameter pieces: sizes of reads, used in turn.
    func difference(pieces: [Int]) -> String? {
        let whole = outcome(pieces: [max(1, bytes.count)])
        let cut = outcome(pieces: pieces)
        if whole != cut { return "whole \(whole), in pieces \(cut)" }
        for (index, request) in whole.requests.enumerated() where !request.terms.mustClose {
            guard index < oracle.count else { return "request \(index): NIOHTTP1 has none" }
            let other = oracle[index]
            let terms = OracleTerms(other.head, rules: rules(index))
            if !terms.agree(with: request.terms) { return "request \(index): \(request.terms) against \(terms)" }
            if request.terms.refusal == .notFound, Self.path(other.head.uri) != nil {
                return "request \(index): another target than \(other.head.uri)"
            }
            if request.isWhole {
                if !other.isWhole || request.body != other.body { return "request \(index): another body" }
            } else {
                // NIOHTTP1 keeps the last bytes in front of an error to itself.
                if !other.body.starts(with: request.body), !request.body.starts(with: other.body) {
                    return "request \(index): another beginning of a body"
                }
                if other.isWhole, whole.problem == nil { return "request \(index): NIOHTTP1 sees its end" }
            }
        }
        return nil
    }

    /// What `RequestReader` makes of the bytes. As the connection does, it stops behind a request that ends it.
    func outcome(pieces: [Int]) -> Outcome {
        var outcome = Outcome()
        var reader = RequestReader(maxFields: maxFields)
        var rest = bytes[...]
        var turn = 0
        while !rest.isEmpty {
            reader.receive(ByteBuffer(bytes: rest.prefix(pieces[turn % pieces.count])))
            rest = rest.dropFirst(pieces[turn % pieces.count])
            turn += 1
            do throws(RequestProblem) {
                while let part = try reader.next(rules(outcome.requests.filter(\.isWhole).count)) {
                    let last = outcome.requests.count - 1
                    switch part {
                    case .head(let terms):
                        outcome.requests.append(Read(terms: terms))
                        if terms.mustClose { return outcome }
                    case .body(let body): outcome.requests[last].body += Array(body.readableBytesView)
                    case .end:
                        outcome.requests[last].isWhole = true
                        if !outcome.requests[last].terms.keepAlive { return outcome }
                    case .whole(let terms, let body):
                        outcome.requests.append(Read(terms: terms))
                        outcome.requests[last + 1].body = Array(body.readableBytesView)
                        outcome.requests[last + 1].isWhole = true
                        if terms.mustClose || !terms.keepAlive { return outcome }
                    }
                }
            } catch {
                outcome.problem = error
                return outcome
            }
        }
        return outcome
    }

    /// Rules whose path is the one that NIOHTTP1 read, so that a reader that finds another one gives itself away.
    private func rules(_ index: Int) -> RequestTerms.Rules {
        let path = index < oracle.count ? Self.path(oracle[index].head.uri) : nil
        return RequestTerms.Rules(path: path ?? "/sms", maxBodyBytes: 65_536, maxHeaderBytes: maxHeaderBytes)
    }

    /// The path of a target; nil for one that has none.
    private static func path(_ target: String) -> String? {
        let beforeQuery = target.prefix { $0 != "?" }
        if beforeQuery.hasPrefix("/") { return String(beforeQuery) }
        guard let scheme = beforeQuery.firstRange(of: "://") else { return nil }
        let path = beforeQuery[scheme.upperBound...].drop { $0 != "/" }
        let isWeb = ["http", "https"].contains(beforeQuery[..<scheme.lowerBound].lowercased())
        return path.isEmpty || !isWeb ? nil : String(path)
    }
}
