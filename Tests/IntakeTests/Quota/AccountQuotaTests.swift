import Foundation
import NIOCore
import Testing

@testable import Intake

/// What an account may send in a day, a month, and to one number.
@Suite struct AccountQuotaTests {
    private static let day: UInt64 = 86_400_000
    /// 2026-11-30T20:00:00Z: 23:00 of the month's last day in Moscow.
    private static let evening: UInt64 = 1_796_068_800_000
    private let now = NIODeadline.uptimeNanoseconds(60_000_000_000)

    private func limits(day: Int? = nil, month: Int? = nil, perRecipient: Int? = nil) throws -> AccountQuota.Limits {
        AccountQuota.Limits(
            day: day, month: month, perRecipient: perRecipient,
            zone: try #require(TimeZone(identifier: "Europe/Moscow")))
    }

    private func quota(_ limits: AccountQuota.Limits, at time: UInt64 = evening) -> AccountQuota {
        AccountQuota(limits, recipients: RecentRecipients(), time: time)
    }

    private func taken(_ result: Result<AccountQuota.Taken, AccountQuota.Refusal>?) -> AccountQuota.Taken? {
        if case .success(let taken)? = result { taken } else { nil }
    }

    private func refusal(_ result: Result<AccountQuota.Taken, AccountQuota.Refusal>?) -> AccountQuota.Refusal? {
        if case .failure(let refusal)? = result { refusal } else { nil }
    }

    @Test func withoutLimitsNothingIsCounted() throws {
        let quota = quota(try limits())
        #expect(quota.take("79161234567", time: Self.evening, now: now) == nil)
        #expect(quota.wanted == nil && quota.status(of: "acme", time: Self.evening) == nil)
    }

    /// A day ends with its zone's midnight, and says when.
    @Test func aDayIsItsZonesDay() throws {
        let quota = quota(try limits(day: 2))
        for _ in 0..<2 { #expect(taken(quota.take("79161234567", time: Self.evening, now: now)) != nil) }
        #expect(
            refusal(quota.take("79161234567", time: Self.evening + 60_000, now: now))
                == .period(.day, retryAfter: 3540))
        #expect(taken(quota.take("79161234567", time: Self.evening + 3_600_000, now: now)) != nil)
        let status = try #require(quota.status(of: "acme", time: Self.evening + 3_600_000))
        #expect(status.parts == [.day: .init(limit: 2, used: 1, endsAt: Self.evening + 3_600_000 + Self.day)])
        #expect(status.zone == "Europe/Moscow" && status.usedShare == 0.5)
    }

    @Test func aMonthEndsWithItsLastDay() throws {
        let quota = quota(try limits(day: 10, month: 3), at: Self.evening - 2 * Self.day)
        for days: UInt64 in 0..<3 {
            #expect(taken(quota.take("1", time: Self.evening - (2 - days) * Self.day, now: now)) != nil)
        }
        #expect(refusal(quota.take("1", time: Self.evening, now: now)) == .period(.month, retryAfter: 3600))
        #expect(taken(quota.take("1", time: Self.evening + 3_600_000, now: now)) != nil)
    }

    /// What was not sent is given back, also when its day is over meanwhile.
    @Test func whatIsNotSentIsGivenBack() throws {
        let quota = quota(try limits(day: 1, perRecipient: 1))
        let first = try #require(taken(quota.take("79161234567", time: Self.evening, now: now)))
        quota.giveBack(first)
        let second = try #require(taken(quota.take("79161234567", time: Self.evening, now: now)))
        let tomorrow = Self.evening + 3_600_000
        #expect(
            refusal(quota.take("79161234567", time: tomorrow, now: now + .seconds(1)))
                == .recipient(retryAfter: 3599))
        _ = try #require(taken(quota.take("79161234568", time: tomorrow, now: now + .seconds(1))))
        quota.giveBack(second)
        #expect(refusal(quota.take("79161234569", time: tomorrow, now: now)) != nil, "today's stays counted")
    }

