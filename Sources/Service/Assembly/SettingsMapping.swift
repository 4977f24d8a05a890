import Bridge
import Carriers
import Delivery
import Foundation
import Intake
import Logging
import Messaging
import NIOCore
import SMPP
import Settings
import TLS

/// How checked settings become the values that each part of the bridge takes. Settings knows no part, no part knows it.
/// Settings let something pass that a part does not take: the bridge does not start with a guess.
struct AssemblyProblem: Error, CustomStringConvertible {
    let description: String
}

extension Account {
    /// - Throws: where an address block is not one for the intake. Leaving it out could open the account to everyone.
    init(_ settings: AccountSettings, index: Int) throws(AssemblyProblem) {
        let blocks = try [AddressBlock](settings.allowFrom, of: "account \(settings.name): allow_from")
        self.init(
            index: index, name: settings.name, login: settings.login, password: settings.password, key: settings.key,
            enabled: settings.enabled, language: Language(settings.language), rate: settings.rate,
            inFlight: settings.inFlight, allowFrom: blocks,
            replyProfile: ReplyProfile(rawValue: settings.replyProfile) ?? .strict,
            quota: AccountQuota.Limits(
                day: settings.quotaOfDay, month: settings.quotaOfMonth, perRecipient: settings.perRecipient,
                zone: settings.quotaZone.flatMap { TimeZone(identifier: $0) } ?? .current),
            chat: settings.planFixChat.map(ChatTerms.init))
    }
}

extension ChatTerms {
    init(_ settings: PlanFixChatSettings) {
        self.init(
            token: settings.token, providerID: settings.providerID, ids: ContactIDs(settings),
            takesAttachments: settings.takesAttachments,
            replies: Replies(
                refused: settings.replies.refused, notSent: settings.replies.notSent,
                unknown: settings.replies.unknown))
    }
}

extension CarrierConfiguration {
    /// - Throws: `TLSError` where OpenSSL does not take a certificate, a key or an authority's file.
    init(_ settings: CarrierSettings) throws(TLSError) {
        self.init(settings.setup)
        guard settings.tls.enabled else { return }
        let context = try TLSClientContext(
            caFile: settings.tls.caFile, certificateFile: settings.tls.certificateFile,
            keyFile: settings.tls.keyFile, verifyPeer: settings.tls.verify)
        tls = CarrierTLS(context: context, serverName: settings.tls.serverName)
    }
}

extension NodeCertificates {
    init(_ settings: ClusterSettings) {
        self.init(caFile: settings.caFile, certificateFile: settings.certificateFile, keyFile: settings.keyFile)
    }
}

extension PassingRules {
    /// - Throws: `TLSError` where OpenSSL does not take a certificate, a key or the authority's file.
    init(_ settings: ClusterSettings) throws(TLSError) {
        self.init(tls: try TLSClientContext(NodeCertificates(settings)))
        connections = settings.passingConnections
        queue = settings.passingQueue
        connectWithin = TimeAmount(settings.passingConnectWithin)
    }
}

extension LockOut.Rules {
    /// - Throws: where an address block is not one for the intake.
    init(_ settings: IntakeSettings) throws(AssemblyProblem) {
        self.init(
            attempts: settings.lockoutAttempts, window: TimeAmount(settings.lockoutPer),
            trusted: try [AddressBlock](settings.lockoutTrusted, of: "intake.lockout.trusted"))
    }
}

extension [AddressBlock] {
    /// - Parameter key: where the texts stand.
    init(_ texts: [String], of key: String) throws(AssemblyProblem) {
        self = []
        for text in texts {
            guard let block = AddressBlock(parsing: text) else {
                throw AssemblyProblem(description: "\(key): \(text) is not understood")
            }
            append(block)
        }
    }
}

extension IntakeConfiguration {
    /// The configuration with so many connections as this process's descriptors leave.
    ///
    /// - Throws: where an address block is not one for the intake, or OpenSSL does not take the node's certificate.
    init(_ settings: Settings, certificate: TLSServerContext, logger: Logger) throws {
        try self.init(settings.intake, certificate: certificate)
        passing = try settings.cluster.map(PassingRules.init)
        let (limit, wanted) = (DescriptorLimit.raise(), maxConnections)
        maxConnections = DescriptorLimit.connections(wanted: wanted, limit: limit, binds: settings.bindCount)
        let warning = DescriptorLimit.warning(wanted: wanted, limit: limit, binds: settings.bindCount)
        if let warning { logger.warning("\(warning)") }
    }

    private init(_ settings: IntakeSettings, certificate: TLSServerContext) throws(AssemblyProblem) {
        self.init(listen: settings.listen.map { ($0.host, $0.port) })
        path = settings.path
        chatPath = settings.chatPath
        tls = certificate
        replyWithin = TimeAmount(settings.replyWithin)
        maxConnections = settings.maxConnections
        maxConnectionsPerAddress = settings.maxConnectionsPerAddress
        allowFrom = try [AddressBlock](settings.allowFrom, of: "intake.allow_from")
        proxies = try [AddressBlock](settings.proxies, of: "intake.proxy_protocol.from")
        maxUnfinishedBytes = settings.maxUnfinishedBytes
        maxBodyBytes = settings.maxBodyBytes
        maxHeaderBytes = settings.maxHeaderBytes
        requestTimeout = TimeAmount(settings.requestTimeout)
        idleTimeout = TimeAmount(settings.idleTimeout)
        maxPipelined = settings.maxPipelined
        lockOut = try LockOut.Rules(settings)
        provenFile = settings.provenFile
        scryptQueue = settings.scryptQueue
        scryptThreads = settings.scryptThreads
        recipientMemory = settings.recipientMemory
        defaultLanguage = Language(settings.defaultLanguage)
        // Bridges that share a journal must not give the same id twice, nor one whose clock was put back.
        firstNode = .random(in: 0...UInt16.max)
    }
}
