import Foundation
import Journal
import Messaging
import Testing

@testable import Delivery

@Suite struct PostingTests {
    private func item(_ number: UInt64, of message: UInt64? = nil) -> PostingQueue.Item {
        PostingQueue.Item(
            id: MessageID(rawValue: number)!, since: 0, event: "receipt", name: "",
            order: .message(MessageID(rawValue: message ?? number)!), form: "")
    }

    @Test func oneMessagesPostingsGoOneAfterTheOther() {
        let now = ContinuousClock.now
        var queue = PostingQueue()
        for one in [item(1, of: 7), item(2, of: 7), item(3, of: 8)] { queue.add(one) }
        #expect(queue.next(at: now)?.id == item(1).id)
        #expect(queue.next(at: now)?.id == item(3).id)
        #expect(queue.next(at: now) == nil)
        queue.end(item(1).id, isAnswered: true)
        #expect(queue.next(at: now)?.id == item(2).id)
        #expect(queue.underWayCount == 2 && queue.count == 2)
    }

    /// A message that was refused and came again under its name is two with one order: what the second became is told last.
    @Test func attemptsUnderOneNameGoOneAfterTheOther() {
        let now = ContinuousClock.now
        var queue = PostingQueue()
        for (number, name) in [(1, "pf-1"), (2, "pf-1"), (3, "pf-2"), (4, nil), (5, nil)] as [(UInt64, String?)] {
            var item = item(number)
            var life = MessageLife(
                message: MessageRecord(
                    id: item.id, account: "acme", recipient: "79161234567", sender: "ACME", segments: 1, text: nil,
                    fingerprint: Fingerprint(high: 0, low: 0)))
            life.reference = name
            item.order = PostingOrder(of: life)
            queue.add(item)
        }
        for number in [1, 3, 4, 5] as [UInt64] { #expect(queue.next(at: now)?.id == item(number).id) }
        #expect(queue.next(at: now) == nil)
        queue.end(item(1).id, isAnswered: true)
        #expect(queue.next(at: now)?.id == item(2).id)
    }

    @Test func aRefusedOneWaitsAndKeepsItsPlace() {
        var now = ContinuousClock.now
        var queue = PostingQueue()
        for one in [item(1, of: 7), item(2, of: 7), item(3, of: 8)] { queue.add(one) }
        _ = queue.next(at: now)
        queue.fail(item(1).id, isDown: false, at: now)
        // Others go on; the next of the same message does not overtake.
        #expect(queue.next(at: now)?.id == item(3).id)
        queue.end(item(3).id, isAnswered: true)
        #expect(queue.next(at: now) == nil)
        #expect(queue.nextMoment(after: now) == now + .seconds(1))
        now += .seconds(1)
        #expect(queue.next(at: now)?.attempts == 1)
        queue.fail(item(1).id, isDown: false, at: now)
        #expect(queue.nextMoment(after: now) == now + .seconds(2))
    }

    @Test func aReceiverThatIsDownIsAskedByOne() {
        var now = ContinuousClock.now
        var queue = PostingQueue()
        for number in 1...20 { queue.add(item(UInt64(number))) }
        for number in 1...8 { #expect(queue.next(at: now)?.id == item(UInt64(number)).id) }
        #expect(queue.next(at: now) == nil)
        for number in 1...8 { queue.fail(item(UInt64(number)).id, isDown: true, at: now) }
        #expect(queue.next(at: now) == nil)
        let moment = queue.nextMoment(after: now)
        #expect(moment == now + .seconds(1))
        now += .seconds(1)
        #expect(queue.next(at: now)?.id == item(1).id)
        #expect(queue.next(at: now) == nil)
        queue.end(item(1).id, isAnswered: true)
        for number in 2...9 { #expect(queue.next(at: now)?.id == item(UInt64(number)).id) }
        #expect(queue.count == 19)
    }

    @Test func waitsAreBounded() {
        var now = ContinuousClock.now
        var queue = PostingQueue()
        queue.add(item(1))
        for _ in 0..<100 {
            #expect(queue.next(at: now) != nil)
            queue.fail(item(1).id, isDown: true, at: now)
            let moment = queue.nextMoment(after: now)
            #expect(moment.map { $0 - now <= .seconds(300) } == true)
            now = moment ?? now
        }
    }

    @Test func signature() {
        // By: printf '1700000000.a=b&c=%%D0%%A2' | openssl dgst -sha256 -hmac key
        let signature = PostingReceiver.signature(of: "a=b&c=%D0%A2", at: 1_700_000_000, secret: Array("key".utf8))
        #expect(signature == "t=1700000000,v1=de2e6d8379440221167b38598ef9d208753e2fa2ef1b327efef4a9e0f24f2ced")
    }

    @Test func targets() {
        for target in [
            PostingTarget.inbound(carrier: "main"), .receipt(of: MessageID(rawValue: 77)!, saying: ""),
            .receipt(of: MessageID(rawValue: 77)!, saying: "2-delivered"),
        ] {
            #expect(PostingTarget(stored: target.stored) == target)
        }
        for text in ["", "inbound", "receipt/short", "other/main"] { #expect(PostingTarget(stored: text) == nil) }
    }

    @Test func receiptsWithoutAMessageAreNobodys() {
        var receipt = ReceiptRecord(
            message: nil, segment: nil, at: 1_764_000_000_000, carrier: "main", carrierID: "1", state: "delivered",
            error: nil, delay: nil, isDuplicate: false)
        #expect(PostingForm.posting(of: receipt, id: MessageID(rawValue: 1)!) == nil)
        receipt.message = MessageID(rawValue: 5)
        receipt.segment = 1
        receipt.error = "045"
        let posting = PostingForm.posting(of: receipt, id: MessageID(rawValue: 1)!)
        #expect(
            posting?.form == "id=0000000000005&state=delivered&segment=2&error=045&carrier=main"
                + "&done_at=2025-11-24T16%3A00%3A00.000Z")
        #expect(posting?.target == "receipt/0000000000005/2-delivered")
        // Brought again after a restart it is another row and the same posting.
        for id in [MessageID(rawValue: 1)!, MessageID(rawValue: 2)!] {
            let again = PostingForm.posting(of: receipt, id: id)
            #expect(again.flatMap { PostingTarget(stored: $0.target)?.name(id: id) } == "0000000000005-2-delivered")
        }
        // As an earlier version kept it.
        let id = MessageID(rawValue: 1)!
        #expect(PostingTarget(stored: "receipt/0000000000005")?.name(id: id) == "\(id)")
    }
}
