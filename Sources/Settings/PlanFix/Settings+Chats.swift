extension MappingReader {
    /// Accounts by the numbers and names that subscribers write to; empty where the key is missing.
    func chats(_ key: String) -> [String: String] {
        let reader = section(key)
        var chats: [String: String] = [:]
        for entry in reader.allEntries() {
            guard let account = text(of: entry.value, named: "\(key).\(entry.key)", limit: 64) else { continue }
            chats[entry.key] = account
        }
        guard chats.count <= Self.mostChats else {
            log.problem("\"\(key)\" has more than \(Self.mostChats) entries", at: place(of: key))
            return [:]
        }
        return chats
    }

    private static let mostChats = 10_000
}

extension Settings {
    /// Whose chats carriers name, and what cannot be known of conversations after a start.
    func checkChats(_ configDirectory: String, _ carriersDirectory: String, log: ProblemLog) {
        guard log.sortedProblems.isEmpty else { return }
        let chats = Set(accounts.filter { $0.planFixChat != nil }.map(\.name))
        for carrier in carriers {
            for (address, account) in carrier.inboundChats.sorted(by: { $0.key < $1.key })
            where !chats.contains(account) {
                log.problem(
                    "\"inbound.chats\": \(address.quoted) names \(account.quoted), which is no account with \"planfix_chat\"",
                    at: Place(file: FileProbe.join(carriersDirectory, carrier.name + ".yaml")))
            }
        }
        if journal?.maskNumbers == true, !chats.isEmpty {
            log.warning(
                "with \"mask_numbers\" of the journal nobody knows after a start whose chat an answer belongs to; name them in "
                    + "\"inbound.chats\" of the carriers",
                at: Place(file: FileProbe.join(configDirectory, "accounts.yaml")))
        }
    }
}
