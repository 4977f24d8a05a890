import Logging
import NIOCore
import SMPP
import SMPPWire

/// What one connection knows for the quirks that it plays.
struct QuirkState {
    /// Messages that came.
    var messages = 0
    /// Nothing is answered any more.
    var isSilent = false
    /// The connection has bound.
    var hasBound = false
    /// The peer said `unbind`.
    var wasUnbound = false
    /// Answers that the peer owes, by sequence number.
    var owed: [UInt32: QuirkWord.Answer] = [:]
    var lastEnquireLink: NIODeadline?
    /// Cuts the connection when no `enquire_link` comes.
    var enquireLinkTimer: Scheduled<Void>?
    /// For `StopQuirk`.
    var rate: RateLimit?
    var refusedAt: NIODeadline?
    /// The message that is being answered, where a quirk needs it.
    var message: ShortMessage?
    /// Which form the next receipt has.
    var receipts = 0

    /// Owed answers that are kept at once; the rest is not asked for.
    static let maximumOwed = 10_000
}

/// Where the session asks its quirks: each call does nothing where there are none.
extension SimulatorSession {
    func channelActive(context: ChannelHandlerContext) {
        if shared.quirks != nil { say(.connected) }
        context.fireChannelActive()
    }

    /// Looks at every PDU first. True where it is dealt with.
    func playsQuirk(_ pdu: ByteBuffer, _ header: PDUHeader) -> Bool {
        guard let shared = shared.quirks else { return false }
        switch phase {
        case .open, .bound, .unbinding: break
        case .closing, .closed: return true
        }
        if quirkState.isSilent { return true }
        if header.id.isResponse, let owed = quirkState.owed.removeValue(forKey: header.sequence) {
            judge(header, owed)
            return true
        }
        switch header.id {
        case .bindReceiver, .bindTransmitter, .bindTransceiver: return playsBind(pdu, header, shared)
        case .enquireLink: return playsEnquireLink(header, shared.quirks.link)
        case .unbind:
            quirkState.wasUnbound = true
            guard !shared.quirks.link.answersUnbind else { return false }
            self.shard.statistics.unbinds += 1
            self.shard.statistics.habitsPlayed += 1
            return true
        default: return false
        }
    }

    /// Says what is due now.
    func say(_ moment: QuirkTalk.Moment) {
        guard let shared = shared.quirks else { return }
        for (index, talk) in shared.quirks.talks.enumerated() where talk.moment == moment {
            guard shared.tallies.mayPlay(index, atMost: talk.limit) else { continue }
            shard.statistics.habitsPlayed += 1
            for word in talk.words { say(word, into: &answers) }
        }
        flushUnlessReading()
    }

    /// Writes a word and remembers what it is to be answered with.
    func say(_ word: QuirkWord, into octets: inout ByteBuffer) {
        octets.writeBytes(word.octets)
        if let answer = word.answer, quirkState.owed.count < QuirkState.maximumOwed {
            quirkState.owed[answer.sequence] = answer
        }
    }

    private func judge(_ header: PDUHeader, _ owed: QuirkWord.Answer) {
        if header.id == owed.id, header.status == owed.status {
            shard.statistics.habitsKept += 1
        } else {
            breakHabit("answer \(header.id.name) \(header.status.hex) to a request with \(owed.id.name) owed")
        }
    }

    /// The peer did what this SMSC does not allow.
    func breakHabit(_ words: String) {
        shard.statistics.habitsBroken += 1
        shared.logger.notice("the scenario was not kept", metadata: ["what": "\(words)"])
    }

    /// The connection has ended.
    func endQuirks() {
        guard let shared = shared.quirks else { return }
        quirkState.enquireLinkTimer?.cancel()
        quirkState.enquireLinkTimer = nil
        for answer in quirkState.owed.values { breakHabit("no \(answer.id.name)") }
        quirkState.owed = [:]
        guard quirkState.hasBound, shared.quirks.link.demandsUnbind else { return }
        quirkState.hasBound = false
        if quirkState.wasUnbound { shard.statistics.habitsKept += 1 } else { breakHabit("no unbind") }
    }

    // MARK: Binds

