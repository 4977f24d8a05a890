/// What kind of address a sender or a recipient is.
package enum AddressKind: Hashable, Sendable, CaseIterable {
    /// A sender name in letters.
    case alphanumeric
    /// A short code.
    case short
    /// A whole number with its country code.
    case international
}

/// A carrier's type of number and numbering plan for each kind of address (SMPP 3.4 §5.2.5, §5.2.6): carriers differ.
package struct AddressRules: Hashable, Sendable {
    /// `source_addr_ton` and `source_addr_npi`, or the same of a destination.
    package struct Numbering: Hashable, Sendable {
        package var ton: UInt8
        package var npi: UInt8

        package init(ton: UInt8, npi: UInt8) {
            self.ton = ton
            self.npi = npi
        }
    }

    package var alphanumeric: Numbering
    package var short: Numbering
    package var international: Numbering
    /// Whether an international number keeps a leading `+`. Most carriers want it without.
    package var keepPlus: Bool

    package init(
        alphanumeric: Numbering = Numbering(ton: 5, npi: 0), short: Numbering = Numbering(ton: 3, npi: 0),
        international: Numbering = Numbering(ton: 1, npi: 1), keepPlus: Bool = false
    ) {
        self.alphanumeric = alphanumeric
        self.short = short
        self.international = international
        self.keepPlus = keepPlus
    }

    /// The address of `text` (a name, or digits without `+`) as this carrier wants it.
    package func address(_ kind: AddressKind, _ text: String) -> SMPPAddress {
        switch kind {
        case .alphanumeric: SMPPAddress(ton: alphanumeric.ton, npi: alphanumeric.npi, text)
        case .short: SMPPAddress(ton: short.ton, npi: short.npi, text)
        case .international:
            SMPPAddress(ton: international.ton, npi: international.npi, keepPlus ? "+" + text : text)
        }
    }
}
