package import Messaging
package import SMPP

extension AddressRules {
    /// The address of a sender as this carrier wants it; an empty one where the carrier puts its own in.
    package func address(of sender: SenderName) -> SMPPAddress {
        switch sender {
        case .alphanumeric(let name): address(.alphanumeric, name)
        case .short(let digits): address(.short, digits)
        case .international(let digits): address(.international, digits)
        case .absent: SMPPAddress()
        }
    }
}
