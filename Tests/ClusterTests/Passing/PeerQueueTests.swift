import Cluster
import SMPP
import Testing

@Suite struct PeerQueueTests {
    private func queue(connections: Int = 2, queue: Int = 2) -> PeerQueue {
        PeerQueue(.init(connections: connections, queue: queue))
    }

    @Test func aLinkIsUsedAgain() {
        var queue = queue()
        #expect(queue.isEmpty)
        #expect(queue.add(1, now: .zero) == [.connect(link: 1)])
        #expect(!queue.isEmpty)
        #expect(queue.opened(1) == [.send(form: 1, link: 1)])
        #expect(queue.freed(1) == [])
        #expect(queue.add(2, now: .zero) == [.send(form: 2, link: 1)])
        #expect(queue.add(3, now: .zero) == [.connect(link: 2)])
        #expect(queue.freed(1) == [.send(form: 3, link: 1)])
        #expect(queue.opened(2) == [])
        #expect(queue.add(4, now: .zero) == [.send(form: 4, link: 2)])
    }

    @Test func bothBoundsHold() {
        var queue = queue()
        #expect(queue.add(1, now: .zero) == [.connect(link: 1)])
        #expect(queue.add(2, now: .zero) == [.connect(link: 2)])
        #expect(queue.add(3, now: .zero) == [.refuse(form: 3)])
        #expect(queue.opened(1) == [.send(form: 1, link: 1)])
        #expect(queue.opened(2) == [.send(form: 2, link: 2)])
        #expect(queue.add(4, now: .zero) == [])
        #expect(queue.add(5, now: .zero) == [])
        #expect(queue.add(6, now: .zero) == [.refuse(form: 6)])
        queue.remove(4)
        #expect(queue.freed(2) == [.send(form: 5, link: 2)])
    }

    @Test func noConnectionNoWaiting() {
        var queue = queue(connections: 2, queue: 5)
        _ = queue.add(1, now: .zero)
        _ = queue.add(2, now: .zero)
        // The other one may come about.
        #expect(queue.closed(1, now: .zero) == [])
        #expect(queue.closed(2, now: .zero) == [.refuse(form: 1), .refuse(form: 2)])
        #expect(queue.add(3, now: .milliseconds(999)) == [.refuse(form: 3)])
        #expect(queue.add(4, now: .seconds(1)) == [.connect(link: 3)])
        #expect(queue.opened(3) == [.send(form: 4, link: 3)])
    }

    @Test func whoWaitsForALinkThatEndsGetsAnother() {
        var queue = queue(connections: 1, queue: 5)
        _ = queue.add(1, now: .zero)
        _ = queue.opened(1)
        #expect(queue.add(2, now: .zero) == [])
        #expect(queue.closed(1, now: .zero) == [.connect(link: 2)])
        #expect(queue.opened(2) == [.send(form: 2, link: 2)])
        #expect(queue.freed(2) == [])
        // An idle one.
        #expect(queue.closed(2, now: .zero) == [])
        #expect(queue.isEmpty)
    }

    @Test func aPeerThatLeavesAnswersWhatItHas() {
        var queue = queue(connections: 2, queue: 5)
        _ = queue.add(1, now: .zero)
        _ = queue.opened(1)
        _ = queue.add(2, now: .zero)
        _ = queue.opened(2)
        _ = queue.freed(2)
        _ = queue.add(3, now: .zero)
        _ = queue.add(4, now: .zero)
        _ = queue.freed(2)
        _ = queue.freed(2)
        #expect(queue.retire() == [.close(link: 2)])
        #expect(queue.add(5, now: .zero) == [.refuse(form: 5)])
        #expect(queue.freed(1) == [.close(link: 1)])
        #expect(queue.closed(1, now: .zero) == [])
        #expect(queue.isEmpty)
        queue.reinstate()
        #expect(queue.add(6, now: .zero) == [.connect(link: 3)])
    }

    /// Whatever comes in whatever order: the bounds hold, each form goes once or is refused once, and none is forgotten.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func anyOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = queue(connections: 3, queue: 4)
        var (connecting, busy, idle): (Set<Int>, Set<Int>, Set<Int>) = ([], [], [])
        var (waiting, form, now): (Set<UInt64>, UInt64, Duration) = ([], 0, .zero)
        func run(_ actions: [PeerQueue.Action]) {
            for action in actions {
                switch action {
                case .connect(let link): #expect(connecting.insert(link).inserted)
                case .send(let form, let link):
                    #expect(waiting.remove(form) != nil)
                    #expect(idle.remove(link) != nil)
                    busy.insert(link)
                case .refuse(let form): #expect(waiting.remove(form) != nil)
                case .close(let link): #expect(idle.remove(link) != nil)
                }
            }
            #expect(connecting.count + busy.count + idle.count <= 3)
            #expect(waiting.count <= 4)
            #expect(waiting.isEmpty || !(connecting.isEmpty && busy.isEmpty))
        }
        for _ in 0..<300 {
            now += .milliseconds(Int(random.next() % 300))
            switch random.next() % 7 {
            case 0, 1, 2:
                form += 1
                waiting.insert(form)
                run(queue.add(form, now: now))
            case 3:
                guard let link = connecting.popFirst() else { continue }
                idle.insert(link)
                run(queue.opened(link))
            case 4:
                guard let link = busy.popFirst() else { continue }
                idle.insert(link)
                run(queue.freed(link))
            case 5:
                guard let link = connecting.popFirst() ?? busy.popFirst() ?? idle.popFirst() else { continue }
                run(queue.closed(link, now: now))
            default:
                guard let form = waiting.first else { continue }
                waiting.remove(form)
                queue.remove(form)
            }
        }
    }
}
