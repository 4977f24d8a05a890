package import NIOCore

// From the peer: records in, plaintext up the pipeline.
extension TLSHandler {
    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var records = unwrapInboundIn(data)
        switch phase {
        case .open, .closing:
            decrypt(context, &records)
        case .handshaking:
            receivedBytes = true
            handshake(context, &records)
        case .idle, .closed:
            break
        }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Whoever asked for a read wants plaintext: records that gave none do not count.
        if wantsRead || phase == .handshaking || phase == .closing {
            context.read()
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The TCP half-close after a close_notify says nothing new; without one, the stream may have been cut.
        if let event = event as? ChannelEvent, event == .inputClosed {
            if receivedClose { return }
            if let error = endOfStreamError() {
                fail(context, error)
                return
            }
            receivedClose = true
        }
        context.fireUserInboundEventTriggered(event)
    }

    func handshake(_ context: ChannelHandlerContext, _ records: inout ByteBuffer) {
        guard let connection else { return }
        var output = ByteBuffer()
        let progress = connection.handshake(&records, output: &output)
        switch progress {
        case .failed(let error):
            fail(context, error, alert: output)
        case .wantsInput:
            send(context, control: output)
        case .done:
            deadline?.cancel()
            deadline = nil
            phase = .open
            // Before anything else: a write may end the connection.
            let agreement = connection.agreement()
            if output.readableBytes > 0 {
                context.write(wrapOutboundOut(output), promise: nil)
                wantsFlush = true
            }
            if wantsFlush {
                wantsFlush = false
                flush(context: context)
            }
            guard phase == .open else { return }
            context.fireUserInboundEventTriggered(agreement)
            // The event's receiver may have closed the channel.
            if records.readableBytes > 0, phase == .open || phase == .closing {
                decrypt(context, &records)
            }
        }
    }

    private func decrypt(_ context: ChannelHandlerContext, _ records: inout ByteBuffer) {
        guard let connection else { return }
        var plaintext = inbound
        inbound = ByteBuffer()
        // Not `clear`, which looks whether somebody still holds this memory: what is written next does so too.
        plaintext.moveReaderIndex(to: 0)
        plaintext.moveWriterIndex(to: 0)
        var control = ByteBuffer()
        let end = connection.decrypt(&records, into: &plaintext, output: &control)
        // From here on anything may come in again: a receiver may write to or close the channel.
        if plaintext.readableBytes > 0, phase == .open {
            wantsRead = false
            context.fireChannelRead(wrapInboundOut(plaintext))
        }
        if plaintext.capacity <= Self.keptInboundSize, phase == .open {
            inbound = plaintext
        }
        switch end {
        case .wantsInput: send(context, control: control)
        case .failed where phase == .closing: finishClosing(context)
        case .failed(let error): fail(context, error, alert: control)
        case .closeNotify:
            send(context, control: control)
            peerClosed(context)
        }
    }

    /// Sends what OpenSSL itself had to say.
    private func send(_ context: ChannelHandlerContext, control: ByteBuffer) {
        guard control.readableBytes > 0, phase != .closed else { return }
        context.writeAndFlush(wrapOutboundOut(control), promise: nil)
    }

    /// The peer's close_notify: it sends nothing more. A channel that allows half-closure goes on writing; any other
    /// is closed, as it would be by TCP's own end.
    private func peerClosed(_ context: ChannelHandlerContext) {
        guard !receivedClose else { return }
        receivedClose = true
        switch phase {
        case .closing:
            finishIfBothSaidGoodbye(context)
        case .open:
            let option = try? context.channel.syncOptions?.getOption(.allowRemoteHalfClosure)
            if option == true {
                context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            } else {
                close(context: context, mode: .all, promise: nil)
            }
        case .idle, .handshaking, .closed:
            break
        }
    }
}
