import HTTPService
import Logging
import NIOCore
import Settings
import TLS

extension TLSServerContext {
    /// The monitor's certificate; nil where it serves plain HTTP.
    ///
    /// - Throws: for files that OpenSSL does not take.
    convenience init?(_ settings: MonitorSettings) throws(TLSError) {
        guard let certificate = settings.certificateFile, let key = settings.keyFile else { return nil }
        try self.init(certificateFile: certificate, keyFile: key)
    }
}

extension HTTPServer {
    /// Without a token only this machine can reach the monitor, and only under its own names.
    convenience init(
        _ settings: MonitorSettings, certificate: TLSServerContext?, group: any EventLoopGroup, logger: Logger,
        handler: @escaping HTTPRoutes.Handler
    ) {
        let access = HTTPServerAccess(
            token: settings.token, openPaths: ["/"], localNamesOnly: settings.token == nil)
        self.init(
            host: settings.listen.host, port: settings.listen.port, access: access, tls: certificate, group: group,
            logger: logger, handler: handler)
    }
}
