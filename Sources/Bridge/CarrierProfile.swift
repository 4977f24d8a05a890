package import Messaging
package import SMPP
package import Settings

/// How a carrier wants its `submit_sm`: everything in the body that is the carrier's habit and not the message's.
package struct CarrierProfile: Sendable {
    package var addresses: AddressRules
    package var text: TextPolicy
    package var serviceType = ""
    /// §5.2.12; the UDH bit is added where a segment has one.
    package var esmClass: UInt8 = 0
    package var protocolID: UInt8 = 0
    package var priority: UInt8 = 0
    /// Empty, or the relative or absolute time of §7.1.1.
    package var validityPeriod = ""
    /// §5.2.17: 1 asks for a receipt.
    package var registeredDelivery: UInt8 = 1
    /// How its receipts are known, and how they write ids and numbers.
    package var receipts = ReceiptRules()
    /// How much is known of accepted segments until their receipts come.
    package var receiptLimits = ReceiptMatcher.Limits()
    /// Texts and HTTP statuses for what this carrier answers.
    package var statuses: StatusTable = .standard

    package init(addresses: AddressRules, text: TextPolicy) {
        self.addresses = addresses
        self.text = text
    }

    /// The bodies that carry a message, one a segment, in order.
    ///
    /// - Parameter reference: gives the number that joins the segments; called only where the text needs one.
    /// - Throws: `TextProblem.tooLong` where the text has more parts than the carrier takes.
    package func shortMessages(
        for plan: MessagePlan, reference: () -> UInt16
    ) throws(TextProblem) -> [ShortMessage] {
        // Nearly every message is one segment.
        if let whole = try Segmenter.whole(plan.text, policy: text) {
            return [shortMessage(for: plan, whole.octets, dataCoding: whole.dataCoding)]
        }
        return shortMessages(for: plan, try Segmenter.segment(plan.text, policy: text, reference: reference))
    }

    /// Why this carrier could not take a text; nil where it could.
    ///
    /// - Parameter isExact: whether short texts are looked at too, which no policy finds too long.
    func problem(with text: String, isExact: Bool = false) -> TextProblem? {
        // At most two units an octet; a part holds at least 66, or 19 where limits are set.
        let part = self.text.limits == .standard ? 66 : 19
        guard isExact || text.utf8.count * 2 > part * self.text.maxParts else { return nil }
        do throws(TextProblem) {
            _ = try Segmenter.segment(text, policy: self.text) { 0 }
            return nil
        } catch {
            return error
        }
    }

    private func shortMessage(for plan: MessagePlan, _ octets: [UInt8], dataCoding: UInt8) -> ShortMessage {
        ShortMessage(
            serviceType: serviceType, source: address(of: plan.sender), destination: address(of: plan.recipient),
            esmClass: esmClass, protocolID: protocolID, priority: priority, validityPeriod: validityPeriod,
            registeredDelivery: registeredDelivery, dataCoding: dataCoding, shortMessage: octets)
    }

    /// The same for a text that is already cut under this carrier's policy.
    func shortMessages(for plan: MessagePlan, _ segmented: SegmentedText) -> [ShortMessage] {
        let plain = shortMessage(for: plan, [], dataCoding: segmented.dataCoding)
        return segmented.segments.map { segment in
            var message = plain
            if segment.hasUDH { message.esmClass |= ESMClass.userDataHeader }
            if segment.isPayload {
                message.tlvs = [TLV(.messagePayload, segment.octets)]
            } else {
                message.shortMessage = segment.octets
            }
            if let sar = segment.sar {
                message.tlvs = [
                    TLV(.sarMessageReference, sar.reference),
                    TLV(.sarTotalSegments, sar.total),
                    TLV(.sarSegmentSequence, sar.sequence),
                ]
            }
            return message
        }
    }

    private func address(of sender: SenderName) -> SMPPAddress {
        switch sender {
        case .alphanumeric(let name): addresses.address(.alphanumeric, name)
        case .short(let digits): addresses.address(.short, digits)
        case .international(let digits): addresses.address(.international, digits)
        }
    }

    private func address(of recipient: PhoneNumber) -> SMPPAddress {
        addresses.address(recipient.isShort ? .short : .international, recipient.digits)
    }
}

/// Bits of `esm_class` (SMPP 3.4 §5.2.12).
private enum ESMClass {
    static let userDataHeader: UInt8 = 0x40
}

extension CarrierProfile {
    /// As a carrier's file says it.
    package init(_ settings: CarrierSettings) {
        self.init(addresses: settings.addresses, text: settings.text)
        serviceType = settings.serviceType
        esmClass = settings.esmClass
        protocolID = settings.protocolID
        priority = settings.priority
        validityPeriod = settings.validityPeriod
        registeredDelivery = settings.receiptsRequested ? 1 : 0
        receipts = settings.receipts
        receiptLimits = settings.receiptLimits
        statuses = settings.setup.statuses
    }
}
