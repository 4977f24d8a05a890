import Foundation
import HTTPService
import NIOCore
import NIOPosix
import Synchronization
import TLS

/// Why a run could not begin.
package struct LoadFailure: Error, CustomStringConvertible {
    package var description: String
}

/// Runs a plan: connects, sends, waits for answers, receipts and the record, and gives the report.
///
///     connecting ──▶ sending ──schedule's end, stop()──▶ draining ──▶ receipts ──▶ auditing ──▶ report
package final class LoadRun: Sendable {
    /// How long all connections may take to be there; those that are not by then go on trying.
    private static let connectWithin = Duration.seconds(15)
    /// After which failures without a single connection are believed.
    private static let refusedWithin = Duration.seconds(1)
    /// Between looks at the clock, the stop and the end.
    private static let step = Duration.milliseconds(20)
    /// From the decision to begin to the first message.
    private static let lead: UInt64 = 20_000_000
    /// How long a stopped run waits for answers, and again for receipts.
    private static let stoppedDrain = Duration.seconds(5)
    /// Between looks at receipts that are to come.
    private static let receiptStep = Duration.milliseconds(50)

    let plan: LoadPlan
    private let onProgress: @Sendable (LoadProgress) -> Void
    private let stopRequested = Atomic(false)
    private let sharesDone = Atomic(0)

    package init(_ plan: LoadPlan, onProgress: @escaping @Sendable (LoadProgress) -> Void = { _ in }) {
        self.plan = plan
        self.onProgress = onProgress
    }

    /// Ends the run early: nothing more is sent, what is under way gets a little time, the report is made.
    package func stop() {
        stopRequested.store(true, ordering: .relaxed)
    }

    private var isStopped: Bool { stopRequested.load(ordering: .relaxed) }

    /// Runs once.
    /// - Throws: `LoadFailure` where the target, the audit's record or the monitor cannot be reached at the start.
    package func run() async throws -> LoadReport {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: plan.threads)
        do {
            let report = try await run(on: group)
            try await group.shutdownGracefully()
            return report
        } catch {
            try? await group.shutdownGracefully()
            throw error as? LoadFailure ?? LoadFailure(description: "\(error)")
        }
    }

    private func run(on group: MultiThreadedEventLoopGroup) async throws -> LoadReport {
        let maker = MessageMaker(plan.mix, seed: plan.seed, run: plan.run)
        var facts = LoadFacts(plan: plan, startedAt: .now)
        if let monitor = plan.monitor {
            facts.targetConfiguration = try await text(monitor, "/binds", "the monitor")
        }
        let reader = plan.audit.map { url in
            AuditReader(PageReader(url), audit: Audit(maker: maker))
        }
        do {
            try await reader?.begin()
        } catch {
            throw LoadFailure(description: "--audit: \(error)")
        }
        let shares = try await makeShares(group, maker)
        try await shares.open()
        do {
            try await connect(shares)
        } catch {
            try await shares.close()
            throw error
        }
        async let followed: Void? = reader?.follow()
        try await send(shares, &facts)
        try await awaitReceipts(shares, reader, &facts)
        if reader != nil { onProgress(.auditing) }
        await reader?.stopFollowing()
        _ = await followed
        await reader?.finish()
        facts.recorder = try await shares.recorder()
        let outcomes = try await shares.outcomes()
        try await shares.close()
        if let reader { await audit(reader, outcomes, &facts) }
        return facts.report()
    }

    // MARK: Before

    private func makeShares(_ group: MultiThreadedEventLoopGroup, _ maker: MessageMaker) async throws
        -> any LoadShareControl
    {
        let loops = Array(group.makeIterator())
        let (count, threads) = (plan.connections, plan.threads)
        switch plan.target {
        case .form(let url, let context):
            let target = FormTarget(
                url: url, address: try await Self.resolve(url.host, url.port), context: context, timeout: plan.timeout)
            return try await LoadShares<FormLink>(loops) { share, _, thread in
                for index in 0..<Self.part(count, thread, threads) {
                    share.add(FormLink(index: index, target: target, maker: maker, share: share))
                }
            }
        case .submit(let options):
            let target = SubmitTarget(
                options: options, address: try await Self.resolve(options.host, options.port),
                timeout: UInt64(clamping: TimeAmount(plan.timeout).nanoseconds))
            let run = plan.run
            return try await LoadShares<SubmitLink>(loops) { share, events, thread in
                for index in 0..<Self.part(count, thread, threads) {
                    let first = UInt16(truncatingIfNeeded: run &+ UInt64((thread * 31 + index) * 37))
                    share.add(
                        SubmitLink(
                            index: index, target: target, maker: maker, share: share, events: events, reference: first))
                }
            }
        }
    }

    /// How many of `count` are the part of the event loop with this index.
    private static func part(_ count: Int, _ thread: Int, _ shares: Int) -> Int {
        count / shares + (thread < count % shares ? 1 : 0)
    }

    /// Off the event loops: `getaddrinfo` blocks.
    private static func resolve(_ host: String, _ port: Int) async throws -> SocketAddress {
        do {
            return try await NIOThreadPool.singleton.runIfActive {
                try SocketAddress.makeAddressResolvingHost(host, port: port)
            }
        } catch {
            throw LoadFailure(description: "\(host) is not known: \(error)")
        }
    }

    private func text(_ url: HTTPURL, _ path: String, _ name: String) async throws -> String {
        do {
            return String(buffer: try await PageReader(url).get(path))
        } catch {
            throw LoadFailure(description: "\(name): \(error)")
        }
    }

    private func connect(_ shares: any LoadShareControl) async throws {
        let start = ContinuousClock.now
        var told = -1
        while true {
            let (count, failure) = try await shares.connected()
            if count >= plan.connections { return }
            if isStopped { throw LoadFailure(description: "stopped while connecting") }
            let waited = ContinuousClock.now - start
            if waited > Self.connectWithin, count > 0 { return }
            if waited > Self.connectWithin || (count == 0 && failure != nil && waited > Self.refusedWithin) {
                throw LoadFailure(description: "\(plan.targetText): \(failure ?? "no connection in time")")
            }
            if count != told, told >= 0 { onProgress(.connecting(count, of: plan.connections)) }
            told = count
            try await Task.sleep(for: Self.step)
        }
    }

    private func setups(start: UInt64) -> [ShareSetup] {
        let shares = plan.threads
        let seconds = plan.pacing.seconds
        let steps = plan.pacing.steps.map { start + UInt64($0.until * 1e9) }
        return (0..<shares).map { thread in
            let pacing: SharePacing =
                switch plan.pacing {
                case .open(let profile, let spacing):
                    .open(ArrivalSchedule(profile, spacing: spacing, seed: plan.seed))
                case .closed(let workers, _): .closed(workers: Self.part(workers, thread, shares))
                }
            return ShareSetup(
                pacing: pacing, offset: thread, stride: shares, start: start, end: start + UInt64(seconds * 1e9),
                messages: plan.messages, waitingLimit: LoadLimits.waiting / shares,
                warmUpEnd: start + UInt64(plan.warmUp * 1e9), stepEnds: steps, keepsOutcomes: plan.audit != nil)
        }
    }

    // MARK: Sending

    private func send(_ shares: any LoadShareControl, _ facts: inout LoadFacts) async throws {
        let cpu = ProcessUse.current().cpuSeconds
        facts.startedAt = .now
        let start = NIODeadline.now().uptimeNanoseconds + Self.lead
        facts.start = start
        try await shares.run(setups(start: start)) { [self] in
            sharesDone.wrappingAdd(1, ordering: .releasing)
        }
        var meter = LoadMeter(plan: plan, start: start)
        let timeout = UInt64(clamping: TimeAmount(plan.timeout).nanoseconds)
        let giveUp = start + UInt64((plan.pacing.seconds) * 1e9) + timeout
        var stoppedAt: ContinuousClock.Instant?
        var hasGivenUp = false
        while sharesDone.load(ordering: .acquiring) < plan.threads {
            try await Task.sleep(for: Self.step)
            let now = NIODeadline.now().uptimeNanoseconds
            if isStopped, stoppedAt == nil {
                stoppedAt = .now
                facts.interrupted = true
                try await shares.stop(as: .stopped)
            }
            if let stoppedAt, ContinuousClock.now - stoppedAt > Self.stoppedDrain { try await shares.abandon() }
            // What still waits for a link is too late. What is under way has its own time limit, which comes first.
            if now > giveUp, !hasGivenUp {
                hasGivenUp = true
                try await shares.stop(as: .notStarted)
            }
            if now > giveUp + timeout + 2_000_000_000 { try await shares.abandon() }
            guard meter.isDue(now) else { continue }
            let reading = try await shares.reading()
            facts.awaitedReceipts.read(reading.events, now: now)
            let row = meter.row(reading, at: now)
            if row.at >= plan.pacing.seconds || facts.interrupted {
                if row.underWay + row.waiting > 0 { onProgress(.draining(row.underWay + row.waiting)) }
            }
            onProgress(.second(row, errors: meter.errors, left: max(0, plan.pacing.seconds - row.at)))
        }
        let reading = try await shares.reading()
        facts.awaitedReceipts.read(reading.events, now: NIODeadline.now().uptimeNanoseconds)
        meter.finish(reading, at: NIODeadline.now().uptimeNanoseconds)
        facts.series = meter.rows
        facts.cpuSeconds = ProcessUse.current().cpuSeconds - cpu
    }

    // MARK: After

    private func awaitReceipts(
        _ shares: any LoadShareControl, _ reader: AuditReader?, _ facts: inout LoadFacts
    ) async throws {
        let within = facts.interrupted ? min(plan.receiptsWithin, Self.stoppedDrain) : plan.receiptsWithin
        switch plan.target {
        case .submit(let options):
            guard options.wantsReceipts else { return }
            let end = ContinuousClock.now + within
            var told = ContinuousClock.now
            while facts.awaitedReceipts.missingCount > 0, ContinuousClock.now < end, isStopped == facts.interrupted {
                try await Task.sleep(for: Self.receiptStep)
                facts.awaitedReceipts.read(
                    try await shares.reading().events, now: NIODeadline.now().uptimeNanoseconds, allAnswered: true)
                if ContinuousClock.now - told > .seconds(1) {
                    told = .now
                    onProgress(.receipts(facts.awaitedReceipts.missingCount))
                }
            }
            facts.awaitedReceipts.finish(now: NIODeadline.now().uptimeNanoseconds)
        case .form:
            let wasStopped = facts.interrupted
            await reader?.awaitReceipts(atMost: within) { [self] in isStopped != wasStopped }
        }
    }

    private func audit(_ reader: AuditReader, _ outcomes: [[UInt8]], _ facts: inout LoadFacts) async {
        let shares = plan.threads
        let count = outcomes.enumerated().map { ($0.element.count - 1) * shares + $0.offset + 1 }.max() ?? 0
        facts.audit = await reader.verdict(count: max(0, count)) { number in
            let share = outcomes[number % shares]
            let index = number / shares
            return index < share.count ? LoadOutcome(rawValue: share[index]) : nil
        }
        if case .form = plan.target { facts.carrierReceipts = await reader.receiptTotals() }
        facts.carrierCounters = await reader.counters()
    }
}
