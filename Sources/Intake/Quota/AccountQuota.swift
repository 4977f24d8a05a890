package import Foundation
package import NIOCore
import Synchronization

/// How many messages an account has sent in the day and the month, and to one number in the last hour, against its limits. From
/// any thread; an account without limits costs a message one load.
///
/// A message counts from when it begins. One that was not sent, or was refused, is given back: what counts is what went or may
/// have gone, as the journal has it, of which `restore` learns what earlier processes sent.
package final class AccountQuota: Sendable {
    /// What is allowed; nil = no limit.
    package struct Limits: Sendable, Hashable {
        /// Messages a day of `zone`.
        package var day: Int?
        /// Messages a month of `zone`.
        package var month: Int?
        /// Messages to one number within an hour.
        package var perRecipient: Int?
        package var zone: TimeZone

        package init(day: Int? = nil, month: Int? = nil, perRecipient: Int? = nil, zone: TimeZone = .current) {
            self.day = day
            self.month = month
            self.perRecipient = perRecipient
            self.zone = zone
        }

        package var isNone: Bool { day == nil && month == nil && perRecipient == nil }

        func limit(of period: QuotaPeriod) -> Int? {
            switch period {
            case .day: day
            case .month: month
            }
        }
    }

    /// Why a message may not go now, and the seconds until it could.
    package enum Refusal: Sendable, Hashable {
        case period(QuotaPeriod, retryAfter: Int)
        case recipient(retryAfter: Int)
    }

    /// A message that is counted, to be given back where it is not sent.
    package struct Taken: Sendable, Hashable {
        fileprivate var day: UInt64
        fileprivate var month: UInt64
        fileprivate var number: UInt64?
        fileprivate var at: NIODeadline
    }

    private struct State {
        var limits: Limits
        /// Both, where there is any limit: so each of them can be set later.
        var day: QuotaCount?
        var month: QuotaCount?
        /// Since when it is counted, in milliseconds since 1970, where what was sent before is not known yet.
        var countedSince: UInt64?

        mutating func move(to now: UInt64) {
            day?.move(to: now, in: limits.zone)
            month?.move(to: now, in: limits.zone)
        }

        func count(of period: QuotaPeriod) -> QuotaCount? {
            switch period {
            case .day: day
            case .month: month
            }
        }
    }

    private let isLimited = Atomic<Bool>(false)
    private let state: Mutex<State>
    private let recipients: RecentRecipients

    /// - Parameter time: milliseconds since 1970.
    init(_ limits: Limits, recipients: RecentRecipients, time: UInt64) {
        self.recipients = recipients
        state = Mutex(State(limits: Limits(zone: limits.zone)))
        limit(limits, time: time)
    }

    /// Sets other limits; what was counted stays counted.
    func limit(_ limits: Limits, time: UInt64) {
        state.withLock { state in
            if limits.isNone {
                state = State(limits: limits)
            } else if state.day == nil {
                state.day = QuotaCount(.day, at: time, in: limits.zone)
                state.month = QuotaCount(.month, at: time, in: limits.zone)
                state.countedSince = time
            }
            state.limits = limits
        }
        isLimited.store(!limits.isNone, ordering: .relaxed)
    }

    /// Counts a message, where all limits allow it.
    ///
    /// - Parameters:
    ///   - recipient: digits.
    ///   - time: milliseconds since 1970, which days are told by; asked only where there are limits.
    ///   - now: the same moment by the monotonic clock, asked alike.
    /// - Returns: nil = there are no limits.
    package func take(
        _ recipient: String, time: @autoclosure () -> UInt64, now: @autoclosure () -> NIODeadline
    ) -> Result<Taken, Refusal>? {
        guard isLimited.load(ordering: .relaxed) else { return nil }
        let (time, now) = (time(), now())
        return state.withLock { state in
            state.move(to: time)
            for period in QuotaPeriod.allCases {
                guard let limit = state.limits.limit(of: period), let count = state.count(of: period),
                    count.used >= limit
                else { continue }
                return .failure(.period(period, retryAfter: Int((count.span.upperBound - time + 999) / 1000)))
            }
            let number = state.limits.perRecipient == nil ? nil : UInt64(recipient)
            if let number, let limit = state.limits.perRecipient,
                let wait = recipients.take(ObjectIdentifier(self), number: number, limit: limit, now: now)
            {
                return .failure(.recipient(retryAfter: wait))
            }
            state.day?.add()
            state.month?.add()
            return .success(
                Taken(
                    day: state.day?.span.lowerBound ?? 0, month: state.month?.span.lowerBound ?? 0, number: number,
                    at: now
                ))
        }
    }

    /// The message was not sent.
    package func giveBack(_ taken: Taken) {
        state.withLock { state in
            state.day?.giveBack(start: taken.day)
            state.month?.giveBack(start: taken.month)
        }
        if let number = taken.number { recipients.giveBack(ObjectIdentifier(self), number: number, at: taken.at) }
    }
}