    private func playsBind(_ pdu: ByteBuffer, _ header: PDUHeader, _ shared: SharedQuirks) -> Bool {
        let quirks = shared.quirks.binds
        guard case .open = phase, let decoded = try? PDUDecoder.decode(pdu),
            case .bind(let kind, let request) = decoded.body
        else { return false }
        say(.binding)
        guard quirks.delay > .zero else {
            answerBind(kind, request, sequence: header.sequence, shared)
            return true
        }
        shard.statistics.habitsPlayed += 1
        context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(quirks.delay)) {
            guard case .open = self.phase else { return }
            self.answerBind(kind, request, sequence: header.sequence, shared)
        }
        return true
    }

    private func answerBind(_ kind: BindKind, _ request: BindRequest, sequence: UInt32, _ shared: SharedQuirks) {
        let quirks = shared.quirks.binds
        defer { flushUnlessReading() }
        guard !quirks.closes, quirks.octetsInstead.isEmpty else {
            shard.statistics.habitsPlayed += 1
            shard.statistics.refusedBinds += 1
            answers.writeBytes(quirks.octetsInstead)
            return close()
        }
        let verdict = shared.tallies.verdict(on: kind, by: quirks, now: .now())
        guard verdict == .ok else {
            shard.statistics.habitsPlayed += 1
            shard.statistics.refusedBinds += 1
            answers.writeMessageResponse(kind.commandID.response, verdict, sequence: sequence, messageID: nil)
            return
        }
        let start = answers.writerIndex
        receiveBind(kind, request, sequence: sequence)
        guard case .bound = phase else { return }
        quirkState.hasBound = true
        rewriteBindResponse(at: start, kind, quirks, sequence: sequence)
        watchEnquireLinks(shared.quirks.link)
        say(.bound)
    }

    /// Puts this SMSC's bind response in the place of the usual one; what follows that stays behind it.
    private func rewriteBindResponse(at start: Int, _ kind: BindKind, _ quirks: BindQuirks, sequence: UInt32) {
        guard quirks.form != .usual || quirks.version != 0x34 else { return }
        shard.statistics.habitsPlayed += 1
        let length = answers.getInteger(at: start, as: UInt32.self) ?? 0
        let rest = answers.getSlice(at: start + Int(length), length: answers.writerIndex - start - Int(length))
        answers.moveWriterIndex(to: start)
        writeBindResponse(kind, quirks, sequence: sequence)
        if var rest { answers.writeBuffer(&rest) }
    }

    private func writeBindResponse(_ kind: BindKind, _ quirks: BindQuirks, sequence: UInt32) {
        let systemID = String(shared.options.systemID.prefix(15))
        switch quirks.form {
        case .usual:
            let tlvs = quirks.version.map { [TLV(.interfaceVersion, $0)] } ?? []
            let response = BindResponse(systemID: systemID, tlvs: tlvs)
            answers.writePDU(PDU(sequence: sequence, .bindResponse(kind, response)))
        case .headerOnly:
            answers.writeMessageResponse(kind.commandID.response, .ok, sequence: sequence, messageID: nil)
        case .missingNUL:
            let octets = systemID.latin1Octets
            answers.writeMultipleIntegers(
                UInt32(16 + octets.count), kind.commandID.response.rawValue, CommandStatus.ok.rawValue, sequence)
            answers.writeBytes(octets)
        }
    }

    // MARK: enquire_link

    private func playsEnquireLink(_ header: PDUHeader, _ quirks: LinkQuirks) -> Bool {
        if let gap = quirks.enquireLinkGap, let last = quirkState.lastEnquireLink {
            if NIODeadline.now() - last < TimeAmount(gap.lowerBound) {
                breakHabit("enquire_link too soon")
                close()
                return true
            }
            shard.statistics.habitsKept += 1
            watchEnquireLinks(quirks)
        }
        guard !quirks.enquireLinkBody.isEmpty || quirks.enquireLinkSequence != nil else { return false }
        shard.statistics.enquireLinks += 1
        shard.statistics.habitsPlayed += 1
        let word = QuirkWord.header(
            .enquireLinkResponse, sequence: quirks.enquireLinkSequence ?? header.sequence,
            body: quirks.enquireLinkBody, answer: nil)
        answers.writeBytes(word.octets)
        return true
    }

    /// Begins to wait for the next `enquire_link`.
    private func watchEnquireLinks(_ quirks: LinkQuirks) {
        guard let gap = quirks.enquireLinkGap else { return }
        quirkState.lastEnquireLink = .now()
        quirkState.enquireLinkTimer?.cancel()
        quirkState.enquireLinkTimer = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(gap.upperBound)) {
            self.breakHabit("no enquire_link")
            self.close()
        }
    }
}
