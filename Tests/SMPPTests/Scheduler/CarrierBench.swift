@testable import SMPP

/// A carrier's scheduler, step by step, with binds that are up.
final class CarrierBench {
    var scheduler: CarrierScheduler
    var now = MonotonicTime(nanoseconds: 100_000_000_000)

    init(
        _ limits: CarrierLimits = CarrierLimits(), windows: [Int?] = [nil], statuses: StatusTable = .standard,
        isUp: Bool = true
    ) {
        scheduler = CarrierScheduler(limits: limits, windows: windows, statuses: statuses)
        if isUp { for bind in windows.indices { scheduler.bindUp(bind, now: now) } }
    }

    func offer(
        _ segments: Int = 1, within time: Duration = .seconds(10), account: Int = 0, hasNext: Bool = false,
        tag: UInt64 = 0
    ) -> CarrierOffer {
        CarrierOffer(segments: segments, deadline: now + time, account: account, hasNext: hasNext, tag: tag)
    }

    @discardableResult
    func submit(
        _ segments: Int = 1, within time: Duration = .seconds(10), account: Int = 0, hasNext: Bool = false,
        tag: UInt64 = 0
    ) -> CarrierAdmission {
        scheduler.submit(
            offer(segments, within: time, account: account, hasNext: hasNext, tag: tag), now: now)
    }

    /// All that may be written now.
    @discardableResult
    func write() -> [CarrierWrite] {
        var writes: [CarrierWrite] = []
        while let write = scheduler.nextWrite(now: now) { writes.append(write) }
        return writes
    }

    func answer(_ write: CarrierWrite?, _ status: CommandStatus = .ok, id: String = "a") {
        guard let write else { return }
        scheduler.answered(
            bind: write.bind, sequence: write.sequence, status: status, messageID: id, now: now)
    }

    func steps() -> [CarrierStep] {
        var steps: [CarrierStep] = []
        while let step = scheduler.nextStep() { steps.append(step) }
        return steps
    }

    /// Time passes, with every wake-up that is due.
    func pass(_ time: Duration) {
        let end = now + time
        while let wake = scheduler.nextWake(now: now), wake <= end {
            now = max(now + .microseconds(1), wake)
            scheduler.tick(now: now)
        }
        now = max(now, end)
        scheduler.tick(now: now)
    }

    var telling: CarrierTelling { scheduler.telling(now: now) }
    var readiness: CarrierReadiness { scheduler.readiness(now: now) }
    var isSilent: Bool { scheduler.isSilent(0, now: now) }
}

extension CarrierStep {
    /// Why the message was not sent.
    var reason: CarrierRefusal.Reason? {
        if case .notSent(_, let refusal) = self { refusal.reason } else { nil }
    }
}
