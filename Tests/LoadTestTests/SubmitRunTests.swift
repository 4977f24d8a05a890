import Messaging
import SMPP
import Synchronization
import Testing

@testable import LoadTest

@Suite(.serialized) struct SubmitRunTests {
    private typealias Answering = @Sendable (Int, ShortMessage) -> SMSCServer.Answer

    private func withSMSC(
        _ answer: @escaping Answering = { _, _ in .init() },
        _ body: (SMSCServer) async throws -> Void
    ) async throws {
        let smsc = try await SMSCServer(answer)
        do {
            try await body(smsc)
            try await smsc.stop()
        } catch {
            try? await smsc.stop()
            throw error
        }
    }

    @Test func sendsAndAuditsClean() async throws {
        try await withSMSC { smsc in
            var plan = smsc.plan(.open(.constant(300, seconds: 1), .even)) { $0.wantsReceipts = true }
            plan.connections = 3
            plan.threads = 2
            plan.audit = smsc.pageURL
            let report = try await LoadRun(plan).run()
            #expect(report.count(.accepted) == 300)
            #expect(report.acceptedSegments > 300)
            #expect(report.audit?.verdict == .clean, "\(String(describing: report.audit))")
            #expect(report.audit?.received == 300)
            #expect(report.receipts?.expected == report.acceptedSegments)
            #expect(report.receipts?.matched == report.acceptedSegments)
            #expect(report.receipts?.missing == 0)
            #expect(report.receipts?.states == ["delivered": report.acceptedSegments])
            #expect(report.passed)
            #expect(smsc.shared.receiptsAnswered.load(ordering: .relaxed) == report.acceptedSegments)
        }
    }

    @Test(arguments: ["udh8", "udh16", "sar", "payload"])
    func everyWayOfLongTexts(way: String) async throws {
        try await withSMSC { smsc in
            let plan = smsc.plan(.open(.constant(200, seconds: 0.2), .even)) {
                $0.policy.long = .init(rawValue: way) ?? .udh8
            }
            let report = try await LoadRun(plan).run()
            #expect(report.count(.accepted) == 40)
        }
    }

    /// Every tenth submit is not recorded, every twelfth twice: the audit finds these and no others.
    @Test func theAuditFindsExactlyWhatIsWrong() async throws {
        let markers = Mutex<(lost: Set<Int>, doubled: Set<Int>)>(([], []))
        let lie: Answering = { number, _ in
            var answer = SMSCServer.Answer()
            if number % 10 == 3 { answer.recorded = 0 } else if number % 12 == 5 { answer.recorded = 2 }
            markers.withLock {
                if answer.recorded == 0 { $0.lost.insert(number) }
                if answer.recorded == 2 { $0.doubled.insert(number) }
            }
            return answer
        }
        try await withSMSC(lie) { smsc in
            var plan = smsc.plan(.open(.constant(240, seconds: 0.5), .even))
            plan.mix.entries = [.init(.generated(.gsm, length: 30...100))]
            plan.audit = smsc.pageURL
            let audit = try #require(try await LoadRun(plan).run().audit)
            let (lost, doubled) = markers.withLock { $0 }
            #expect(audit.verdict == .faults)
            #expect(audit.count(.lost) == lost.count)
            #expect(audit.count(.duplicated) == doubled.count)
            #expect(audit.total == lost.count + doubled.count)
            // One bind, in turn: the n-th submit is message n.
            let marker = MessageMarker(run: plan.run)
            let found = audit.findings.filter { $0.kind == .lost }.map(\.marker)
            #expect(Set(found) == Set(lost.map(marker.text)))
        }
    }

    @Test func theWindowIsKept() async throws {
        let answer: Answering = { _, _ in .init(after: .milliseconds(30)) }
        try await withSMSC(answer) { smsc in
            var plan = smsc.plan(.closed(workers: 50, seconds: 0.5)) { $0.window = 7 }
            plan.connections = 1
            let report = try await LoadRun(plan).run()
            #expect(report.errors == 0)
            #expect(smsc.shared.largestWindow.load(ordering: .relaxed) == 7)
            // What waits for the window waits from its intended start.
            #expect(report.response.p50 > report.service.p50)
        }
    }

    @Test func statusesAndSilence() async throws {
        let answers: [SMSCServer.Answer] = [.init(), .init(status: .throttled), .init(status: nil), .init()]
        let answer: Answering = { number, _ in answers[number % 4] }
        try await withSMSC(answer) { smsc in
            var plan = smsc.plan(.open(.constant(100, seconds: 0.4), .even)) { $0.window = 100 }
            plan.mix.entries = [.init(.generated(.gsm, length: 30...100))]
            plan.timeout = .milliseconds(300)
            let report = try await LoadRun(plan).run()
            #expect(report.count(.accepted) == 20)
            #expect(report.count(.refused) == 10)
            #expect(report.count(.timedOut) == 10)
            #expect(report.faults.contains { $0.text == "0x00000058 ESME_RTHROTTLED refused" && $0.count == 10 })
        }
    }

    @Test func aPartlyRefusedTextIsPartial() async throws {
        let answer: Answering = { number, _ in .init(status: number % 2 == 0 ? .ok : .messageQueueFull) }
        try await withSMSC(answer) { smsc in
            var plan = smsc.plan(.open(.constant(50, seconds: 0.2), .even))
            plan.mix.entries = [.init(.generated(.gsm, length: 200...300))]
            plan.audit = smsc.pageURL
            let report = try await LoadRun(plan).run()
            #expect(report.count(.partial) == 10)
            #expect(report.audit?.verdict == .clean, "\(String(describing: report.audit))")
        }
    }

