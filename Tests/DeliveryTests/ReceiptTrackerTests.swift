import Carriers
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import SMPP
import Synchronization
import Testing

@testable import Delivery

@Suite struct ReceiptTrackerTests {
    /// What a tracker's handler was called with, from whichever loop.
    private final class Events: Sendable {
        private let events = Mutex<[ReceiptEvent]>([])

        var all: [ReceiptEvent] { events.withLock { $0 } }
        func add(_ event: ReceiptEvent) { events.withLock { $0.append(event) } }
    }

    private func tracker(
        _ eventLoop: any EventLoop, _ events: Events, form: ReceiptIDForm = .auto,
        logger: Logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    ) -> ReceiptTracker {
        ReceiptTracker(carrier: "main", rules: ReceiptRules(ids: form), eventLoop: eventLoop, logger: logger) {
            event, reply in
            if event.wait != .begins { events.add(event) }
            reply?(.kept)
        }
    }

    private func delivery(
        _ text: String, esmClass: UInt8 = 4, source: String = "79161234567", bind: String = "1",
        at loop: any EventLoop
    ) -> InboundDelivery {
        let now = MonotonicTime(nanoseconds: loop.now.uptimeNanoseconds)
        return InboundDelivery(
            carrier: "main", bind: bind,
            message: ShortMessage(
                source: SMPPAddress(source), destination: SMPPAddress("Firm"), esmClass: esmClass,
                shortMessage: Array(text.utf8)),
            isData: false, at: now, answeredUpTo: now)
    }

    private func segment(
        _ id: String, tag: UInt64 = 1, segment: Int = 0, at loop: any EventLoop
    ) -> AcceptedSegment {
        AcceptedSegment(
            tag: tag, segment: segment, carrierID: id, destination: "79161234567",
            at: MonotonicTime(nanoseconds: loop.now.uptimeNanoseconds))
    }

    private func match(_ event: ReceiptEvent?) -> ReceiptMatch? {
        if case .matched(let match) = event?.outcome { match } else { nil }
    }

