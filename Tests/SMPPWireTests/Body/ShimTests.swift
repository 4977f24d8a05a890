import CSMPP34
import SMPP
import Testing

@testable import SMPPWire

/// The shim itself: when the library works, when it may not, and that both write the same.
@Suite struct ShimTests {
    @Test func theLibraryPacksWhatItCan() throws {
        let (report, octets) = pack(.submitSM, try csmpp34_short_message(Samples.message))
        #expect(report.outcome == .ok)
        #expect(report.by_library == 1)
        #expect(octets.prefix(8) == [0, 0, 0, UInt8(octets.count), 0, 0, 0, 4])
    }

    @Test func hiddenFieldsDoNotKeepTheLibraryAway() throws {
        var message = Samples.message
        message.source = SMPPAddress(ton: 7, npi: 200, "ACME")
        #expect(pack(.submitSM, try csmpp34_short_message(message)).report.by_library == 1)
        let bind = BindRequest(systemID: "a", password: "p", interfaceVersion: 0x50)
        for kind in BindKind.allCases {
            #expect(pack(kind.commandID, try csmpp34_bind(bind)).report.by_library == 1)
        }
    }

    @Test func theShimPacksTheRest() throws {
        let long = ShortMessage(shortMessage: [UInt8](repeating: 1, count: 254))
        #expect(pack(.submitSM, try csmpp34_short_message(long)).report.by_library == 0)
        let timed = ShortMessage(validityPeriod: "000001000000000R")
        #expect(pack(.submitSM, try csmpp34_short_message(timed)).report.by_library == 1)
        #expect(pack(.deliverSM, try csmpp34_short_message(timed)).report.by_library == 0)
        let id = MessageResponse(messageID: "1")
        #expect(pack(.submitSMResponse, try csmpp34_message_resp(id)).report.by_library == 1)
        #expect(pack(.deliverSMResponse, try csmpp34_message_resp(id)).report.by_library == 0)
    }

    /// submit_sm by the library, deliver_sm with the same times by the shim: the same octets but for the command.
    @Test func bothWriteTheSame() throws {
        var message = Samples.message
        message.validityPeriod = "000001000000000R"
        let library = pack(.submitSM, try csmpp34_short_message(message))
        let shim = pack(.deliverSM, try csmpp34_short_message(message))
        #expect(library.report.by_library == 1 && shim.report.by_library == 0)
        #expect(library.octets.dropFirst(16) == shim.octets.dropFirst(16))
        #expect(library.octets.prefix(4) == shim.octets.prefix(4))
    }

    @Test func theLibraryUnpacksEveryBodyOfOurs() throws {
        for pdu in Samples.all {
            let octets = try encode(pdu)
            let report = octets.withUnsafeBufferPointer { octets in
                switch pdu.body {
                case .submit, .deliver: unpack(pdu.commandID, octets, csmpp34_short_message())
                case .submitResponse where octets.count > 16: unpack(pdu.commandID, octets, csmpp34_message_resp())
                case .bind: unpack(pdu.commandID, octets, csmpp34_bind())
                case .data: unpack(pdu.commandID, octets, csmpp34_data())
                case .query: unpack(pdu.commandID, octets, csmpp34_query())
                case .cancel: unpack(pdu.commandID, octets, csmpp34_cancel())
                case .alertNotification: unpack(pdu.commandID, octets, csmpp34_alert())
                case .outbind: unpack(pdu.commandID, octets, csmpp34_outbind())
                default: nil as csmpp34_report?
                }
            }
            if let report {
                #expect(report.outcome == .ok)
                #expect(report.by_library == 1, "\(pdu.commandID.name)")
            }
        }
    }

    @Test func aBodyOfAnotherCommandIsRefused() {
        #expect(pack(.submitSM, csmpp34_message_resp()).report.outcome == .noSuchBody)
        #expect(pack(.enquireLink, csmpp34_message_resp()).report.outcome == .noSuchBody)
        #expect(pack(.submitMulti, csmpp34_short_message()).report.outcome == .noSuchBody)
        let octets = [UInt8](repeating: 0, count: 64)
        octets.withUnsafeBufferPointer { octets in
            #expect(unpack(.deliverSM, octets, csmpp34_message_resp()).outcome == .noSuchBody)
        }
    }

    @Test func roomIsCounted() {
        for room in 0...17 {
            #expect(pack(.submitSMResponse, csmpp34_message_resp(), room: room).report.outcome == .noRoom)
        }
        #expect(pack(.submitSMResponse, csmpp34_message_resp(), room: 18).report.outcome == .ok)
    }

    private func pack<Body: BitwiseCopyable>(
        _ id: CommandID, _ body: Body, room: Int = Int(CSMPP34_MAXIMUM_PACKED)
    ) -> (report: csmpp34_report, octets: [UInt8]) {
        var report = csmpp34_report()
        let octets = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            report = withUnsafeBytes(of: body) {
                csmpp34_pack(id.rawValue, $0.baseAddress, $0.count, target.baseAddress, room)
            }
            count = report.outcome == .ok ? report.end : 0
        }
        return (report, octets)
    }

    private func unpack<Body: BitwiseCopyable>(
        _ id: CommandID, _ octets: UnsafeBufferPointer<UInt8>, _ body: Body
    ) -> csmpp34_report {
        var body = body
        return withUnsafeMutableBytes(of: &body) {
            csmpp34_unpack(id.rawValue, octets.baseAddress, octets.count, $0.baseAddress, $0.count)
        }
    }
}
