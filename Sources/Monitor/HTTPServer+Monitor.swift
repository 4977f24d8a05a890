package import HTTPService
package import Logging
package import NIOCore
package import TLS

extension HTTPServer {
    /// The monitor's listener.
    ///
    /// Without a token only this machine should reach it, and only under its own names. The page is served without a token:
    /// it holds no data and asks for the token itself.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - certificate: nil serves plain HTTP.
    package convenience init(
        monitorOn host: String, port: Int, token: String?, certificate: TLSServerContext?, group: any EventLoopGroup,
        logger: Logger, handler: @escaping HTTPRoutes.Handler
    ) {
        let access = HTTPServerAccess(token: token, openPaths: ["/"], localNamesOnly: token == nil)
        self.init(
            host: host, port: port, access: access, tls: certificate, group: group, logger: logger, handler: handler)
    }
}
