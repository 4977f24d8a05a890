import HTTPService
import Logging
import Monitor
import NIOCore
import SMPP
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
    convenience init(
        _ settings: MonitorSettings, certificate: TLSServerContext?, refusals: HTTPServerRefusals,
        group: any EventLoopGroup,
        logger: Logger, handler: @escaping HTTPRoutes.Handler
    ) {
        self.init(
            monitorOn: settings.listen.host, port: settings.listen.port, token: settings.token,
            certificate: certificate, group: group, refusals: refusals, logger: logger, handler: handler)
    }
}
