import Cluster

/// What a node's files say of its carriers, as the column `node.contracts` has it: a line for each, `NAME rate=N slots=N`. Words that
/// are not known are passed over: a newer smppost may say more.
enum ContractCoding {
    static func text(of contracts: [String: CarrierContract]) -> String {
        contracts.sorted { $0.key < $1.key }
            .map { "\($0.key) rate=\($0.value.rate) slots=\($0.value.slots)" }.joined(separator: "\n")
    }

    /// Nil where a line has no rate or no slots: what a node may send is not guessed.
    static func contracts(of text: String) -> [String: CarrierContract]? {
        var contracts: [String: CarrierContract] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            func value(_ key: String) -> Int? {
                words.dropFirst().first { $0.hasPrefix(key + "=") }.flatMap { Int($0.dropFirst(key.count + 1)) }
            }
            guard let name = words.first, let rate = value("rate"), let slots = value("slots") else { return nil }
            contracts[String(name)] = CarrierContract(rate: rate, slots: slots)
        }
        return contracts
    }
}
