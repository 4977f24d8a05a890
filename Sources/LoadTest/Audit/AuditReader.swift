import Foundation
import NIOCore

/// Reads the simulator's record into an audit, from just before the run until nothing more comes.
actor AuditReader {
    /// Lines of a page.
    private static let pageLines = 1_000
    /// Between looks at a record that has nothing new.
    private static let pause = Duration.milliseconds(100)
    /// How long after the run the record may still grow.
    private static let settle = Duration.milliseconds(500)
    /// How long receipts are waited for after the run.
    private static let receiptPause = Duration.milliseconds(200)

    /// The simulator's counters of this run's receipts.
    struct Receipts: Sendable {
        var sent = 0
        var acknowledged = 0
        var refused = 0
        var waiting = 0

        /// Sent and neither acknowledged nor refused.
        var unanswered: Int { sent - acknowledged - refused }
    }

    private let pages: PageReader
    private var audit: Audit
    private var after = 0
    private var problem: String?
    private var isFinishing = false

    init(_ pages: PageReader, audit: Audit) {
        self.pages = pages
        self.audit = audit
    }

    /// Passes over what the record holds already.
    /// - Throws: `LoadFailure` where there is no such record.
    func begin() async throws {
        try await pages.post("/run")
        while let last = try await page(isAudited: false) { after = last }
        audit.begin(after: after)
    }

    /// Reads on until `stopFollowing`. Problems are kept for the verdict.
    func follow() async {
        while !isFinishing, problem == nil {
            if await !step() { try? await Task.sleep(for: Self.pause) }
        }
    }

    /// Ends `follow`, which may be in the middle of a page: wait for it before `finish`.
    func stopFollowing() {
        isFinishing = true
    }

    /// Nothing more is sent: reads what is left.
    func finish() async {
        var quietSince = ContinuousClock.now
        while problem == nil, ContinuousClock.now - quietSince < Self.settle {
            if await step() {
                quietSince = .now
            } else {
                try? await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Waits until the simulator has sent the receipts that it owes, at most `limit`.
    func awaitReceipts(atMost limit: Duration, isStopped: @Sendable () -> Bool) async {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !isStopped(), let now = try? await receipts() {
            if now.waiting == 0, now.unanswered <= 0 { return }
            try? await Task.sleep(for: Self.receiptPause)
        }
    }

    func verdict(count: Int, outcomes: (Int) -> LoadOutcome?) -> AuditReport {
        audit.verdict(count: count, problem: problem, outcomes: outcomes)
    }

    /// Receipts of this run: planned by the record, sent and acknowledged by the counters.
    func receiptTotals() async -> (planned: Int, sent: Int, acknowledged: Int, refused: Int)? {
        guard audit.receiptsPlanned > 0, let now = try? await receipts() else { return nil }
        return (audit.receiptsPlanned, now.sent, now.acknowledged, now.refused)
    }

    /// The simulator's counters as JSON; nil where they cannot be had.
    func counters() async -> String? {
        (try? await pages.get("/counters")).map { String(buffer: $0) }
    }

    /// Whether there was something new.
    private func step() async -> Bool {
        do {
            guard let last = try await page(isAudited: true) else { return false }
            after = last
            return true
        } catch {
            // Once more: one lost connection is no reason to give the audit up.
            if let last = try? await page(isAudited: true) {
                after = last
                return true
            }
            problem = problem ?? "the record could not be read: \(error)"
            return false
        }
    }

    /// Reads a page of the record, into the audit or past it; the last line's number, or nil where nothing is new.
    private func page(isAudited: Bool) async throws -> Int? {
        let body = try await pages.get("/record?after=\(after)&limit=\(Self.pageLines)")
        var last: Int?
        for text in body.readableBytesView.split(separator: UInt8(ascii: "\n")) {
            guard let line = RecordLine(json: text) else {
                throw LoadFailure(description: "a line of the record cannot be read")
            }
            if isAudited { audit.read(line) }
            last = line.number
        }
        return last
    }

    private func receipts() async throws -> Receipts {
        let body = try await pages.get("/counters")
        let counters = try? JSONSerialization.jsonObject(with: Data(body.readableBytesView)) as? [String: Any]
        guard let counters else { throw LoadFailure(description: "\(pages.url)/counters is not JSON") }
        func count(_ name: String) -> Int { counters[name] as? Int ?? 0 }
        return Receipts(
            sent: count("run_receipts_sent"), acknowledged: count("run_receipts_acknowledged"),
            refused: count("run_receipts_refused"), waiting: count("run_receipts_waiting"))
    }
}
