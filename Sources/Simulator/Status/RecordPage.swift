import HTTPService
import Messaging
import NIOCore
import NIOPosix
import SMPP

/// `GET /record?after=N&limit=M`: the received messages for an audit, one JSON object a line, in the order of their
/// numbers and without gaps.
///
/// A message that a shard has numbered but not yet written down ends the answer; the next one has it.
enum RecordPage {
    /// Lines of one answer: where nothing is asked, and at most.
    static let defaultLimit = 1_000
    static let maximumLimit = 10_000

    /// What one shard knows.
    private struct Part: Sendable {
        var messages: [ReceivedMessage]
        var lostThrough: UInt64
    }

    static func answer(
        _ context: SimulatorContext, _ request: HTTPServerRequest, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        guard let after = number(request.query["after"], otherwise: 0),
            let limit = number(request.query["limit"], otherwise: UInt64(defaultLimit))
        else {
            return eventLoop.makeSucceededFuture(.text("after and limit must be whole numbers", status: 400))
        }
        let count = Int(min(limit, UInt64(maximumLimit)))
        let base = context.numbers.resetAt
        let (start, overflow) = base.addingReportingOverflow(after)
        guard !overflow else { return eventLoop.makeSucceededFuture(response([], base: base, context)) }
        let parts = context.shards.map { shard in
            shard.submit { shard in
                Part(
                    messages: shard.messages.messages(after: start, limit: count),
                    lostThrough: shard.messages.lostThrough)
            }
        }
        // Writing ten thousand lines takes longer than an event loop may be held up.
        return EventLoopFuture.whenAllSucceed(parts, on: eventLoop).flatMap { parts in
            NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                response(Array(inARow(parts, after: start).prefix(count)), base: base, context)
            }
        }
    }

    /// How many messages since the last reset are not kept any more.
    static func dropped(lostThrough: UInt64, base: UInt64) -> UInt64 {
        lostThrough > base ? lostThrough - base : 0
    }

    private static func number(_ text: String?, otherwise: UInt64) -> UInt64? {
        guard let text else { return otherwise }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt64(text)
    }

    /// The messages behind a number, or behind what is lost, up to the first that is missing.
    private static func inARow(_ parts: [Part], after start: UInt64) -> [ReceivedMessage] {
        var last = max(start, parts.map(\.lostThrough).max() ?? 0)
        var row: [ReceivedMessage] = []
        let all = parts.flatMap(\.messages).filter { $0.number > last }.sorted { $0.number < $1.number }
        for message in all {
            guard message.number == last + 1 else { break }
            last = message.number
            row.append(message)
        }
        return row
    }

    private static func response(
        _ messages: [ReceivedMessage], base: UInt64, _ context: SimulatorContext
    ) -> HTTPServerResponse {
        var body = ByteBuffer()
        for message in messages {
            var json = JSONWriter()
            write(message, base, context, &json)
            body.writeBytes(json.bytes)
            body.writeInteger(UInt8(ascii: "\n"))
        }
        return HTTPServerResponse(contentType: "application/x-ndjson", body: body)
    }

    private static func write(
        _ message: ReceivedMessage, _ base: UInt64, _ context: SimulatorContext, _ json: inout JSONWriter
    ) {
        let content = MessageContent(message.pdu)
        let numbering = content?.numbering
        json.object { json in
            json.member("n", message.number - base)
            json.member("at", Double(message.unixNanoseconds / 1_000_000) / 1000)
            json.member("system_id", message.systemID)
            json.member("bind", message.bind)
            json.member("from", content?.source.value)
            json.member("to", content?.destination.value)
            json.member("data_coding", content?.dataCoding)
            json.member("ref", numbering?.reference)
            json.member("part", numbering?.sequence)
            json.member("parts", numbering?.total)
            json.member("text", content?.text(by: context.quirks))
            json.member("id", id(of: message, context))
            json.member("status", message.status?.hex)
            json.member("receipt", message.fate.flatMap { $0.isTold ? $0.state.rawValue : nil })
        }
    }

    /// As the response gave it; of a message without a response, as one would have given it; nil of a refused one.
    private static func id(of message: ReceivedMessage, _ context: SimulatorContext) -> String? {
        guard message.isTaken else { return nil }
        return message.fault == .emptyID ? "" : context.text(of: message.id)
    }
}