    @Test func matchesAcrossBindsAndCounts() throws {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        tracker.accepted([segment("4294967296", tag: 7, at: loop), segment("4294967297", tag: 7, segment: 1, at: loop)])
        loop.advanceTime(by: .milliseconds(1500))
        tracker.deliver(delivery("id:100000000 stat:ENROUTE err:000", esmClass: 0x20, bind: "1", at: loop))
        tracker.deliver(delivery("id:100000000 stat:DELIVRD err:000", bind: "2", at: loop))
        tracker.deliver(delivery("id:100000000 stat:DELIVRD err:000", bind: "1", at: loop))
        tracker.deliver(delivery("id:100000001 stat:UNDELIV err:045", bind: "2", at: loop))
        tracker.deliver(delivery("Hello", esmClass: 0, at: loop))
        #expect(events.all.map(\.bind) == ["1", "2", "1", "2"])
        #expect(events.all.map(\.receipt.state) == [.enroute, .delivered, .delivered, .undeliverable])
        #expect(
            match(events.all[1])
                == ReceiptMatch(tag: 7, segment: 0, form: .hexadecimal, delay: .milliseconds(1500)))
        #expect(match(events.all[2]) == nil)
        #expect(match(events.all[3])?.segment == 1 && events.all[3].receipt.error == "045")
        let snapshot = try tracker.snapshot().wait()
        #expect(snapshot.byState == [.enroute: 1, .delivered: 2, .undeliverable: 1])
        #expect(snapshot.matched == 3 && snapshot.duplicates == 1 && snapshot.unmatched == 0)
        #expect(snapshot.otherMessages == 1 && snapshot.known == 2 && snapshot.parked == 0)
        #expect(snapshot.idForm.en == "hexadecimal, learnt from 4 receipts")
        #expect(snapshot.delays.count == 2)
    }

    @Test func anEarlyReceiptWaitsForItsResponse() throws {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        tracker.deliver(delivery("id:A1 stat:DELIVRD", at: loop))
        loop.advanceTime(by: .seconds(59))
        #expect(events.all.isEmpty)
        #expect(try tracker.snapshot().wait().parked == 1)
        tracker.accepted([segment("00a1", tag: 3, at: loop)])
        #expect(match(events.all.first)?.tag == 3)
        loop.advanceTime(by: .seconds(600))
        #expect(events.all.count == 1)
        let snapshot = try tracker.snapshot().wait()
        #expect(snapshot.early == 1 && snapshot.matched == 1 && snapshot.parked == 0)
    }

    @Test func waitingEndsOnTime() throws {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        tracker.deliver(delivery("id:1 stat:DELIVRD", at: loop))
        loop.advanceTime(by: .seconds(30))
        tracker.deliver(delivery("id:2 stat:EXPIRED", at: loop))
        loop.advanceTime(by: .seconds(30))
        #expect(events.all.map(\.outcome) == [.unmatched(.unknownID)])
        #expect(events.all.first?.receipt.messageID == "1")
        loop.advanceTime(by: .seconds(30))
        #expect(events.all.map(\.outcome) == [.unmatched(.unknownID), .unmatched(.unknownID)])
        #expect(try tracker.snapshot().wait().unmatched == 2)
    }

    @Test func stopSettlesWhatWaits() throws {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        tracker.deliver(delivery("id:1 stat:DELIVRD", at: loop))
        try tracker.stop().wait()
        try tracker.stop().wait()
        #expect(events.all.map(\.outcome) == [.unmatched(.unknownID)])
        tracker.deliver(delivery("id:2 stat:DELIVRD", at: loop))
        tracker.accepted([segment("2", at: loop)])
        loop.advanceTime(by: .seconds(120))
        #expect(events.all.count == 1)
        try loop.close()
    }

    @Test func aReceiptWithoutAnIDIsFoundByNumber() {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events, form: .same)
        tracker.accepted([segment("-", tag: 5, at: loop)])
        tracker.deliver(delivery("stat:DELIVRD", source: "+79161234567", at: loop))
        tracker.deliver(delivery("stat:DELIVRD", source: "+79161234567", at: loop))
        #expect(match(events.all.first)?.tag == 5 && match(events.all.first)?.form == .number)
        #expect(events.all.last?.outcome == .unmatched(.noID))
    }

    @Test func logsNameTheMessageOnly() {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in RecordingHandler(lines: lines) }
        logger.logLevel = .debug
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events, logger: logger)
        tracker.accepted([segment("770077", tag: 1 << 40, at: loop)])
        tracker.deliver(delivery("id:770077 stat:DELIVRD err:000 text:secret", at: loop))
        tracker.deliver(delivery("id:770077 stat:DELIVRD err:000 text:secret", at: loop))
        tracker.deliver(delivery("id:770078 stat:DELIVRD err:000 text:secret", at: loop))
        loop.advanceTime(by: .seconds(60))
        #expect(lines.all.count == 3)
        #expect(lines.all.prefix(2).allSatisfy { $0.contains("0000100000000") })
        #expect(lines.all.prefix(2).allSatisfy { $0.hasPrefix("debug") })
        #expect(lines.all[2].hasPrefix("warning") && lines.all[2].contains("unknown_id"))
        #expect(lines.all.allSatisfy { $0.contains("main") && $0.contains("delivered") })
        #expect(lines.all.allSatisfy { !$0.contains("secret") && !$0.contains("7916") && !$0.contains("7700") })
    }

    /// Others can cause as many as they like: three lines of each reason an hour.
    @Test func warningsAreBounded() throws {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in RecordingHandler(lines: lines) }
        logger.logLevel = .warning
        let loop = EmbeddedEventLoop()
        let tracker = tracker(loop, Events(), logger: logger)
        tracker.accepted([segment("21", at: loop)])
        for number in 0..<20 {
            tracker.deliver(delivery("id:x\(number) stat:DELIVRD", at: loop))
            tracker.deliver(delivery("id:15 stat:DELIVRD", source: "79160000000", at: loop))
        }
        loop.advanceTime(by: .seconds(60))
        #expect(lines.all.count { $0.contains("unknown_id") } == 3)
        #expect(lines.all.count { $0.contains("other_number") } == 3)
        loop.advanceTime(by: .hours(1))
        tracker.deliver(delivery("id:y stat:DELIVRD", at: loop))
        loop.advanceTime(by: .seconds(60))
        #expect(lines.all.last?.contains("17") == true)
        let snapshot = try tracker.snapshot().wait()
        #expect(snapshot.unmatchedReasons == [.unknownID: 21, .otherNumber: 20] && snapshot.unmatched == 41)
        #expect(snapshot.early == 0)
    }

    /// A guess waits for the answers that are under way: those of the carrier's next turn say that they are in.
    @Test func aGuessIsSettledByTheLastAnswer() {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        tracker.accepted([segment("21", tag: 1, at: loop)])
        loop.advanceTime(by: .seconds(1))
        var early = delivery("id:15 stat:DELIVRD", at: loop)
        early.answeredUpTo = MonotonicTime(nanoseconds: 0)
        tracker.deliver(early)
        #expect(events.all.isEmpty)
        loop.advanceTime(by: .seconds(1))
        tracker.accepted([segment("22", tag: 2, at: loop)], answeredUpTo: early.at)
        #expect(match(events.all.first)?.tag == 1)
    }

    /// The carrier is told that a receipt is kept when its message is known, or when answers have been waited for long enough; a stop
    /// has it brought again.
    @Test func aReceiptIsHeldWhileAnswersAreUnderWay() throws {
        let loop = EmbeddedEventLoop()
        let events = Events()
        let tracker = tracker(loop, events)
        let replies = Mutex<[String]>([])
        func deliver(_ id: String) {
            var early = delivery("id:\(id) stat:DELIVRD", at: loop)
            early.answeredUpTo = MonotonicTime(nanoseconds: 0)
            tracker.deliver(early) { verdict in replies.withLock { $0.append("\(id) \(verdict)") } }
        }
        tracker.accepted([segment("21", tag: 1, at: loop)])
        loop.advanceTime(by: .seconds(1))
        deliver("15")
        deliver("q")
        #expect(replies.withLock { $0 } == [])
        let now = MonotonicTime(nanoseconds: loop.now.uptimeNanoseconds)
        tracker.accepted([segment("22", tag: 2, at: loop)], answeredUpTo: now)
        #expect(replies.withLock { $0 } == ["15 kept", "q kept"])
        #expect(events.all.map(\.wait) == [.none] && match(events.all.first)?.tag == 1)
        deliver("w")
        loop.advanceTime(by: .milliseconds(3_990))
        #expect(replies.withLock { $0.count } == 2)
        loop.advanceTime(by: .milliseconds(20))
        #expect(replies.withLock { $0.last } == "w kept")
        deliver("z")
        try tracker.stop().wait()
        #expect(replies.withLock { $0.last } == "z notKept")
    }

    /// Segments arrive from every loop; receipts on other loops find them, or wait for them.
    @Test func segmentsFromOtherLoops() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        let events = Events()
        let loops = Array(group.makeIterator())
        let tracker = tracker(loops[0], events)
        let perLoop = 2500
        for index in loops.indices {
            try await loops[index].submit {
                tracker.accepted(
                    (0..<perLoop).map { number in
                        let id = 1_000_000 + index * perLoop + number
                        return self.segment(String(id), tag: UInt64(id), at: loops[0])
                    })
            }.get()
        }
        for index in loops.indices {
            try await loops[index].submit {
                for number in 0..<perLoop {
                    let id = 1_000_000 + ((index + 1) % loops.count) * perLoop + number
                    tracker.deliver(
                        self.delivery("id:\(String(id, radix: 16)) stat:DELIVRD", bind: "\(index)", at: loops[0]))
                }
            }.get()
        }
        // What the other loops handed over before is done before this.
        for loop in loops { try await loop.submit {}.get() }
        let snapshot = try await tracker.snapshot().get()
        #expect(snapshot.matched == UInt64(3 * perLoop) && snapshot.parked == 0 && snapshot.known == 3 * perLoop)
        #expect(
            events.all.allSatisfy {
                match($0).map { UInt64($0.tag) } == $0.receipt.messageID.flatMap { UInt64($0, radix: 16) }
            })
        try await group.shutdownGracefully()
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private struct RecordingHandler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
        }
    }
}
