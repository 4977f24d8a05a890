import Journal
import Logging
import Messaging
import NIOPosix
import Synchronization

/// Takes from the journal what has to be posted, a bounded number at a time, and posts it.
///
/// New rows are read as soon as they are committed, from the last id on. All of them are read again now and then, because ids are
/// not committed in their order, and when a queue that was full has room. Each turn reads a page at most of both.
actor PostingWorker {
    private static let page = 500
    private static let sweepEvery = Duration.seconds(5)
    private static let betweenPages = Duration.milliseconds(100)
    private static let maximumUnderWay = 32
    /// For so long after its commit an end is remembered: a reader may still see the row.
    private static let remembered = Duration.seconds(30)
    /// So many rows that cannot be read are told.
    private static let mostAside = 1_000
    private static let look = Duration.milliseconds(20)

    /// An end, as the journal has it.
    private enum End {
        case underWay
        case refused
        case committed(ContinuousClock.Instant)
    }

    private let journal: Journal
    private let reader: any JournalReader
    private let logger: Logger
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let hasNews = Atomic<Bool>(true)
    private nonisolated let signal: AsyncStream<Void>.Continuation
    private nonisolated let signals: AsyncStream<Void>

    private var queues: [PostingKey: PostingQueue] = [:]
    private var ends: [MessageID: End] = [:]
    /// The greatest id that was read.
    private var last: MessageID?
    /// Where the sweep goes on; nil = from the first.
    private var sweep: MessageID?
    private var nextSweep = ContinuousClock.now
    /// Whose rows were left in the journal because the queue was full.
    private var behind: Set<PostingKey> = []
    /// Rows that cannot be read.
    private var aside: Set<MessageID> = []
    /// Why nothing could be read the last time.
    private var readProblem: JournalProblem.Kind?
    private var timer: Task<Void, Never>?
    private var isStopping = false

    init(journal: Journal, reader: any JournalReader, logger: Logger) {
        self.journal = journal
        self.reader = reader
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    nonisolated func wake() {
        hasNews.store(true, ordering: .releasing)
        signal.yield()
    }

    func run(_ postings: Postings) async {
        pool.start()
        signal.yield()
        for await _ in signals {
            if isStopping { break }
            await turn(postings)
        }
        timer?.cancel()
        try? await pool.shutdownGracefully()
    }

    func stop(within limit: Duration) async {
        isStopping = true
        let end = ContinuousClock.now + limit
        while underWay > 0, ContinuousClock.now < end { try? await Task.sleep(for: Self.look) }
        signal.finish()
    }

    private var underWay: Int { queues.values.reduce(0) { $0 + $1.underWayCount } }

    private func turn(_ postings: Postings) async {
        if hasNews.exchange(false, ordering: .acquiring) { await readNew(postings) }
        if nextSweep <= .now || behind.contains(where: hasRoom) { await readAgain(postings) }
        start(postings)
        arm()
    }

    // MARK: From the journal

    private func readNew(_ postings: Postings) async {
        guard let page = await read(after: last, postings.desk) else {
            return hasNews.store(true, ordering: .releasing)
        }
        take(page, postings)
        if page.isFull { wake() }
    }

    private func readAgain(_ postings: Postings) async {
        nextSweep = .now + Self.sweepEvery
        forgetEnds()
        if sweep == nil { behind = [] }
        guard let page = await read(after: sweep, postings.desk) else { return }
        take(page, postings)
        sweep = page.isFull ? page.last : nil
        // Whose queue has room may be met on a later page.
        if sweep != nil, behind.contains(where: hasRoom) { nextSweep = .now + Self.betweenPages }
    }

    private func hasRoom(_ key: PostingKey) -> Bool {
        (queues[key]?.count ?? 0) < PostingQueue.capacity / 4
    }

    /// A row with its place; nil = nobody wants it any more.
    private struct Row: Sendable {
        var record: PostingRecord
        var destination: (key: PostingKey, item: PostingQueue.Item)?
    }

    /// What was read of the journal.
    private struct Page: Sendable {
        var rows: [Row] = []
        /// Rows that cannot be read.
        var unreadable: [MessageID] = []
        var last: MessageID?
        var isFull = false
    }

    /// Nil when the journal cannot be read now.
    ///
    /// Not in an outage: SQLite shares the log's index within a process, and a reader that opens it on a disk that may only be
    /// read keeps the writer from writing ever after.
    private func read(after id: MessageID?, _ desk: ChatDesk) async -> Page? {
        guard journal.health.isWriting else { return nil }
        let known = Set(queues.values.flatMap(\.ids)).union(ends.keys).union(aside)
        do {
            let page = try await pool.runIfActive { [reader] in
                try Self.page(try reader.postings(after: id, limit: Self.page), known: known, reader, desk)
            }
            readProblem = nil
            return page
        } catch let problem as JournalProblem {
            if readProblem != problem.kind {
                logger.error("what has to be posted cannot be read", metadata: ["problem": "\(problem)"])
            }
            readProblem = problem.kind
        } catch {
            // The pool has ended.
        }
        return nil
    }

    private static func page(
        _ stored: PostingPage, known: Set<MessageID>, _ reader: any JournalReader, _ desk: ChatDesk
    ) throws(JournalProblem) -> Page {
        var page = Page(unreadable: stored.unreadable, last: stored.last, isFull: stored.isFull)
        for record in stored.records {
            do throws(JournalProblem) {
                let destination = known.contains(record.id) ? nil : try destination(of: record, reader, desk)
                page.rows.append(Row(record: record, destination: destination))
            } catch {
                // Its message's rows are damaged; anything else is the reader's trouble.
                guard error.kind == .corrupt else { throw error }
                page.unreadable.append(record.id)
            }
        }
        return page
    }

    /// A row that cannot be read stays where it is, for whoever mends it, and is told once.
    private func setAside(_ ids: [MessageID]) {
        for id in ids where aside.count < Self.mostAside && aside.insert(id).inserted {
            logger.error("a posting cannot be read and is set aside", metadata: ["id": "\(id)"])
        }
    }

    private static func destination(
        of record: PostingRecord, _ reader: any JournalReader, _ desk: ChatDesk
    ) throws(JournalProblem) -> (key: PostingKey, item: PostingQueue.Item)? {
        guard let target = PostingTarget(stored: record.target) else { return nil }
        func item(_ order: PostingOrder, _ form: String) -> PostingQueue.Item {
            PostingQueue.Item(
                id: record.id, since: record.at, event: target.event, name: target.name(id: record.id),
                order: order, form: form)
        }
        switch target {
        case .inbound(let carrier): return (.carrier(carrier), item(.message(record.id), record.form))
        case .chat(let account, let contact): return (.chat(account), item(.contact(contact), record.form))
        case .receipt(let id, let saying):
            guard let life = try reader.life(of: id) else { return nil }
            guard let account = desk.account(life.message.account), account.isTold(of: life) else {
                return (
                    .account(life.message.account), item(.message(id), record.form + "&" + PostingForm.rest(life))
                )
            }
            return account.telling(receipt: saying, of: life).map { ($0.key, item(PostingOrder(of: life), $0.form)) }
        case .outcome(let id):
            guard let life = try reader.life(of: id), let account = desk.account(life.message.account),
                account.isTold(of: life)
            else { return nil }
            // What another attempt under the same name tells is what became of the message.
            if life.isNotGone, try reader.hasNamesake(life) { return nil }
            return account.telling(outcome: record, of: life).map { ($0.key, item(PostingOrder(of: life), $0.form)) }
        }
    }

    private func take(_ page: Page, _ postings: Postings) {
        setAside(page.unreadable)
        if let end = page.last, last.map({ $0 < end }) ?? true { last = end }
        let held = Set(queues.values.flatMap(\.ids))
        for row in page.rows where !aside.contains(row.record.id) {
            let id = row.record.id
            switch ends[id] {
            case .refused: end(id)
            case .underWay, .committed: break
            case nil:
                if held.contains(id) { break }
                guard let (key, item) = row.destination, postings.receiver(key) != nil else {
                    end(id)
                    break
                }
                if queues[key, default: PostingQueue()].isFull {
                    behind.insert(key)
                } else {
                    queues[key, default: PostingQueue()].add(item)
                }
            }
        }
    }

    // MARK: To the URLs

    private func start(_ postings: Postings) {
        let now = ContinuousClock.now
        for key in queues.keys {
            while !isStopping, underWay < Self.maximumUnderWay, let item = queues[key]?.next(at: now) {
                guard let receiver = postings.receiver(key) else {
                    queues[key]?.end(item.id, isAnswered: false)
                    end(item.id)
                    continue
                }
                Task {
                    let result = await receiver.post(item.form, event: item.event, name: item.name)
                    finish(item, key, receiver, result, postings)
                }
            }
        }
    }

    private func finish(
        _ item: PostingQueue.Item, _ key: PostingKey, _ receiver: PostingReceiver, _ result: PostingReceiver.Result,
        _ postings: Postings
    ) {
        defer { signal.yield() }
        let problem: String
        var isDown = false
        var isFinal = false
        switch result {
        case .taken:
            postings.count { $0.posted += 1 }
            queues[key]?.end(item.id, isAnswered: true)
            return end(item.id)
        case .refused(let status): problem = "it answers \(status)"
        case .rejected(let status): (problem, isFinal) = ("it answers \(status)", true)
        case .down(let words): (problem, isDown) = (words, true)
        }
        postings.count { $0.failedAttempts += 1 }
        let age = Duration.milliseconds(Int64(clamping: JournalClock.now() - min(item.since, JournalClock.now())))
        let metadata: Logger.Metadata = [
            "event": "\(item.event)", "whose": "\(key.name)", "id": "\(item.id)", "problem": "\(problem)",
            "attempts": "\(item.attempts + 1)",
        ]
        if isFinal || age > receiver.giveUpAfter {
            postings.count { $0.givenUp += 1 }
            logger.error("not posted, and not tried again", metadata: metadata)
            queues[key]?.end(item.id, isAnswered: !isDown)
            return end(item.id)
        }
        if item.attempts == 0 { logger.warning("not posted; tried again", metadata: metadata) }
        queues[key]?.fail(item.id, isDown: isDown, at: .now)
    }

    /// Nothing more has to be done for it.
    private func end(_ id: MessageID) {
        ends[id] = .underWay
        journal.append([.posted([id])]) { problem in
            Task { await self.ended(id, problem) }
        }
    }

    private func ended(_ id: MessageID, _ problem: JournalProblem?) {
        ends[id] = problem == nil ? .committed(.now + Self.remembered) : .refused
    }

    private func forgetEnds() {
        let now = ContinuousClock.now
        ends = ends.filter { _, end in
            if case .committed(let until) = end { until > now } else { true }
        }
    }

    private func arm() {
        let now = ContinuousClock.now
        let moments = queues.values.compactMap { $0.nextMoment(after: now) }
        let next = min(moments.min() ?? nextSweep, nextSweep)
        timer?.cancel()
        timer = Task { [signal] in
            try? await Task.sleep(until: next, clock: .continuous)
            if !Task.isCancelled { signal.yield() }
        }
    }
}

extension PostingKey {
    /// For logs.
    fileprivate var name: String {
        switch self {
        case .carrier(let name), .account(let name), .chat(let name): name
        }
    }
}
