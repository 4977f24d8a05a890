package import Foundation

/// What `POST /send` and `GET /send/last` answer, as `smppost send --account` reads it.
package struct HandDocument: Decodable, Hashable, Sendable {
    package var number: Int
    package var done: Bool
    package var account: String
    package var carrier: String?
    package var error: String?
    package var message: String?
    /// The message's id; nil where nothing was begun.
    package var id: String?
    package var status: Int?
    package var outcome: String?
    package var segments: Int?
    package var accepted: Int?
    package var carrierIds: [String]?
    package var smppStatus: String?

    /// Nil for anything else.
    package init?(json: Data) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let document = try? decoder.decode(HandDocument.self, from: json) else { return nil }
        self = document
    }

    /// The reply as people read it.
    package var lines: [String] {
        guard let outcome, let status else { return [message ?? error ?? "not sent"] }
        let parts: [(String, String?)] = [
            ("outcome", outcome), ("reply", "HTTP \(status): \(message ?? "")"), ("id", id), ("account", account),
            ("carrier", carrier), ("error", error),
            ("parts", (segments ?? 0) > 0 ? "\(accepted ?? 0) of \(segments ?? 0) accepted" : nil),
            ("status", smppStatus), ("ids", carrierIds.map { $0.joined(separator: ", ") }),
        ]
        return parts.compactMap { name, value in
            guard let value, !value.isEmpty else { return nil }
            return name + String(repeating: " ", count: max(1, 10 - name.count)) + value
        }
    }
}

/// The receipts of `GET /messages/ID`.
package struct ReceiptsDocument: Decodable, Hashable, Sendable {
    /// One receipt.
    package struct Receipt: Decodable, Hashable, Sendable {
        package var segment: Int?
        package var state: String
        package var error: String?
        package var duplicate: Bool

        /// `receipt   part 1 delivered`.
        package var line: String {
            "receipt   part \((segment ?? 0) + 1) \(state)" + (error.map { $0.isEmpty ? "" : " error \($0)" } ?? "")
        }
    }

    package var carrier: String?
    package var receipts: [Receipt]

    /// Nil for anything else.
    package init?(json: Data) {
        guard let document = try? JSONDecoder().decode(ReceiptsDocument.self, from: json) else { return nil }
        self = document
    }

    /// The first of each part.
    package var first: [Receipt] { receipts.filter { !$0.duplicate } }
}
