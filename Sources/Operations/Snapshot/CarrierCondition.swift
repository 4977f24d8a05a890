package import Carriers
package import SMPP

/// Whether a carrier takes messages. The raw values are stable names, for JSON and metrics.
package enum CarrierCondition: String, Hashable, Sendable, CaseIterable {
    /// It does.
    case ready
    /// It accepts nothing any more, for speed: one message is tried now and then.
    case paused
    /// It answers nothing, or refuses everything for reasons of its own: one message is tried now and then.
    case tripped
    /// No bind is up that it could go over.
    case down
}

extension CarrierStatus {
    /// What was refused so many seconds ago, for speed or for lack of time, is trouble still.
    private static let lately = 60.0
    /// Who was not tried for so many seconds is not told as in trouble any more: nothing says that it is.
    private static let leftAlone = 300.0
    /// A pause that is longer than most messages can wait, in seconds: nothing goes any more.
    private static let longPause = 10.0
    /// A learnt pace below this share of the configured one is told.
    private static let slowed = 0.9

    package var condition: CarrierCondition {
        // What sends nothing is not asked whether it may.
        guard binds.contains(where: \.kind.submits) else { return binds.contains(where: \.isUp) ? .ready : .down }
        return CarrierCondition(rawValue: state.name) ?? .down
    }

    /// Whether it is paused or tripped, and messages would not get through in time.
    var isStuck: Bool {
        switch condition {
        case .ready, .down: false
        case .paused: state.since > Self.longPause && !isUntried
        case .tripped: !isUntried
        }
    }

    /// It could be tried for a while, and nobody has come: it may be well again.
    var isUntried: Bool { state.untriedFor > Self.lately }

    /// The same for so long that its light is green: the next message tells.
    var isLeftAlone: Bool { state.untriedFor > Self.leftAlone }

    /// Whether messages get through: a bind takes them, and the light is not red. Who is not tried for a minute counts, or nobody
    /// would send it the message that tries it.
    var isServing: Bool { ready && light != .red }

    /// Segments were refused for speed of late, and it is slower for it.
    var isSlowed: Bool {
        guard let learnt = pace.learnt, (pace.throttledAgo ?? .infinity) < Self.lately else { return false }
        return pace.configured.map { learnt < Self.slowed * $0 } ?? true
    }

    /// Messages were refused, or moved on, of late because they could not have been answered in time.
    var isOverloaded: Bool { (queue.overloadedAgo ?? .infinity) < Self.lately }

    /// Why it is paused or tripped, in a few words; nil where it is neither.
    package var why: Phrase? {
        switch condition {
        case .ready, .down: return nil
        case .paused, .tripped: break
        }
        switch state.trouble {
        case .refuses(let status):
            let words = condition == .paused ? CarrierWords.refusesSpeed : .refusesAll
            return words.with(Phrase("\(status.hex) \(status.name)"))
        case .silent, nil: return CarrierWords.answersNothing.phrase
        }
    }

    /// What is not as it should be with the carrier as a whole, in a few words; nil = nothing, or no bind is up.
    package var trouble: Phrase? {
        if binds.isEmpty { return CarrierWords.noneHere.phrase }
        if isSwitchedOff {
            let words = binds.contains(where: \.drained) ? CarrierWords.drainedAll : .stoppedAll
            return words.with(Phrase(name))
        }
        if let why {
            let tried = state.triedIn ?? 0
            let next =
                tried > 0 ? CarrierWords.triedIn.with(Phrase(BindStatus.clock(tried))) : CarrierWords.nextTries.phrase
            return CarrierWords.conditionWhy.with(CarrierWords.conditions[condition.rawValue] ?? "", why, next)
        }
        guard condition == .ready else { return nil }
        if isOverloaded { return CarrierWords.overloaded.phrase }
        guard isSlowed, let learnt = pace.learnt else { return nil }
        guard let limit = pace.configured else { return CarrierWords.slowed.with(BindStatus.rate(learnt)) }
        return CarrierWords.slowedOf.with(BindStatus.rate(learnt), BindStatus.rate(limit))
    }
}
