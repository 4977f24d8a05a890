import Intake
import Logging
import NIOCore
import Testing

@Suite struct ConnectionGateTests {
    private let here = SourceAddress(parsing: "192.0.2.1") ?? .init(high: 0, low: 1)
    private let there = SourceAddress(parsing: "192.0.2.2") ?? .init(high: 0, low: 2)

    @Test func oneAddressDoesNotTakeEveryPlace() throws {
        let lines = LogLines()
        let gate = ConnectionGate(limit: 10, limitOfAddress: 2, logger: lines.logger)
        #expect(gate.admit(here) && gate.admit(here) && !gate.admit(here) && gate.admit(there))
        gate.dismiss(here)
        #expect(gate.admit(here) && !gate.admit(here))
        #expect(gate.refused == [.all: 0, .address: 2, .notAllowed: 0])
        #expect(lines.all.count == 1 && lines.all[0].contains("max_connections_per_address 2"))
        let network = try (1...3).map { try #require(SourceAddress(parsing: "2001:db8::\($0)")) }
        #expect(network.map { gate.admit($0) } == [true, true, false], "an IPv6 network is one address")
    }

    @Test func allTogetherAreBounded() {
        let gate = ConnectionGate(limit: 2, logger: LogLines().logger)
        #expect(gate.enter() && gate.enter() && !gate.enter())
        gate.leave()
        #expect(gate.open == 1 && gate.enter())
        #expect(gate.refused[.all] == 1)
    }

    /// A place that is free for a moment neither ends it nor begins it anew, and a crowd that passes is not told.
    @Test func aFullIntakeIsToldForAsLongAsItIs() {
        func at(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000) + .seconds(seconds) }
        let gate = ConnectionGate(limit: 2, logger: LogLines().logger)
        #expect(gate.enter(now: at(0)) && gate.fullFor(now: at(100)) == nil)
        #expect(gate.enter(now: at(100)))
        #expect(gate.fullFor(now: at(109)) == nil && gate.fullFor(now: at(110)) == 10)
        #expect(gate.fullFor(now: at(500)) == 400, "nobody comes, and nobody would get in")
        gate.leave(now: at(500))
        #expect(gate.fullFor(now: at(509)) == 409 && gate.fullFor(now: at(511)) == nil)
        #expect(gate.enter(now: at(509)) && gate.fullFor(now: at(509)) == 409)
        #expect(!gate.enter(now: at(520)))
        gate.leave(now: at(520))
        #expect(gate.enter(now: at(540)) && gate.fullFor(now: at(545)) == nil && gate.fullFor(now: at(551)) == 11)
    }

    @Test func onlyAllowedAddressesCome() throws {
        let allowed = try #require(AddressBlock(parsing: "192.0.2.0/31"))
        let gate = ConnectionGate(limit: 2, allowed: [allowed], logger: LogLines().logger)
        #expect(gate.admit(here) && !gate.admit(there))
        #expect(gate.refused[.notAllowed] == 1)
    }
}
