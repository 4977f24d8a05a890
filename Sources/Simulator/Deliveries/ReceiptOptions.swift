package import SMPP

/// Which receipts the simulator sends for the messages that it has taken, and when.
package struct ReceiptOptions: Hashable, Sendable {
    /// How the id of `submit_sm_resp` stands in the receipt.
    package enum IDs: String, Hashable, Sendable, CaseIterable {
        case same
        /// The number that the response gave, in hexadecimal or decimal digits.
        case hex, decimal
        /// With zeros in front, 20 digits in all.
        case padded
        case uppercase
    }

    /// Where a receipt's fields stand.
    package enum Form: String, Hashable, Sendable, CaseIterable {
        /// `receipted_message_id`, `message_state` and, of a failure, `network_error_code`.
        case tlv
        /// The text of SMPP 3.4 appendix B.
        case text
        case both
    }

    /// A state and how often it comes, as against the others.
    package struct Share: Hashable, Sendable {
        package var state: ReceiptState
        /// 1 to 1,000,000.
        package var weight: Int

        package init(_ state: ReceiptState, weight: Int) {
            self.state = state
            self.weight = weight
        }
    }

    /// From the response to the receipt, not negative.
    package var delay: Duration
    /// Random time on top of it, evenly spread from 0 to this.
    package var jitter: Duration
    /// At least one.
    package var states: [Share]
    package var ids: IDs
    package var form: Form

    package init(
        delay: Duration = .zero, jitter: Duration = .zero, states: [Share] = [Share(.delivered, weight: 1)],
        ids: IDs = .same, form: Form = .both
    ) {
        self.delay = delay
        self.jitter = jitter
        self.states = states
        self.ids = ids
        self.form = form
    }

    /// The states that a receipt of this simulator can have.
    package static let possibleStates: [ReceiptState] = [
        .delivered, .expired, .deleted, .undeliverable, .accepted, .unknown, .rejected, .enroute,
    ]

    /// Reads `delivered=90,undeliverable=8,expired=2`; a state alone has the weight 1.
    package static func states(parsing text: String) throws(OptionProblem) -> [Share] {
        var shares: [Share] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = pair.first, let state = possibleStates.first(where: { $0.rawValue == name }) else {
                let names = possibleStates.map(\.rawValue).joined(separator: ", ")
                throw OptionProblem("\"\(part)\" is no state; there are \(names)")
            }
            guard !shares.contains(where: { $0.state == state }) else {
                throw OptionProblem("\"\(name)\" stands there twice")
            }
            let digits = pair.count == 2 ? pair[1] : "1"
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let weight = Int(digits),
                (1...1_000_000).contains(weight)
            else { throw OptionProblem("\"\(part)\": a weight is 1 to 1000000") }
            shares.append(Share(state, weight: weight))
        }
        return shares
    }
}

extension ReceiptState {
    /// As `message_state` writes it (SMPP 3.4 §5.2.28).
    var messageState: UInt8 {
        switch self {
        case .scheduled: 0
        case .enroute: 1
        case .delivered: 2
        case .expired: 3
        case .deleted: 4
        case .undeliverable: 5
        case .accepted: 6
        case .unknown, .other: 7
        case .rejected: 8
        case .skipped: 9
        }
    }

    /// The word behind `stat:` (SMPP 3.4 appendix B).
    var word: String {
        switch self {
        case .scheduled: "SCHEDULED"
        case .enroute: "ENROUTE"
        case .delivered: "DELIVRD"
        case .expired: "EXPIRED"
        case .deleted: "DELETED"
        case .undeliverable: "UNDELIV"
        case .accepted: "ACCEPTD"
        case .unknown, .other: "UNKNOWN"
        case .rejected: "REJECTD"
        case .skipped: "SKIPPED"
        }
    }

    /// The failure's number for `err:` and `network_error_code`, of GSM 09.02 where it has one; 0 is no failure.
    var errorCode: UInt8 {
        switch self {
        case .delivered, .accepted, .enroute, .scheduled: 0
        case .undeliverable: 1
        case .expired: 27
        case .rejected: 11
        case .deleted, .unknown, .skipped, .other: 255
        }
    }

    /// Whether `registered_delivery` asks for a receipt with this state (SMPP 3.4 §5.2.17; 3 is SMPP 5.0's "success
    /// only").
    func isAsked(by registeredDelivery: UInt8) -> Bool {
        switch registeredDelivery & 0x03 {
        case 1: true
        case 2: errorCode != 0
        case 3: errorCode == 0
        default: false
        }
    }
}
