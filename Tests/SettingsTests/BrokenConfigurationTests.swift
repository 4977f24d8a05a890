import Testing

@testable import Settings

/// Broken configurations, and every line that is said of them.
@Suite("Broken configurations")
struct BrokenConfigurationTests {
    @Test func validOneHasNoProblem() throws {
        let settings = try Fixture().load()
        #expect(settings.accounts.map(\.name) == ["acme"])
        #expect(settings.carriers.map(\.name) == ["main"])
        #expect(settings.warnings == [])
    }

    @Test func severalFilesAtOnceSorted() throws {
        let fixture = try Fixture([
            "config/smppost.yaml": """
            intake:
              listen: ["127.0.0.1:8443", "127.0.0.1"]
              path: sms
              reply_within: 30s
              max_connections: "10"
              max_body: 2MiB
              tls: { certificate: server.crt, key: server.key }
            log: { level: verbose, formt: text }
            """,
            "config/accounts.yaml": """
            accounts:
              - name: acme
                login: acme
                password: "\(Fixture.hash)"
                sendrs: [ACME]
                carriers: [mian]
                rate: 50
                allow_from: ["203.0.113.0/33"]
            """,
            "carriers/main.yaml": """
            hosts: "smsc.example.net:2775"
            system_id: acme
            password_env: SMSC_PASSWORD
            window: 0
            binds: [{ kind: transciever, count: 101 }]
            """,
        ])
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:1:1: no account uses this carrier",
                "carriers/main.yaml:3:15: \"password_env\": the environment variable \"SMSC_PASSWORD\" is not set",
                "carriers/main.yaml:4:9: \"window\" must be a whole number from 1 to 10000, not \"0\"",
                "carriers/main.yaml:5:17: \"kind\" must be one of transceiver, transmitter, receiver, not \"transciever\"",
                "carriers/main.yaml:5:37: \"count\" must be a whole number from 1 to 100, not \"101\"",
                "config/accounts.yaml:5:5: unknown key \"sendrs\"; did you mean \"senders\"?",
                "config/accounts.yaml:6:16: there is no carrier \"mian\"; did you mean \"main\"?",
                "config/accounts.yaml:7:11: \"rate\" must be a rate like 30/s, 600/m or 3000/h, from 0.001 to 100000 per "
                    + "second, not \"50\"",
                "config/accounts.yaml:8:18: \"allow_from\" must be an address or a block like 203.0.113.0/24 or ::1/128, "
                    + "not \"203.0.113.0/33\"",
                "config/smppost.yaml:2:30: \"listen\" must be an address and a port like 127.0.0.1:8443 or [::]:8443, "
                    + "not \"127.0.0.1\"",
                "config/smppost.yaml:3:9: \"path\" must begin with / and have only letters, digits, / - . _ and ~, "
                    + "not \"sms\"",
                "config/smppost.yaml:4:17: \"reply_within\" must be a duration from 1s to 25s, a number with ms, s, m, h "
                    + "or d, not \"30s\"",
                "config/smppost.yaml:5:20: \"max_connections\" must be a whole number from 1 to 1000000, without quotes",
                "config/smppost.yaml:6:13: \"max_body\" must be a size from 1KiB to 1MiB, a number of bytes or with KiB or "
                    + "MiB, not \"2MiB\"",
                "config/smppost.yaml:8:15: \"level\" must be one of trace, debug, info, notice, warning, error, critical, "
                    + "not \"verbose\"",
                "config/smppost.yaml:8:24: unknown key \"formt\"; did you mean \"format\"?",
            ])
    }

    @Test func missingFilesAndDirectories() throws {
        let fixture = try Fixture()
        try fixture.remove("config/accounts.yaml")
        try fixture.remove("config/server.key")
        #expect(
            fixture.problems().map { $0.replacing(fixture.root + "/", with: "") } == [
                "config/accounts.yaml:1:1: this file does not exist",
                "config/smppost.yaml:3:40: \"key\": config/server.key does not exist",
            ])
        try fixture.remove("carriers/main.yaml")
        #expect(fixture.problems().first == "carriers:1:1: this directory has no carrier file (NAME.yaml)")
        try fixture.remove("carriers")
        try fixture.remove("config")
        #expect(
            fixture.problems() == [
                "carriers:1:1: this directory does not exist", "config:1:1: this directory does not exist",
            ])
        try fixture.write("config", "a file")
        #expect(fixture.problems().last == "config:1:1: this directory is not a directory")
    }

    @Test func missingKeys() throws {
        let fixture = try Fixture([
            "config/smppost.yaml": "intake: {}\n",
            "config/accounts.yaml": "accounts:\n  - { enabled: true }\n  - { name: b, login: b, carriers: [main] }\n",
            "carriers/main.yaml": "window: 10\n",
        ])
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:1:1: \"hosts\" is missing; for example [\"smsc.example.net:2775\"]",
                "carriers/main.yaml:1:1: \"password_file\" is missing; or \"password_env\", or \"password\"",
                "carriers/main.yaml:1:1: \"system_id\" is missing",
                "config/accounts.yaml:2:5: \"carriers\" is missing; the names of one or more files of the carriers "
                    + "directory, without .yaml",
                "config/accounts.yaml:2:5: \"login\" is missing; an account needs \"login\" and \"password\", or \"key\", or "
                    + "\"planfix_chat\"",
                "config/accounts.yaml:2:5: \"name\" is missing",
                "config/accounts.yaml:3:5: \"password\" is missing; it belongs to \"login\"; make one with: smppost hash "
                    + "password",
                "config/smppost.yaml:1:9: \"listen\" is missing; for example [\"0.0.0.0:8443\"]",
                "config/smppost.yaml:1:9: \"tls\" is missing; forms are taken over HTTPS only: { certificate: FILE, key: "
                    + "FILE }",
            ])
        try fixture.write("config/smppost.yaml", "log: { level: info }\n")
        try fixture.write("config/accounts.yaml", "account: []\n")
        #expect(
            fixture.problems().suffix(3) == [
                "config/accounts.yaml:1:1: \"accounts\" is missing",
                "config/accounts.yaml:1:1: unknown key \"account\"; did you mean \"accounts\"?",
                "config/smppost.yaml:1:1: \"intake\" is missing",
            ])
    }

    @Test func wrongTypes() throws {
        let fixture = try Fixture([
            "config/smppost.yaml": "- intake\n",
            "config/accounts.yaml": "accounts: { name: acme }\n",
            "carriers/main.yaml": """
            hosts: { a: b }
            system_id: [acme]
            password: { a: b }
            window: ten
            required: yes
            enquire_link: 30s
            timeouts: { bind: 10 }
            binds: transceiver
            statuses: []
            rate:
            """,
        ])
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:1:8: \"hosts\" must be a list, not a mapping",
                "carriers/main.yaml:2:12: \"system_id\" must be text, not a list",
                "carriers/main.yaml:3:11: \"password\" must be text, not a mapping",
                "carriers/main.yaml:4:9: \"window\" must be a whole number from 1 to 10000, not \"ten\"",
                "carriers/main.yaml:5:11: \"required\" must be true or false, not \"yes\"",
                "carriers/main.yaml:6:15: \"enquire_link\" must be a mapping (key: value), not text",
                "carriers/main.yaml:7:19: \"bind\" must be a duration from 1s to 1m, a number with ms, s, m, h or d, not "
                    + "\"10\"",
                "carriers/main.yaml:8:8: a bind must be a mapping (key: value), not text",
                "carriers/main.yaml:9:11: \"statuses\" must be a mapping (key: value), not a list",
                "carriers/main.yaml:10:6: \"rate\" must be a rate like 30/s, 600/m or 3000/h, from 0.001 to 100000 per "
                    + "second, not nothing",
                "config/accounts.yaml:1:11: \"accounts\" must be a list, not a mapping",
                "config/smppost.yaml:1:1: this file must be a mapping (key: value), not a list",
            ])
    }

    @Test func accountsAgainstEachOther() throws {
        let key = "$sha256$" + String(repeating: "A", count: 43)
        let fixture = try Fixture([
            "config/accounts.yaml": """
            accounts:
              - name: one
                login: same
                password: "\(Fixture.hash)"
                key: "\(key)"
                senders: [ACME, ACME, "a sender that is too long"]
                default_sender: ACMF
                carriers: [main, main]
              - name: one
                login: same
                password: "\(Fixture.hash)"
                key: "\(key)"
                carriers: []
                destinations: [7x]
                senders: []
                allow_from: []
            """
        ])
        let wanted = "a sender: up to 11 Latin letters, digits and signs, a short code or a whole number"
        #expect(
            fixture.problems() == [
                "config/accounts.yaml:6:21: \"ACME\" stands twice in \"senders\"",
                "config/accounts.yaml:6:27: \"senders\" must be \(wanted), not \"a sender that is too long\"",
                "config/accounts.yaml:7:21: \"default_sender\" \"ACMF\" is not one of \"senders\"; did you mean \"ACME\"?",
                "config/accounts.yaml:8:22: \"main\" stands twice in \"carriers\"",
                "config/accounts.yaml:9:11: another account has this name already, in line 2",
                "config/accounts.yaml:10:12: another account has this login already, in line 3",
                "config/accounts.yaml:12:10: another account has this key already, in line 5",
                "config/accounts.yaml:13:15: \"carriers\" names no carrier",
                "config/accounts.yaml:14:20: \"destinations\" must be a prefix of 1 to 15 digits, or one behind \"!\" that is left out, not \"7x\"",
                "config/accounts.yaml:15:14: \"senders\" is empty; remove the key to allow any",
                "config/accounts.yaml:16:17: \"allow_from\" is empty; remove the key to allow every address",
            ])
    }

    @Test func carriersThatCannotServe() throws {
        let fixture = try Fixture([
            "config/accounts.yaml": """
            accounts:
              - { name: a, login: a, password: "\(Fixture.hash)", carriers: [main, listener, broken] }
            """,
            "carriers/listener.yaml": """
            hosts: ["[2001:db8::1]:2775"]
            system_id: acme
            password: ""
            binds: [{ kind: receiver }]
            """,
            "carriers/broken.yaml": "hosts: [\n",
            "carriers/unused.yaml": Fixture.valid["carriers/main.yaml"] ?? "",
            "carriers/Main.yaml": "",
            "carriers/off.yaml.disabled": "nonsense",
            "carriers/.hidden.yaml": "nonsense",
        ])
        #expect(
            fixture.problems() == [
                "carriers/Main.yaml:1:1: a carrier's name has 1 to 32 characters of a-z, 0-9, _ and -; rename the file",
                "carriers/broken.yaml:2:1: not valid YAML: did not find expected node content while parsing a flow node "
                    + "that begins in line 2",
                "carriers/unused.yaml:1:1: no account uses this carrier",
                "config/accounts.yaml:2:145: carrier \"listener\" has only receivers: nothing can be sent over it",
            ])
    }

    @Test func boundsOfTheQueue() throws {
        let fixture = try Fixture([
            "carriers/main.yaml": """
            hosts: ["a:1"]
            system_id: acme
            password: secret
            lanes: 0
            throttle: { pause: 30s, max: 10s }
            breaker: { pause: 2m, refusals: 0, quiet: 10ms }
            in_time: { least: 1ms, reserved: 1s }
            """
        ])
        let problems = fixture.problems()
        #expect(problems.contains("carriers/main.yaml:5:30: \"max\" (10s) is less than \"pause\" (30s)"))
        #expect(problems.contains("carriers/main.yaml:6:19: \"max\" (1m) is less than \"pause\" (2m)"))
        for key in ["lanes", "refusals", "quiet", "least", "reserved"] {
            #expect(problems.contains { $0.contains("\"\(key)\"") }, "\(key) in \(problems)")
        }
    }

    @Test func carrierFields() throws {
        let fixture = try Fixture([
            "carriers/main.yaml": """
            hosts: ["smsc.example.net:0", "a:1", "a:1"]
            bind_from: eth0
            system_id: "0123456789abcdef"
            password: "12345678901234567890123456789012345678901234567890123456789012345"
            system_type: "тип"
            interface_version: 3.5
            binds: []
            reconnect: { first: 30s, max: 10s }
            esm_class: 0x43
            validity: 31d
            priority: 4
            service_type: "123456"
            addresses: { short: { ton: 256 } }
            text:
              data_coding: { gsm: 0, latin1: 0 }
              limits: { gsm_single: 161 }
            """
        ])
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:1:9: \"hosts\" must be a host and a port like smsc.example.net:2775 or "
                    + "[2001:db8::1]:2775, not \"smsc.example.net:0\"",
                "carriers/main.yaml:1:38: \"a:1\" stands twice in \"hosts\"",
                "carriers/main.yaml:2:12: \"bind_from\" must be an address of this machine, not \"eth0\"",
                "carriers/main.yaml:3:12: \"system_id\" is longer than the 15 octets that SMPP allows",
                "carriers/main.yaml:4:11: the password is longer than 64 octets",
                "carriers/main.yaml:5:14: \"system_type\" must have only Latin-1 characters",
                "carriers/main.yaml:6:20: \"interface_version\" must be one of 3.3, 3.4, 5.0, not \"3.5\"",
                "carriers/main.yaml:7:8: \"binds\" names no bind",
                "carriers/main.yaml:8:31: \"max\" (10s) is less than \"first\" (30s)",
                "carriers/main.yaml:9:12: \"esm_class\" must be without 0x40, which is set where a text has a user data "
                    + "header",
                "carriers/main.yaml:10:11: \"validity\" must be none or a duration from 1m to 30d, a number with s, m, h "
                    + "or d, not \"31d\"",
                "carriers/main.yaml:11:11: \"priority\" must be a whole number from 0 to 3, not \"4\"",
                "carriers/main.yaml:12:15: \"service_type\" is longer than the 5 octets that SMPP allows",
                "carriers/main.yaml:13:28: \"ton\" must be a whole number from 0 to 255, not \"256\"",
                "carriers/main.yaml:15:16: \"gsm\" and \"latin1\" have the same data_coding, 0; remove the one that this "
                    + "carrier does not mean by it",
                "carriers/main.yaml:16:25: \"gsm_single\" must be a whole number from 20 to 160, not \"161\"",
            ])
    }

    @Test func statuses() throws {
        let fixture = try Fixture([
            "carriers/main.yaml": """
            hosts: "smsc.example.net:2775"
            system_id: acme
            password: secret
            statuses:
              "0": { http: 502 }
              "0x00": { http: 502 }
              "0x400": { http: 200, class: OK, retry: always, ru: "<b>", en: "" }
              "0x00000400": { http: 502 }
              "0x58": { class: REF, http: 503, retry: { times: 6 }, text: x }
              "0x1FFFFFFFF": {}
              "0x45": refused
            """
        ])
        let form = "a status is written as \"0x00000400\", from 0x00000001 to 0xFFFFFFFF"
        #expect(
            fixture.problems() == [
                "carriers/main.yaml:5:3: \(form), not \"0\"",
                "carriers/main.yaml:6:3: \(form), not \"0x00\"",
                "carriers/main.yaml:7:20: \"http\" must be 502 or 422 or 403 where the class is REF, not \"200\"",
                "carriers/main.yaml:7:32: \"class\" must be one of REQ, CFG, BIND, TMP, REF, not \"OK\"",
                "carriers/main.yaml:7:43: \"retry\" must be never, other_bind, bind_backoff or { times: 2, after: 1s }, "
                    + "not \"always\"",
                "carriers/main.yaml:7:55: \"ru\" must be without <, > and &",
                "carriers/main.yaml:7:66: \"en\" must have 1 to 150 characters",
                "carriers/main.yaml:8:3: 0x00000400 stands twice in \"statuses\"",
                "carriers/main.yaml:9:31: \"http\" must be 502 or 422 or 403 where the class is REF, not \"503\"",
                "carriers/main.yaml:9:52: \"times\" must be a whole number from 1 to 5, not \"6\"",
                "carriers/main.yaml:9:57: unknown key \"text\"",
                "carriers/main.yaml:10:3: \(form), not \"0x1FFFFFFFF\"",
                "carriers/main.yaml:11:11: 0x00000045 must be a mapping (key: value), not text",
            ])
    }

    @Test func monitorAndJournal() throws {
        let intake = Fixture.valid["config/smppost.yaml"] ?? ""
        let fixture = try Fixture([
            "config/smppost.yaml": intake + """

                monitor: { listen: "0.0.0.0:8080" }
                journal: { url: "mysql://user:hunter2@host/db", retention: 1m }
                """
        ])
        #expect(
            fixture.problems() == [
                "config/smppost.yaml:4:20: the monitor listens on more than this machine, so it needs \"tls\": { certificate: "
                    + "FILE, key: FILE }, or { enabled: false } where a proxy in front of it has TLS",
                "config/smppost.yaml:4:20: the monitor listens on more than this machine, so it needs \"token_file\", "
                    + "\"token_env\" or \"token\"",
                "config/smppost.yaml:5:17: \"url\" must be sqlite:FILE or postgresql://USER@HOST/DATABASE",
                "config/smppost.yaml:5:60: \"retention\" must be a duration from 1h to 3650d, a number with ms, s, m, h or "
                    + "d, not \"1m\"",
            ])
        try fixture.write(
            "config/smppost.yaml", intake + "\nmonitor: { listen: \"127.0.0.1:8443\", token: short }\njournal: {}\n")
        #expect(
            fixture.problems() == [
                "config/smppost.yaml:4:10: \"intake\" and \"monitor\" both listen on 127.0.0.1:8443",
                "config/smppost.yaml:4:45: the token must have at least 16 visible ASCII characters, without spaces",
                "config/smppost.yaml:5:10: \"url\" is missing; for example sqlite:var/smppost.db",
            ])
    }

    @Test func monitorAndTLS() throws {
        let intake = Fixture.valid["config/smppost.yaml"] ?? ""
        let open = "listen: \"0.0.0.0:8080\", token: 0123456789abcdef"
        let fixture = try Fixture(["config/smppost.yaml": intake + "\nmonitor: { \(open), tls: { enabled: false } }\n"])
        #expect(fixture.problems().isEmpty)
        try fixture.write(
            "config/smppost.yaml",
            intake + "\nmonitor: { \(open), tls: { certificate: server.crt, key: server.key } }\n")
        #expect(fixture.problems().isEmpty)
        try fixture.write("config/smppost.yaml", intake + "\nmonitor: { \(open), tls: {} }\n")
        #expect(
            fixture.problems() == [
                "config/smppost.yaml:4:66: \"certificate\" is missing", "config/smppost.yaml:4:66: \"key\" is missing",
            ])
        try fixture.write(
            "config/smppost.yaml", intake + "\nmonitor: { tls: { certificate: server.crt, kee: server.key } }\n")
        #expect(
            fixture.problems() == [
                "config/smppost.yaml:4:17: \"key\" is missing; it belongs to \"certificate\"",
                "config/smppost.yaml:4:44: unknown key \"kee\"; did you mean \"key\"?",
            ])
    }
}