    /// A clock that is put back gives nobody a fresh day; one that jumps ahead and comes back leaves what was counted.
    @Test(arguments: [1, 3, 40]) func aClockThatJumps(days: UInt64) throws {
        let quota = quota(try limits(day: 3))
        for _ in 0..<2 { #expect(taken(quota.take("1", time: Self.evening, now: now)) != nil) }
        let ahead = Self.evening + days * Self.day
        #expect(taken(quota.take("1", time: ahead, now: now)) != nil)
        #expect(quota.status(of: "acme", time: Self.evening)?.parts[.day]?.used == 3)
        #expect(refusal(quota.take("1", time: Self.evening, now: now)) != nil)
        #expect(refusal(quota.take("1", time: Self.evening - 5 * Self.day, now: now)) != nil, "nor in an earlier day")
    }

    @Test func otherLimitsKeepWhatWasCounted() throws {
        let quota = quota(try limits(day: 1))
        #expect(taken(quota.take("1", time: Self.evening, now: now)) != nil)
        quota.limit(try limits(day: 2, month: 2), time: Self.evening)
        #expect(taken(quota.take("1", time: Self.evening, now: now)) != nil)
        #expect(refusal(quota.take("1", time: Self.evening + Self.day, now: now)) == nil, "a new month")
        quota.limit(try limits(), time: Self.evening + Self.day)
        #expect(quota.take("1", time: Self.evening + Self.day, now: now) == nil)
    }

    /// What was sent before is asked for once, and added to what was sent meanwhile.
    @Test func whatWasSentBefore() throws {
        let quota = quota(try limits(day: 5, month: 100, perRecipient: 2))
        #expect(taken(quota.take("79161234567", time: Self.evening, now: now)) != nil)
        let wanted = try #require(quota.wanted)
        #expect(wanted.until == Self.evening && wanted.dayFrom == Self.evening - 23 * 3_600_000 && wanted.recipients)
        #expect(quota.status(of: "acme", time: Self.evening)?.isKnown == false)
        // By the monotonic clock that was before this machine began.
        quota.restore(recipient: "79161234567", ago: 1_800_000, now: now)
        quota.restore(recipient: "7916*****67", ago: 1_800_000, now: now)
        quota.restore(recipient: "79161234568", ago: 3_600_000, now: now)
        quota.restore(day: 3, month: 50)
        #expect(quota.wanted == nil)
        #expect(quota.status(of: "acme", time: Self.evening)?.parts[.month]?.left == 49)
        #expect(refusal(quota.take("79161234567", time: Self.evening, now: now)) == .recipient(retryAfter: 1800))
        #expect(taken(quota.take("79161234568", time: Self.evening, now: now)) != nil)
        #expect(refusal(quota.take("79161234568", time: Self.evening, now: now)) == .period(.day, retryAfter: 3600))
    }
}

@Suite struct RecentRecipientsTests {
    private final class Owner: Sendable {}

    /// In any hour at most as many as are allowed, whatever comes when; and the table never has more than its bound.
    @Test(arguments: 0..<20) func neverMoreInAnyHour(seed: UInt64) throws {
        var random = SystemRandomNumberGenerator()
        let (table, owner) = (RecentRecipients(capacity: 1_000), ObjectIdentifier(Self.owner))
        var taken: [UInt64: [Int64]] = [:]
        var now: Int64 = 10_000_000_000_000
        for _ in 0..<2_000 {
            now += Int64.random(in: 0...120_000_000_000, using: &random)
            let number = UInt64.random(in: 79_160_000_000...79_160_000_003, using: &random)
            let wait = table.take(owner, number: number, limit: 3, now: .uptimeNanoseconds(UInt64(now)))
            let recent = taken[number, default: []].filter { $0 > now - 3_600_000_000_000 }
            #expect((wait == nil) == (recent.count < 3))
            if let wait, let oldest = recent.first {
                #expect(abs(Double(oldest + 3_600_000_000_000 - now) / 1e9 - Double(wait)) <= 1)
            }
            if wait == nil { taken[number] = recent + [now] }
            #expect(table.count <= 12 && table.forgotten == 0)
        }
    }

    private static let owner = Owner()

    /// A flood of numbers takes no more memory than is configured; the oldest are forgotten, and told.
    @Test func aFloodOfNumbersIsBounded() {
        let (table, owner) = (RecentRecipients(capacity: 1_000), ObjectIdentifier(Self.owner))
        for number: UInt64 in 0..<50_000 {
            #expect(table.take(owner, number: number, limit: 1, now: .uptimeNanoseconds(number + 1)) == nil)
        }
        #expect(table.count == 1_000 && table.forgotten == 49_000)
        #expect(table.take(owner, number: 49_999, limit: 1, now: .uptimeNanoseconds(60_000)) == 3600)
    }

    @Test func accountsAreApart() {
        let (table, other) = (RecentRecipients(), Owner())
        let now = NIODeadline.uptimeNanoseconds(1)
        #expect(table.take(ObjectIdentifier(Self.owner), number: 7, limit: 1, now: now) == nil)
        #expect(table.take(ObjectIdentifier(other), number: 7, limit: 1, now: now) == nil)
        #expect(table.take(ObjectIdentifier(other), number: 7, limit: 1, now: now) == 3600)
        table.giveBack(ObjectIdentifier(other), number: 7, at: now)
        #expect(table.take(ObjectIdentifier(other), number: 7, limit: 1, now: now) == nil)
    }
}
