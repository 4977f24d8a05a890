import Carriers
import HTTPService
package import Intake
package import Logging
import Messaging
import NIOCore
import SMPP
import Synchronization

/// Why a message by hand was not begun.
package enum HandProblem: String, Error, Hashable, Sendable, CaseIterable {
    /// There is no account of that name.
    case noAccount = "no_account"
    /// There is no carrier of that name.
    case noCarrier = "no_carrier"
    /// The bridge stops.
    case stopping

    fileprivate func words(accounts: [String], carriers: [String]) -> String {
        switch self {
        case .noAccount: OperatorAction.noSuch("account", of: accounts)
        case .noCarrier: OperatorAction.noSuch("carrier", of: carriers)
        case .stopping: "the bridge is stopping"
        }
    }
}

/// Messages that people send by hand: `GET /send` says as whom and over what, `POST /send` (account, carrier, from, to, text) sends
/// one, `GET /send/last` tells what became of the last one. One at a time, and not sooner than `every` after the one before.
///
/// The journal has them as any other message: `GET /messages/ID` tells receipts. Neither text nor number is logged or kept here.
package final class HandSending: Sendable {
    /// Sends a message as its account does; `carrier` nil = over the account's own.
    package typealias Send =
        @Sendable (_ message: HandMessage, _ carrier: String?) async -> Result<HandReply, HandProblem>

    /// So many accounts are offered at most; others are sent as by name.
    private static let maximumOffered = 500
    /// A reply that takes longer is asked for by `GET /send/last`.
    private static let patience = TimeAmount.seconds(3)

    private struct Last {
        var number: Int
        var account: String
        var carrier: String?
        var began: NIODeadline
        var reply: HandReply?
        var problem: HandProblem?

        var isDone: Bool { reply != nil || problem != nil }
    }

    private let every: TimeAmount
    private let intake: IntakeServer
    private let state: ConfigurationInForce
    private let send: Send
    private let logger: Logger
    private let last = Mutex<Last?>(nil)

    /// - Parameters:
    ///   - every: from the begin of one to the begin of the next at least.
    ///   - intake: has the accounts, and `state` the carriers, as they are now.
    package init(
        every: Duration, intake: IntakeServer, state: ConfigurationInForce, logger: Logger, send: @escaping Send
    ) {
        self.every = .nanoseconds(every.nanoseconds)
        self.intake = intake
        self.state = state
        self.send = send
        self.logger = logger
    }

    func add(to routes: inout HTTPRoutes) {
        routes.get("/send") { [self] _, loop in loop.makeSucceededFuture(offer()) }
        routes.get("/send/last") { [self] _, loop in loop.makeSucceededFuture(told()) }
        routes.post("/send") { [self] request, loop in begin(request, on: loop) }
    }

    private func offer() -> HTTPServerResponse {
        let names = intake.accounts.map(\.account.name)
        var json = JSONWriter()
        json.object { json in
            json.member("accounts", Array(names.prefix(Self.maximumOffered)))
            json.member("more", max(0, names.count - Self.maximumOffered))
            json.member("carriers", state.current.carriers.map(\.name))
        }
        return .json(json)
    }

    private func told() -> HTTPServerResponse {
        guard let last = last.withLock({ $0 }) else { return .text("nothing was sent by hand", status: 404) }
        return response(last)
    }

    private func begin(_ request: HTTPServerRequest, on loop: any EventLoop) -> EventLoopFuture<HTTPServerResponse> {
        guard let form = request.form, let to = form["to"], let text = form["text"], let account = form["account"]
        else {
            return loop.makeSucceededFuture(
                .text("a form with account, to and text is wanted; carrier and from may be in it", status: 400))
        }
        let carrier = form["carrier"].flatMap { $0.isEmpty ? nil : $0 }
        let now = NIODeadline.now()
        let turn = last.withLock { last -> Result<Void, TooSoon> in
            if let before = last {
                if !before.isDone { return .failure(TooSoon(seconds: 1)) }
                let wait = before.began + every - now
                if wait > .zero { return .failure(TooSoon(seconds: Int(wait.nanoseconds / 1_000_000_000) + 1)) }
            }
            let number = (last?.number ?? 0) + 1
            last = Last(number: number, account: account, carrier: carrier, began: now)
            return .success(())
        }
        switch turn {
        case .failure(let refusal):
            let wait = refusal.seconds
            return loop.makeSucceededFuture(
                .later("one message by hand at a time: try again in \(wait) s", seconds: wait, status: 429))
        case .success:
            let message = HandMessage(account: account, from: form["from"] ?? "", to: to, text: text)
            return go(message, carrier, by: request.peer ?? "-", on: loop)
        }
    }

    private func go(
        _ message: HandMessage, _ carrier: String?, by peer: String, on loop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        let answer = loop.makePromise(of: HTTPServerResponse.self)
        let timer = loop.scheduleTask(in: Self.patience) { [self] in answer.succeed(told()) }
        let sent = loop.makeFutureWithTask { [send] in await send(message, carrier) }
        sent.whenComplete { [self] result in
            timer.cancel()
            last.withLock { last in
                switch result {
                case .success(.success(let reply)): last?.reply = reply
                case .success(.failure(let problem)): last?.problem = problem
                case .failure: last?.problem = .stopping
                }
            }
            log(by: peer)
            answer.succeed(told())
        }
        return answer.futureResult
    }

    /// Who sent as whom, and the outcome; an account that does not exist is the request's word, and is not written.
    private func log(by peer: String) {
        guard let last = last.withLock({ $0 }), let reply = last.reply else { return }
        logger.notice(
            "a message was sent by hand",
            metadata: [
                "id": "\(reply.id)", "account": "\(last.account)", "carrier": "\(last.carrier ?? "-")",
                "status": "\(reply.reply.status)", "outcome": "\(reply.reply.outcome.rawValue)", "by": "\(peer)",
            ])
    }

    private func response(_ last: Last) -> HTTPServerResponse {
        var json = JSONWriter()
        var status = last.isDone ? 200 : 202
        json.object { json in
            json.member("number", last.number)
            json.member("done", last.isDone)
            json.member("account", last.account)
            json.member("carrier", last.carrier)
            if let problem = last.problem {
                status = problem == .stopping ? 503 : 404
                json.member("error", problem.rawValue)
                let words = problem.words(
                    accounts: intake.accounts.map(\.account.name), carriers: state.current.carriers.map(\.name))
                json.member("message", words)
            }
            if let reply = last.reply { Self.write(reply, to: &json) }
        }
        return .json(json, status: status)
    }

    private static func write(_ sent: HandReply, to json: inout JSONWriter) {
        let reply = sent.reply
        json.member("id", sent.id.description)
        json.member("status", reply.status)
        json.member("outcome", reply.outcome.rawValue)
        json.member("error", reply.code?.rawValue)
        json.member("message", reply.message)
        json.member("segments", reply.totalSegments)
        json.member("accepted", reply.acceptedSegments)
        json.member("carrier_ids", reply.carrierIDs)
        json.member("smpp_status", reply.smppStatus.map { "\($0.hex) \($0.name)" })
        json.member("replayed", reply.replayed)
    }

    private struct TooSoon: Error {
        var seconds: Int
    }
}
