package import NIOCore

/// The paths that a monitor serves. `respond` is a `MonitorServer`'s handler; it answers 404 and 405 itself.
package struct MonitorRoutes: Sendable {
    /// Called on the connection's event loop, which the second argument is; must not block it.
    package typealias Handler = @Sendable (MonitorRequest, any EventLoop) -> EventLoopFuture<MonitorResponse>

    private var routes: [String: [MonitorRequest.Method: Handler]] = [:]

    package init() {}

    /// Serves GET (and HEAD) of exactly this path.
    package mutating func get(_ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][.get] = handler
    }

    /// Serves POST to exactly this path.
    package mutating func post(_ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][.post] = handler
    }

    /// The route's answer, or 404, or 405 with `Allow`.
    package func respond(to request: MonitorRequest, on eventLoop: any EventLoop) -> EventLoopFuture<MonitorResponse> {
        guard let methods = routes[request.path] else { return eventLoop.makeSucceededFuture(.notFound) }
        guard let handler = methods[request.method] else {
            let allowed = methods[.get] == nil ? "POST" : "GET, HEAD"
            return eventLoop.makeSucceededFuture(.methodNotAllowed(allowed))
        }
        return handler(request, eventLoop)
    }
}
