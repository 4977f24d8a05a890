import HTTPService
import NIOCore

/// `POST /inbound` with the form fields `text` and, if they are to be others, `from`, `to` and `system_id`: a message
/// of a subscriber, sent at once, or as soon as the `system_id` has a bind for it.
enum InboundPage {
    static let defaultSource = "79160000000"

    static func answer(
        _ context: SimulatorContext, _ request: HTTPServerRequest, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        guard let fields = request.form else {
            return eventLoop.makeSucceededFuture(.text("the body is no form", status: 400))
        }
        let message: InboundMessage
        do {
            message = try InboundMessage(
                from: fields["from"] ?? defaultSource, to: fields["to"] ?? InboundOptions.defaultDestination,
                text: fields["text"] ?? "")
        } catch {
            return eventLoop.makeSucceededFuture(.text(error.description, status: 400))
        }
        let mailbox: Mailbox?
        if let systemID = fields["system_id"] {
            mailbox = context.mailboxes.known(systemID)
        } else {
            mailbox = context.mailboxes.nextReceiving()
        }
        guard let mailbox else {
            let words = fields["system_id"] == nil ? "no bind receives" : "this system_id has never bound"
            return eventLoop.makeSucceededFuture(.text(words, status: 409))
        }
        let parts = message.deliveries(reference: context.numbers.takeReference())
        let isReceiving = mailbox.hasReceivers
        return context.shards[0].submit { $0.send(parts, to: mailbox) }.hop(to: eventLoop).map {
            var json = JSONWriter()
            json.object { json in
                json.member("system_id", mailbox.systemID)
                json.member("parts", parts.count)
                json.member("waits_for_a_bind", !isReceiving)
            }
            return .json(json, status: 202)
        }
    }
}
