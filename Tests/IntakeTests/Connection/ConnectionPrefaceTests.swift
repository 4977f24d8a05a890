import Intake
import NIOCore
import NIOEmbedded
import TLS
import Testing

/// What stands before a connection's first request: the PROXY header of a balancer.
@Suite struct ConnectionPrefaceTests {
    private static let header = "PROXY TCP4 198.51.100.7 192.0.2.9 4000 443\r\n"

    private func account() throws -> Account {
        let block = try #require(AddressBlock(parsing: "198.51.100.0/24"))
        return EmbeddedIntake.account { $0.allowFrom = [block] }
    }

    @Test(arguments: [1, 7, 1000]) func limitsSeeTheClientBehindABalancer(_ pieces: Int) throws {
        let intake = try EmbeddedIntake(accounts: [try account()], isProxy: true)
        var rest = Array((Self.header + EmbeddedIntake.post()).utf8)[...]
        while !rest.isEmpty {
            intake.send(String(decoding: rest.prefix(pieces), as: UTF8.self))
            rest = rest.dropFirst(pieces)
        }
        #expect(try intake.replies()?.map(\.status) == [200])
        // A wrong key's line names the client, not the balancer.
        _ = try intake.reply(to: EmbeddedIntake.post("key=x&to=1&text=t"))
        intake.time.run()
        #expect(intake.lines.all.last?.contains("peer=198.51.100.7") == true)
    }

    @Test func aHealthCheckOfTheBalancerIsItsOwn() throws {
        let intake = try EmbeddedIntake(accounts: [try account()], isProxy: true)
        intake.send("PROXY UNKNOWN\r\n")
        #expect(try intake.reply(to: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")?.status == 200)
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 403)
    }

    @Test func aBalancerWithoutAHeaderIsRefused() throws {
        let intake = try EmbeddedIntake(isProxy: true)
        intake.send(EmbeddedIntake.post())
        #expect(try intake.output() == "")
        #expect(!intake.channel.isActive)
        #expect(intake.lines.all.last?.contains("proxy_header peer=192.0.2.7") == true)
    }

    /// From anybody else a header is a broken request.
    @Test func aHeaderOfAStrangerIsNoHeader() throws {
        let intake = try EmbeddedIntake(accounts: [try account()])
        #expect(try intake.reply(to: Self.header + EmbeddedIntake.post())?.status == 400)
        #expect(intake.handler.requests.isEmpty)
    }

    @Test func clientsOfABalancerAreCountedByTheirAddress() throws {
        let gate = ConnectionGate(limit: 10, limitOfAddress: 1, logger: LogLines().logger)
        let first = try EmbeddedIntake(isProxy: true, gate: gate)
        let second = try EmbeddedIntake(isProxy: true, gate: gate)
        first.send(Self.header)
        second.send(Self.header)
        #expect(first.channel.isActive && !second.channel.isActive)
        try first.channel.close().wait()
        first.time.run()
        let third = try EmbeddedIntake(isProxy: true, gate: gate)
        third.send(Self.header)
        #expect(third.channel.isActive)
    }
}

/// The mistakes of the first day.
@Suite struct FirstDayTests {
    @Test(arguments: [
        ("/sms/", 200), ("/sms/?x=1", 200), ("/sms//", 404), ("/smsx", 404), ("https://h/sms/", 200),
    ])
    func aSlashBehindThePath(_ path: String, _ status: Int) throws {
        let intake = try EmbeddedIntake()
        #expect(try intake.reply(to: EmbeddedIntake.post(path: path))?.status == status)
    }

    @Test(arguments: ["key=+secret-key%0D%0A", "key=%C2%A0secret-key%09", "key=secret-key+"])
    func blanksAroundAKeyAreCut(_ key: String) throws {
        let intake = try EmbeddedIntake()
        #expect(try intake.reply(to: EmbeddedIntake.post("\(key)&to=1&text=t"))?.status == 200)
        #expect(try intake.reply(to: EmbeddedIntake.post("key=+secret+-key&to=1&text=t"))?.status == 401)
        #expect(try intake.reply(to: EmbeddedIntake.post("key=+%09&to=1&text=t"))?.status == 400, "nothing is left")
    }

