package import Carriers
package import SMPP

/// What the log tells of a carrier: that it is in trouble, each minute that it still is, and that it is over.
///
/// ```
///              trouble: told at once, while there is room
///   in order ──────────────────────────────────────────────▶ in trouble ─┐ worse: told at once, while there is room
///      ▲                                                         │ ▲─────┘ each minute that it is tried: told
///      └──── over: told, if the trouble was; else counted ───────┘
/// ```
///
/// However fast a carrier comes and goes, there is room for `most` lines a minute; what finds none is counted, and told with the
/// next line. What people stopped is no trouble, and what is being connected for the first time, or anew on request, has
/// `patience`.
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

    /// Trouble that lasts is told this often.
    static let every = Duration.seconds(60)
    /// So many lines within `every` tell at most that it came, got worse or is over. Not in the configuration: README and alerts name
    /// it, and what finds no room is told with the next line.
    static let most = 6
    /// How long a carrier may take to come up before it counts as down without a failed attempt of every bind.
    static let patience = Duration.seconds(10)

    private struct Episode {
        var trouble: CarrierTroubleLine
        var began: MonotonicTime
        /// The rank that was told of it; 0 = nothing was.
        var told = 0
    }

    private var episode: Episode?
    /// The last line.
    private var last: MonotonicTime?
    /// When lines told of a change, in the last minute; `most` at most.
    private var changes: [MonotonicTime] = []
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
        comingSince = nil
        var current = episode ?? Episode(trouble: trouble, began: now)
        // What got better, and is worse again, is told again; why binds are down may differ with each attempt.
        if trouble.state != current.trouble.state { current.told = min(current.told, trouble.rank) }
        current.trouble = trouble
        defer { episode = current }
        let isNew = trouble.rank > current.told
        guard isNew ? hasRoom(now: now) : isMinuteOver(now: now) && !status.isUntried else { return [] }
        var line = isNew ? trouble.began : trouble.lasts
        if now > current.began { line.metadata["for"] = Self.span(now - current.began) }
        if untold.times > 0 { line.metadata["times_before"] = "\(untold.times)" }
        let made = status.attempts
        if made > attempts, current.told > 0, trouble.isDown { line.metadata["attempts"] = "\(made - attempts)" }
        told(status, isChange: isNew, now: now)
        current.told = max(current.told, trouble.rank)
        return [line]
    }

    /// It is in order.
    private mutating func over(_ status: CarrierStatus, now: MonotonicTime) -> [Line] {
        comingSince = nil
        if let ended = episode {
            episode = nil
            let time = now - ended.began
            guard ended.told > 0 else {
                untold.times += 1
                untold.time += time
                return []
            }
            told(status, isChange: true, now: now)
            return [
                Line(.notice, "carrier takes messages again", ["after": Self.span(time), "was": ended.trouble.state])
            ]
        }
        guard untold.times > 0, isMinuteOver(now: now) else { return [] }
        let line = Line(
            .notice, "carrier was in trouble again", ["times": "\(untold.times)", "for": Self.span(untold.time)])
        told(status, isChange: false, now: now)
        return [line]
    }

    /// Whether trouble may be told: room stays for the line that it is over.
    private mutating func hasRoom(now: MonotonicTime) -> Bool {
        changes.removeAll { now >= $0 + Self.every }
        return changes.count < Self.most - 1
    }

    private func isMinuteOver(now: MonotonicTime) -> Bool { last.map { now >= $0 + Self.every } ?? true }

    private mutating func told(_ status: CarrierStatus, isChange: Bool, now: MonotonicTime) {
        last = now
        if isChange { changes.append(now) }
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
            metadata["words"] = status.why?.en
            if let triedIn = status.state.triedIn, triedIn > 0 {
                metadata["next_attempt_in"] = BindStatus.clock(triedIn)
            } else {
                metadata["next_attempt"] = "with the next message"
            }
        case .down:
            let binds = status.workingBinds
            guard !binds.isEmpty else { return nil }
            let failed = binds.filter { $0.failure != nil }
            let locked = failed.first { $0.failure?.code == .credentials }
            let told = locked ?? failed.first
            rank = locked == nil ? 3 : 4
            level = locked == nil ? .warning : .error
            metadata["reason"] = told?.failure?.code.rawValue
            metadata["words"] = told?.failure?.words.en
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
