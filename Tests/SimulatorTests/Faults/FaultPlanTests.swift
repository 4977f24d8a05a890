import SMPP
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(1)))
struct FaultPlanTests {
    @Test(arguments: ["0.01=silent", "1.0=status:0x58", "0.5=late:2s"])
    func ratesAreReadAndWrittenBack(text: String) throws {
        #expect(try FaultRate(parsing: text).description == text)
    }

    @Test func aRateMayBeAPercentage() throws {
        #expect(try FaultRate(parsing: "5%=silent").probability == 0.05)
        #expect(try FaultRate(parsing: "100%=silent").probability == 1)
    }

    @Test(arguments: [
        "", "silent", "=silent", "0=silent", "0%=silent", "1.1=silent", "101%=silent", "-0.1=silent", "x=silent",
        "0.1=", "0.1=sometimes", "1e-2=silent", "nan=silent", ".5=silent", "0.1.1=silent", "%=silent",
    ])
    func otherRatesAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try FaultRate(parsing: text) }
    }

    @Test(arguments: ["10s..20s=silent", "0s..500ms=close", "8s..10s/10s=late:2s", "0s..3600s=tlv"])
    func schedulesAreReadAndWrittenBack(text: String) throws {
        #expect(try TimedFault(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "=silent", "10s=silent", "10s..=silent", "..10s=silent", "20s..10s=silent", "10s..10s=silent",
        "10..20=silent", "10s..20s", "10s..20s/15s=silent", "10s..20s/=silent", "10s..61m=silent", "10s..20s=nothing",
    ])
    func otherSchedulesAreRefused(text: String) {
        #expect(throws: OptionProblem.self) { try TimedFault(parsing: text) }
    }

    @Test func aScheduleIsOnFromItsStartToBeforeItsEnd() throws {
        let once = try TimedFault(parsing: "10s..20s=silent")
        #expect(
            [0, 9999, 10_000, 19_999, 20_000, 30_000].map { once.time.isOn(.milliseconds($0)) }
                == [false, false, true, true, false, false])
        let again = try TimedFault(parsing: "8s..10s/10s=silent")
        #expect(
            [7999, 8000, 9999, 10_000, 17_999, 18_000, 108_500].map { again.time.isOn(.milliseconds($0)) }
                == [false, true, true, false, false, true, true])
    }

    @Test func itIsToldHowLongItIsStillOn() throws {
        let time = try FaultTime(parsing: "8s..10s/10s")
        #expect(
            [7999, 8000, 19_500, 20_000].map { time.left(.milliseconds($0)) }
                == [nil, .seconds(2), .milliseconds(500), nil])
    }

    private static func options(_ change: (inout SimulatorOptions) throws -> Void) rethrows -> SimulatorOptions {
        var options = SimulatorOptions(standardFaults: false)
        try change(&options)
        return options
    }

    private static func action(
        _ plan: FaultPlan, _ destination: String, _ elapsed: Duration, _ generator: inout SplitMix64
    ) -> FaultAction? {
        let octets = Array(destination.utf8)
        return plan.action(for: octets.span, part: { nil }, elapsed: { elapsed }, using: &generator)
    }

    @Test func destinationsComeBeforeTimesAndTimesBeforeChance() throws {
        let plan = FaultPlan(
            try Self.options {
                $0.faults = [try FaultRule(parsing: "07=close")]
                $0.faultSchedule = [
                    try TimedFault(parsing: "1s..2s=silent"), try TimedFault(parsing: "0s..2s=reset"),
                ]
                $0.faultRates = [try FaultRate(parsing: "1=tlv")]
            })
        var generator = SplitMix64(seed: 1)
        #expect(Self.action(plan, "7907", .seconds(1), &generator) == .close)
        #expect(Self.action(plan, "7908", .seconds(1), &generator) == .silent)
        #expect(Self.action(plan, "7908", .zero, &generator) == .reset)
        #expect(Self.action(plan, "7908", .seconds(2), &generator) == .tlv)
    }

    @Test func chanceComesAsOftenAsAskedAndTheSameForOneSeed() throws {
        let plan = FaultPlan(
            try Self.options {
                $0.faultRates = [try FaultRate(parsing: "10%=silent"), try FaultRate(parsing: "0.05=close")]
            })
        func run(_ seed: UInt64) -> [FaultAction?] {
            var generator = SplitMix64(seed: seed)
            return (0..<10_000).map { _ in Self.action(plan, "7", .zero, &generator) }
        }
        let actions = run(3)
        #expect((900...1100).contains(actions.count { $0 == .silent }))
        #expect((420...580).contains(actions.count { $0 == .close }))
        #expect(actions.count { $0 == nil } > 8300)
        #expect(run(3) == actions && run(4) != actions)
    }

    @Test func aPartOfALongTextIsRefused() async throws {
        let options = try Self.options { $0.faults = [try FaultRule(parsing: "*=segment:2:status:0x14")] }
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            for part in 1...3 as ClosedRange<UInt8> {
                var message = ShortMessage.to("79160000000")
                message.esmClass = 0x40
                message.shortMessage = [5, 0, 3, 9, 3, part, 0x41]
                #expect(try await esme.request(.submit(message)).status == (part == 2 ? .messageQueueFull : .ok))
            }
            var sar = ShortMessage.to("79160000000")
            sar.tlvs = [
                TLV(.sarMessageReference, 1 as UInt16), TLV(.sarTotalSegments, 2 as UInt8),
                TLV(.sarSegmentSequence, 2 as UInt8),
            ]
            #expect(try await esme.request(.submit(sar)).status == .messageQueueFull)
            #expect(try await esme.submit("79160000000").0 == .ok)
        }
    }

    @Test func aScheduleIsPlayedFromTheStart() async throws {
        let options = try Self.options { $0.faultSchedule = [try TimedFault(parsing: "0s..60m=status:0x08")] }
        try await withSimulator(options) { _, address in
            let esme = try await ESME.bound(address)
            #expect(try await esme.submit("79160000000").0 == .systemError)
        }
    }
}
