package import NIOCore

/// The paths that a server serves. `respond` is an `HTTPServer`'s handler; it answers 404 and 405 itself.
package struct HTTPRoutes: Sendable {
    /// Called on the connection's event loop, which the second argument is; must not block it.
    package typealias Handler = @Sendable (HTTPServerRequest, any EventLoop) -> EventLoopFuture<HTTPServerResponse>

    private var routes: [String: [HTTPServerRequest.Method: Handler]] = [:]
    private var branches: [(prefix: String, method: HTTPServerRequest.Method, handler: Handler)] = []

    package init() {}

    /// Serves GET (and HEAD) of exactly this path.
    package mutating func get(_ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][.get] = handler
    }

    /// Serves POST to exactly this path.
    package mutating func post(_ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][.post] = handler
    }

    /// Serves POST to every path that begins so and has no route of its own; the handler reads the rest.
    package mutating func postBelow(_ prefix: String, _ handler: @escaping Handler) {
        branches.append((prefix, .post, handler))
    }

    /// The same for GET (and HEAD).
    package mutating func getBelow(_ prefix: String, _ handler: @escaping Handler) {
        branches.append((prefix, .get, handler))
    }

    /// The route's answer, or 404, or 405 with `Allow`.
    package func respond(to request: HTTPServerRequest, on eventLoop: any EventLoop) -> EventLoopFuture<
        HTTPServerResponse
    > {
        guard let methods = routes[request.path] else {
            guard let branch = branches.first(where: { request.path.hasPrefix($0.prefix) }) else {
                return eventLoop.makeSucceededFuture(.notFound)
            }
            guard request.method == branch.method else {
                return eventLoop.makeSucceededFuture(
                    .methodNotAllowed(branch.method == .post ? "POST" : "GET, HEAD"))
            }
            return branch.handler(request, eventLoop)
        }
        guard let handler = methods[request.method] else {
            let allowed = methods[.get] == nil ? "POST" : "GET, HEAD"
            return eventLoop.makeSucceededFuture(.methodNotAllowed(allowed))
        }
        return handler(request, eventLoop)
    }
}
