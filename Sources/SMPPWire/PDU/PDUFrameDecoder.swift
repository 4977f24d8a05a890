package import NIOCore

/// Turns a connection's bytes into whole PDUs, one `ByteBuffer` each, header included.
///
/// Used in a `ByteToMessageHandler`. A `FrameError` goes through the pipeline once, after the frames before it; what
/// comes later is dropped. It is not thrown, since NIO's errors for bytes after a throw hold and print those bytes.
package final class PDUFrameDecoder: ByteToMessageDecoder {
    package typealias InboundOut = ByteBuffer

    private let maximumLength: Int
    private var hasFailed = false

    /// `maximumLength`: octets of the longest PDU that is taken, at least 16.
    package init(maximumLength: Int = PDUFrame.maximumLength) {
        self.maximumLength = maximumLength
    }

    package func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) -> DecodingState {
        if !hasFailed {
            do {
                guard let frame = try PDUFrame.next(from: &buffer, maximumLength: maximumLength) else {
                    return .needMoreData
                }
                context.fireChannelRead(Self.wrapInboundOut(frame))
                return .continue
            } catch {
                fail(error, context)
            }
        }
        buffer.moveReaderIndex(to: buffer.writerIndex)
        return .needMoreData
    }

    /// Frames left at the end of the stream are delivered; a piece of one is an error.
    package func decodeLast(
        context: ChannelHandlerContext, buffer: inout ByteBuffer, seenEOF: Bool
    ) -> DecodingState {
        while decode(context: context, buffer: &buffer) == .continue {}
        let left = buffer.readableBytes
        if seenEOF, left > 0 {
            buffer.moveReaderIndex(to: buffer.writerIndex)
            fail(.incomplete(received: left), context)
        }
        return .needMoreData
    }

    private func fail(_ error: FrameError, _ context: ChannelHandlerContext) {
        hasFailed = true
        context.fireErrorCaught(error)
    }
}
