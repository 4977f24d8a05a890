import Carriers
import Monitor
import NIOCore

/// What the monitor's listener answers.
struct MonitorPages: Sendable {
    let state: BridgeState
    let reloader: Reloader

    /// `/healthz`, `/readyz`, `/binds` and `/reload`.
    func routes() -> MonitorRoutes {
        var routes = MonitorRoutes()
        routes.get("/healthz") { _, loop in loop.makeSucceededFuture(.text("ok")) }
        routes.get("/readyz") { _, loop in loop.makeSucceededFuture(readiness()) }
        routes.get("/binds") { _, loop in
            let current = state.current
            let carriers = EventLoopFuture.whenAllSucceed(current.carriers.map { $0.status() }, on: loop)
            let receipts = EventLoopFuture.whenAllSucceed(current.desks.map { $0.snapshot() }, on: loop)
            return carriers.and(receipts).map { .json(BindsReport.json($0, receipts: $1, configuration: current)) }
        }
        routes.post("/reload") { [reloader] _, loop in
            loop.makeFutureWithTask { await reloader.reload(.request).response }
        }
        return routes
    }

    /// Ready while every carrier that is marked `required` has a bind that takes messages.
    private func readiness() -> MonitorResponse {
        let missing = state.current.carriers.filter { $0.isRequired && !$0.isReady }.map(\.name)
        if missing.isEmpty { return .text("ready") }
        return .text("not ready: no bind of \(missing.joined(separator: ", ")) is up", status: 503)
    }
}
