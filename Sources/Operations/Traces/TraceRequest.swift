package import Foundation
import HTTPService
import Settings

/// What a person can ask of a carrier's trace: `POST /carriers/NAME/trace` and `POST /carriers/NAME/trace/stop`.
package struct TraceRequest: Hashable, Sendable {
    /// How long it lasts; 1 s to 1 h.
    package var lasts = Duration.seconds(60)
    /// Whether texts and whole numbers stand in it. Passwords never do.
    package var showsTexts = false
    /// Octets that the file may have; 64 KiB to 1 GiB.
    package var limit = 64 << 20

    package init() {}

    /// Reads the form fields `for` (`60s`), `texts` (`shown` or `masked`) and `size` (`64MiB`), all optional.
    ///
    /// - Throws: for fields that make no sense.
    init(form: [String: String]?) throws(TraceProblem) {
        guard let form else { throw TraceProblem(.request, "the body is not a form") }
        let known: Set = ["for", "texts", "size"]
        guard form.keys.allSatisfy(known.contains) else {
            throw TraceProblem(.request, "the fields are: for, texts, size")
        }
        if let text = form["for"] {
            guard let lasts = DurationText.parse(text), .seconds(1)...(.seconds(3600)) ~= lasts else {
                throw TraceProblem(.request, "for: a time from 1s to 1h")
            }
            self.lasts = lasts
        }
        switch form["texts"] {
        case "shown": showsTexts = true
        case nil, "masked": break
        default: throw TraceProblem(.request, "texts: shown or masked")
        }
        if let text = form["size"] {
            guard let limit = ByteSize.parse(text), (64 << 10)...(1 << 30) ~= limit else {
                throw TraceProblem(.request, "size: from 64KiB to 1024MiB")
            }
            self.limit = limit
        }
    }

    /// Where it is posted.
    package static func path(carrier: String, stops: Bool) -> String {
        "/carriers/\(carrier)/trace" + (stops ? "/stop" : "")
    }

    /// The carrier of such a path, and whether its trace is to stop; nil for any other path.
    static func target(path: String) -> (carrier: String, stops: Bool)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts.count {
        case 3 where parts[0] == "carriers" && parts[2] == "trace": return (parts[1], false)
        case 4 where parts[0] == "carriers" && parts[2] == "trace" && parts[3] == "stop": return (parts[1], true)
        default: return nil
        }
    }
}

/// Why there is no trace.
struct TraceProblem: Error, Hashable {
    enum Kind: Hashable, Sendable {
        /// The request makes no sense.
        case request
        /// One is on already.
        case conflict
        /// There is nothing of this name.
        case nowhere
        /// The file cannot be written, or the bridge stops.
        case failure
    }

    var kind: Kind
    var words: String

    init(_ kind: Kind, _ words: String) {
        self.kind = kind
        self.words = words
    }
}

/// A trace that is on, or the last one of its carrier.
package struct TraceStatus: Hashable, Sendable {
    /// Why a trace is over.
    enum End: Hashable, Sendable {
        case time, stopped, full, shutdown
        /// The file could not be written.
        case failed(String)

        /// For people.
        var words: String {
            switch self {
            case .time: "its time is over"
            case .stopped: "it was stopped"
            case .full: "the file has its full size"
            case .shutdown: "the bridge stopped"
            case .failed(let reason): "the file cannot be written: \(reason)"
            }
        }
    }

    /// The path of the pcapng file.
    package var file: String
    package var startedAt: Date
    /// When it ends by itself.
    package var until: Date
    package var showsTexts: Bool
    /// Of the file.
    package var octets = 0
    /// PDUs in the file.
    package var pdus = 0
    /// PDUs that are not in it, because it was not written fast enough.
    package var dropped = 0
    /// nil = it is on.
    var end: End?

    init(file: String, startedAt: Date, until: Date, showsTexts: Bool) {
        self.file = file
        self.startedAt = startedAt
        self.until = until
        self.showsTexts = showsTexts
    }

    /// As an object of `/binds` and of the answers to trace requests.
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("active", end == nil)
            json.member("file", file)
            json.member("started_at", startedAt.formatted(.iso8601))
            json.member("until", until.formatted(.iso8601))
            json.member("texts", showsTexts ? "shown" : "masked")
            json.member("bytes", octets)
            json.member("pdus", pdus)
            json.member("dropped", dropped)
            json.member("ended", end?.words)
        }
    }
}

/// The monitor's answer to a trace request, as `smppost binds trace` reads it.
package struct TraceAnswer: Decodable, Hashable, Sendable {
    /// The trace, as in `/binds`.
    package struct Trace: Decodable, Hashable, Sendable {
        package var file: String
    }

    package var done: Bool
    package var message: String
    package var trace: Trace?

    /// nil where it is none.
    package init?(json: Data) {
        guard let answer = try? JSONDecoder().decode(TraceAnswer.self, from: json) else { return nil }
        self = answer
    }
}