    @Test func missingReceiptsAreListed() async throws {
        let answer: Answering = { number, _ in
            .init(receiptAfter: number == 4 ? nil : .milliseconds(number % 5))
        }
        try await withSMSC(answer) { smsc in
            var plan = smsc.plan(.open(.constant(100, seconds: 0.2), .even)) { $0.wantsReceipts = true }
            plan.mix.entries = [.init(.generated(.gsm, length: 30...100))]
            plan.receiptsWithin = .milliseconds(300)
            plan.thresholds = [try Threshold("missing_receipts>0"), try Threshold("receipt.p50>2s")]
            let report = try await LoadRun(plan).run()
            #expect(report.receipts?.matched == 19)
            #expect(report.receipts?.missing == 1)
            #expect(report.receipts?.missingList == [MessageMarker(run: plan.run).text(4) + " segment 1"])
            #expect(report.checks.map(\.passed) == [false, true, true])
        }
    }

    @Test func aLostBindComesBack() async throws {
        let answer: Answering = { number, _ in .init(hangsUp: number == 10) }
        try await withSMSC(answer) { smsc in
            var plan = smsc.plan(.open(.constant(100, seconds: 0.5), .even))
            plan.mix.entries = [.init(.generated(.gsm, length: 30...100))]
            let report = try await LoadRun(plan).run()
            #expect(report.connections.lost == 1)
            #expect(report.connections.opened == 2)
            #expect(report.count(.connectionLost) >= 1)
            #expect(report.count(.accepted) + report.count(.connectionLost) == 50)
        }
    }

    @Test func wrongPasswordsAreTold() async throws {
        try await withSMSC { smsc in
            let plan = smsc.plan(.closed(workers: 1, seconds: 1)) { $0.password = "wrong" }
            let failure = await #expect(throws: LoadFailure.self) { try await LoadRun(plan).run() }
            #expect(failure?.description.contains("ESME_RINVPASWD") == true)
        }
    }

    @Test(arguments: [CommandStatus.bindFailed, .invalidCommandID, .ok])
    func aNackToTheBindIsToldAtOnce(status: CommandStatus) async throws {
        let smsc = try await SMSCServer(nacks: status)
        let began = ContinuousClock.now
        let failure = await #expect(throws: LoadFailure.self) {
            try await LoadRun(smsc.plan(.closed(workers: 1, seconds: 1))).run()
        }
        #expect(failure?.description.contains("answered with generic_nack: \(status.hex)") == true)
        // The bind's own time limit is 10 s.
        #expect(ContinuousClock.now - began < .seconds(9))
        try await smsc.stop()
    }

    @Test func aPeerThatClosesAtTheBindIsToldAtOnce() async throws {
        let smsc = try await SMSCServer(closes: true)
        let began = ContinuousClock.now
        let failure = await #expect(throws: LoadFailure.self) {
            try await LoadRun(smsc.plan(.closed(workers: 1, seconds: 1))).run()
        }
        #expect(failure?.description.contains("closed the connection and did not answer the bind") == true)
        // Connections have 15 s to be there.
        #expect(ContinuousClock.now - began < .seconds(9))
        try await smsc.stop()
    }

    /// Refusals fail a run unless a threshold says how many there may be.
    @Test func refusalsFailARun() async throws {
        let refusal: Answering = { _, _ in .init(status: .invalidDestinationAddress) }
        try await withSMSC(refusal) { smsc in
            var plan = smsc.plan(.open(.constant(100, seconds: 0.2), .even)) { $0.wantsReceipts = true }
            plan.receiptsWithin = .milliseconds(100)
            let cases = [
                ([], true, false), (["p99>10s", "missing_receipts>0"], true, false), (["errors>100%"], false, true),
                (["accepted<1"], false, false),
            ]
            for (thresholds, isImplied, passes) in cases {
                plan.thresholds = try thresholds.map { try Threshold($0) }
                let report = try await LoadRun(plan).run()
                #expect(report.passed == passes, "\(thresholds)")
                #expect(report.checks.contains { $0.threshold == "errors>0" } == isImplied)
                // No receipt came: there are no times of any.
                #expect(report.receipts?.delay == nil)
                #expect(!ReportText.lines(report).contains { $0.hasPrefix("  receipt  ") })
            }
        }
    }

    @Test func tooLongTextsAreUnsendable() async throws {
        try await withSMSC { smsc in
            var plan = smsc.plan(.open(.constant(50, seconds: 0.2), .even)) { $0.policy.maxParts = 1 }
            plan.mix.entries = [.init(.generated(.gsm, length: 300...300))]
            let report = try await LoadRun(plan).run()
            #expect(report.count(.unsendable) == 10)
        }
    }

    @Test func stoppedRunsUnbind() async throws {
        let answer: Answering = { _, _ in .init(status: nil) }
        try await withSMSC(answer) { smsc in
            let plan = smsc.plan(.closed(workers: 3, seconds: 60)) { $0.window = 3 }
            let holder = Mutex<LoadRun?>(nil)
            let run = LoadRun(plan) { progress in
                if case .second = progress { holder.withLock { $0 }?.stop() }
            }
            holder.withLock { $0 = run }
            let report = try await run.run()
            #expect(report.interrupted)
            #expect(report.count(.timedOut) == 3)
        }
    }
}
