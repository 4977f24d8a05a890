import Carriers
import HTTPService
import Journal
import SMPP

/// What `/readyz` answers: ready while the intake listens and has had a free place in the last seconds, every carrier that is marked `required` takes messages and is not red,
/// and the journal writes.
struct ServiceReadiness {
    /// Why it is not ready; empty = it is.
    private(set) var reasons: [String] = []

    /// - Parameters:
    ///   - required: the carriers that are marked so.
    ///   - isFull: every place for a connection is taken, and has been for a while.
    ///   - journal: nil = none is configured.
    init(isListening: Bool, isFull: Bool = false, required: [CarrierStatus], journal: JournalHealth?) {
        if !isListening { reasons.append("the intake takes no connections") }
        if isFull { reasons.append("the intake is full: every place for a connection is taken") }
        let missing = required.filter { !$0.isServing }
        let down = missing.filter { $0.why == nil }.map(\.name)
        if !down.isEmpty { reasons.append("no bind of \(down.joined(separator: ", ")) is up") }
        for carrier in missing {
            if let why = carrier.why { reasons.append("\(carrier.name) is \(carrier.condition.rawValue): \(why.en)") }
        }
        if let journal, !journal.isWriting {
            reasons.append("the journal cannot be written" + (journal.problem.map { " (\($0.kind.rawValue))" } ?? ""))
        }
    }

    var response: HTTPServerResponse {
        if reasons.isEmpty { return .text("ready") }
        return .text("not ready: " + reasons.joined(separator: "; "), status: 503)
    }
}
