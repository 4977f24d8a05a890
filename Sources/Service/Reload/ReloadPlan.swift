import Messaging
import SMPP
import Settings

/// What a new reading of the configuration asks for beside the one in force.
struct ReloadPlan: Equatable, Sendable {
    /// What becomes of a carrier of the new configuration.
    enum Step: String, Sendable {
        /// Nothing changed.
        case keep
        /// Only what its messages look like changed: its binds stay.
        case restyle
        /// Its binds changed: they are made anew.
        case replace
        /// It is new.
        case add
    }

    /// Carriers of the new configuration, in its order.
    var carriers: [(name: String, step: Step)]
    /// Names of carriers that are gone, in the old order.
    var removed: [String]
    /// Keys of `smppost.yaml` that changed and cannot be applied to a running bridge.
    var needsRestart: [String]

    init(from old: Settings, to new: Settings) {
        carriers = new.carriers.map { carrier in
            guard let before = old.carriers.first(where: { $0.name == carrier.name }) else {
                return (carrier.name, .add)
            }
            let step: Step = before == carrier ? .keep : before.hasBinds(of: carrier) ? .restyle : .replace
            return (carrier.name, step)
        }
        let names = Set(new.carriers.map(\.name))
        removed = old.carriers.map(\.name).filter { !names.contains($0) }
        needsRestart = Self.needsRestart(old, new)
    }

    /// What becomes of the carrier of this name.
    func step(of name: String) -> Step {
        carriers.first { $0.name == name }?.step ?? .add
    }

    /// Names of the carriers with this step.
    func names(_ step: Step) -> [String] {
        carriers.filter { $0.step == step }.map(\.name)
    }

    static func == (left: Self, right: Self) -> Bool {
        left.removed == right.removed && left.needsRestart == right.needsRestart
            && left.carriers.elementsEqual(right.carriers) { $0 == $1 }
    }

    private static func needsRestart(_ old: Settings, _ new: Settings) -> [String] {
        let intake = IntakeKeys.all.filter { !$0.isSame(old.intake, new.intake) }.map { "intake." + $0.name }
        var keys = intake
        if old.monitor.listen != new.monitor.listen { keys.append("monitor.listen") }
        if old.monitor.token != new.monitor.token { keys.append("monitor.token") }
        let isSameTLS =
            old.monitor.certificateFile == new.monitor.certificateFile && old.monitor.keyFile == new.monitor.keyFile
        if !isSameTLS { keys.append("monitor.tls") }
        if old.monitor.traceDirectory != new.monitor.traceDirectory { keys.append("monitor.trace_directory") }
        if old.monitor.sendEvery != new.monitor.sendEvery { keys.append("monitor.send_every") }
        if old.journal != new.journal { keys.append("journal") }
        if old.cluster != new.cluster { keys.append("cluster") }
        if old.log.format != new.log.format { keys.append("log.format") }
        return keys
    }
}

/// The keys of `intake:` that a running intake does not take.
private struct IntakeKeys: Sendable {
    let name: String
    let isSame: @Sendable (IntakeSettings, IntakeSettings) -> Bool

    private init(_ name: String, _ isSame: @escaping @Sendable (IntakeSettings, IntakeSettings) -> Bool) {
        self.name = name
        self.isSame = isSame
    }

    static let all = [
        IntakeKeys("listen") { $0.listen == $1.listen },
        IntakeKeys("path") { $0.path == $1.path },
        IntakeKeys("chat_path") { $0.chatPath == $1.chatPath },
        IntakeKeys("tls") {
            ($0.certificateFile, $0.keyFile) == ($1.certificateFile, $1.keyFile) && $0.clientCAFile == $1.clientCAFile
        },
        IntakeKeys("reply_within") { $0.replyWithin == $1.replyWithin },
        IntakeKeys("max_connections") { $0.maxConnections == $1.maxConnections },
        IntakeKeys("max_connections_per_address") { $0.maxConnectionsPerAddress == $1.maxConnectionsPerAddress },
        IntakeKeys("allow_from") { $0.allowFrom == $1.allowFrom },
        IntakeKeys("proxy_protocol") { $0.proxies == $1.proxies },
        IntakeKeys("max_unfinished") { $0.maxUnfinishedBytes == $1.maxUnfinishedBytes },
        IntakeKeys("max_body") { $0.maxBodyBytes == $1.maxBodyBytes },
        IntakeKeys("max_headers") { $0.maxHeaderBytes == $1.maxHeaderBytes },
        IntakeKeys("request_timeout") { $0.requestTimeout == $1.requestTimeout },
        IntakeKeys("idle_timeout") { $0.idleTimeout == $1.idleTimeout },
        IntakeKeys("max_pipelined") { $0.maxPipelined == $1.maxPipelined },
        IntakeKeys("proven_file") { $0.provenFile == $1.provenFile },
        IntakeKeys("scrypt_queue") { $0.scryptQueue == $1.scryptQueue },
        IntakeKeys("scrypt_threads") { $0.scryptThreads == $1.scryptThreads },
        IntakeKeys("recipient_memory") { $0.recipientMemory == $1.recipientMemory },
        IntakeKeys("conversation_memory") { $0.conversationMemory == $1.conversationMemory },
        IntakeKeys("default_language") { $0.defaultLanguage == $1.defaultLanguage },
    ]
}

extension CarrierSettings {
    /// Whether the same binds serve both: what else differs is only what the bodies of messages are made of (`CarrierProfile`).
    fileprivate func hasBinds(of other: CarrierSettings) -> Bool {
        setup == other.setup && tls == other.tls && receipts == other.receipts
    }
}
