import NIOCore
import SMPP
import Testing

@testable import Simulator

struct DeliveryTests {
    private static func deliveries(_ count: Int) -> [Delivery] {
        (0..<count).map { Delivery(kind: .receipt, body: [UInt8(truncatingIfNeeded: $0)]) }
    }

    private static func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func anOutboxKeepsItsWindowAndItsOrder() {
        var outbox = Outbox(window: 2)
        #expect(outbox.enqueue(Self.deliveries(4)).isEmpty)
        for sequence in 1...2 as ClosedRange<UInt32> {
            guard let delivery = outbox.next() else { return #expect(Bool(false), "no room") }
            #expect(delivery.attempts == 1 && delivery.body == [UInt8(sequence - 1)])
            outbox.sent(delivery, sequence: sequence, until: Self.time(10))
        }
        #expect(outbox.next() == nil)
        guard case .acknowledged(let delivery) = outbox.answer(2, .ok), delivery.kind == .receipt else {
            return #expect(Bool(false), "unmatched")
        }
        #expect(outbox.next()?.body == [2])
        guard case .unknown = outbox.answer(2, .ok) else { return #expect(Bool(false), "matched twice") }
        guard case .unknown = outbox.answer(77, .ok) else { return #expect(Bool(false), "matched nothing") }
        // The bind is gone: what was sent first comes back first.
        #expect(outbox.takeAll().map(\.body) == [[0], [3]])
        #expect(outbox.isEmpty && outbox.nextDeadline == nil)
    }

    @Test func anOutboxIsBounded() {
        var outbox = Outbox(window: 1)
        let rest = outbox.enqueue(Self.deliveries(Outbox.maximumWaiting + 3))
        #expect(rest.count == 3)
        #expect(outbox.enqueue(Self.deliveries(1)).count == 1)
    }

    @Test func deadlinesDoNotGatherBehindOneThatIsNeverAnswered() {
        var outbox = Outbox(window: 4)
        let first = Delivery(kind: .inbound, body: [])
        outbox.sent(first, sequence: 1, until: Self.time(1))
        for sequence in 2...10_000 as ClosedRange<UInt32> {
            outbox.sent(Delivery(kind: .receipt, body: []), sequence: sequence, until: Self.time(2))
            _ = outbox.answer(sequence, .ok)
        }
        #expect(outbox.nextDeadline == Self.time(1))
        #expect(outbox.expire(Self.time(0)).isEmpty)
        #expect(outbox.expire(Self.time(1)).map(\.kind) == [.inbound])
        #expect(outbox.isEmpty)
    }

    @Test func aMailboxWithoutReceiversIsBounded() {
        let mailbox = Mailbox(systemID: "x")
        #expect(mailbox.assign(Self.deliveries(Mailbox.maximumParked)).dropped.isEmpty)
        let more = mailbox.assign(Self.deliveries(2))
        #expect(more.dropped.count == 2 && more.batches.isEmpty)
    }

    @Test func mailboxesBeyondTheBoundAreOfTheirBindAlone() {
        let mailboxes = Mailboxes()
        for number in 0..<Mailboxes.maximumSystemIDs { _ = mailboxes.mailbox(of: "esme\(number)") }
        #expect(mailboxes.mailbox(of: "esme1") === mailboxes.mailbox(of: "esme1"))
        #expect(mailboxes.mailbox(of: "late") !== mailboxes.mailbox(of: "late"))
        #expect(mailboxes.known("late") == nil && mailboxes.known("esme7") != nil)
        #expect(mailboxes.nextReceiving() == nil)
    }

    @Test func aScheduleIsBoundedAndGivesATickItsDeliveries() {
        var schedule = DeliverySchedule()
        let item = DeliverySchedule.Item(
            delivery: Delivery(kind: .receipt, body: []), mailbox: Mailbox(systemID: "x"), messageID: nil)
        guard case .first = schedule.add(item, at: 5) else { return #expect(Bool(false)) }
        guard case .another = schedule.add(item, at: 5) else { return #expect(Bool(false)) }
        guard case .first = schedule.add(item, at: 6) else { return #expect(Bool(false)) }
        #expect(schedule.take(5).count == 2 && schedule.take(5).isEmpty && schedule.take(7).isEmpty)
        for _ in 1..<DeliverySchedule.maximumWaiting { _ = schedule.add(item, at: 6) }
        guard case .noRoom = schedule.add(item, at: 9) else { return #expect(Bool(false), "no bound") }
        #expect(DeliverySchedule.due(DeliverySchedule.tick(after: Self.time(1))) > Self.time(1))
    }

    @Test(arguments: [UInt64.min, 1, 0xFFFF, 176_000_000_000_001, .max])
    func idsAreReadBackInEveryForm(id: UInt64) {
        for form in SimulatorOptions.MessageIDForm.allCases where form != .empty {
            let text = form.text(id)
            #expect(form.id(from: text) == id && form.id(from: text.uppercased()) == id)
            #expect(text.utf8.count <= 64)
        }
        #expect(SimulatorOptions.MessageIDForm.empty.text(id).isEmpty)
        #expect(
            SimulatorOptions.MessageIDForm.uuid.text(id).wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/)
                != nil)
    }

    @Test(arguments: ["", "-", "no", "00000000-0000-8000-8000-000000000000", "a-b-c-d-e", "0-0-0-0-0"])
    func anotherUUIDIsNobodys(text: String) {
        #expect(SimulatorOptions.MessageIDForm.uuid.id(from: text) == nil)
    }
}
