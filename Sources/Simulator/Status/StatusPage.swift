import HTTPService
import Logging
import Messaging
import NIOCore
import NIOPosix
import SMPP

/// What the simulator tells over HTTP: `GET /` (what there is), `GET /counters`, `GET /metrics`, `GET /messages` (`?limit=100` for the last
/// hundred), `GET /record` (see `RecordPage`), `POST /inbound` (see `InboundPage`) `POST /run` and `POST /reset`.
///
/// Numbers and texts stand there in full, unlike anywhere else in this program: what a simulator receives is test data,
/// and a test must see what arrived.
final class StatusPage: Sendable {
    private let server: HTTPServer

    init(context: SimulatorContext, host: String, port: Int, group: any EventLoopGroup, logger: Logger) {
        var routes = HTTPRoutes()
        routes.get("/") { _, eventLoop in eventLoop.makeSucceededFuture(.text(Self.index)) }
        routes.get("/counters") { _, eventLoop in Self.counters(context, eventLoop) }
        routes.get("/metrics") { _, eventLoop in Self.metrics(context, eventLoop) }
        routes.get("/record") { request, eventLoop in RecordPage.answer(context, request, eventLoop) }
        routes.post("/inbound") { request, eventLoop in InboundPage.answer(context, request, eventLoop) }
        routes.get("/messages") { request, eventLoop in Self.messages(context, request, eventLoop) }
        routes.post("/fault") { request, eventLoop in FaultPage.answer(context, request, eventLoop) }
        routes.post("/reset") { _, eventLoop in Self.reset(context, eventLoop) }
        routes.post("/run") { _, eventLoop in Self.beginRun(context, eventLoop) }
        // On this machine only under its own names: a page of another site must not read numbers and texts.
        let isLocal = host == "localhost" || host == "::1" || host.hasPrefix("127.")
        server = HTTPServer(
            host: host, port: port, access: HTTPServerAccess(localNamesOnly: isLocal), group: group, logger: logger,
            handler: routes.respond)
    }

    private static let index = """
        The simulator of smppost (smppost simulate).
        GET /counters              what came in and what was answered, as JSON
        GET /metrics               the same for Prometheus
        GET /messages?limit=100    the last messages, with texts and numbers
        GET /record?after=N        one JSON object a message, for audits
        POST /inbound              a message from a subscriber: from, to, text, system_id
        POST /fault                what happens to all messages from now on: action, for
        POST /run                  begins a run of the load driver
        POST /reset                counts from 0 again
        """

    func start() async throws -> SocketAddress { try await server.start() }

    func stop() async { await server.stop() }

    private static func counters(
        _ context: SimulatorContext, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        SimulatorTotals.gather(context, eventLoop).map { totals in
            var json = JSONWriter()
            json.object { json in
                for counter in SimulatorStatistics.counters {
                    json.member(counter.name, totals.statistics[keyPath: counter.path])
                }
                json.member("record_dropped", totals.recordDropped)
                json.member("max_unanswered", totals.statistics.maxUnanswered)
                json.member("busy_share", totals.busyShare)
                json.member("max_in_one_second", totals.paces.values.max() ?? 0)
                write("max_in_one_second_by_system_id", totals.paces, &json)
                json.member("max_binds", totals.largestBinds.values.max() ?? 0)
                write("max_binds_by_system_id", totals.largestBinds, &json)
                write("counted_binds_by_system_id", totals.countedBinds, &json)
                json.key("statuses")
                json.object { json in
                    for (status, count) in totals.statistics.statuses.sorted(by: { $0.key.rawValue < $1.key.rawValue })
                    {
                        json.member(status.hex, count)
                    }
                }
            }
            return .json(json)
        }
    }

    private static func write(_ name: String, _ counts: [String: Int], _ json: inout JSONWriter) {
        json.key(name)
        json.object { json in
            for (systemID, count) in counts.sorted(by: { $0.key < $1.key }) { json.member(systemID, count) }
        }
    }

    private static func metrics(
        _ context: SimulatorContext, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        SimulatorTotals.gather(context, eventLoop).map { totals in
            HTTPServerResponse(
                contentType: MetricsWriter.contentType, body: ByteBuffer(bytes: MetricsPage.text(totals).bytes))
        }
    }

    private static func messages(
        _ context: SimulatorContext, _ request: HTTPServerRequest, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        let limit: Int
        switch request.query["limit"].map({ Int($0) }) {
        case nil: limit = max(0, context.options.record)
        case .some(.some(let asked)) where asked >= 0: limit = asked
        case .some: return eventLoop.makeSucceededFuture(.text("limit must be a number", status: 400))
        }
        let parts = context.shards.map { $0.submit { $0.messages.all } }
        // Writing many messages takes longer than an event loop may be held up.
        return EventLoopFuture.whenAllSucceed(parts, on: eventLoop).flatMap { parts in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                let all = parts.flatMap { $0 }.sorted { $0.number < $1.number }
                var json = JSONWriter()
                json.array { json in
                    for message in all.suffix(limit) { write(message, context, &json) }
                }
                return .json(json)
            }
        }
    }

    private static func reset(
        _ context: SimulatorContext, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        context.forgetServed()
        for pace in context.paces.all.values { pace.reset() }
        for count in context.bindCounts.all.values { count.reset(.now()) }
        let last = context.numbers.reset()
        let parts = context.shards.map { $0.submit { $0.reset(through: last) } }
        return EventLoopFuture.andAllSucceed(parts, on: eventLoop).map { .text("reset") }
    }

    /// Whoever measures a run has the receipts of its messages counted apart from those of earlier ones.
    private static func beginRun(
        _ context: SimulatorContext, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        let last = context.numbers.current
        let parts = context.shards.map { $0.submit { $0.beginRun(after: last) } }
        return EventLoopFuture.andAllSucceed(parts, on: eventLoop).map { .text("\(last)") }
    }

    private static func write(_ message: ReceivedMessage, _ context: SimulatorContext, _ json: inout JSONWriter) {
        json.object { json in
            json.member("id", context.text(of: message.id))
            json.member("time", UTCTime(unixNanoseconds: message.unixNanoseconds).rfc3339)
            json.member("system_id", message.systemID)
            json.member("bind", message.kind.rawValue)
            json.member("status", message.status?.hex)
            json.member("fault", message.fault?.description)
            json.member("cancelled", message.cancelledAt != nil)
            guard let content = MessageContent(message.pdu) else { return }
            json.member("source", content.source.value)
            json.member("destination", content.destination.value)
            json.member("esm_class", content.esmClass)
            json.member("data_coding", content.dataCoding)
            json.member("octets", content.octets.hexadecimal)
            json.member("text", content.text(by: context.quirks))
            json.member("reference", content.numbering?.reference)
            json.member("part", content.numbering?.sequence)
            json.member("parts", content.numbering?.total)
        }
    }
}
