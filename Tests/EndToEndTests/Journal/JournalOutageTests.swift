import Foundation
import TestPrograms
import Testing

/// A journal that cannot be written.
@Suite(.timeLimit(.minutes(2))) struct JournalOutageTests {
    /// The journal's folder cannot be made: a file stands in its place.
    private func obstructed(_ lines: [String], _ body: (Bridge, Simulator) async throws -> Void) async throws {
        try await withSimulator { simulator in
            var setup = BridgeSetup(journal: BridgeSetup.ownJournal, lines)
            setup.carriers[0].port = simulator.port
            let bridge = try await Bridge.start(setup) { try $0.write("in the way", to: "var") }
            defer { bridge.discard() }
            try await eventually("bound") { try await bridge.carriers()[0].ready }
            try await body(bridge, simulator)
            #expect(try await bridge.stop().exitCode == 0)
        }
    }

    @Test func refusesAndRecovers() async throws {
        try await obstructed([]) { bridge, simulator in
            let ready = try await bridge.monitor("/readyz")
            #expect(ready.status == 503)
            #expect(ready.body.contains("journal"))
            let refused = try await bridge.post(.message(), headers: ["Accept: application/json"])
            #expect(refused.status == 503)
            #expect(refused.outcome == "not-sent")
            #expect((Int(refused.headers["retry-after"] ?? "") ?? 0) >= 1)
            #expect(try refused.json().error == "no_journal")
            #expect(try refused.json().retry == true)
            #expect(try await simulator.counters().submits == 0)
            #expect(bridge.process.current.everything.contains("the journal cannot be written: messages are refused"))
            try FileManager.default.removeItem(atPath: bridge.folder.file("var"))
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message()).status == 200)
            #expect(try await simulator.counters().submits == 1)
        }
    }

    @Test func continuesWithoutARecord() async throws {
        try await obstructed(["on_outage: continue"]) { bridge, simulator in
            #expect(try await bridge.monitor("/readyz").status == 503)
            #expect(try await bridge.post(.message()).status == 200)
            #expect(try await simulator.counters().submits == 1)
            try FileManager.default.removeItem(atPath: bridge.folder.file("var"))
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message(text: "recorded")).status == 200)
        }
    }

    /// A small file system of its own; only where the tests may mount one.
    @Test(.enabled(if: SmallDisk.isPossible)) func fullDiskRefusesAndRecovers() async throws {
        try await withSmallDisk { disk, setup, simulator in
            try await withBridge(setup) { bridge in
                var accepted = [try await bridge.post(.message(text: "before"))]
                #expect(accepted[0].status == 200)
                try await disk.fill()
                try await eventually("refused") {
                    let reply = try await bridge.post(.message(text: "text \(accepted.count)"))
                    #expect(reply.status == 200 || reply.status == 503 || reply.status == 504)
                    if reply.status == 200 { accepted.append(reply) }
                    return reply.status == 503
                }
                #expect(try await bridge.monitor("/readyz").status == 503)
                let submits = try await simulator.counters().submits
                #expect(try await bridge.post(.message(text: "refused")).status == 503)
                #expect(try await simulator.counters().submits == submits)
                try disk.free()
                try await bridge.awaitReady()
                #expect(try await bridge.post(.message(text: "refused")).status == 200)
                for reply in accepted {
                    let life = try await bridge.monitor("/messages/\(reply.id ?? "")")
                    #expect(life.status == 200)
                    #expect(life.body.contains("accepted"))
                }
            }
        }
    }

    /// The disk fills under load, again and again, and half of the times the bridge is killed while it is full.
    @Test(.enabled(if: SmallDisk.isPossible), .timeLimit(.minutes(10)), arguments: JournalKind.there)
    func fullDiskUnderLoadLosesNothing(kind: JournalKind) async throws {
        let disk = try await SmallDisk(megabytes: kind == .sqlite ? 24 : 48)
        defer { disk.remove() }
        let server = kind == .postgresql ? try await PostgreSQLServer() : nil
        var url = "sqlite:\(disk.path)/smppost.db"
        if let server {
            try await disk.give(to: "postgres")
            url = server.url(of: try await server.newDatabase(in: disk.path))
        }
        try await PlanFixClients.post(journal: url) { bridge, smsc in
            for round in 0..<JournalTrouble.times(2, share: 5) {
                try await disk.fill()
                try await eventually("noticed", atMost: .seconds(40)) {
                    try await bridge.monitor("/readyz").status == 503
                }
                if !round.isMultiple(of: 2) {
                    bridge.process.kill()
                    _ = try await bridge.process.waitForExit()
                    bridge = try await bridge.startAgain()
                }
                try disk.free()
                try await bridge.awaitReady()
                try await smsc.goOn()
            }
        }
        try await server?.remove()
    }

    /// The file system may only be read when the bridge starts, and can be written later.
    @Test(.enabled(if: SmallDisk.isPossible)) func readOnlyDiskRefusesAndRecovers() async throws {
        try await withSmallDisk { disk, setup, simulator in
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message(text: "before")).status == 200)
            #expect(try await bridge.stop().exitCode == 0)
            try await disk.allowWriting(false)

            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await eventually("bound") { try await next.carriers()[0].ready }
            try await expectRefused(next, "read_only", simulator)
            try await disk.allowWriting(true)
            try await next.awaitReady()
            #expect(try await next.post(.message(text: "refused")).status == 200)
            #expect(try await simulator.counters().submits == 2)
            #expect(try await next.stop().exitCode == 0)
        }
    }

    /// The file is spoilt while no bridge runs; then an older copy takes its place.
    @Test func damagedFileAtTheStartRefusesAndRecovers() async throws {
        try await withSimulator { simulator in
            var setup = BridgeSetup(journal: BridgeSetup.ownJournal)
            setup.carriers[0].port = simulator.port
            let bridge = try await Bridge.start(setup)
            defer { bridge.discard() }
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message(text: "before")).status == 200)
            #expect(try await bridge.stop().exitCode == 0)
            let file = URL(filePath: bridge.folder.file("var/smppost.db"))
            let whole = try Data(contentsOf: file)
            try Data(repeating: 0x5A, count: whole.count).write(to: file)

            let next = try await bridge.startAgain()
            defer { next.process.kill() }
            try await eventually("bound") { try await next.carriers()[0].ready }
            try await expectRefused(next, "corrupt", simulator)
            // Nothing is written over what somebody may still want to save.
            #expect(try Data(contentsOf: file) == Data(repeating: 0x5A, count: whole.count))
            try whole.write(to: file)
            try await next.awaitReady()
            #expect(try await next.post(.message(text: "refused")).status == 200)
            #expect(try await simulator.counters().submits == 2)
            #expect(try await next.stop().exitCode == 0)
        }
    }

    /// A spoilt file takes the place of the running bridge's.
    @Test func exchangedFileRefusesAndRecovers() async throws {
        try await withBridgeAndSimulator(BridgeSetup(journal: BridgeSetup.ownJournal)) { bridge, simulator in
            #expect(try await bridge.post(.message(text: "before")).status == 200)
            let file = URL(filePath: bridge.folder.file("var/smppost.db"))
            try FileManager.default.moveItem(at: file, to: file.appendingPathExtension("away"))
            try Data(repeating: 0x5A, count: 65_536).write(to: file)
            try await expectRefused(bridge, "corrupt", simulator)
            for end in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: file.path() + end)
            }
            try await bridge.awaitReady()
            #expect(try await bridge.post(.message(text: "refused")).status == 200)
            #expect(try await simulator.counters().submits == 2)
        }
    }

    /// The running bridge's file is emptied: what its log still has is found again, or the database is told as damaged.
    @Test func emptiedFileIsNoticed() async throws {
        try await withBridgeAndSimulator(BridgeSetup(journal: BridgeSetup.ownJournal)) { bridge, simulator in
            #expect(try await bridge.post(.message(text: "before")).status == 200)
            let handle = try FileHandle(forWritingTo: URL(filePath: bridge.folder.file("var/smppost.db")))
            try handle.truncate(atOffset: 0)
            try handle.close()
            // Its log may still take it in: then it is found there.
            let first = try await bridge.post(.message(text: "first"))
            #expect(first.status == 200 || (first.status == 503 && first.outcome == "not-sent"))
            try await eventually("the loss is told") { bridge.process.current.everything.contains("emptied") }
            try await bridge.awaitReady()
            let second = try await bridge.post(.message(text: "second"))
            #expect(second.status == 200)
            for reply in [first, second] where reply.status == 200 {
                try await eventually("\(reply.id ?? "") is in the journal") {
                    try await bridge.monitor("/messages/\(reply.id ?? "")").status == 200
                }
            }
            #expect(try await simulator.counters().submits == (first.status == 200 ? 3 : 2))
        }
    }

    /// A message is refused, truly, and the cause is told in a word of its own.
    private func expectRefused(_ bridge: Bridge, _ kind: String, _ simulator: Simulator) async throws {
        let submits = try await simulator.counters().submits
        let refused = try await bridge.post(.message(text: "refused"), headers: ["Accept: application/json"])
        #expect(refused.status == 503)
        #expect(refused.outcome == "not-sent")
        #expect(try refused.json().error == "no_journal")
        #expect(try await simulator.counters().submits == submits)
        try await eventually("told: \(kind)") {
            let ready = try await bridge.monitor("/readyz")
            return ready.status == 503 && ready.body.contains(kind)
        }
        try await eventually("logged: \(kind)") { bridge.process.current.everything.contains("kind=\(kind)") }
    }
}
