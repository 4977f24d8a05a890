/// Why a bind is not up: what happened, at which host. `BindFailure+Words.swift` says it to people.
package struct BindFailure: Hashable, Sendable {
    /// Stable names, used in JSON and metrics.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// The carrier does not accept the login, the password or the system type.
        case credentials
        /// Probably our address is not on the carrier's list.
        case allowList = "allow_list"
        /// The carrier still holds an earlier session of ours.
        case alreadyBound = "already_bound"
        /// The carrier refused the bind.
        case refused
        /// The connection was refused: nobody listens on the port, or the network knows no way to the host.
        case connectRefused = "connect_refused"
        /// No answer in time.
        case timeout
        /// The host's name could not be resolved.
        case dns
        /// `bind_from` is no address of this machine.
        case localAddress = "local_address"
        /// TLS failed: certificate, name or version.
        case tls
        /// `enquire_link` stayed unanswered.
        case enquire
        /// The carrier sent `unbind`.
        case unbind
        /// The connection broke.
        case reset
        /// The carrier closed the connection.
        case closed
        /// The carrier sent what is not SMPP.
        case protocolError = "protocol"
        /// We stopped the bind.
        case stopped
    }

    /// What happened, with what people need to find the place.
    package enum Cause: Hashable, Sendable {
        /// A `bind_*_resp` or `generic_nack` with an error status (SMPP 3.4 §5.1.3).
        case refused(CommandStatus)
        /// The connection, which came from this address of ours, ended between the bind request and its response.
        case closedBeforeBindResponse(from: String?)
        /// Nothing listens on the port.
        case connectRefused
        /// No way to the host is known.
        case unreachable
        /// No connection in this time.
        case connectTimeout(Duration)
        /// The system gave up connecting, or waiting for what was sent to be acknowledged.
        case transportTimeout
        /// No bind response in this time.
        case bindTimeout(Duration)
        /// The carrier did not read what was sent to it in time.
        case writeTimeout
        /// The host's name has no address.
        case nameNotFound
        case tls(TLSCause)
        /// So many `enquire_link` stayed unanswered.
        case enquireUnanswered(Int)
        /// The carrier sent `unbind`.
        case unbindReceived
        /// The connection was reset.
        case reset
        /// The connection ended inside a PDU, so many octets after its beginning.
        case incomplete(octets: Int)
        /// The carrier closed the connection.
        case closed
        /// The first four octets of a PDU are no length of one.
        case notSMPP(commandLength: UInt32)
        /// This machine does not have the address of `bind_from`, this one.
        case noSuchAddress(String)
        /// The system's error of this number.
        case system(Int32)
        /// We stopped the bind; the carrier answered our `unbind`, or was not asked.
        case stopped(isAnswered: Bool)
    }

    /// What is wrong with TLS.
    package enum TLSCause: Hashable, Sendable {
        /// What answers does not speak TLS.
        case plainPort
        /// The carrier closed the connection in the handshake.
        case closed
        /// The handshake was not done in time.
        case timeout
        /// The carrier wants a certificate of ours, and there is none.
        case wantsCertificate
        /// The carrier does not accept our certificate.
        case certificateRefused
        /// The carrier's certificate is for these names.
        case wrongName([String])
        /// The carrier's certificate is signed by itself, or by a CA of its own.
        case selfSigned
        /// Who signed the carrier's certificate is not known here.
        case unknownIssuer
        /// The carrier's certificate, or its CA's, has ended.
        case expired
        /// The carrier's certificate begins later: one of the clocks is wrong.
        case notYetValid
        /// There is no version or cipher that both take.
        case noCommonVersion
        /// The carrier refuses the handshake: it wants a certificate of ours, or there is no cipher that both take.
        case refused
        /// Anything else, in OpenSSL's words.
        case other(String)
    }

    package var cause: Cause
    /// `HOST:PORT` as configured; nil where it is not known, or none has to do with it.
    package var host: String?

    package init(_ cause: Cause, at host: String? = nil) {
        self.cause = cause
        self.host = host
    }

    package var code: Code {
        switch cause {
        case .refused(.alreadyBound): .alreadyBound
        case .refused(.invalidPassword), .refused(.invalidSystemID), .refused(.invalidSystemType): .credentials
        case .refused: .refused
        case .closedBeforeBindResponse: .allowList
        case .connectRefused, .unreachable: .connectRefused
        case .connectTimeout, .transportTimeout, .bindTimeout, .writeTimeout: .timeout
        case .nameNotFound: .dns
        case .noSuchAddress: .localAddress
        case .tls: .tls
        case .enquireUnanswered: .enquire
        case .unbindReceived: .unbind
        case .reset, .incomplete, .system: .reset
        case .closed: .closed
        case .notSMPP: .protocolError
        case .stopped: .stopped
        }
    }

    /// The carrier's `command_status`, where it gave one.
    package var status: CommandStatus? {
        guard case .refused(let status) = cause else { return nil }
        return status
    }
}

/// What a peer speaks that is not SMPP, by its first four octets, where that is well known.
package enum OtherProtocol: Hashable, Sendable {
    case tls
    case http

    package init?(commandLength: UInt32) {
        switch commandLength >> 16 {
        // An alert and a handshake (RFC 8446 §5.1).
        case 0x1503, 0x1603: self = .tls
        // "HTTP".
        case 0x4854: self = .http
        default: return nil
        }
    }
}
