import NIOCore

@testable import TLS

/// The end of a pipeline: remembers what arrives.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var received = ByteBuffer()
    var errors: [any Error] = []
    var agreement: TLSHandshakeCompleted?
    var inputClosed = 0
    var inactive = 0
    /// Everything that happened, in order.
    var story: [String] = []
    var onRead: ((ChannelHandlerContext, ByteBuffer) -> Void)?
    var onAgreement: ((ChannelHandlerContext) -> Void)?

    var text: String { String(buffer: received) }
    var tlsError: TLSError? { errors.first as? TLSError }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        received.writeImmutableBuffer(buffer)
        story.append("read")
        onRead?(context, buffer)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSHandshakeCompleted {
            agreement = event
            story.append("handshake")
            onAgreement?(context)
        } else if let event = event as? ChannelEvent, event == .inputClosed {
            inputClosed += 1
            story.append("inputClosed")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inactive += 1
        story.append("inactive")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        errors.append(error)
        story.append("error")
    }
}
