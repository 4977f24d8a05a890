import Foundation
import TestPrograms
import Testing

/// What comes back from a carrier: into the journal before it is acknowledged, and on to URLs.
@Suite(.timeLimit(.minutes(2))) struct InboundTests {
    static let long = String(repeating: "Сообщение 👍 из нескольких частей. ", count: 6)

    /// A bridge with a journal that posts to `port`.
    private func setup(postTo port: Int? = nil, simulator: Simulator) async throws -> BridgeSetup {
        var setup = BridgeSetup(journal: BridgeSetup.ownJournal, ["keep_text: true"])
        setup.carriers[0].port = simulator.port
        if let port {
            setup.carriers[0].lines = [try await PostListener.lines("inbound", port: port)]
            setup.accounts[0].lines = [try await PostListener.lines("receipts", port: port)]
        }
        return setup
    }

    private func send(_ text: String, from: String = "79165550001", over simulator: Simulator) async throws {
        let form: Form = ["from": from, "to": "1234", "text": text]
        let reply = try await Curl.run(
            CurlRequest(url: "http://127.0.0.1:\(simulator.statusPort)/inbound", body: form.encoded))
        #expect(reply.status == 202)
    }

    private func messages(_ bridge: Bridge, _ arguments: [String]) async throws -> ProcessOutput {
        try await run(
            Repository.smppost,
            [
                "messages", "--config", bridge.folder.file("config"), "--carriers", bridge.folder.file("carriers"),
            ] + arguments)
    }

    private func inbound(_ bridge: Bridge) async throws -> [InboundLine] {
        let output = try await messages(bridge, ["--inbound", "--json"])
        #expect(output.exitCode == 0, "\(output.everything)")
        return try output.standardOutput.split(separator: "\n").map {
            try JSONDecoder().decode(InboundLine.self, from: Data($0.utf8))
        }
    }

    struct InboundLine: Decodable {
        var id: String
        var from: String
        var to: String
        var text: String?
        var parts: Int
    }

    @Test func messagesAreKeptAndPosted() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        let listener = try await PostListener.start(port: port, in: folder)
        defer { listener.kill() }
        try await withSimulator { simulator in
            try await withBridge(try await setup(postTo: port, simulator: simulator)) { bridge in
                try await send("Hello & <welcome> = 100 %", over: simulator)
                try await send(Self.long, over: simulator)
                try await eventually("kept") { try await inbound(bridge).count == 2 }
                let kept = try await inbound(bridge)
                #expect(Set(kept.compactMap(\.text)) == ["Hello & <welcome> = 100 %", Self.long])
                #expect(Set(kept.map(\.parts)) == [1, 4])
                #expect(kept.allSatisfy { $0.from == "79165550001" && $0.to == "1234" })
                try await eventually("posted") { try PostListener.posts(in: folder).count >= 2 }
                let posts = try PostListener.posts(in: folder)
                #expect(posts.count == 2)
                #expect(posts.allSatisfy { $0.right && $0.event == "inbound" && $0.path == "/inbound/" })
                #expect(Set(posts.compactMap { $0.fields["text"] }) == ["Hello & <welcome> = 100 %", Self.long])
                #expect(Set(posts.compactMap { $0.fields["id"] }) == Set(kept.map(\.id)))
                #expect(Set(posts.compactMap { $0.fields["parts"] }) == ["1", "4"])
                #expect(posts.allSatisfy { $0.fields["carrier"] == "main" && $0.fields["from"] == "79165550001" })
                #expect(try await simulator.page("/counters").contains("\"inbound_acknowledged\":5"))
                // Neither the text nor the number is in the log.
                #expect(!bridge.process.current.everything.contains("79165550001"))
                #expect(!bridge.process.current.everything.contains("welcome"))
            }
        }
    }

    @Test func postingsWaitForTheirReceiverAlsoOverAKill() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        try await withSimulator(["--receipts", "0s"]) { simulator in
            let bridge = try await Bridge.start(try await setup(postTo: port, simulator: simulator))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            try await send("before the kill", over: simulator)
            let id = try await bridge.post(.message()).id ?? ""
            try await eventually("recorded") {
                try await bridge.monitor("/messages/\(id)").body.contains("\"state\":\"delivered\"")
            }
            try await eventually("tried") { bridge.process.current.everything.contains("not posted; tried again") }
            bridge.process.kill()
            _ = try await bridge.process.waitForExit()
            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            let listener = try await PostListener.start(port: port, in: folder)
            defer { listener.kill() }
            try await eventually("posted", atMost: .seconds(40)) { try PostListener.posts(in: folder).count >= 2 }
            let posts = try PostListener.posts(in: folder)
            #expect(posts.allSatisfy { $0.right })
            #expect(posts.first { $0.event == "inbound" }?.fields["text"] == "before the kill")
            let receipt = try #require(posts.first { $0.event == "receipt" }?.fields)
            #expect(receipt["id"] == id)
            // What the carrier brings again after a restart has the same name.
            #expect(posts.first { $0.event == "receipt" }?.posting == "\(id)-1-delivered")
            #expect(receipt["to"] == "79161234567")
            #expect(receipt["state"] == "delivered")
            #expect(receipt["segment"] == "1")
            #expect(receipt["segments"] == "1")
            #expect(receipt["done_at"]?.hasSuffix("Z") == true)
            // And not once more: who reads the journal anew finds nothing to post but what is new.
            #expect(try await next.stop().exitCode == 0)
            #expect(try PostListener.posts(in: folder).count == 2)
            let last = try await next.startAgain()
            defer { last.process.kill() }
            try await send("after the stop", over: simulator)
            try await last.awaitReady()
            #expect(try await last.post(.message()).status == 200)
            try await eventually("posted too") {
                let posts = try PostListener.posts(in: folder)[2...]
                return posts.contains { $0.event == "receipt" }
                    && posts.contains { $0.fields["text"] == "after the stop" }
            }
            #expect(try await last.stop().exitCode == 0)
            #expect(try PostListener.posts(in: folder).count == 4)
        }
    }

    /// A damaged row is told, and the others go on.
    /// An answer is read up to 64 KiB: a receiver that misbehaves costs no memory.
    @Test func aLongAnswerIsNone() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        let listener = try await PostListener.start(port: port, in: folder, status: 200, octets: 70_000)
        defer { listener.kill() }
        try await withSimulator { simulator in
            try await withBridge(try await setup(postTo: port, simulator: simulator)) { bridge in
                try await send("text", over: simulator)
                try await eventually("told") { bridge.process.current.everything.contains("65536") }
                listener.kill()
                let count = try PostListener.posts(in: folder).count
                let next = try await PostListener.start(port: port, in: folder, status: 200, octets: 60_000)
                defer { next.kill() }
                try await eventually("posted") { try PostListener.posts(in: folder).count > count }
                #expect(Set(try PostListener.posts(in: folder).map(\.posting)).count == 1)
            }
        }
    }

    @Test func aPostingThatCannotBeReadIsSetAside() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let port = try Ports.free()
        try await withSimulator { simulator in
            let bridge = try await Bridge.start(try await setup(postTo: port, simulator: simulator))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            for number in 1...3 { try await send("text \(number)", over: simulator) }
            try await eventually("kept") { try await inbound(bridge).count == 3 }
            #expect(try await bridge.stop().exitCode == 0)
            let damage = """
                import sqlite3, sys
                database = sqlite3.connect(sys.argv[1])
                database.execute("UPDATE posting SET at = -1 WHERE id = (SELECT min(id) FROM posting)")
                database.commit()
                """
            let damaged = try await run("python3", ["-c", damage, bridge.folder.file("var/smppost.db")])
            #expect(damaged.exitCode == 0, "\(damaged.everything)")
            let listener = try await PostListener.start(port: port, in: folder)
            defer { listener.kill() }
            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await eventually("posted") { try PostListener.posts(in: folder).count == 2 }
            try await eventually("told") { next.process.current.everything.contains("cannot be read and is set aside") }
            #expect(try await next.stop().exitCode == 0)
        }
    }

    @Test func partsSurviveAKill() async throws {
        // The simulator waits for each answer; the second part is answered by the next process.
        try await withSimulator(["--deliver-window", "1"]) { simulator in
            let bridge = try await Bridge.start(try await setup(simulator: simulator))
            defer { bridge.discard() }
            try await bridge.awaitReady()
            for number in 0..<20 { try await send(Self.long + "\(number)", over: simulator) }
            bridge.process.kill()
            _ = try await bridge.process.waitForExit()
            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await eventually("kept") { try await inbound(next).count >= 20 }
            let texts = try await inbound(next).compactMap(\.text)
            #expect(Set(texts) == Set((0..<20).map { Self.long + "\($0)" }))
            #expect(texts.count == 20)
            #expect(try await next.stop().exitCode == 0)
        }
    }

    /// Nothing is acknowledged that is not recorded, and what is repeated is recorded once.
    @Test func outageMakesTheCarrierRepeat() async throws {
        try await withSimulator(["--receipts", "3s"]) { simulator in
            var setup = try await setup(simulator: simulator)
            setup.carriers[0].lines = ["receipts: { retry_status: 0x14 }", "deliver: { within: 2s }"]
            try await withBridge(setup) { bridge in
                let replies = try await bridge.post((0..<20).map { .message(text: "Outage \($0)") })
                #expect(replies.allSatisfy { $0.status == 200 })
                let (folder, aside) = (bridge.folder.file("var"), bridge.folder.file("aside"))
                try FileManager.default.moveItem(atPath: folder, toPath: aside)
                try Data("in the way".utf8).write(to: URL(filePath: folder))
                try await send(Self.long, over: simulator)
                try await send("short", over: simulator)
                try await eventually("refused") {
                    let counters = try await simulator.page("/counters")
                    return !counters.contains("\"inbound_refused\":0,") && !counters.contains("\"receipts_refused\":0,")
                }
                try FileManager.default.removeItem(atPath: folder)
                try FileManager.default.moveItem(atPath: aside, toPath: folder)
                try await eventually("kept", atMost: .seconds(40)) {
                    let counters = try await simulator.page("/counters")
                    return counters.contains("\"receipts_acknowledged\":20")
                        && counters.contains("\"inbound_acknowledged\":5")
                }
                let texts = try await inbound(bridge).compactMap(\.text)
                #expect(texts.sorted() == ["short", Self.long].sorted())
                for reply in replies {
                    let page = try await bridge.monitor("/messages/\(reply.id ?? "")").body
                    #expect(page.contains("\"state\":\"delivered\""), "\(page)")
                }
            }
        }
    }

    @Test(arguments: [
        ["decimal", "hex"], ["hexadecimal", "decimal"], ["decimal", "padded"], ["hexadecimal", "uppercase"],
    ]) func receiptsOfEveryFormAreRecorded(_ forms: [String]) async throws {
        let arguments = ["--receipts", "50ms", "--message-ids", forms[0], "--receipt-ids", forms[1]]
        try await withSimulator(arguments) { simulator in
            try await withBridge(try await setup(simulator: simulator)) { bridge in
                let replies = try await bridge.post((0..<200).map { .message(text: "Form \($0)") })
                #expect(replies.allSatisfy { $0.status == 200 })
                try await eventually("matched") { try await bridge.carriers()[0].receipts.matched == 200 }
                let receipts = try await bridge.carriers()[0].receipts
                #expect(receipts.unmatched == 0)
                #expect(receipts.duplicates == 0)
                let output = try await messages(bridge, ["--json", "--limit", "1000"])
                #expect(output.standardOutput.split(separator: "\n").count == 200)
                #expect(output.standardOutput.split(separator: "\n").allSatisfy { $0.contains("\"delivered\"") })
            }
        }
    }

    @Test func messagesAreListed() async throws {
        try await withSimulator(["--receipts", "0s"]) { simulator in
            try await withBridge(try await setup(simulator: simulator)) { bridge in
                let accepted = try await bridge.post(.message())
                let refused = try await bridge.post(.message(to: "79161670004"))
                let id = accepted.id ?? ""
                try await eventually("receipt") {
                    try await messages(bridge, ["--id", id]).standardOutput.contains("receipt")
                }
                let all = try await messages(bridge, []).standardOutput.split(separator: "\n").map(String.init)
                #expect(all.count == 3)
                #expect(all[0].hasPrefix("ID") && all[1].hasPrefix(refused.id ?? "?") && all[2].hasPrefix(id))
                #expect(all[2].contains("7916*****67") && !all[2].contains("79161234567"))
                #expect(all[2].hasSuffix("delivered"))
                let one = try await messages(bridge, ["--outcome", "accepted", "--number", "4567", "--full"])
                #expect(one.standardOutput.split(separator: "\n").count == 2)
                #expect(one.standardOutput.contains("79161234567"))
                #expect(
                    try await messages(bridge, ["--account", "nobody"]).standardOutput.split(separator: "\n").count == 1
                )
                #expect(try await messages(bridge, ["--until", "1h"]).standardOutput.split(separator: "\n").count == 1)
                #expect(
                    try await messages(bridge, ["--since", "1h", "--limit", "1"]).standardOutput.contains(
                        refused.id ?? "?"))
                let life = try await messages(bridge, ["--id", id]).standardOutput
                #expect(life.contains("segment 1") && life.contains("accepted"))
                #expect(try await messages(bridge, ["--id", "0000000000000"]).exitCode == 1)
                #expect(try await messages(bridge, ["--id", "nonsense"]).exitCode == 64)
                #expect(try await messages(bridge, ["--since", "yesterday"]).exitCode == 64)
                #expect(try await messages(bridge, ["--limit", "0"]).exitCode == 64)
                let missing = try await run(
                    Repository.smppost, ["messages", "--config", "/nonexistent", "--carriers", "/nonexistent"])
                #expect(missing.exitCode == 78)
            }
        }
    }

    @Test func messagesAreFollowed() async throws {
        try await withBridgeAndSimulator(BridgeSetup(journal: BridgeSetup.ownJournal)) { bridge, _ in
            let before = try await bridge.post(.message(text: "before"))
            let follower = try ProcessHandle(
                Repository.smppost,
                [
                    "messages", "--config", bridge.folder.file("config"), "--carriers",
                    bridge.folder.file("carriers"), "--follow",
                ])
            defer { follower.kill() }
            try await follower.waitForOutput(containing: "OUTCOME")
            let after = try await bridge.post(.message(text: "after"))
            try await follower.waitForOutput(containing: after.id ?? "?")
            #expect(!follower.current.everything.contains(before.id ?? "?"))
        }
    }
}
