package import Messaging
package import SMPP
import SMPPWire
package import Settings

/// How a carrier wants its `submit_sm`: everything in the body that is the carrier's habit and not the message's.
package struct CarrierProfile: Sendable {
    package var addresses: AddressRules
    package var text: TextPolicy { didSet { classes = Self.classes(of: text) } }
    /// The carrier puts its own sender in: none is sent.
    package var sendsNoSender = false
    package var serviceType = ""
    /// §5.2.12; the UDH bit is added where a segment has one.
    package var esmClass: UInt8 = 0
    package var protocolID: UInt8 = 0
    package var priority: UInt8 = 0
    /// How long a message is worth delivering, in seconds; nil = the carrier decides.
    package var validity: Int64?
    /// Whether that is sent as a moment in UTC.
    package var validityIsAbsolute = false
    /// On each `submit_sm`.
    package var tlvs: [TLV] = []
    /// Whether the accepted segments of a message are cancelled where others were refused.
    package var cancelsPartial = false
    /// §5.2.17: 1 asks for a receipt.
    package var registeredDelivery: UInt8 = 1
    /// How its receipts are known, and how they write ids and numbers.
    package var receipts = ReceiptRules()
    /// Whether each segment has a reference of its own (`MessageReference`).
    package var sendsReference = false
    /// How much is known of accepted segments until their receipts come.
    package var receiptLimits = ReceiptMatcher.Limits()
    /// Texts and HTTP statuses for what this carrier answers.
    package var statuses: StatusTable = .standard

    /// `text` for messages of each class.
    private var classes: [TextPolicy]

    package init(addresses: AddressRules, text: TextPolicy) {
        self.addresses = addresses
        self.text = text
        classes = Self.classes(of: text)
    }

    private static func classes(of text: TextPolicy) -> [TextPolicy] { (0...3).map { text.ofClass($0) } }

    /// How the carrier wants the text of a message.
    func policy(for plan: MessagePlan) -> TextPolicy {
        plan.options.messageClass.map { classes[Int($0)] } ?? text
    }

    // Inlined: a profile is large, and would be copied to be asked.
    /// The bodies that carry a message, one a segment, in order.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970; asked only where a moment is sent.
    ///   - reference: gives the number that joins the segments; called only where the text needs one.
    /// - Throws: `TextProblem.tooLong` where the text has more parts than the carrier takes.
    @inline(__always)
    package func shortMessages(
        for plan: MessagePlan, now: () -> Int64, reference: () -> UInt16
    ) throws(TextProblem) -> [ShortMessage] {
        // A policy is used where it is: a copy costs as much as the look for the alphabet.
        guard let messageClass = plan.options.messageClass else {
            return try shortMessages(for: plan, text, now: now, reference: reference)
        }
        return try shortMessages(for: plan, classes[Int(messageClass)], now: now, reference: reference)
    }

    @inline(__always)
    private func shortMessages(
        for plan: MessagePlan, _ policy: TextPolicy, now: () -> Int64, reference: () -> UInt16
    ) throws(TextProblem) -> [ShortMessage] {
        // Nearly every message is one segment.
        if let whole = try Segmenter.whole(plan.text, policy: policy) {
            return [shortMessage(for: plan, now: now, whole.octets, dataCoding: whole.dataCoding)]
        }
        let segmented = try Segmenter.segment(plan.text, policy: policy, reference: reference)
        return shortMessages(for: plan, now: now, segmented)
    }

    /// Adds what tells a message's segments apart in receipts; only where `sendsReference`.
    ///
    /// - Parameter tag: `MessageID.rawValue` of the message.
    func refer(_ bodies: inout [ShortMessage], tag: UInt64) {
        for index in bodies.indices {
            bodies[index].tlvs.append(
                TLV(.userMessageReference, MessageReference.of(tag: tag, segment: index)))
        }
    }

    /// Why this carrier could not take a text; nil where it could.
    ///
    /// - Parameter isExact: whether short texts are looked at too, which no policy finds too long.
    func problem(with plan: MessagePlan, isExact: Bool = false) -> TextProblem? {
        // At most two units an octet; a part holds at least 66, or 19 where limits are set.
        let part = text.limits == .standard ? 66 : 19
        guard isExact || plan.text.utf8.count * 2 > part * text.maxParts else { return nil }
        do throws(TextProblem) {
            _ = try cut(plan)
            return nil
        } catch {
            return error
        }
    }

    /// How many segments a text is; 0 where this carrier could not take it.
    func segmentCount(of plan: MessagePlan) -> Int {
        (try? cut(plan))?.segments.count ?? 0
    }

    /// As it would be sent, but for the reference.
    private func cut(_ plan: MessagePlan) throws(TextProblem) -> SegmentedText {
        try Segmenter.segment(plan.text, policy: policy(for: plan)) { 0 }
    }

    private func shortMessage(
        for plan: MessagePlan, now: () -> Int64, _ octets: [UInt8], dataCoding: UInt8
    ) -> ShortMessage {
        let validityPeriod = (plan.options.validity ?? validity).map {
            ValidityPeriod(seconds: $0, isAbsolute: validityIsAbsolute).text(now: now)
        }
        return ShortMessage(
            serviceType: serviceType, source: address(of: plan.sender), destination: address(of: plan.recipient),
            esmClass: esmClass, protocolID: protocolID, priority: priority, validityPeriod: validityPeriod ?? "",
            registeredDelivery: registeredDelivery, dataCoding: dataCoding, shortMessage: octets, tlvs: tlvs)
    }

    /// The same for a text that is already cut under this carrier's policy.
    func shortMessages(
        for plan: MessagePlan, now: () -> Int64, _ segmented: SegmentedText
    ) -> [ShortMessage] {
        let plain = shortMessage(for: plan, now: now, [], dataCoding: segmented.dataCoding)
        return segmented.segments.map { segment in
            var message = plain
            if segment.hasUDH { message.esmClass |= ESMClass.userDataHeader }
            if !segment.isPayload { message.shortMessage = segment.octets }
            let own = segment.parameters
            if !own.isEmpty { message.tlvs = own + tlvs }
            return message
        }
    }

    private func address(of sender: SenderName) -> SMPPAddress {
        addresses.address(of: sendsNoSender ? .absent : sender)
    }

    private func address(of recipient: PhoneNumber) -> SMPPAddress {
        addresses.address(recipient.isShort ? .short : .international, recipient.digits)
    }
}

extension CarrierProfile {
    /// What asks the carrier to forget segments that it has accepted.
    func cancellations(of carrierIDs: [String], _ plan: MessagePlan) -> [CancelRequest] {
        carrierIDs.filter { CarrierMessageID($0) != nil }.map { id in
            CancelRequest(
                serviceType: serviceType, messageID: id, source: address(of: plan.sender),
                destination: address(of: plan.recipient))
        }
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
        sendsNoSender = settings.sendsNoSender
        serviceType = settings.serviceType
        esmClass = settings.esmClass
        protocolID = settings.protocolID
        priority = settings.priority
        validity = settings.validity
        validityIsAbsolute = settings.validityIsAbsolute
        tlvs = settings.tlvs
        cancelsPartial = settings.cancelsPartial
        registeredDelivery = settings.receiptsRequested ? 1 : 0
        receipts = settings.receipts
        sendsReference = settings.sendsReference
        receiptLimits = settings.receiptLimits
        statuses = settings.setup.statuses
    }
}
