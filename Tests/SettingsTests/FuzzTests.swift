import Foundation
import Messaging
import SMPP
import Testing

@testable import Settings

/// Changed and random files. `SMPPOST_FUZZ_SECONDS` makes them run longer.
@Suite("Fuzzing")
struct FuzzTests {
    /// So many rounds, or for so long as the environment says.
    private func repeatedly(_ rounds: Int, _ body: (Int) throws -> Void) rethrows {
        let seconds = ProcessInfo.processInfo.environment["SMPPOST_FUZZ_SECONDS"].flatMap(Double.init) ?? 0
        let end = Date().addingTimeInterval(seconds)
        var round = 0
        while round < rounds || Date() < end {
            try body(round)
            round += 1
        }
    }

    /// Pieces that mean something to YAML or to a reader.
    private static let pieces: [[UInt8]] =
        [
            "\t", "\n", "\r\n", "  ", ": ", "- ", "? ", "[", "]", "{", "}", ",", "#", "&a ", "*a", "!!int ", "!x ",
            "|\n", ">\n", "\"",
            "'", "%", "@", "`", "<<: ", "---\n", "...\n", "~", "null", "\\u0000", "\\xff", "\u{0}", "\u{FEFF}",
            "\u{2028}", "0x",
            "-1", "99999999999999999999", "1e309", "nan", "true", "10s", "/s", "::", "\u{E000}", "😀",
        ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80]]

    private func mutate(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<7, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(place..<end)
            case 3: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 4: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 5: bytes.removeSubrange(place...)
            default:
                var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                let (a, b) = (
                    Int.random(in: 0..<lines.count, using: &random), Int.random(in: 0..<lines.count, using: &random)
                )
                lines.swapAt(a, b)
                bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
            }
        }
        return bytes
    }

    @Test func randomBytesNeverCrash() {
        var random = SplitMix64(seed: 1)
        let letters = Array("abc:-?[]{},#&*!|>'\"%@` \n\t0123456789".utf8)
        repeatedly(1000) { round in
            let count = Int.random(in: 0...200, using: &random)
            let bytes = (0..<count).map { _ in
                round.isMultiple(of: 2)
                    ? UInt8.random(in: 0...255, using: &random) : letters.randomElement(using: &random) ?? 0
            }
            let log = ProblemLog()
            let root = YAMLFile.parse(bytes: bytes, file: "f", log: log)
            #expect(root != nil || !log.sortedProblems.isEmpty, "\(bytes)")
        }
    }

    @Test(arguments: FullConfiguration.files.keys.sorted())
    func changedFilesNeverCrashAndNeverLoadWrong(_ path: String) throws {
        var random = SplitMix64(seed: UInt64(path.utf8.count))
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        let original = Array((FullConfiguration.files[path] ?? "").utf8)
        try repeatedly(300) { _ in
            let bytes = mutate(original, using: &random)
            try fixture.write(path, bytes)
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            do throws(ConfigurationProblems) {
                let settings = try fixture.load()
                for fault in Self.faults(settings) {
                    Issue.record("\(fault): \(String(decoding: bytes, as: UTF8.self))")
                }
            } catch {
                #expect(!error.problems.isEmpty && error.problems == error.problems.sorted())
                for problem in error.problems {
                    let isInside = problem.line >= 1 && problem.column >= 1 && problem.line <= max(lines.count + 1, 100)
                    let isOneLine = !problem.message.contains { $0.isNewline } && !problem.message.isEmpty
                    #expect(isInside && isOneLine && problem.file.hasPrefix(fixture.root), "\(problem)")
                    #expect(!problem.message.contains("s3cret"))
                }
            }
        }
    }

    /// One wrong letter in a key is always told.
    @Test(arguments: FullConfiguration.files.keys.sorted())
    func changedKeysAreTold(_ path: String) throws {
        var random = SplitMix64(seed: 7)
        let fixture = try Fixture(FullConfiguration.files)
        try FullConfiguration.addSecrets(to: fixture)
        let lines = (FullConfiguration.files[path] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        var changes = 0
        for (index, line) in lines.enumerated() {
            for match in line.matches(of: #/[a-z][a-z_0-9]*(?=: |:$)/#) {
                let key = line[match.range]
                let offset = Int.random(in: 0..<key.count, using: &random)
                var letters = Array(key)
                letters[offset] = letters[offset] == "q" ? "x" : "q"
                var changed = lines.map(String.init)
                changed[index] = line[..<match.range.lowerBound] + String(letters) + line[match.range.upperBound...]
                try fixture.write(path, changed.joined(separator: "\n"))
                let here =
                    "\(path):\(index + 1):\(line.distance(from: line.startIndex, to: match.range.lowerBound) + 1): "
                let problems = fixture.problems()
                #expect(problems.contains { $0.hasPrefix(here + "unknown key") }, "\(key): \(problems)")
                changes += 1
            }
        }
        #expect(changes > 10)
    }

    /// What must hold of settings that were loaded, whatever the files were.
    private static func faults(_ settings: Settings) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        let intake = settings.intake
        check(!intake.listen.isEmpty && intake.path.hasPrefix("/"), "listen, path")
        check(!intake.certificateFile.isEmpty && !intake.keyFile.isEmpty, "tls")
        check(intake.replyWithin >= .seconds(1) && intake.replyWithin <= .seconds(25), "reply_within")
        check((1...1_000_000).contains(intake.maxConnections), "max_connections")
        check((1024...1_048_576).contains(intake.maxBodyBytes), "max_body")
        check((1024...65_536).contains(intake.maxHeaderBytes), "max_headers")
        check(intake.lockoutAttempts > 0 && intake.scryptQueue > 0 && intake.scryptThreads > 0, "lockout, scrypt")
        check(
            NetworkText.isLoopback(settings.monitor.listen.host) || (settings.monitor.token?.count ?? 0) >= 16, "token")
        check((settings.monitor.certificateFile == nil) == (settings.monitor.keyFile == nil), "monitor.tls")
        check(!settings.accounts.isEmpty && !settings.carriers.isEmpty, "nothing to do")
        let carriers = Set(settings.carriers.map(\.name))
        for account in settings.accounts {
            check(!account.name.isEmpty && !account.carriers.isEmpty, "account")
            check(account.carrierNames.allSatisfy(carriers.contains), "account's carriers")
            check((account.login == nil) == (account.password == nil), "login and password")
            check(account.login != nil || account.key != nil, "no way in")
            check((account.rate ?? 1) > 0 && (account.inFlight ?? 1) > 0, "rate, in_flight")
            check(account.allowFrom.allSatisfy(NetworkText.isAddressBlock), "allow_from")
        }
        check(Set(settings.accounts.map(\.name)).count == settings.accounts.count, "names")
        for carrier in settings.carriers {
            check(
                !carrier.setup.hosts.isEmpty && carrier.setup.hosts.allSatisfy { (1...65_535).contains($0.port) },
                "hosts")
            check((1...15).contains(carrier.setup.request.systemID.unicodeScalars.count), "system_id")
            check(carrier.setup.request.password.unicodeScalars.count <= 64, "password")
            check(carrier.setup.binds.contains { $0.kind.submits && $0.count > 0 }, "binds")
            check((1...10_000).contains(carrier.setup.limits.window) && (carrier.setup.rate ?? 1) > 0, "window, rate")
            check(carrier.setup.timings.reconnectFirst <= carrier.setup.timings.reconnectMax, "reconnect")
            check(
                carrier.setup.timings.response > .zero && carrier.setup.timings.enquireLinkEvery >= .seconds(1), "times"
            )
            check((60...2_592_000).contains(carrier.validity ?? 60), "validity")
            check(carrier.esmClass & 0x40 == 0, "esm_class")
            check((1...255).contains(carrier.text.maxParts), "max_parts")
        }
        return faults
    }
}
