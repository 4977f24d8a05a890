import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPService

/// Descriptors that a burst may take beyond the bound.
@Suite struct AcceptGateTests {
    /// A connection whose event loop has not come to close it.
    private final class Slow: ChannelOutboundHandler {
        typealias OutboundIn = Never
        var promise: EventLoopPromise<Void>?

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            self.promise = promise
        }
    }

    private final class Taken: ChannelInboundHandler {
        typealias InboundIn = any Channel
        var count = 0

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { count += 1 }
    }

    private func accepts(_ listener: EmbeddedChannel) -> Bool {
        let option = listener.options.last { $0.option is ChannelOptions.Types.AutoReadOption }
        return option?.value as? Bool ?? true
    }

    private func connection(_ slow: Slow) -> EmbeddedChannel { EmbeddedChannel(handler: slow) }

    private func listener(
        _ taken: Taken, _ admit: @escaping (any Channel) -> AcceptGate.Admission
    ) throws -> EmbeddedChannel {
        let gate = AcceptGate(logger: Logger(label: "test"), admit: admit)
        let listener = EmbeddedChannel()
        try listener.pipeline.syncOperations.addHandlers([gate, taken])
        return listener
    }

    @Test func nothingIsAcceptedWhileARefusedOneIsOpen() throws {
        let taken = Taken()
        var places = 1
        let listener = try listener(taken) { _ in
            places -= 1
            return places < 0 ? .refused : .taken
        }
        let (first, second, third) = (Slow(), Slow(), Slow())
        listener.pipeline.fireChannelRead(connection(first) as any Channel)
        #expect(taken.count == 1 && accepts(listener))
        // A read may bring several.
        let refused = [connection(second), connection(third)]
        for one in refused { listener.pipeline.fireChannelRead(one as any Channel) }
        #expect(taken.count == 1 && !accepts(listener))
        second.promise?.succeed()
        #expect(!accepts(listener))
        third.promise?.succeed()
        #expect(accepts(listener))
    }

    @Test func whoLosesItsPlaceIsWaitedForToo() throws {
        let taken = Taken()
        let old = Slow()
        let displaced = connection(old)
        let listener = try listener(taken) { _ in .instead(of: displaced) }
        listener.pipeline.fireChannelRead(EmbeddedChannel() as any Channel)
        #expect(taken.count == 1 && !accepts(listener))
        old.promise?.succeed()
        #expect(accepts(listener))
    }

    @Test func withoutDescriptorsItRests() throws {
        let listener = try listener(Taken()) { _ in .taken }
        listener.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept"))
        #expect(!accepts(listener))
        listener.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(accepts(listener))
    }
}
