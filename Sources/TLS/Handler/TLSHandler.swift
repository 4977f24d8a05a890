package import NIOCore

/// TLS over a channel, as its server or its client: ByteBuffers of plaintext on the inside, of records on the outside.
///
///     idle ──active──▶ handshaking ──done──▶ open ──close──▶ closing ──peer's close_notify, or time──▶ closed
///                          │                  │ └──close_notify of a peer that may not half-close──▶ closing
///                          └──fault, time─────┴──fault, inactive──────────────────────────────────▶ closed
///
/// Writes are put together until `flush` and become records of at most 16 KiB; their promises succeed when the records
/// are handed to the socket. Back-pressure is the channel's own: nothing is held back here after the handshake.
///
/// `TLSHandshakeCompleted` tells of the handshake's end. Faults come as `TLSError` through `errorCaught`, and the channel
/// is then closed. A stream that ends without close_notify is an error for a client; a server is only told
/// `channelInactive`, since HTTP bodies carry their own length.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Where the connection stands; see the diagram above.
    enum Phase {
        case idle, handshaking, open, closing, closed
    }

    /// How far our own close_notify has got: after it is made nothing can be encrypted.
    enum Goodbye {
        case unsaid, onItsWay, said
    }

    private enum Role {
        case server(TLSServerContext)
        case client(TLSClientContext, serverName: String?)
    }

    /// The largest plaintext of a record: pending writes of that size are encrypted without waiting for `flush`.
    static let recordSize = 16_384
    /// What may be written before the handshake is done, in bytes.
    static let earlyLimit = 262_144
    /// The buffers are kept for the next read and flush up to these sizes, so that an idle connection is small.
    static let keptInboundSize = 1_024
    static let keptOutboundSize = 4_096

    private let role: Role
    private let handshakeTimeout: TimeAmount
    let closeTimeout: TimeAmount

    var phase = Phase.idle
    var connection: TLSConnection?
    /// Alive as long as the connection: the context's callbacks point into it.
    private var context: SSLContext?
    private var slot: TLSSessionSlot?
    var pending = PendingPlaintext()
    var inbound = ByteBuffer()
    var outbound = ByteBuffer()
    var deadline: Scheduled<Void>?
    var closePromise: EventLoopPromise<Void>?
    var receivedBytes = false
    var receivedClose = false
    var goodbye = Goodbye.unsaid
    var wantsFlush = false
    var wantsRead = false

    /// A server's connection. `handshakeTimeout` is for the whole handshake, from the channel's becoming active.
    package convenience init(server: TLSServerContext, handshakeTimeout: TimeAmount = .seconds(10)) {
        self.init(.server(server), handshakeTimeout: handshakeTimeout)
    }

    /// A client's connection.
    /// - Parameters:
    ///   - serverName: the host name or IP address that the server's certificate must name; a host name is also sent as
    ///     SNI. Nil: the certificate must name the IP address the channel is connected to.
    package convenience init(
        client: TLSClientContext, serverName: String?, handshakeTimeout: TimeAmount = .seconds(10)
    ) {
        self.init(.client(client, serverName: serverName), handshakeTimeout: handshakeTimeout)
    }

    private init(_ role: Role, handshakeTimeout: TimeAmount) {
        self.role = role
        self.handshakeTimeout = handshakeTimeout
        closeTimeout = .seconds(3)
    }
}

// MARK: Life of the channel

extension TLSHandler {
    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive {
            begin(context)
        }
    }

    package func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        begin(context)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        let error = endOfStreamError()
        end(failing: error ?? ChannelError.ioOnClosedChannel)
        if let error {
            context.fireErrorCaught(error)
        }
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(failing: ChannelError.ioOnClosedChannel)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard phase == .idle else { return }
        phase = .handshaking
        do throws(TLSError) {
            connection = try makeConnection(context)
        } catch {
            fail(context, error)
            return
        }
        let timeout = handshakeTimeout
        startDeadline(context, timeout) { handler, context in
            let milliseconds = timeout.nanoseconds / 1_000_000
            let error = TLSError(.timeout, "handshake", reason: "not done within \(milliseconds) ms")
            handler.fail(context, error)
        }
        var nothing = ByteBuffer()
        handshake(context, &nothing)
        // Where auto-read is off the handshake still has to read.
        if phase == .handshaking {
            context.read()
        }
    }

    private func makeConnection(_ context: ChannelHandlerContext) throws(TLSError) -> TLSConnection {
        switch role {
        case .server(let server):
            let shared = server.current
            let connection = try TLSConnection(shared)
            self.context = shared
            connection.accept()
            return connection
        case .client(let client, let serverName):
            let address = context.channel.remoteAddress?.ipAddress
            guard let peer = TLSPeer(serverName: serverName, address: address, verify: client.verifiesPeer) else {
                throw TLSError(.verification, "naming the server", reason: "neither a name nor an address is known")
            }
            let slot = TLSSessionSlot(client.sessions, name: peer.sessionKey)
            let shared = client.current
            let connection = try TLSConnection(shared)
            self.context = shared
            self.slot = slot
            do throws(TLSError) {
                try connection.connect(to: peer, slot: slot)
            } catch {
                connection.free()
                throw error
            }
            return connection
        }
    }

    /// Calls `late` on the loop unless the deadline is cancelled before.
    func startDeadline(
        _ context: ChannelHandlerContext, _ time: TimeAmount,
        _ late: @escaping (TLSHandler, ChannelHandlerContext) -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [self] in
            deadline = nil
            late(self, context)
        }
    }

    /// What the stream's end means if it comes now, without close_notify.
    func endOfStreamError() -> TLSError? {
        switch phase {
        case .idle, .closing, .closed: return nil
        case .handshaking:
            // A connection that never spoke is a port check, not a failed handshake.
            if case .server = role, !receivedBytes { return nil }
            return TLSError(
                .handshake, "handshake", reason: "the peer closed the connection", fault: .closed)
        case .open:
            guard case .client = role, !receivedClose else { return nil }
            return TLSError(.truncated, "reading", reason: "the peer closed the connection without close_notify")
        }
    }

    /// Frees everything. Nothing of the connection is left after it; it may be called again.
    func end(failing error: any Error) {
        phase = .closed
        deadline?.cancel()
        deadline = nil
        connection?.free()
        connection = nil
        context = nil
        slot = nil
        inbound = ByteBuffer()
        outbound = ByteBuffer()
        let unwritten = takePending()
        let closing = closePromise
        closePromise = nil
        unwritten.promise?.fail(error)
        closing?.succeed()
    }

    /// Ends the connection over a fault: sends the alert if there is one, tells the pipeline, closes the channel.
    func fail(_ context: ChannelHandlerContext, _ error: TLSError, alert: ByteBuffer = ByteBuffer()) {
        guard phase != .closed else { return }
        if alert.readableBytes > 0 {
            context.writeAndFlush(wrapOutboundOut(alert), promise: nil)
        }
        let promise = closePromise
        closePromise = nil
        end(failing: error)
        context.fireErrorCaught(error)
        context.close(mode: .all, promise: promise)
    }
}
