import SMPP

/// A `deliver_sm` from outside: its receipt is within its bounds, and the id that it gives is found again in the form
/// in which a carrier may have given it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let message = message(Array(UnsafeBufferPointer(start: start, count: count))),
        let receipt = DeliveryReceipt(parsing: message)
    else { return 0 }
    for word in [receipt.rawState, receipt.error] { precondition((word ?? "").unicodeScalars.count <= 64) }
    for id in [receipt.messageID, receipt.otherID] { precondition((id ?? "").unicodeScalars.count <= 255) }
    precondition(receipt.messageID?.isEmpty != true && receipt.otherID?.isEmpty != true)
    guard let id = receipt.messageID.flatMap({ CarrierMessageID($0) }) else { return 0 }
    precondition(!id.folded.isEmpty)
    if let decimal = id.decimalOfHexadecimal.flatMap({ CarrierMessageID($0) }), decimal.raw.utf8.count <= 64 {
        precondition(decimal.hexadecimalOfDecimal.flatMap { CarrierMessageID($0) }?.decimalOfHexadecimal == decimal.raw)
    }
    for given in [id.raw, id.folded, id.decimalOfHexadecimal, id.hexadecimalOfDecimal] {
        // What is left without its zeros may be a blank or a dash: no id.
        guard let given, CarrierMessageID(given)?.raw == given else { continue }
        check(given, receipt)
    }
    return 0
}

/// The receipt before and after its response, and twice.
func check(_ given: String, _ receipt: DeliveryReceipt) {
    let received = ReceivedReceipt(receipt, source: "79161234567")
    let now = MonotonicTime(nanoseconds: 1)
    let segment = AcceptedSegment(tag: 1, segment: 0, carrierID: given, destination: "79161234567", at: now)
    var late = ReceiptMatcher(rules: ReceiptRules())
    precondition(late.accepted(segment).isEmpty)
    guard case .settled(.matched(let match)) = late.match(received, at: now), match.tag == 1 else {
        preconditionFailure("not matched")
    }
    if receipt.state.isFinal {
        guard case .settled(.duplicate) = late.match(received, at: now) else { preconditionFailure("no duplicate") }
    }
    var early = ReceiptMatcher(rules: ReceiptRules())
    guard case .parked(_, displaced: nil) = early.match(received, at: now) else { preconditionFailure("not parked") }
    let settled = early.accepted(segment) + early.review(now: now, answeredUpTo: now)
    precondition(settled.count == 1 && early.parkedCount == 0 && early.nextDeadline == nil)
}

/// Two octets for `esm_class` and `data_coding`, one for the length of the short message, the message, then TLVs of
/// tag, length and value.
func message(_ input: [UInt8]) -> ShortMessage? {
    guard input.count >= 3 else { return nil }
    var rest = input.dropFirst(3)
    var message = ShortMessage(esmClass: input[0], dataCoding: input[1])
    message.shortMessage = Array(rest.prefix(Int(input[2])))
    rest = rest.dropFirst(Int(input[2]))
    while rest.count >= 3, let high = rest.popFirst(), let low = rest.popFirst(), let length = rest.popFirst() {
        let tag = TLVTag(rawValue: UInt16(high) << 8 | UInt16(low))
        message.tlvs.append(TLV(tag, Array(rest.prefix(Int(length)))))
        rest = rest.dropFirst(Int(length))
    }
    return message
}
