import Carriers
import Monitor
import NIOCore

/// What the monitor's listener answers.
struct MonitorPages: Sendable {
    let carriers: [Carrier]

    /// `/healthz`, `/readyz` and `/binds`.
    func routes() -> MonitorRoutes {
        var routes = MonitorRoutes()
        routes.get("/healthz") { _, loop in loop.makeSucceededFuture(.text("ok")) }
        routes.get("/readyz") { _, loop in loop.makeSucceededFuture(readiness()) }
        routes.get("/binds") { _, loop in
            EventLoopFuture.whenAllSucceed(carriers.map { $0.status() }, on: loop)
                .map { .json(BindsReport.json($0)) }
        }
        return routes
    }

    /// Ready while every carrier that is marked `required` has a bind that takes messages.
    private func readiness() -> MonitorResponse {
        let missing = carriers.filter { $0.isRequired && !$0.isReady }.map(\.name)
        if missing.isEmpty { return .text("ready") }
        return .text("not ready: no bind of \(missing.joined(separator: ", ")) is up", status: 503)
    }
}
