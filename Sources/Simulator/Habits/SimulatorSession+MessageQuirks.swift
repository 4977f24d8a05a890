import NIOCore
import SMPP
import SMPPWire

/// What becomes of messages and of the responses to them.
extension SimulatorSession {
    /// What a quirk does with a message that window and rate let in; nil for the usual.
    func quirkFault(_ pdu: ByteBuffer) -> FaultAction? {
        guard let shared = shared.quirks else { return nil }
        let quirks = shared.quirks
        quirkState.messages += 1
        say(.message(quirkState.messages))
        if quirks.link.silentFrom == quirkState.messages, shared.tallies.mayPlay(-1, atMost: 1) {
            shard.statistics.habitsPlayed += 1
            quirkState.isSilent = true
            return .silent
        }
        if let stop = quirks.stop, let status = refusal(by: stop) { return .status(status, .headerOnly) }
        if let status = refusal(of: pdu, by: quirks) { return .status(status, .headerOnly) }
        for (index, quirk) in quirks.everyMessage.enumerated() {
            guard quirkState.messages.isMultiple(of: max(1, quirk.every)) else { continue }
            guard shared.tallies.mayPlay(-2 - index, atMost: quirk.limit) else { continue }
            shard.statistics.habitsPlayed += 1
            return quirk.action
        }
        return nil
    }

    private func refusal(of pdu: ByteBuffer, by quirks: Quirks) -> CommandStatus? {
        quirkState.message = nil
        guard !quirks.demands.isEmpty || quirks.receipts.isPlayed, let decoded = try? PDUDecoder.decode(pdu) else {
            return nil
        }
        let message: ShortMessage
        if case .submit(let submit) = decoded.body {
            message = submit
        } else if case .data(let data) = decoded.body {
            message = ShortMessage(data)
        } else {
            return nil
        }
        quirkState.message = message
        guard !quirks.demands.isEmpty else { return nil }
        for demand in quirks.demands {
            guard let status = demand.refusal(of: message) else { continue }
            breakHabit("a message refused with \(status.hex)")
            return status
        }
        shard.statistics.habitsKept += 1
        return nil
    }

    private func refusal(by stop: StopQuirk) -> CommandStatus? {
        let now = NIODeadline.now()
        if let refusedAt = quirkState.refusedAt, now - refusedAt < TimeAmount(stop.silence) {
            if now - refusedAt > TimeAmount(StopQuirk.underWay) {
                breakHabit("a message while the bind was to be silent")
            }
            return stop.status
        }
        var rate = quirkState.rate ?? RateLimit(limit: max(1, stop.rate))
        let isAdmitted = rate.admits(now)
        quirkState.rate = rate
        guard !isAdmitted else { return nil }
        shard.statistics.habitsPlayed += 1
        quirkState.refusedAt = now
        return stop.status
    }

    /// Writes a response to a message as the quirks have it, with the receipts that go with it.
    func writeWithQuirks(_ octets: inout ByteBuffer, _ plain: (inout ByteBuffer) -> Void) {
        guard let quirks = shared.quirks?.quirks, !quirks.responses.isEmpty || quirks.receipts.isPlayed else {
            return plain(&octets)
        }
        var response = ByteBuffer()
        plain(&response)
        guard let header = PDUHeader(peeking: response), header.id != .genericNack else {
            octets.writeBuffer(&response)
            return
        }
        for quirk in quirks.responses { response = rewrite(response, header, quirk) }
        let receipts = header.status == .ok ? receiptWords(for: response) : []
        if quirks.receipts.comeFirst {
            for word in receipts { say(word, into: &octets) }
        }
        octets.writeBuffer(&response)
        guard !quirks.receipts.comeFirst else { return }
        for word in receipts { say(word, into: &octets) }
    }

    private func rewrite(_ response: ByteBuffer, _ header: PDUHeader, _ quirk: ResponseQuirk) -> ByteBuffer {
        var body = Array(response.readableBytesView.dropFirst(PDUHeader.length))
        var copies = 1
        switch quirk {
        case .missingNUL where body.last == 0: body.removeLast()
        case .longID(let count) where header.status == .ok:
            body = Array(repeating: UInt8(ascii: "7"), count: max(0, count + 1 - body.count)) + body
        case .errorTLVs where header.status != .ok:
            body = [0] + Self.octets(TLV(TLVTag(rawValue: 0x001D), cString: "refused"))
        case .errorJunk where header.status != .ok:
            body = Array(repeating: 0xFF, count: 300)
        case .congestion(let level) where header.status == .ok:
            body += Self.octets(TLV(.congestionState, level))
        case .idOver64Bits where header.status == .ok:
            // The id as 128 bits, in hexadecimal.
            let id = UInt128(String(latin1: body.dropLast()), radix: 16) ?? 0
            body = String((1 << 64) + id, radix: 16).latin1Octets + [0]
        case .twice: copies = 2
        case .missingNUL, .longID, .errorTLVs, .errorJunk, .congestion, .idOver64Bits: return response
        }
        shard.statistics.habitsPlayed += 1
        var rewritten = ByteBuffer()
        for _ in 0..<copies {
            rewritten.writeMultipleIntegers(
                UInt32(PDUHeader.length + body.count), header.id.rawValue, header.status.rawValue, header.sequence)
            rewritten.writeBytes(body)
        }
        return rewritten
    }

    private static func octets(_ tlv: TLV) -> [UInt8] {
        var octets = ByteBuffer()
        octets.writeMultipleIntegers(tlv.tag.rawValue, UInt16(tlv.value.count))
        octets.writeBytes(tlv.value)
        return Array(octets.readableBytesView)
    }

    /// The receipts of the message that is being answered.
    private func receiptWords(for response: ByteBuffer) -> [QuirkWord] {
        guard let quirks = shared.quirks?.quirks.receipts, quirks.isPlayed, let message = quirkState.message,
            message.registeredDelivery & 0x03 != 0 || quirks.areUnasked
        else { return [] }
        let body = response.readableBytesView.dropFirst(PDUHeader.length)
        let given = String(latin1: body.prefix { $0 != 0 })
        // Who gives no id in the response still has one of its own.
        let id = given.isEmpty ? "own\(sequence + 1)" : given
        shard.statistics.habitsPlayed += 1
        let receipt = OddReceipt(
            id: id, message: message, form: quirks.form(quirkState.receipts),
            time: UTCTime(unixNanoseconds: shared.unixNanoseconds(.now())))
        quirkState.receipts += 1
        return quirks.words(receipt) { [self] in
            sequence += 1
            return sequence
        }
    }
}
