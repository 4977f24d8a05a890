import Glibc
import NIOCore
import SMPP
import SMPPWire

/// One connection of the fake SMSC.
final class FakeSession: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase { case open, bound, unbound }

    let channel: any Channel
    private let smsc: FakeSMSC
    private var number = 0
    private var phase = Phase.open
    private var pending: Set<UInt32> = []
    private var held: [UInt32] = []

    init(smsc: FakeSMSC, channel: any Channel) {
        self.smsc = smsc
        self.channel = channel
    }

    func channelActive(context: ChannelHandlerContext) {
        number = smsc.note { state in
            state.connections += 1
            state.open += 1
            return state.connections - 1
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        smsc.forget(channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is FrameError { violation("\(error)") }
        if (error as? IOError)?.errnoCode == ECONNRESET { smsc.note { $0.resets += 1 } }
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            received(try PDUDecoder.decode(unwrapInboundIn(data)))
        } catch {
            violation("\(error)")
        }
    }

    func send(_ pdu: PDU) {
        var buffer = ByteBuffer()
        do {
            try PDUEncoder.encode(pdu, into: &buffer)
        } catch {
            violation("the fake cannot write: \(error)")
        }
        channel.writeAndFlush(buffer, promise: nil)
    }

    func answerHeld() {
        for sequence in held { accept(sequence) }
        held = []
    }

    private func violation(_ text: String) {
        smsc.note { $0.violations.append(text) }
    }

    private func received(_ pdu: PDU) {
        if !pdu.commandID.isResponse, !(1...0x7FFF_FFFF).contains(pdu.sequence) {
            violation("sequence number \(pdu.sequence)")
        }
        switch pdu.body {
        case .bind(let kind, let request): bind(kind, request, pdu.sequence)
        case .submit(let message): submit(message, pdu.sequence)
        case .enquireLink:
            if phase != .bound { violation("enquire_link in \(phase)") }
            if smsc.script.answersEnquireLink { send(PDU(sequence: pdu.sequence, .enquireLinkResponse)) }
            smsc.note { $0.enquireLinks += 1 }
        case .unbind:
            if phase != .bound { violation("unbind in \(phase)") }
            if !pending.isEmpty { violation("unbind before \(pending.count) answers") }
            phase = .unbound
            smsc.note { $0.unbinds += 1 }
            for pdu in smsc.script.beforeUnbindResponse { send(pdu) }
            if smsc.script.answersUnbind { send(PDU(sequence: pdu.sequence, .unbindResponse)) }
        case .enquireLinkResponse, .deliverResponse, .dataResponse, .genericNack, .unbindResponse:
            smsc.note { $0.responses.append(pdu) }
        default:
            violation("\(pdu.commandID.name) from an ESME")
        }
    }

    private func bind(_ kind: BindKind, _ request: BindRequest, _ sequence: UInt32) {
        if phase != .open { violation("a second bind") }
        let place = smsc.note { state in
            state.binds.append(request)
            return state.binds.count - 1
        }
        switch smsc.script.bind(place) {
        case .accept(let tlvs):
            acceptBind(kind, sequence, tlvs)
        case .acceptAfter(let pdus):
            for pdu in pdus { send(pdu) }
            acceptBind(kind, sequence)
        case .acceptAndReadNoMore:
            acceptBind(kind, sequence)
            channel.setOption(.autoRead, value: false).whenFailure { _ in }
        case .refuse(let status):
            send(PDU(status: status, sequence: sequence, .bindResponse(kind, BindResponse())))
        case .silent:
            break
        case .close:
            channel.close(promise: nil)
        }
    }

    private func acceptBind(_ kind: BindKind, _ sequence: UInt32, _ tlvs: [TLV] = []) {
        phase = .bound
        send(PDU(sequence: sequence, .bindResponse(kind, BindResponse(systemID: "FAKE", tlvs: tlvs))))
    }

    private func submit(_ message: ShortMessage, _ sequence: UInt32) {
        if phase != .bound { violation("submit_sm in \(phase)") }
        if !pending.insert(sequence).inserted { violation("sequence number \(sequence) is still open") }
        let open = pending.count
        let submit = smsc.note { [number] state in
            state.mostOpen = max(state.mostOpen, open)
            let received = Received(
                connection: number, place: state.received.count, sequence: sequence, message: message, at: .now())
            state.received.append(received)
            return received
        }
        answer(sequence, smsc.script.submit(submit))
    }

    private func answer(_ sequence: UInt32, _ answer: SubmitAnswer) {
        switch answer {
        case .accept: accept(sequence)
        case .acceptWithoutID: respond(sequence, .ok, MessageResponse())
        case .refuse(let status): respond(sequence, status, MessageResponse())
        case .refuseWithHeaderOnly(let status): respond(sequence, status, MessageResponse(isHeaderOnly: true))
        case .nack(let status):
            pending.remove(sequence)
            send(PDU(status: status, sequence: sequence, .genericNack))
        case .silent: break
        case .hold: held.append(sequence)
        case .close: channel.close(promise: nil)
        case .acceptTwice:
            accept(sequence)
            accept(sequence)
        case .acceptAfter(let pdus):
            for pdu in pdus { send(pdu) }
            accept(sequence)
        case .octets(let make):
            pending.remove(sequence)
            channel.writeAndFlush(ByteBuffer(bytes: make(sequence)), promise: nil)
        case .acceptAndHalfClose:
            accept(sequence)
            channel.close(mode: .output, promise: nil)
        case .garbage(let octets): channel.writeAndFlush(ByteBuffer(bytes: octets), promise: nil)
        }
    }

    private func accept(_ sequence: UInt32) {
        respond(sequence, .ok, MessageResponse(messageID: "m\(number)-\(sequence)"))
    }

    private func respond(_ sequence: UInt32, _ status: CommandStatus, _ response: MessageResponse) {
        pending.remove(sequence)
        send(PDU(status: status, sequence: sequence, .submitResponse(response)))
    }
}
