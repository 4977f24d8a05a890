package import NIOCore

// To the peer: plaintext put together into records, and the goodbye.
extension TLSHandler {
    package func read(context: ChannelHandlerContext) {
        wantsRead = true
        context.read()
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plaintext = unwrapOutboundIn(data)
        switch phase {
        case .open where goodbye == .unsaid:
            if pending.bytes.readableBytes + plaintext.readableBytes > Self.recordSize {
                seal(context)
            }
            // Sealing writes, and so may have failed or closed.
            guard phase == .open else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            hold(plaintext, promise: promise)
            if pending.bytes.readableBytes >= Self.recordSize {
                seal(context)
            }
        case .idle, .handshaking:
            guard pending.bytes.readableBytes + plaintext.readableBytes <= Self.earlyLimit else {
                let error = TLSError(
                    .tooMuchBeforeHandshake, "writing", reason: "over \(Self.earlyLimit) bytes before the handshake")
                promise?.fail(error)
                fail(context, error)
                return
            }
            hold(plaintext, promise: promise)
        case .open:
            promise?.fail(ChannelError.outputClosed)
        case .closing, .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    /// Puts a write behind those that are pending. Not in place: then each look at them would be checked for exclusive
    /// access at run time, 350 instructions a message.
    private func hold(_ plaintext: ByteBuffer, promise: EventLoopPromise<Void>?) {
        if pending.isEmpty {
            pending = PendingPlaintext(plaintext, promise: promise)
        } else {
            var writes = takePending()
            writes.append(plaintext, promise: promise)
            pending = writes
        }
    }

    func takePending() -> PendingPlaintext {
        let writes = pending
        pending = PendingPlaintext()
        return writes
    }

    package func flush(context: ChannelHandlerContext) {
        switch phase {
        case .open:
            seal(context)
            context.flush()
        case .idle, .handshaking:
            wantsFlush = true
            context.flush()
        case .closing, .closed:
            context.flush()
        }
    }

    /// Encrypts what is pending and writes it, without a flush.
    func seal(_ context: ChannelHandlerContext) {
        guard let connection, !pending.isEmpty else { return }
        let plaintext = takePending()
        var records = outbound
        outbound = ByteBuffer()
        records.moveReaderIndex(to: 0)
        records.moveWriterIndex(to: 0)
        do throws(TLSError) {
            try connection.encrypt(plaintext.bytes, into: &records)
        } catch {
            plaintext.promise?.fail(error)
            fail(context, error, alert: records)
            return
        }
        context.write(wrapOutboundOut(records), promise: plaintext.promise)
        if records.capacity <= Self.keptOutboundSize, phase == .open {
            outbound = records
        }
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch (phase, mode) {
        case (.open, .all):
            phase = .closing
            keep(promise)
            startDeadline(context, closeTimeout) { $0.finishClosing($1) }
            sayGoodbye(context)
            finishIfBothSaidGoodbye(context)
            if phase == .closing {
                context.read()
            }
        case (.open, .output):
            sayGoodbye(context)
            context.close(mode: .output, promise: promise)
        case (.closing, _):
            keep(promise)
        case (.handshaking, .all), (.idle, .all):
            end(failing: ChannelError.ioOnClosedChannel)
            context.close(mode: .all, promise: promise)
        case (_, .input), (.handshaking, .output), (.idle, .output), (.closed, _):
            context.close(mode: mode, promise: promise)
        }
    }

    /// Sends what is pending and close_notify. A close goes on when they are handed to the socket: by waiting for the
    /// peer's close_notify, lest unread bytes make the kernel reset the connection and take our last ones with it.
    private func sayGoodbye(_ context: ChannelHandlerContext) {
        guard goodbye == .unsaid, let connection else { return }
        seal(context)
        guard phase == .open || phase == .closing else { return }
        goodbye = .onItsWay
        var records = ByteBuffer()
        connection.close(output: &records)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            goodbye = .said
            finishIfBothSaidGoodbye(context)
        }
        context.writeAndFlush(wrapOutboundOut(records), promise: written)
    }

    private func keep(_ promise: EventLoopPromise<Void>?) {
        guard let promise else { return }
        if let closePromise {
            closePromise.futureResult.cascade(to: promise)
        } else {
            closePromise = promise
        }
    }

    func finishIfBothSaidGoodbye(_ context: ChannelHandlerContext) {
        if goodbye == .said, receivedClose {
            finishClosing(context)
        }
    }

    /// Closes the channel: both sides have said goodbye, or the peer is too slow to.
    func finishClosing(_ context: ChannelHandlerContext) {
        guard phase == .closing else { return }
        let promise = closePromise
        closePromise = nil
        end(failing: ChannelError.ioOnClosedChannel)
        context.close(mode: .all, promise: promise)
    }
}
