package import Carriers
package import SMPP

/// What the log tells of a carrier: that it is in trouble, each minute that it still is, and that it is over.
///
/// ```
///              trouble, none told for a minute, or a worse one: told
///   in order ──────────────────────────────────────────────────────▶ in trouble ─┐ each minute: told
///      ▲ └────── trouble so soon again: counted, told after the minute ──▶ │ ▲───┘ worse: told at once
///      └───────────────────────────── over: told, if the trouble was ──────┘
/// ```
///
/// However fast a carrier comes and goes, that is a few lines a minute. What people stopped is no trouble, and what is being
/// connected for the first time, or anew on request, has `patience`.
package struct CarrierLog: Sendable {
    /// One line of the log.
    package struct Line: Hashable, Sendable {
        /// How loud it is.
        package enum Level: Hashable, Sendable {
            case notice
            case warning
            case error
        }

        package var level: Level
        package var message: String
        package var metadata: [String: String]
    }

    /// Trouble is told this often, and what comes within is counted.
    static let every = Duration.seconds(60)
    /// How long a carrier may take to come up before it counts as down without a failed attempt of every bind.
    static let patience = Duration.seconds(10)

    private struct Episode {
        var trouble: CarrierTroubleLine
        var began: MonotonicTime
        /// The worst that was told of it; nil = nothing was.
        var told: Int?
        var nextLine: MonotonicTime
    }

    private var episode: Episode?
    private var last: (rank: Int, at: MonotonicTime)?
    /// What was over before it was told, since the last line.
    private var untold: (times: Int, time: Duration) = (0, .zero)
    private var wasUp = false
    private var comingSince: MonotonicTime?
    private var attempts: UInt64 = 0

    package init() {}

    /// Looks at the carrier: at each change of it, and every few seconds.
    ///
    /// - Returns: what to log now.
    package mutating func take(_ status: CarrierStatus, now: MonotonicTime) -> [Line] {
        guard status.light != .off, status.state.name != CarrierReadiness.draining.name else {
            self = CarrierLog()
            return []
        }
        if status.condition != .down { wasUp = true }
        guard let trouble = CarrierTroubleLine(status) else { return over(status, now: now) }
        guard episode != nil || !isComing(status, now: now) else { return [] }
        return lasts(trouble, status, now: now)
    }

    // MARK: Trouble

    /// Whether it is only on its way up: nothing says yet that it fails.
    private mutating func isComing(_ status: CarrierStatus, now: MonotonicTime) -> Bool {
        guard status.condition == .down else { return false }
        let binds = status.workingBinds
        let fails =
            wasUp
            ? binds.contains { $0.state == BindState.waiting(until: now).name }
            : binds.allSatisfy { ($0.failure?.code ?? .stopped) != .stopped }
        let since = comingSince ?? now
        comingSince = since
        return !fails && now - since < Self.patience
    }

    private mutating func lasts(_ trouble: CarrierTroubleLine, _ status: CarrierStatus, now: MonotonicTime) -> [Line] {
        var current = episode ?? begin(trouble, status, now: now)
        current.trouble = trouble
        defer { episode = current }
        let isWorse = trouble.rank > (current.told ?? last?.rank ?? 0)
        guard isWorse || now >= current.nextLine else { return [] }
        var line = current.told == nil || isWorse ? trouble.began : trouble.lasts
        if now > current.began { line.metadata["for"] = Self.span(now - current.began) }
        if untold.times > 0 { line.metadata["times_before"] = "\(untold.times)" }
        let made = status.attempts
        if made > attempts, current.told != nil, trouble.isDown { line.metadata["attempts"] = "\(made - attempts)" }
        told(trouble.rank, status, now: now)
        current.told = max(current.told ?? 0, trouble.rank)
        current.nextLine = now + Self.every
        return [line]
    }

    private mutating func begin(_ trouble: CarrierTroubleLine, _ status: CarrierStatus, now: MonotonicTime) -> Episode {
        comingSince = nil
        let soon = last.map { $0.at + Self.every } ?? now
        return Episode(trouble: trouble, began: now, nextLine: soon)
    }

    /// It is in order.
    private mutating func over(_ status: CarrierStatus, now: MonotonicTime) -> [Line] {
        comingSince = nil
        if let ended = episode {
            episode = nil
            let time = now - ended.began
            guard ended.told != nil else {
                untold.times += 1
                untold.time += time
                return []
            }
            attempts = status.attempts
            return [
                Line(.notice, "carrier takes messages again", ["after": Self.span(time), "was": ended.trouble.state])
            ]
        }
        guard untold.times > 0, let last, now >= last.at + Self.every else { return [] }
        let line = Line(
            .notice, "carrier was in trouble again", ["times": "\(untold.times)", "for": Self.span(untold.time)])
        told(last.rank, status, now: now)
        return [line]
    }

    private mutating func told(_ rank: Int, _ status: CarrierStatus, now: MonotonicTime) {
        last = (rank, now)
        untold = (0, .zero)
        attempts = status.attempts
    }

    static func span(_ time: Duration) -> String { BindsTable.span(time.inSeconds) }
}

extension CarrierLog.Line {
    init(_ level: Level, _ message: String, _ metadata: [String: String]) {
        self.init(level: level, message: message, metadata: metadata)
    }
}

/// What is told of a carrier that is paused, tripped or down.
struct CarrierTroubleLine: Sendable {
    /// `paused`, `tripped`, `down`.
    let state: String
    /// The higher the worse: 1 to 4.
    let rank: Int
    private let level: CarrierLog.Line.Level
    private let metadata: [String: String]

    var isDown: Bool { state == CarrierCondition.down.rawValue }

    /// nil = it is in order, or people stopped what it would need.
    init?(_ status: CarrierStatus) {
        var metadata: [String: String] = [:]
        state = status.condition.rawValue
        switch status.condition {
        case .ready: return nil
        case .paused, .tripped:
            rank = status.condition == .paused ? 1 : 2
            level = .warning
            metadata["words"] = status.why
            metadata["next_attempt_in"] = status.state.triedIn.map(BindStatus.clock)
        case .down:
            let binds = status.workingBinds
            guard !binds.isEmpty else { return nil }
            let failed = binds.filter { $0.failure != nil }
            let locked = failed.first { $0.failure?.code == .credentials }
            let told = locked ?? failed.first
            rank = locked == nil ? 3 : 4
            level = locked == nil ? .warning : .error
            metadata["reason"] = told?.failure?.code.rawValue
            metadata["words"] = told?.failure?.words
            metadata["host"] = told?.host
            metadata["next_attempt_in"] = binds.compactMap(\.nextAttemptIn).min().map(BindStatus.clock)
        }
        self.metadata = metadata
    }

    var began: CarrierLog.Line { CarrierLog.Line(level, "carrier is \(state)", metadata) }
    var lasts: CarrierLog.Line { CarrierLog.Line(.notice, "carrier is still \(state)", metadata) }
}

extension CarrierStatus {
    /// The binds that messages go over, or come over where none does, without those that people stopped.
    fileprivate var workingBinds: [BindStatus] {
        let submits = binds.contains(where: \.kind.submits)
        return binds.filter { (!submits || $0.kind.submits) && !$0.drained && $0.state != BindState.stopped.name }
    }

    /// Attempts to connect since the start.
    fileprivate var attempts: UInt64 {
        let changes = binds.flatMap(\.totals.changes).filter { $0.key.to == "connecting" }
        return changes.reduce(0) { $0 + $1.value }
    }
}
