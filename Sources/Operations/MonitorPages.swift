import Carriers
package import HTTPService
import Intake
import Journal
package import Logging
import Monitor
import NIOCore

/// What the monitor's listener answers.
package struct MonitorPages: Sendable {
    /// An action that takes longer is answered as under way: `stop` waits for the carrier's answers.
    private static let patience = TimeAmount.seconds(2)

    let source: MonitorSource
    let feed: LiveFeed
    let reload: @Sendable () async -> HTTPServerResponse
    let messages: MonitorMessages?
    let hand: HandSending
    let traces: MonitorTraces
    let logger: Logger

    /// - Parameters:
    ///   - reload: reads the configuration anew, and says what became of it.
    ///   - messages: nil where no journal is configured.
    ///   - hand: sends what people write.
    package init(
        source: MonitorSource, feed: LiveFeed, messages: MonitorMessages?, hand: HandSending, logger: Logger,
        reload: @escaping @Sendable () async -> HTTPServerResponse
    ) {
        self.source = source
        self.feed = feed
        self.reload = reload
        self.messages = messages
        self.hand = hand
        traces = MonitorTraces(traces: source.traces, state: source.state, logger: logger)
        self.logger = logger
    }

    /// The page, `/events`, `/healthz`, `/readyz`, `/binds`, `/metrics`, `/messages/ID`, `/send`; actions, `/unlock` and `/reload`.
    package func routes() -> HTTPRoutes {
        var routes = HTTPRoutes()
        let page = MonitorPage.response
        routes.get("/") { _, loop in loop.makeSucceededFuture(page) }
        routes.get("/events") { [feed] _, loop in loop.makeSucceededFuture(feed.response) }
        routes.get("/healthz") { _, loop in loop.makeSucceededFuture(.text("ok")) }
        routes.get("/readyz") { _, loop in readiness(on: loop) }
        routes.get("/binds") { _, loop in source.snapshot(on: loop).map { .json(BindsReport.json($0)) } }
        routes.get("/metrics") { _, loop in source.snapshot(on: loop).map { MetricsReport.response($0) } }
        messages?.add(to: &routes)
        hand.add(to: &routes)
        routes.post("/unlock") { request, loop in loop.makeSucceededFuture(unlock(request)) }
        routes.postBelow("/carriers/") { request, loop in act(request, on: loop) }
        routes.post("/reload") { [reload, logger] request, loop in
            logger.notice("a reload is asked for", metadata: ["by": "\(request.peer ?? "-")"])
            return loop.makeFutureWithTask { await reload() }
        }
        return routes
    }

    /// Lifts the locks of `name`, an address or a login, which stands in the query or a form.
    private func unlock(_ request: HTTPServerRequest) -> HTTPServerResponse {
        guard let name = request.query["name"] ?? request.form?["name"], !name.isEmpty else {
            return .text("name= an address or a login", status: 400)
        }
        let lifted = source.intake.unlock(name)
        logger.notice(
            "locks were lifted", metadata: ["count": "\(lifted)", "by": "\(request.peer ?? "-")"])
        if lifted > 0 { source.state.changes.send() }
        var json = JSONWriter()
        json.object { json in
            json.member("done", lifted > 0)
            json.member("lifted", lifted)
        }
        return .json(json, status: lifted > 0 ? 200 : 404)
    }

    private func act(_ request: HTTPServerRequest, on loop: any EventLoop) -> EventLoopFuture<HTTPServerResponse> {
        if let answer = traces.answer(request, on: loop) { return answer }
        guard let action = OperatorAction(path: request.path) else { return loop.makeSucceededFuture(.notFound) }
        guard let carrier = source.state.current.carriers.first(where: { $0.name == action.carrier }) else {
            let known = source.state.current.carriers.map(\.name)
            return loop.makeSucceededFuture(action.response(.nowhere, known: known))
        }
        // A bind that does not exist is not logged: its name is the request's.
        let isKnown = action.bind == nil || carrier.bindNames.contains(action.bind ?? "")
        guard isKnown else {
            let known = carrier.bindNames.map { "\(carrier.name)/\($0)" }
            return loop.makeSucceededFuture(action.response(.nowhere, known: known))
        }
        logger.notice(
            "an action was asked for",
            metadata: [
                "action": "\(action.kind.rawValue)", "carrier": "\(carrier.name)", "bind": "\(action.bind ?? "all")",
                "by": "\(request.peer ?? "-")",
            ])
        let changes = source.state.changes
        let progress = loop.makePromise(of: OperatorAction.Progress.self)
        let timer = loop.scheduleTask(in: Self.patience) { progress.succeed(.underWay) }
        action.perform(on: carrier).hop(to: loop).whenComplete { _ in
            timer.cancel()
            progress.succeed(.done)
            changes.send()
        }
        return progress.futureResult.map { action.response($0) }
    }

    private func readiness(on loop: any EventLoop) -> EventLoopFuture<HTTPServerResponse> {
        let required = source.state.current.carriers.filter(\.isRequired)
        return EventLoopFuture.whenAllSucceed(required.map { $0.status() }, on: loop).map { [source] statuses in
            ServiceReadiness(
                isListening: source.intake.isListening, isFull: source.intake.fullFor != nil, required: statuses,
                journal: source.journal?.health
            ).response
        }
    }
}
