import NIOCore
import SMPP
import Testing

@testable import Carriers

/// What a carrier shows of itself.
@Suite(.timeLimit(.minutes(1))) struct StatusTests {
    @Test func aBindShowsItsConnection() async throws {
        let rig = try await Rig.start {
            $0.setup.hosts = [HostPort(host: "localhost", port: $0.setup.hosts[0].port)]
            $0.setup.bindFrom = "127.0.0.2"
            $0.setup.binds = [BindPlan(kind: .transceiver, count: 1, rate: 500)]
        }
        #expect(await rig.submitMany(5).areAccepted)
        let bind = try await rig.status().binds[0]
        #expect(bind.link.address == "127.0.0.1:\(rig.port)")
        #expect(bind.link.localAddress?.hasPrefix("127.0.0.2:") == true)
        #expect(bind.link.tls == nil)
        #expect(bind.pace.bindLimit == 500 && bind.pace.carrierLimit == nil)
        #expect((0..<5).contains(bind.times.response ?? -1))
        #expect((0..<5).contains(bind.link.lastReceivedAgo ?? -1))
        #expect(!bind.link.isSuspect && !bind.drained)
        #expect(bind.history.map(\.state).suffix(3) == ["connecting", "binding", "bound"])
        #expect(bind.totals.changes[BindChangeKey(to: "bound")] == 1)
        try await rig.end()
        let stopped = try await rig.status().binds[0]
        #expect(stopped.history.last?.state == "stopped")
        #expect(stopped.link.address == nil && stopped.link.localAddress == nil)
    }

    @Test func timesAndRefusalsAreCounted() async throws {
        let rig = try await Rig.start(
            Script(submit: { $0.text == "bad" ? .refuse(.invalidDestinationAddress) : .accept })
        ) {
            $0.setup.timings.enquireLinkEvery = .milliseconds(50)
        }
        #expect(await rig.submitMany(5).areAccepted)
        _ = await rig.submit("bad")
        let bind = try await rig.status { $0.binds[0].times.enquireLinks.count > 0 }.binds[0]
        #expect(bind.times.responses.count == 6 && bind.times.responses.sum < 6)
        #expect(bind.times.windowWaits.count == 6)
        #expect(bind.totals.refusals == ["ESME_RINVDSTADR": 1])
        #expect(bind.totals.segments.lost == 0 && bind.totals.segments.unknown == 0)
        try await rig.end()
    }

    /// The second message waits for the first one's slot; a message of two segments waits once.
    @Test func theWaitForTheWindowIsTimed() async throws {
        let rig = try await Rig.start(Script(submit: { $0.place == 0 ? .hold : .accept })) {
            $0.setup.limits.window = 1
        }
        async let first = rig.submit("one", "two")
        await rig.smsc.wait { $0.received.count == 1 }
        async let second = rig.submit("three")
        try await rig.status { $0.binds[0].window.waiting == 1 }
        await rig.smsc.answerHeld()
        _ = await (first, second)
        let bind = try await rig.status().binds[0]
        #expect(bind.times.windowWaits.count == 2)
        #expect(bind.times.responses.count == 3)
        #expect(bind.times.windowWaits.sum > 0)
        try await rig.end()
    }

    @Test func aPairIsOneLink() async throws {
        // The receiver comes second, and is refused at first.
        let rig = try await Rig.start(Script(bind: { $0 == 1 ? .refuse(.systemError) : .accept() }), ready: false) {
            $0.setup.binds = [BindPlan(kind: .receiver, count: 1), BindPlan(kind: .transmitter, count: 1)]
            $0.setup.timings.reconnectFirst = .milliseconds(500)
            $0.setup.timings.reconnectMax = .milliseconds(500)
        }
        let half = try await rig.status {
            $0.ready && $0.binds[1].state == "waiting" && $0.binds[1].failure != nil
        }
        #expect(half.links == [LinkStatus(name: "1+2", health: .degraded, binds: ["1", "2"])])
        try await rig.bound()
        #expect(try await rig.status().links.map(\.health) == [.up])
        #expect(try await rig.carrier.stop(bind: "1").get())
        #expect(try await rig.status().links.map(\.health) == [.down])
        try await rig.end()
    }

    @Test func aCertificateIsToldOnceADay() {
        let watch = CertificateWarnings()
        let day: Int64 = 86_400
        let now: Int64 = 1_800_000_000
        #expect(watch.daysToWarn(expiry: now + 14 * day + 1, now: now) == nil)
        #expect(watch.daysToWarn(expiry: now + 14 * day - 1, now: now) == 13)
        #expect(watch.daysToWarn(expiry: now + 14 * day - 1, now: now + day - 1) == nil)
        #expect(watch.daysToWarn(expiry: now + 14 * day - 1, now: now + day) == 12)
        #expect(watch.daysToWarn(expiry: now, now: now + 2 * day) == -2)
        #expect(watch.daysToWarn(expiry: now, now: now + 2 * day + 1) == nil)
        #expect(watch.daysToWarn(expiry: now + 400 * day, now: now + 9 * day) == nil)
    }
}
