import Bridge
import Carriers
import Delivery
import Foundation
import Intake
import Logging
import Messaging
import NIOCore
import NIOPosix
import Nodes
import Operations
import SMPP
package import Settings
import TLS

/// Reads and checks all files. Called on a thread that may block.
package typealias ConfigurationReader = @Sendable () -> Result<Settings, ConfigurationProblems>

/// What asks for a reload.
package enum ReloadCause: String, Sendable {
    case signal = "SIGHUP"
    case request = "POST /reload"

    /// How long it waits for the reload before it: a request less than the monitor's answer may take.
    fileprivate var patience: Duration {
        switch self {
        case .signal: .seconds(300)
        case .request: .seconds(8)
        }
    }
}

/// Takes a new configuration into a running bridge; never on a message's path.
///
/// A reload has two parts. First the accounts, routes and texts change, at once on every event loop, and the caller has its
/// answer. Then carriers hand over, each by itself. The next reload waits for that.
actor Reloader {
    /// What it works on.
    struct Parts: Sendable {
        var read: ConfigurationReader
        var factory: CarrierFactory
        var journal: BridgeJournal?
        var nodes: NodeKeeper?
        var references: LoopReferences
        var intake: IntakeServer
        var certificate: TLSServerContext
        var threshold: LogThreshold
        var state: ConfigurationInForce
        var logger: Logger
    }

    private static let look = Duration.milliseconds(10)
    /// So often a new carrier is asked whether it was refused.
    private static let refusalLook = Duration.milliseconds(100)

    private let parts: Parts
    /// In force; what needs a restart stands as it was at the start.
    private(set) var settings: Settings
    /// Of every carrier in force.
    private(set) var carriers: [String: RunningCarrier]
    /// All that run or may, those that hand over included.
    private var alive: [Carrier]
    /// Files of blocked numbers that cannot be read, and why.
    private var blockedProblems: [String: String] = [:]
    private var isBusy = false
    private var takesReloads = true
    private var isStopping = false

    init(settings: Settings, carriers: [String: RunningCarrier], parts: Parts) {
        self.settings = settings
        self.carriers = carriers
        self.parts = parts
        alive = settings.carriers.compactMap { carriers[$0.name]?.carrier }
    }

    /// Starts the carriers of the first configuration. Once.
    func start() {
        guard !isStopping else { return }
        for carrier in alive { carrier.start() }
        parts.nodes?.start(alive) { [intake] in intake.adopt(peers: $0) }
    }

    /// Stops every carrier that runs, at the same time; none is started any more.
    func stop() async {
        isStopping = true
        await withDiscardingTaskGroup { group in
            for carrier in alive {
                group.addTask { try? await carrier.stop().get() }
            }
        }
        await parts.factory.deliveries.stop()
    }

    /// From now on no reload begins; one that is under way goes on, since messages may wait for its binds.
    func endReloads() {
        takesReloads = false
    }

    /// Reads all files and applies what they say, or nothing of it.
    func reload(_ cause: ReloadCause) async -> ReloadReport {
        let report: ReloadReport
        if let hindrance = await wait(atMost: cause.patience) {
            report = hindrance
        } else {
            report = await apply()
        }
        tell(report, cause: cause)
        return report
    }

    /// Waits for the reload before; nil when it is this one's turn.
    private func wait(atMost limit: Duration) async -> ReloadReport? {
        let end = ContinuousClock.now + limit
        while isBusy, takesReloads {
            guard ContinuousClock.now < end else { return .busy(parts.state.current.switching) }
            try? await Task.sleep(for: Self.look)
        }
        guard takesReloads else { return .stopping }
        isBusy = true
        return nil
    }

    /// Reads the files of blocked numbers anew that have changed, and takes them as a reload does. One that cannot be read is told
    /// once, and what was read of it before stays.
    func readBlockedAnew() async {
        guard !isBusy, takesReloads else { return }
        var files: [BlockedFile] = []
        for file in settings.accounts.flatMap(\.blocked) where !files.contains(where: file.isSameFile) {
            files.append(file)
        }
        guard !files.isEmpty else { return }
        isBusy = true
        defer { isBusy = false }
        let read = files
        let readings = try? await NIOThreadPool.singleton.runIfActive {
            read.filter(\.hasChanged).map { BlockedReading(of: $0) }
        }
        var isNews = false
        for reading in readings ?? [] {
            let path = reading.old.path
            guard let new = reading.new else {
                if blockedProblems.updateValue(reading.problem, forKey: path) != reading.problem {
                    parts.logger.error(
                        "a file of blocked numbers cannot be read, what was read of it before stays",
                        metadata: ["file": "\(path)", "problem": "\(reading.problem)"])
                }
                continue
            }
            isNews = true
            blockedProblems[path] = nil
            for warning in reading.warnings { parts.logger.warning("\(warning)") }
            parts.logger.notice(
                "a file of blocked numbers was read anew",
                metadata: ["file": "\(path)", "entries": "\(new.numbers.count)"])
            for account in settings.accounts.indices {
                for place in settings.accounts[account].blocked.indices
                where settings.accounts[account].blocked[place].isSameFile(as: new) {
                    settings.accounts[account].blocked[place] = new
                }
            }
        }
        guard isNews, let accounts = try? Account.list(settings.accounts) else { return }
        await publish(accounts: accounts)
    }

    private func apply() async -> ReloadReport {
        let read = parts.read
        let result = try? await NIOThreadPool.singleton.runIfActive { read() }
        let next: Settings
        let change: ConfigurationChange
        switch result {
        case nil:
            isBusy = false
            return .stopping
        case .failure(let problems):
            isBusy = false
            return .refused(problems.problems)
        case .success(let settings):
            next = settings
        }
        do throws(ConfigurationProblem) {
            change = try ConfigurationChange(from: settings, to: next)
        } catch {
            isBusy = false
            return .refused([error])
        }
        let applied = await take(next, change)
        Task {
            await handOver(next, change)
            isBusy = false
        }
        return .applied(applied)
    }

    /// Everything but the binds of changed carriers.
    private func take(_ next: Settings, _ change: ConfigurationChange) async -> ReloadReport.Applied {
        let plan = change.plan
        settings = settings.reloaded(next)
        parts.nodes?.know(next.contracts)
        parts.threshold.level = Logger.Level(rawValue: next.log.level) ?? .info
        // The watch would find a certificate written anew a little later.
        parts.certificate.reload(
            of: "intake", now: Int64(Date.now.timeIntervalSince1970), logger: parts.logger)
        for carrier in next.carriers {
            switch plan.step(of: carrier.name) {
            case .keep, .replace: break
            case .restyle:
                carriers[carrier.name] = carriers[carrier.name]?.restyled(CarrierProfile(carrier))
            case .add:
                guard let configuration = change.configurations[carrier.name] else { break }
                carriers[carrier.name] = begin(configuration, CarrierProfile(carrier), isExpected: true)
            }
        }
        let generation = parts.state.current.generation + 1
        parts.state.update {
            $0.generation = generation
            $0.loadedAt = .now
            $0.refused = nil
            $0.switching = plan.names(.replace) + plan.names(.add) + plan.removed
        }
        await publish(accounts: change.accounts, lockOut: change.lockOut)
        return ReloadReport.Applied(
            generation: generation, accounts: change.accounts.count, unchanged: plan.names(.keep),
            restyled: plan.names(.restyle), changed: plan.names(.replace), added: plan.names(.add),
            removed: plan.removed, needsRestart: plan.needsRestart, warnings: next.warnings)
    }

    /// Gives every event loop the accounts and routes as they are now.
    private func publish(accounts: [Account], lockOut: LockOut.Rules? = nil) async {
        parts.journal?.know(carriers.values.map(\.route))
        parts.journal?.postings.knowAgain(settings)
        let path = messagePath(settings)
        let shown = settings.carriers.compactMap { carriers[$0.name]?.shown }
        parts.state.update { $0.shown = shown }
        await intake.adopt(accounts: accounts, lockOut: lockOut, unbound: path.unbound, handler: path.handle)
    }

    var intake: IntakeServer { parts.intake }

    func messagePath(_ settings: Settings) -> MessagePath {
        MessagePath(settings: settings, carriers: carriers, references: parts.references, journal: parts.journal)
    }

    /// Changed, new and removed carriers, all at the same time.
    private func handOver(_ next: Settings, _ change: ConfigurationChange) async {
        let within = next.intake.replyWithin
        await withDiscardingTaskGroup { group in
            for name in change.plan.removed {
                guard let old = carriers.removeValue(forKey: name) else { continue }
                group.addTask {
                    await self.retire(old.carrier, within: within)
                    await self.done(name, "carrier is gone")
                }
            }
            for carrier in next.carriers {
                guard let configuration = change.configurations[carrier.name] else { continue }
                let profile = CarrierProfile(carrier)
                group.addTask {
                    await self.handOver(configuration, profile, accounts: change.accounts, within: within)
                    await self.done(configuration.setup.name, "carrier has its new binds")
                }
            }
        }
    }

    /// Brings a carrier from its old binds to new ones; an added one has no old ones.
    ///
    /// The new binds come first, so that none is missed. Where they do not come beside the old ones (many carriers count
    /// binds) the old ones end first, with what waits for them; messages then wait for the new ones (`CarrierRoute.isExpected`).
    private func handOver(
        _ configuration: CarrierConfiguration, _ profile: CarrierProfile, accounts: [Account], within: Duration
    ) async {
        let name = configuration.setup.name
        guard let current = carriers[name] else { return }
        let patience = configuration.setup.timings.connect + configuration.setup.timings.bind
        if current.route.isExpected {
            // An added one: started already.
            await expect(current.route, atMost: patience)
            return
        }
        // A contract that nodes share counts binds, and so is kept.
        if current.carrier.isReady, parts.nodes == nil {
            let beside = begin(configuration, profile)
            if await comesUp(beside.carrier, within: patience) {
                carriers[name] = beside
                try? await current.carrier.handOver(to: beside.carrier).get()
                await publish(accounts: accounts)
                await retire(current.carrier, within: within)
                return
            }
            await retire(beside.carrier, within: .zero)
        }
        guard !isStopping else { return }
        let next = parts.factory.make(configuration, profile, isExpected: true)
        alive.append(next.carrier)
        carriers[name] = next
        await parts.nodes?.leave(name)
        await publish(accounts: accounts)
        await retire(current.carrier, within: within)
        guard !isStopping else { return }
        next.carrier.start()
        parts.nodes?.set(next.carrier)
        await expect(next.route, atMost: patience)
    }

    /// Messages wait for the route's first bind until it is there or its time is over.
    private func expect(_ route: CarrierRoute, atMost patience: Duration) async {
        let isUp = await isReady(route.carrier, within: patience)
        route.arrived()
        if !isUp, !isStopping {
            parts.logger.warning("no bind is up after the reload", metadata: ["carrier": "\(route.name)"])
        }
    }

    /// Whether new binds come up beside the old ones. A carrier that counts binds refuses the first of them: it is not asked again, but
    /// asked after the old ones have ended.
    private func comesUp(_ carrier: Carrier, within limit: Duration) async -> Bool {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !isStopping {
            if await isReady(carrier, within: Self.refusalLook) { return true }
            guard let status = try? await carrier.status().get() else { return false }
            let isCounted = status.binds.contains { $0.failure?.code == .alreadyBound || $0.failure?.code == .refused }
            if isCounted { return carrier.isReady }
        }
        return carrier.isReady
    }

    private func isReady(_ carrier: Carrier, within limit: Duration) async -> Bool {
        (try? await carrier.whenReady(within: limit).get()) ?? false
    }

    private func begin(
        _ configuration: CarrierConfiguration, _ profile: CarrierProfile, isExpected: Bool = false
    ) -> RunningCarrier {
        let next = parts.factory.make(configuration, profile, isExpected: isExpected)
        alive.append(next.carrier)
        if !isStopping { next.carrier.start() }
        parts.nodes?.set(next.carrier)
        return next
    }

    /// Ends a carrier that no new message goes to: what it has is answered first, within `limit`, and nothing is left to move.
    private func retire(_ carrier: Carrier, within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !isStopping, let status = try? await carrier.status().get(),
            status.binds.contains(where: { $0.window.inUse > 0 || $0.window.waiting > 0 })
        {
            try? await Task.sleep(for: Self.look)
        }
        try? await carrier.stop().get()
        alive.removeAll { $0 === carrier }
    }

    private func done(_ name: String, _ words: Logger.Message) {
        if carriers[name] == nil { parts.nodes?.remove(name) }
        parts.state.update { $0.switching.removeAll { $0 == name } }
        parts.logger.notice(words, metadata: ["carrier": "\(name)"])
    }

    private func tell(_ report: ReloadReport, cause: ReloadCause) {
        let logger = parts.logger
        switch report {
        case .applied(let applied):
            for warning in applied.warnings { logger.warning("\(warning)") }
            for key in applied.needsRestart { logger.warning("\(key) changed: it needs a restart") }
            logger.notice(
                "configuration applied",
                metadata: [
                    "cause": "\(cause.rawValue)", "generation": "\(applied.generation)",
                    "changed": "\(applied.changed.joined(separator: ","))",
                    "added": "\(applied.added.joined(separator: ","))",
                    "removed": "\(applied.removed.joined(separator: ","))",
                ])
        case .refused(let problems):
            for problem in problems { logger.error("\(problem)") }
            let refused = RefusedReload(
                at: .now, problems: problems.count, first: problems.first.map { "\($0)" } ?? "")
            parts.state.update { $0.refused = refused }
            logger.error(
                "the new configuration is refused, the old one stays",
                metadata: ["cause": "\(cause.rawValue)", "problems": "\(problems.count)"])
        case .busy(let carriers):
            logger.warning(
                "the reload before is not done yet",
                metadata: ["cause": "\(cause.rawValue)", "carriers": "\(carriers.joined(separator: ","))"])
        case .stopping: break
        }
    }
}