extension AccountQuota.Refusal: Error {}

// MARK: Restart

extension AccountQuota {
    /// What has to be known of an account's earlier messages. Moments are milliseconds since 1970.
    package struct Wanted: Sendable, Hashable {
        package var dayFrom: UInt64
        package var monthFrom: UInt64
        /// From here on it is counted.
        package var until: UInt64
        /// Whether recipients of the last hour are wanted.
        package var recipients: Bool
    }

    /// nil = nothing: it has no limits, or is known.
    package var wanted: Wanted? {
        state.withLock { state in
            guard let until = state.countedSince, let day = state.day, let month = state.month else { return nil }
            return Wanted(
                dayFrom: day.span.lowerBound, monthFrom: month.span.lowerBound, until: until,
                recipients: state.limits.perRecipient != nil)
        }
    }

    /// Adds what was sent before, as `wanted` said. Once for each time that it said so.
    package func restore(day: Int, month: Int) {
        state.withLock { state in
            guard state.countedSince != nil else { return }
            state.countedSince = nil
            state.day?.add(day)
            state.month?.add(month)
        }
    }

    /// Adds a message of the last hour.
    /// - Parameter ago: in milliseconds.
    package func restore(recipient: String, ago: UInt64, now: NIODeadline) {
        guard let number = UInt64(recipient) else { return }
        recipients.restore(ObjectIdentifier(self), number: number, ago: ago, now: now)
    }
}

// MARK: What people see

/// An account's quota, and what is left of it.
package struct QuotaStatus: Sendable, Hashable {
    /// A day or a month.
    package struct Part: Sendable, Hashable {
        package var limit: Int
        package var used: Int
        /// When the next one begins, in milliseconds since 1970.
        package var endsAt: UInt64

        package init(limit: Int, used: Int, endsAt: UInt64) {
            self.limit = limit
            self.used = used
            self.endsAt = endsAt
        }

        package var left: Int { max(0, limit - used) }
    }

    package var account: String
    /// In whose days and months it is counted.
    package var zone: String
    /// Those that have a limit.
    package var parts: [QuotaPeriod: Part]
    /// Messages to one number within an hour; nil = no limit.
    package var perRecipient: Int?
    /// False: what was sent before the start is not known yet.
    package var isKnown: Bool

    package init(
        account: String, zone: String, parts: [QuotaPeriod: Part], perRecipient: Int? = nil, isKnown: Bool = true
    ) {
        self.account = account
        self.zone = zone
        self.parts = parts
        self.perRecipient = perRecipient
        self.isKnown = isKnown
    }

    /// The part of it that is used up, 0 to 1 and above: the fullest period's.
    package var usedShare: Double { parts.values.map { Double($0.used) / Double(max(1, $0.limit)) }.max() ?? 0 }
}

extension AccountQuota {
    /// nil = the account has no limits.
    func status(of account: String, time: UInt64) -> QuotaStatus? {
        guard isLimited.load(ordering: .relaxed) else { return nil }
        return state.withLock { state in
            state.move(to: time)
            var parts: [QuotaPeriod: QuotaStatus.Part] = [:]
            for period in QuotaPeriod.allCases {
                guard let limit = state.limits.limit(of: period), let count = state.count(of: period) else { continue }
                parts[period] = QuotaStatus.Part(limit: limit, used: count.used, endsAt: count.span.upperBound)
            }
            return QuotaStatus(
                account: account, zone: state.limits.zone.identifier, parts: parts,
                perRecipient: state.limits.perRecipient, isKnown: state.countedSince == nil)
        }
    }
}
