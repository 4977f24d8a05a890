import NIOCore

/// Without a trace each of these is one comparison.
extension Bind {
    /// Begins to copy for `queue`.
    func beginTrace(_ queue: TraceQueue) {
        eventLoop.assertInEventLoop()
        tap?.handOver()
        let tap = BindTap(queue, bind: name, kind: kind)
        if let handler {
            tap.connected(local: handler.localAddress, remote: handler.remoteAddress, isNew: false)
        }
        self.tap = tap
    }

    /// Ends what `beginTrace` of this queue began; the queue has all when this is over.
    func endTrace(_ queue: TraceQueue) {
        eventLoop.assertInEventLoop()
        guard let tap, tap.queue === queue else { return }
        tap.handOver()
        self.tap = nil
    }

    func traceConnected() {
        guard let tap else { return }
        tap.connected(local: handler?.localAddress, remote: handler?.remoteAddress, isNew: true)
        planHandOver(tap)
    }

    func traceClosed(byCarrier: Bool) {
        guard let tap else { return }
        tap.closed(byCarrier: byCarrier)
        planHandOver(tap)
    }

    func trace(received frame: ByteBuffer) {
        guard let tap else { return }
        tap.pdu(frame.readableBytesView, isInbound: true)
        planHandOver(tap)
    }

    /// What stands in `outgoing` from `start` on.
    func trace(writtenFrom start: Int) {
        guard let tap, let octets = outgoing.viewBytes(at: start, length: outgoing.writerIndex - start) else { return }
        tap.pdu(octets, isInbound: false)
        planHandOver(tap)
    }

    private func planHandOver(_ tap: BindTap) {
        guard tap.isBegun else { return }
        eventLoop.execute { self.tap?.handOver() }
    }
}
