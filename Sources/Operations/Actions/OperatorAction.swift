import Carriers
import HTTPService
import NIOCore
import SMPP

/// What a person can ask of a carrier's binds on the monitor: `POST /carriers/NAME/ACTION` for all of them,
/// `POST /carriers/NAME/binds/BIND/ACTION` for one.
package struct OperatorAction: Hashable, Sendable {
    /// What is asked; the raw values stand in paths and logs.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Takes no new messages, stays bound.
        case drain
        /// Finishes what it has, unbinds, stays so.
        case stop
        /// Connects, takes messages again.
        case start
        /// Stops, then connects anew.
        case rebind
    }

    package var kind: Kind
    package var carrier: String
    /// nil = all.
    package var bind: String?

    package init(kind: Kind, carrier: String, bind: String?) {
        self.kind = kind
        self.carrier = carrier
        self.bind = bind
    }

    /// Nil where the path names no action.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "carriers", let kind = parts.last.flatMap(Kind.init(rawValue:)) else { return nil }
        switch parts.count {
        case 3: self.init(kind: kind, carrier: parts[1], bind: nil)
        case 5 where parts[2] == "binds": self.init(kind: kind, carrier: parts[1], bind: parts[3])
        default: return nil
        }
    }

    /// Where it is posted. A carrier's name needs no percent-encoding; other names do not exist.
    package var path: String {
        "/carriers/\(carrier)" + (bind.map { "/binds/\($0)" } ?? "") + "/\(kind.rawValue)"
    }

    /// A future of whether there is such a bind, once the action is done.
    func perform(on carrier: Carrier) -> EventLoopFuture<Bool> {
        switch kind {
        case .drain: carrier.drain(bind: bind)
        case .stop: carrier.stop(bind: bind)
        case .start: carrier.start(bind: bind)
        case .rebind: carrier.rebind(bind: bind)
        }
    }

    /// What a name that is none is answered, with the names that there are.
    static func noSuch(_ thing: String, of known: [String]) -> String {
        "there is no such \(thing); there are: \(Phrase.names(known, most: 20).en)"
    }

    /// The answer: 200 once it is done, 202 while it goes on, 404 where there is no such bind.
    ///
    /// - Parameter known: the names that there are.
    func response(_ progress: Progress, known: [String] = []) -> HTTPServerResponse {
        var json = JSONWriter()
        let status =
            switch progress {
            case .done: 200
            case .underWay: 202
            case .nowhere: 404
            }
        json.object { json in
            json.member("done", progress == .done)
            switch progress {
            case .done: json.member("message", "done")
            case .underWay: json.member("message", "under way: open messages are waited for")
            case .nowhere:
                json.member("message", Self.noSuch("carrier or bind", of: known))
            }
        }
        return .json(json, status: status)
    }

    /// How far an action is.
    enum Progress: Hashable, Sendable {
        case done
        case underWay
        case nowhere
    }
}
