import Carriers
import Intake
import Messaging
import NIOCore
import SMPP
import Settings
import TLS

/// How checked settings become the values that each part of the bridge takes. Settings knows no part, no part knows it.
extension AccountRules {
    /// - Parameter carriers: the names of all carriers, in the bridge's order.
    convenience init(_ settings: AccountSettings, carriers: [String]) {
        self.init(
            name: settings.name, senders: Set(settings.senders), defaultSender: settings.defaultSender,
            destinations: settings.destinations,
            numbers: NumberRules(country: settings.country, shortNumbers: settings.shortNumbers),
            carriers: CarrierOrder(settings.carriers, carriers: carriers),
            routes: settings.routes.map {
                PrefixOrder(prefix: $0.prefix, order: CarrierOrder($0.carriers, carriers: carriers))
            })
    }
}

extension Language {
    /// Settings has checked that it is one of ours.
    init(_ code: String) {
        self = Language(rawValue: code) ?? .ru
    }
}

/// Settings let something pass that a part does not take: the bridge does not start with a guess.
struct AssemblyProblem: Error, CustomStringConvertible {
    let description: String
}

extension Account {
    /// - Throws: where an address block is not one for the intake. Leaving it out could open the account to everyone.
    init(_ settings: AccountSettings, index: Int) throws(AssemblyProblem) {
        var blocks: [AddressBlock] = []
        for text in settings.allowFrom {
            guard let block = AddressBlock(parsing: text) else {
                throw AssemblyProblem(description: "account \(settings.name): allow_from \(text) is not understood")
            }
            blocks.append(block)
        }
        self.init(
            index: index, name: settings.name, login: settings.login, password: settings.password, key: settings.key,
            enabled: settings.enabled, language: Language(settings.language), rate: settings.rate,
            inFlight: settings.inFlight, allowFrom: blocks,
            replyProfile: ReplyProfile(rawValue: settings.replyProfile) ?? .strict)
    }
}

extension CarrierProfile {
    init(_ settings: CarrierSettings) {
        self.init(addresses: settings.addresses, text: settings.text)
        serviceType = settings.serviceType
        esmClass = settings.esmClass
        protocolID = settings.protocolID
        priority = settings.priority
        validityPeriod = settings.validityPeriod
        registeredDelivery = settings.receiptsRequested ? 1 : 0
        receiptIDs = settings.receiptIDs
        statuses = settings.setup.statuses
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

extension IntakeConfiguration {
    init(_ settings: IntakeSettings, certificate: TLSServerContext) {
        self.init(listen: settings.listen.map { ($0.host, $0.port) })
        path = settings.path
        tls = certificate
        replyWithin = TimeAmount(settings.replyWithin)
        maxConnections = settings.maxConnections
        maxBodyBytes = settings.maxBodyBytes
        maxHeaderBytes = settings.maxHeaderBytes
        requestTimeout = TimeAmount(settings.requestTimeout)
        idleTimeout = TimeAmount(settings.idleTimeout)
        maxPipelined = settings.maxPipelined
        lockOut.attempts = settings.lockoutAttempts
        lockOut.window = TimeAmount(settings.lockoutPer)
        scryptQueue = settings.scryptQueue
        scryptThreads = settings.scryptThreads
        defaultLanguage = Language(settings.defaultLanguage)
        // Bridges that share a journal must not give the same id twice, nor one whose clock was put back.
        firstNode = .random(in: 0...UInt16.max)
    }
}
