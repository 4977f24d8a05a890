import DequeModule
import NIOCore
import SMPP
import SMPPWire

/// What is written: it gathers in one buffer and leaves once per turn of the loop.
extension SubmitLink {
    func writePending() {
        while state == .bound, submits.count < target.options.window, let next = pending.popFirst() {
            let sequence = takeSequence()
            submits[sequence] = next.submit
            write(PDU(sequence: sequence, .submit(next.body)))
        }
        flushSoon()
    }

    func takeSequence() -> UInt32 {
        sequence = sequence >= 0x7FFF_FFFF ? 1 : sequence + 1
        return sequence
    }

    func write(_ pdu: PDU) {
        do throws(PDUEncodingError) {
            try PDUEncoder.encode(pdu, into: &output)
        } catch {
            // Of ours only a submit can be unwritable: by what the mix says of its sender.
            guard let submit = submits.removeValue(forKey: pdu.sequence), let message = messages[submit.message]
            else { return }
            messages[submit.message] = nil
            share.ended(message.timed, .unsendable)
        }
    }

    /// Within a read the flush comes at its end; else at the end of the loop's turn.
    private func flushSoon() {
        guard !isReading, !isFlushing, output.readableBytes > 0 else { return }
        isFlushing = true
        share.eventLoop.assumeIsolated().execute { [self] in
            isFlushing = false
            flush()
        }
    }

    func flush() {
        guard let context, output.readableBytes > 0 else { return }
        lastSent = LoadShare<SubmitLink>.now
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output.clear()
    }
}
