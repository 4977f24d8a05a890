package import HTTPService
package import Logging
package import NIOCore
package import TLS

extension HTTPServer {
    /// The monitor's listener.
    ///
    /// Without a token only this machine should reach it, and only under its own names. The page is served without a token:
    /// it holds no data and asks for the token itself. So is what probes ask: a balancer has no token.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - certificate: nil serves plain HTTP.
    ///   - refusals: where refused strangers are counted.
    package convenience init(
        monitorOn host: String, port: Int, token: String?, certificate: TLSServerContext?, group: any EventLoopGroup,
        refusals: HTTPServerRefusals, logger: Logger, handler: @escaping HTTPRoutes.Handler
    ) {
        let access = HTTPServerAccess(
            token: token, openPaths: ["/", "/healthz", "/readyz"], localNamesOnly: token == nil)
        self.init(
            host: host, port: port, access: access, tls: certificate, refusals: refusals, group: group, logger: logger,
            handler: handler)
    }
}
