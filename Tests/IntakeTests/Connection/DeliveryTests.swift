import Intake
import Messaging
import NIOCore
import NIOEmbedded
import SMPP
import Synchronization
import Testing

/// Whether a client took its reply, as whoever decided about the message learns it.
@Suite struct DeliveryTests {
    /// Ids whose delivery was told, in order.
    private final class Told: Sendable {
        private let ids = Mutex<[MessageID]>([])

        var all: [MessageID] { ids.withLock { $0 } }

        func reply(_ segments: Int = 1) -> IntakeReply {
            var reply = IntakeReply.accepted(segments: segments, carrierIDs: [], language: .ru)
            reply.onDelivered = { id in self.ids.withLock { $0.append(id) } }
            return reply
        }
    }

    private func post(_ text: String, _ fields: String = "") -> String {
        EmbeddedIntake.post("key=secret-key&to=1&text=\(text)", fields)
    }

    @Test func toldWhenWritten() throws {
        let (intake, told) = (try EmbeddedIntake(automatic: nil), Told())
        intake.send(post("a"))
        intake.handler.answer("a", told.reply())
        let id = try #require(try intake.replies()?.first?["X-Message-Id"])
        #expect(told.all.map(\.description) == [id])
    }

    @Test func eachOfAPipelineInItsOrder() throws {
        let (intake, told) = (try EmbeddedIntake(automatic: nil), Told())
        intake.send(post("a") + post("b") + post("c"))
        intake.handler.answer("c", told.reply())
        intake.handler.answer("b", ScriptedHandler.accepted)
        #expect(told.all == [])
        intake.handler.answer("a", told.reply())
        let ids = try #require(try intake.replies()).map { $0["X-Message-Id"] }
        #expect(told.all.map(\.description) == [ids[0], ids[2]])
    }

    @Test func lastOneToo() throws {
        let (intake, told) = (try EmbeddedIntake(automatic: nil), Told())
        intake.send(post("a", "Connection: close\r\n"))
        intake.handler.answer("a", told.reply())
        intake.time.run()
        #expect(told.all.count == 1)
        #expect(!intake.channel.isActive)
    }

    @Test func notToldWhenTheClientHasGone() throws {
        let (intake, told) = (try EmbeddedIntake(automatic: nil), Told())
        intake.send(post("a") + post("b"))
        intake.handler.answer("b", told.reply())
        intake.channel.pipeline.fireChannelInactive()
        intake.handler.answer("a", told.reply())
        #expect(told.all == [])
    }

    /// Bytes that are written and cannot be sent any more were not taken.
    @Test func notToldWhenTheWriteFails() throws {
        let (intake, told) = (try EmbeddedIntake(automatic: nil), Told())
        try intake.channel.pipeline.syncOperations.addHandler(FailingWrites(), position: .first)
        intake.send(post("a"))
        intake.handler.answer("a", told.reply())
        #expect(told.all == [])
    }
}

private final class FailingWrites: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.ioOnClosedChannel)
    }
}