    @Test func whatIsNoFormHasALine() throws {
        let intake = try EmbeddedIntake()
        let requests = [
            EmbeddedIntake.post(path: "/wrong"), "GET /sms HTTP/1.1\r\nHost: h\r\n\r\n",
            EmbeddedIntake.post("{}", "Content-Type: application/json\r\n"),
        ]
        for request in requests { _ = try intake.reply(to: request) }
        let lines = intake.lines.all
        #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("info ") && $0.contains("peer=192.0.2.7") })
        for _ in 0..<200 { _ = try intake.reply(to: requests[0]) }
        #expect(intake.lines.all.count <= 20, "the log is not a stranger's to fill")
    }

    @Test func a401HasItsChallenge() throws {
        let intake = try EmbeddedIntake()
        let reply = try intake.reply(to: EmbeddedIntake.post("key=x&to=1&text=t"))
        #expect(reply?.status == 401 && reply?["WWW-Authenticate"] == "Form realm=\"smppost\"")
        #expect(try intake.reply(to: EmbeddedIntake.post())?["WWW-Authenticate"] == nil)
    }

    @Test func health() throws {
        let intake = try EmbeddedIntake()
        for (line, status) in [("GET", 200), ("POST", 404)] {
            let reply = try intake.reply(to: "\(line) /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
            #expect(reply?.status == status, "\(line)")
            // It is no message.
            for field in ["X-Message-Id", "X-Outcome"] { #expect((reply?[field] == nil) == (status == 200)) }
            if status == 200 { #expect(reply?.body == "ok") }
        }
        #expect(try intake.reply(to: "HEAD /healthz HTTP/1.1\r\nHost: h\r\n\r\n", toHead: true)?.status == 200)
        _ = intake.loop.beginDraining()
        #expect(try intake.reply(to: "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")?.status == 503)
        #expect(intake.handler.requests.isEmpty)
    }

    /// Strangers' bodies that never end share a bound, and give it back.
    @Test func unfinishedBodiesAreBounded() throws {
        let intake = try EmbeddedIntake { $0.maxUnfinishedBytes = 1000 }
        func half(_ sent: Int) -> String {
            "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + String(repeating: "x", count: sent)
        }
        intake.send(half(900))
        #expect(intake.unfinished.current == 900)
        intake.send(String(repeating: "x", count: 200))
        #expect(try intake.replies()?.map(\.status) == [503])
        #expect(intake.unfinished.current == 0)
        let gone = try EmbeddedIntake()
        gone.send(half(900))
        #expect(gone.unfinished.current == 900)
        _ = try gone.channel.finish(acceptAlreadyClosed: true)
        #expect(gone.unfinished.current == 0)
        let whole = try EmbeddedIntake()
        whole.send(String(EmbeddedIntake.post().dropLast(3)))
        #expect(whole.unfinished.current > 0)
        #expect(try whole.reply(to: "llo")?.status == 200)
        #expect(whole.unfinished.current == 0)
    }

    /// Heads too are anybody's to begin.
    @Test func unfinishedHeadsAreBounded() throws {
        let head = "POST /sms HTTP/1.1\r\nHost: h\r\nX-Long: " + String(repeating: "x", count: 3000)
        let intake = try EmbeddedIntake { $0.maxUnfinishedBytes = 10_000 }
        intake.send(head)
        let held = intake.unfinished.current
        #expect((3000...8192).contains(held))
        intake.send(String(repeating: "x", count: 9000))
        #expect(try intake.replies()?.map(\.status) == [503])
        #expect(intake.unfinished.current == 0)
        let gone = try EmbeddedIntake()
        gone.send(head)
        #expect(gone.unfinished.current == held)
        _ = try gone.channel.finish(acceptAlreadyClosed: true)
        #expect(gone.unfinished.current == 0)
        let whole = try EmbeddedIntake()
        whole.send(head)
        let rest = "\r\nContent-Length: \(EmbeddedIntake.form.utf8.count)\r\n\r\n"
        #expect(try whole.reply(to: rest + EmbeddedIntake.form)?.status == 200)
        #expect(whole.unfinished.current == 0)
    }

    /// Its timer would keep a connection's handler in memory for a minute.
    @Test func aConnectionThatIsGoneIsGone() throws {
        let intake = try EmbeddedIntake()
        #expect(try intake.reply(to: EmbeddedIntake.post())?.status == 200)
        weak let handler = try intake.channel.pipeline.syncOperations.handler(type: IntakeHandler.self)
        #expect(handler != nil)
        _ = try intake.channel.finish(acceptAlreadyClosed: true)
        #expect(handler == nil)
    }
}
