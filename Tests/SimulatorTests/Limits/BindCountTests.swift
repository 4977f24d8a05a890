import Foundation
import NIOCore
import SMPP
import SMPPWire
import TestPrograms
import Testing

@testable import Simulator

/// Binds are counted as a contract counts them.
@Suite(.timeLimit(.minutes(1)))
struct BindCountTests {
    private static func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(9_000_000_000) + .seconds(seconds) }

    @Test func aCutBindCountsUntilItIsForgotten() {
        let count = BindCount()
        #expect(count.take(limit: 2, Self.at(0)) && count.take(limit: 2, Self.at(0)))
        #expect(!count.take(limit: 2, Self.at(1)))
        count.leave(until: Self.at(30))
        #expect(!count.take(limit: 2, Self.at(29)))
        #expect(count.current(Self.at(29)) == 2 && count.current(Self.at(30)) == 1)
        #expect(count.take(limit: 2, Self.at(30)))
        count.leave()
        #expect(count.take(limit: 2, Self.at(30)))
        #expect(count.largest == 2)
        // Without a limit all are taken, and the largest count tells it.
        #expect(count.take(limit: nil, Self.at(31)))
        #expect(count.largest == 3)
        count.leave()
        count.reset(Self.at(32))
        #expect(count.largest == 2)
    }

    @Test func cutBindsThatAreRememberedAreBounded() {
        let count = BindCount()
        for _ in 0..<BindCount.maximumCut + 5 {
            _ = count.take(limit: nil, Self.at(0))
            count.leave(until: Self.at(9))
        }
        #expect(count.current(Self.at(1)) == BindCount.maximumCut)
    }

    private static func bind(_ esme: ESME, _ systemID: String = "acme") async throws -> CommandStatus {
        try await esme.request(.bind(.transceiver, BindRequest(systemID: systemID, password: ""))).status
    }

    @Test func oneMoreBindOfASystemIDIsRefused() async throws {
        var options = SimulatorOptions(statusPage: ("127.0.0.1", 0))
        options.bindLimit = 2
        try await withSimulator(options) { server, address in
            let page = try #require(server.statusPageAddress)
            let first = try await ESME.bound(address, systemID: "acme")
            let second = try await ESME.bound(address, .transmitter, systemID: "acme")
            let third = try await ESME(address)
            #expect(try await Self.bind(third) == .alreadyBound)
            #expect(try await Self.bind(try await ESME(address), "other") == .ok)
            let counters = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(counters["max_binds"] as? Int == 2 && counters["excess_binds"] as? Int == 1)
            #expect(counters["max_binds_by_system_id"] as? [String: Int] == ["acme": 2, "other": 1])
            #expect(counters["refused_binds"] as? Int == 1)
            // The place of one that has left is free, also for who was refused.
            #expect(try await first.request(.unbind).status == .ok)
            #expect(try await Self.bind(third) == .ok)
            // A FIN is a word, too.
            try await second.close()
            let fourth = try await ESME(address)
            try await eventually("bound") { try await Self.bind(fourth) == .ok }
            #expect(try await StatusPageClient.http("POST", "/reset", page).0 == 200)
            let after = try await StatusPageClient.json("/counters", page, as: [String: Any].self)
            #expect(after["max_binds"] as? Int == 2 && after["excess_binds"] as? Int == 0)
            #expect(after["counted_binds_by_system_id"] as? [String: Int] == ["acme": 2, "other": 1])
        }
    }

    /// The ESME dies with a RST, or its host with nothing: its bind counts as long as it is not forgotten.
    @Test func aDeadBindCountsUntilItIsForgotten() async throws {
        var options = SimulatorOptions(statusPage: ("127.0.0.1", 0))
        options.bindLimit = 1
        options.forgetAfter = .milliseconds(600)
        try await withSimulator(options) { server, address in
            let dead = try await ESME.bound(address, systemID: "acme")
            SocketReset.perform(on: dead.channel)
            try await eventually("gone") { await server.statistics().openBinds == 0 }
            let next = try await ESME(address)
            let start = ContinuousClock.now
            #expect(try await Self.bind(next) == .alreadyBound)
            try await eventually("forgotten") { try await Self.bind(next) == .ok }
            #expect(ContinuousClock.now - start > .milliseconds(100))
            #expect(await server.statistics().silentBinds == 0)
        }
    }

    @Test func aBindThatSaysNothingIsEnded() async throws {
        var options = SimulatorOptions(statusPage: ("127.0.0.1", 0))
        options.bindLimit = 2
        options.forgetAfter = .milliseconds(400)
        try await withSimulator(options) { server, address in
            let silent = try await ESME.bound(address, systemID: "acme")
            let alive = try await ESME.bound(address, systemID: "acme")
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .seconds(1) {
                #expect(try await alive.request(.enquireLink).status == .ok)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(await silent.next() == .closed)
            let statistics = await server.statistics()
            #expect(statistics.silentBinds == 1 && statistics.openBinds == 1)
            #expect(try await Self.bind(try await ESME(address)) == .ok)
        }
    }
}
