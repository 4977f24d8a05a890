/// Why a bind is not up: a code for machines, words for people.
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

    package var code: Code
    /// One line of English, without secrets.
    package var words: String
    /// The carrier's `command_status`, where it gave one.
    package var status: CommandStatus?

    package init(_ code: Code, _ words: String, status: CommandStatus? = nil) {
        self.code = code
        self.words = words
        self.status = status
    }

    /// What a `bind_*_resp` or `generic_nack` with an error status means (SMPP 3.4 §5.1.3).
    package static func bindRefused(_ status: CommandStatus) -> BindFailure {
        let told = "\(status.hex) \(status.name)"
        switch status {
        case .alreadyBound:
            return BindFailure(
                .alreadyBound, "the carrier still holds an earlier session of ours (\(told)); waiting for it to end",
                status: status)
        case .invalidPassword:
            return BindFailure(.credentials, "the carrier does not accept the password (\(told))", status: status)
        case .invalidSystemID:
            return BindFailure(.credentials, "the carrier does not accept the system_id (\(told))", status: status)
        case .invalidSystemType:
            return BindFailure(.credentials, "the carrier does not accept the system_type (\(told))", status: status)
        case .bindFailed:
            return BindFailure(
                .refused,
                "the carrier refused the bind (\(told)): wrong login, an address that it does not allow, or too many "
                    + "binds", status: status)
        default:
            return BindFailure(.refused, "the carrier refused the bind (\(told))", status: status)
        }
    }

    /// We stopped the bind.
    static let stopped = BindFailure(.stopped, "stopped")
    static let unbindReceived = BindFailure(.unbind, "the carrier sent unbind")

    /// The connection ended between the bind request and its response.
    ///
    /// - Parameter address: where the connection came from, which the carrier's list must have; nil where it is not known.
    package static func closedBeforeBindResponse(from address: String?) -> BindFailure {
        let ours = address.map { "our address \($0)" } ?? "our address"
        return BindFailure(
            .allowList,
            "the carrier closed the connection before its bind response: probably \(ours) is not on its allow-list")
    }
}
