import Foundation
import Intake
import Journal
import Logging
import Messaging
import NIOCore
import NIOPosix
import Synchronization
import TestPrograms
import Testing

@testable import Bridge

/// The way of messages into the journal and back, on an event loop of its own.
@Suite(.timeLimit(.minutes(1))) struct LoopJournalTests {
    /// A store that keeps nothing but in memory, and waits on demand.
    private final class SlowStore: JournalStore {
        /// What a test holds of it.
        final class Control: Sendable {
            let records = Mutex<[JournalRecord]>([])
            let isStuck = Mutex(false)
        }

        private let control: Control

        init(_ control: Control) {
            self.control = control
        }

        func open() throws(JournalProblem) {}

        func append(_ records: [JournalRecord]) throws(JournalProblem) {
            while control.isStuck.withLock({ $0 }) { Thread.sleep(forTimeInterval: 0.002) }
            control.records.withLock { $0 += records }
        }

        func fingerprintKey() throws(JournalProblem) -> [UInt8] { [1] }
        func unsettled(since moment: UInt64, recent: UInt64?, _ take: ([MessageLife]) -> Void) {}
        func openParts(since moment: UInt64) -> [InboundPartRecord] { [] }
        func awaiting(since moment: UInt64, newest: Int, finals: [String], _ take: ([MessageLife]) -> Void) {}
        func prune(before moment: UInt64, limit: Int) throws(JournalProblem) -> Int { 0 }
        func check() throws(JournalProblem) {}
        func close() {}
    }

    private struct Rig {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let control = SlowStore.Control()
        let journal: Journal
        let journals: LoopJournals

        init() async {
            let control = control
            journal = Journal(
                options: JournalOptions(fingerprints: MessageFingerprints.maker),
                logger: Logger(label: "journal") { _ in SwiftLogNoOpLogHandler() }
            ) { SlowStore(control) }
            journals = LoopJournals(journal: journal, group: group)
            await journal.start()
        }

        /// The lane's verdict about a message.
        func begin(_ id: MessageID, _ text: String = "text", within: TimeAmount = .seconds(30)) async -> BeginVerdict {
            let (journals, loop) = (journals, group.next())
            return await withCheckedContinuation { continuation in
                loop.execute {
                    let intent = MessageIntent(
                        id: id, account: "acme", recipient: "79160000000", sender: "ACME", text: text)
                    journals[0].begin(intent, until: loop.now + within) { continuation.resume(returning: $0) }
                }
            }
        }

        /// Whether an outcome was committed in time.
        func end(_ id: MessageID, _ word: String, within: TimeAmount = .seconds(30)) async -> Bool {
            let (journals, loop) = (journals, group.next())
            return await withCheckedContinuation { continuation in
                loop.execute {
                    let outcome = OutcomeRecord(
                        id: id, at: JournalClock.now(), outcome: word, httpStatus: 200, code: nil, carrier: "main",
                        segments: [.accepted(id: "a")])
                    journals[0].end(outcome, until: loop.now + within) { continuation.resume(returning: $0) }
                }
            }
        }

        /// The reply to a form of an account without a carrier.
        func post(_ id: MessageID, to recipient: String) async -> IntakeReply {
            let rules = AccountRules(
                name: "acme", senders: [], defaultSender: "ACME", destinations: [],
                numbers: NumberRules(country: nil, shortNumbers: false), carriers: CarrierOrder([], carriers: []))
            let path = MessagePath(
                rules: [rules], routes: [], references: LoopReferences(group: group), journals: journals)
            let loop = group.next()
            return await withCheckedContinuation { continuation in
                loop.execute {
                    let request = SMSRequest(
                        id: id, entry: AccountEntry(Account(index: 0, name: "acme")), from: "", to: recipient,
                        text: "hello", deadline: loop.now + .seconds(10), eventLoop: loop, loopIndex: 0)
                    path.handle(request) { continuation.resume(returning: $0) }
                }
            }
        }

        func delivered(_ id: MessageID) async {
            let journals = journals
            try? await group.next().submit { journals[0].onDelivered(id) }.get()
        }

        func stop() async {
            control.isStuck.withLock { $0 = false }
            await journal.stop(within: .seconds(5))
            try? await group.shutdownGracefully()
        }

        func outcomes(of id: MessageID) -> [String] {
            control.records.withLock { records in
                records.compactMap { record in
                    if case .outcome(let outcome) = record, outcome.id == id { outcome.outcome } else { nil }
                }
            }
        }
    }

    private let ids: [MessageID] = {
        var generator = MessageIDGenerator(node: 1)
        return (0..<5).map { _ in generator.next(unixMilliseconds: JournalClock.now()) }
    }()

    private func word(_ verdict: BeginVerdict) -> String {
        switch verdict {
        case .new: "new"
        case .repeats: "repeats"
        case .unended: "unended"
        case .refused: "refused"
        }
    }

    @Test func wholeWay() async {
        let rig = await Rig()
        #expect(word(await rig.begin(ids[0])) == "new")
        #expect(await rig.end(ids[0], "accepted"))
        #expect(word(await rig.begin(ids[1])) == "repeats")
        await rig.delivered(ids[0])
        #expect(word(await rig.begin(ids[2])) == "new")
        await rig.stop()
        #expect(rig.outcomes(of: ids[1]) == ["accepted"])
    }

    /// The journal is slower than the client's patience: it is not sent, and the journal says so.
    @Test func beginsNotInTime() async throws {
        let rig = await Rig()
        rig.control.isStuck.withLock { $0 = true }
        #expect(word(await rig.begin(ids[0], within: .milliseconds(50))) == "refused")
        rig.control.isStuck.withLock { $0 = false }
        #expect(word(await rig.begin(ids[1], "other")) == "new")
        try await eventually("ended") { !rig.outcomes(of: ids[0]).isEmpty }
        #expect(rig.outcomes(of: ids[0]) == ["not-sent"])
        #expect(word(await rig.begin(ids[2])) == "new")
        await rig.stop()
    }

    /// The carrier accepted and the journal is too slow: the repeat gets the answer.
    @Test func endsNotInTime() async {
        let rig = await Rig()
        #expect(word(await rig.begin(ids[0])) == "new")
        rig.control.isStuck.withLock { $0 = true }
        #expect(await rig.end(ids[0], "accepted", within: .milliseconds(50)) == false)
        rig.control.isStuck.withLock { $0 = false }
        #expect(word(await rig.begin(ids[1])) == "repeats")
        await rig.stop()
        #expect(rig.outcomes(of: ids[0]) == ["accepted"])
    }

    @Test func waiterGetsTheEndOrGivesUp() async {
        let rig = await Rig()
        #expect(word(await rig.begin(ids[0])) == "new")
        #expect(word(await rig.begin(ids[1], within: .milliseconds(50))) == "unended")
        async let waiting = rig.begin(ids[2])
        while rig.journal.health.written < 2 { await Task.yield() }
        #expect(await rig.end(ids[0], "accepted"))
        #expect(word(await waiting) == "repeats")
        await rig.stop()
        #expect(rig.outcomes(of: ids[1]) == ["unknown"])
        #expect(rig.outcomes(of: ids[2]) == ["accepted"])
    }

    /// A form that is no message is recorded too, and is in nobody's way.
    @Test func pathRecordsWhatWasRefused() async throws {
        let rig = await Rig()
        for id in ids.prefix(2) {
            let reply = await rig.post(id, to: "call me " + String(repeating: "x", count: 5_000))
            #expect(reply.status == 422)
            #expect(!reply.replayed)
            try await eventually("recorded") { rig.outcomes(of: id) == ["refused"] }
        }
        await rig.stop()
        let kept = rig.control.records.withLock { $0 }.compactMap { record in
            if case .message(let message) = record { message } else { nil }
        }
        #expect(kept.map(\.id) == Array(ids.prefix(2)))
        #expect(
            kept.allSatisfy { $0.account == "acme" && $0.recipient.hasPrefix("call me") && $0.recipient.count == 40 })
    }

    /// A message without a carrier is recorded as not sent, and its repeat is a new one.
    @Test func pathRecordsWhatWasNotSent() async throws {
        let rig = await Rig()
        for id in ids.prefix(2) {
            let reply = await rig.post(id, to: "79161234567")
            #expect(reply.status == 503)
            #expect(reply.code == .noBind)
            #expect(!reply.replayed)
            #expect(reply.onDelivered != nil)
            #expect(rig.outcomes(of: id) == ["not-sent"])
        }
        await rig.stop()
    }
}
