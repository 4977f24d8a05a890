import HTTPService
package import Journal
import Messaging
import NIOCore
import NIOPosix
import Synchronization

/// `GET /messages/ID`: what the journal knows of one message. The journal is read on a thread for that alone.
package final class MonitorMessages: Sendable {
    /// Look-ups that may wait at one time.
    private static let maximumWaiting = 16
    private static let path = "/messages/"

    private let journal: Journal
    private let reader: any JournalReader
    private let pool = NIOThreadPool(numberOfThreads: 1)
    private let waiting = Atomic<Int>(0)

    package init(journal: Journal, reader: any JournalReader) {
        self.journal = journal
        self.reader = reader
        pool.start()
    }

    deinit {
        pool.shutdownGracefully { _ in }
    }

    func add(to routes: inout HTTPRoutes) {
        routes.getBelow(Self.path) { [self] request, loop in find(request.path, on: loop) }
    }

    private func find(_ path: String, on loop: any EventLoop) -> EventLoopFuture<HTTPServerResponse> {
        guard let id = MessageID(parsing: String(path.dropFirst(Self.path.count))) else {
            return loop.makeSucceededFuture(
                .text("not a message id: 13 letters and digits, as X-Message-Id has it", status: 404))
        }
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.maximumWaiting else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            return loop.makeSucceededFuture(.text("too many questions at one time", status: 503))
        }
        // A message whose reply somebody has is found.
        let settled = loop.makePromise(of: Void.self)
        journal.settle { settled.succeed() }
        let answer = settled.futureResult.flatMap { [pool, reader] in
            pool.runIfActive(eventLoop: loop) {
                Result { () throws(JournalProblem) in try reader.life(of: id) }
            }
        }
        answer.whenComplete { [self] _ in waiting.wrappingSubtract(1, ordering: .relaxed) }
        return answer.map { result in
            switch result {
            case .success(let life?): .json(MessageLifeReport.json(life))
            case .success(nil): .text("the journal has no such message", status: 404)
            case .failure(let problem): .text("the journal cannot be read (\(problem.kind.rawValue))", status: 503)
            }
        }
    }
}
