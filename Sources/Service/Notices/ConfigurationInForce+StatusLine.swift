import Carriers
import Operations

extension ConfigurationInForce {
    /// One line about the carriers, for `systemctl status`: `2 of 3 carriers take messages; not: beta`. From any thread.
    var statusLine: String {
        let carriers = current.carriers
        let missing = carriers.filter { !$0.isReady }.map(\.name)
        let head = "\(carriers.count - missing.count) of \(carriers.count) carriers take messages"
        return missing.isEmpty ? head : head + "; not: " + missing.joined(separator: ", ")
    }
}
