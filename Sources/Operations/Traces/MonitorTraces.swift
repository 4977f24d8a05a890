import Carriers
import Foundation
import HTTPService
import Logging
import NIOCore

/// `POST /carriers/NAME/trace` and `POST /carriers/NAME/trace/stop`.
struct MonitorTraces: Sendable {
    let traces: CarrierTraces
    let state: ConfigurationInForce
    let logger: Logger

    /// nil where the request is for something else.
    func answer(_ request: HTTPServerRequest, on loop: any EventLoop) -> EventLoopFuture<HTTPServerResponse>? {
        guard let (name, stops) = TraceRequest.target(path: request.path) else { return nil }
        guard let carrier = state.current.carriers.first(where: { $0.name == name }) else {
            let words = OperatorAction.noSuch("carrier", of: state.current.carriers.map(\.name))
            return loop.makeSucceededFuture(Self.refusal(TraceProblem(.nowhere, words)))
        }
        let status: EventLoopFuture<TraceStatus>
        if stops {
            status = traces.end(name, .stopped).flatMapThrowing { ended in
                guard let ended else { throw TraceProblem(.nowhere, "no trace of this carrier is on") }
                return ended
            }
        } else {
            do throws(TraceProblem) {
                let wish = try TraceRequest(form: request.form)
                status = traces.begin(wish, on: carrier)
                tell(wish, carrier: name, by: request.peer)
            } catch {
                return loop.makeSucceededFuture(Self.refusal(error))
            }
        }
        return status.hop(to: loop).map { Self.response(200, stops ? "the trace is over" : "the trace is on", $0) }
            .flatMapErrorThrowing { error in
                guard let problem = error as? TraceProblem else { throw error }
                return Self.refusal(problem)
            }
    }

    private func tell(_ wish: TraceRequest, carrier: String, by peer: String?) {
        logger.notice(
            "a trace was asked for",
            metadata: [
                "carrier": "\(carrier)", "seconds": "\(wish.lasts.components.seconds)",
                "texts": "\(wish.showsTexts ? "shown" : "masked")", "by": "\(peer ?? "-")",
            ])
    }

    private static func refusal(_ problem: TraceProblem) -> HTTPServerResponse {
        let status =
            switch problem.kind {
            case .request: 400
            case .nowhere: 404
            case .conflict: 409
            case .failure: 503
            }
        return response(status, problem.words, nil)
    }

    private static func response(_ code: Int, _ message: String, _ status: TraceStatus?) -> HTTPServerResponse {
        var json = JSONWriter()
        json.object { json in
            json.member("done", code == 200)
            json.member("message", message)
            if let status {
                json.key("trace")
                status.write(to: &json)
            }
        }
        return .json(json, status: code)
    }
}
