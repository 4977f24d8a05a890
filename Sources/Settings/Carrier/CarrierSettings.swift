package import Messaging
package import SMPP
package import TLS

/// A file of the carriers directory: an SMSC, how to bind to it and how to speak to it.
package struct CarrierSettings: Hashable, Sendable, CustomStringConvertible {
    /// Where it is, how to bind, and what it bears. Its name is the file's without `.yaml`: lower-case letters, digits,
    /// `_` and `-`, at most 32.
    package var setup: CarrierSetup
    /// `tls`.
    package var tls = CarrierTLSSettings()
    /// `addresses`.
    package var addresses = AddressRules()
    /// `text`.
    package var text = TextPolicy()
    /// `sender`: `none` where the carrier puts its own in and wants none.
    package var sendsNoSender = false
    /// `receipts.request`: whether receipts are asked for.
    package var receiptsRequested = true
    /// `receipts.ids`, `receipts.numbers` and `receipts.signs`: how a receipt writes the id that the response gave, whether its number must
    /// be the message's, and what makes a receipt.
    package var receipts = ReceiptRules()
    /// `receipts.reference`: whether `submit_sm` has a `user_message_reference`, for carriers that write it into receipts.
    package var sendsReference = false
    /// `receipts.known` and `receipts.known_for`: of how many accepted segments receipts are known, 1,000 to 10,000,000, and for
    /// how long, 1 h to 14 days. `receipts.lost`: of how many whose response did not come, 100 to 1,000,000.
    /// `receipts.undecided` and `receipts.undecided_for`: how many receipts wait until it is known how the carrier writes ids, 1 to 100,000,
    /// and for how long, 1 min to 3 days.
    /// `receipts.hold`: how long a receipt's answer waits for the answers that may say which message it means, 1 ms to 60 s.
    package var receiptLimits = ReceiptMatcher.Limits()
    /// `inbound`: where messages of subscribers are posted; nil = nowhere.
    package var inbound: PostingSettings?
    /// `inbound.chats`: whose chat gets what is sent to a number or name, by it; at most 10,000.
    package var inboundChats: [String: String] = [:]
    /// `esm_class`: bits to set besides 0x40, which a user data header brings by itself (SMPP 3.4 §5.2.12).
    package var esmClass: UInt8 = 0
    /// `validity`: 1 minute to 30 days in seconds; nil = the carrier decides.
    package var validity: Int64?
    /// `validity_form`: whether a validity is sent as a moment in UTC and not as a length of time (SMPP 3.4 §7.1.1).
    package var validityIsAbsolute = false
    /// `tlvs`: what the carrier wants on each `submit_sm`.
    package var tlvs: [TLV] = []
    /// `partial`: whether the accepted segments of a message are cancelled where others were refused.
    package var cancelsPartial = false
    /// `priority`: 0 to 3 (SMPP 3.4 §5.2.14).
    package var priority: UInt8 = 0
    /// `service_type`: 0 to 5 octets (SMPP 3.4 §5.2.11).
    package var serviceType = ""
    /// `protocol_id` (3GPP TS 23.040 §9.2.3.9).
    package var protocolID: UInt8 = 0

    package init(name: String) {
        setup = CarrierSetup(name: name)
    }

    /// The carrier's name.
    package var name: String { setup.name }

    /// Never the password.
    package var description: String { "CarrierSettings(\(name))" }
}

/// `tls:` of a carrier.
package struct CarrierTLSSettings: Hashable, Sendable {
    /// `enabled`: the other keys are checked even when it is false.
    package var enabled = false
    /// `ca`: authorities in PEM; nil = the system's.
    package var caFile: String?
    /// `server_name`: for SNI and verification; nil = the host's name.
    package var serverName: String?
    /// `certificate`: ours, for carriers that ask for one.
    package var certificateFile: String?
    /// `key`: its private key.
    package var keyFile: String?
    /// `verify`: whether the carrier's certificate is verified.
    package var verify = true
    /// SHA-256 of what is in those files, in the order of the properties: a file that is written anew makes other settings.
    package var contents: [KeyHash] = []

    package init() {}
}
