import Testing

@testable import Settings

/// `carriers` with weights and `routes` of an account, and what is wrong with them, with its place.
@Suite("Routes")
struct RouteTests {
    private static let second = """
        hosts: ["smsc2.example.net:2775"]
        system_id: acme
        password: secret
        """
    private static let receiver = second + "\nbinds: [{ kind: receiver }]"

    /// The account of these lines, with carriers `main`, `backup` and, where asked for, a lone receiver.
    private func fixture(_ lines: [String], receiver: Bool = false) throws -> Fixture {
        let account = ["accounts:", "  - name: acme", "    login: acme", "    password: \"\(Fixture.hash)\""]
        var files = [
            "config/accounts.yaml": (account + lines.map { "    " + $0 }).joined(separator: "\n"),
            "carriers/backup.yaml": Self.second,
        ]
        if receiver { files["carriers/inbox.yaml"] = Self.receiver }
        return try Fixture(files)
    }

    @Test func namesAndWeightsMayStandTogether() throws {
        let account = try #require(
            try fixture(["carriers: [{ name: main, weight: 70 }, { name: backup, weight: 30 }]"]).load().accounts.first)
        #expect(account.carriers == [CarrierChoice("main", weight: 70), CarrierChoice("backup", weight: 30)])
        #expect(account.routes == [])
        let mixed = try #require(try fixture(["carriers: [main, { name: backup, weight: 1 }]"]).load().accounts.first)
        #expect(mixed.carriers == [CarrierChoice("main"), CarrierChoice("backup", weight: 1)])
    }

    @Test func aCarrierOfARouteCountsAsUsed() throws {
        let lines = ["carriers: [main]", "routes: [{ prefix: \"7\", carriers: [backup] }]"]
        #expect(try fixture(lines).problems() == [])
        #expect(
            try fixture(["carriers: [main]"]).problems() == ["carriers/backup.yaml:1:1: no account uses this carrier"])
    }

    @Test(arguments: [
        ("carriers: [{ name: main, weight: 0 }, backup]", "5:38: \"weight\" must be a whole number from 1 to 1000"),
        ("carriers: [{ name: main, weight: 1001 }, backup]", "5:38: \"weight\" must be a whole number from 1 to 1000"),
        ("carriers: [{ name: main }, backup]", "5:16: \"weight\" is missing"),
        ("carriers: [{ weight: 3 }, main, backup]", "5:16: \"name\" is missing"),
        ("carriers: [main, { name: main, weight: 2 }, backup]", "5:30: \"main\" stands twice in \"carriers\""),
        ("carriers: [main, { name: bakcup, weight: 2 }, backup]", "5:30: there is no carrier \"bakcup\""),
        ("carriers: [main, backup, inbox]", "5:30: carrier \"inbox\" has only receivers"),
        ("carriers: [main, backup]\n    routes: []", "6:13: \"routes\" is empty"),
        ("carriers: [main, backup]\n    routes: [{ carriers: [main] }]", "6:14: \"prefix\" is missing"),
        ("carriers: [main, backup]\n    routes: [{ prefix: \"7\" }]", "6:14: \"carriers\" is missing"),
        (
            "carriers: [main, backup]\n    routes: [{ prefix: 7a, carriers: [main] }]",
            "6:24: \"prefix\" must be a prefix of 1 to 15 digits"
        ),
        (
            "carriers: [main, backup]\n    routes: [{ prefix: 7, carriers: [main] }, { prefix: \"+7\", carriers: [main] }]",
            "6:57: another route has this prefix already, in line 6"
        ),
        (
            "carriers: [main, backup]\n    routes: [{ prefix: 7, carriers: [nain] }]",
            "6:38: there is no carrier \"nain\""
        ),
        ("carriers: [main, backup]\n    routes: [{ prefix: 7, carriers: [main], x: 1 }]", "6:45: unknown key \"x\""),
    ])
    func wrongOnesAreTold(_ lines: String, _ expected: String) throws {
        let problems = try fixture([lines], receiver: lines.contains("inbox")).problems()
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.hasPrefix("config/accounts.yaml:\(expected)") == true, "\(problems)")
    }

    @Test func aFileBehindAPathIsPartOfTheSettings() throws {
        let fixture = try Fixture([
            "carriers/main.yaml": Fixture.valid["carriers/main.yaml", default: ""]
                + "\ntls: { enabled: true, ca: ca.crt }"
        ])
        try fixture.write("carriers/ca.crt", Fixture.certificate?.certificatePEM ?? "")
        let before = try fixture.load()
        #expect(try fixture.load() == before)
        try fixture.write("carriers/ca.crt", (Fixture.certificate?.certificatePEM ?? "") + "\n")
        let after = try fixture.load()
        #expect(after != before)
        #expect(after.carriers.first?.tls.caFile == before.carriers.first?.tls.caFile)
    }
}
