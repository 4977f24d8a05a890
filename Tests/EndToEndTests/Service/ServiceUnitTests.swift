import Foundation
import TestPrograms
import Testing

/// The service under systemd: what it tells, and the shipped unit.
@Suite struct ServiceUnitTests {
    @Test func theServiceManagerHearsItsWholeLife() async throws {
        let name = "@smppost-e2e-\(UUID())"
        let manager = try ProcessHandle("python3", [Repository.testFile("Peers/service_manager.py"), name])
        defer { manager.kill() }
        try await manager.waitForOutput(containing: "listening")
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let setup = BridgeSetup(carriers: [CarrierSetup(port: try Ports.free())])
        try await setup.write(to: folder, port: try Ports.free(), monitorPort: try Ports.free())
        let bridge = try ProcessHandle(
            Repository.smppost,
            ["serve", "--config", folder.file("config"), "--carriers", folder.file("carriers")],
            environment: ["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "600000"])
        defer { bridge.kill() }
        try await manager.waitForOutput(containing: "READY=1\n")
        try await manager.waitForOutput(containing: "STATUS=0 of 1 carriers take messages; not: main")
        try await manager.waitForOutput(containing: "WATCHDOG=1\nWATCHDOG=1\n")
        bridge.signal(SIGHUP)
        try await manager.waitForOutput(containing: "RELOADING=1 MONOTONIC_USEC=")
        try await eventually("ready again") {
            let heard = manager.current.standardOutput
            guard let reloading = heard.range(of: "RELOADING=1") else { return false }
            return heard[reloading.upperBound...].contains("READY=1\n")
        }
        try await bridge.stop()
        try await manager.waitForOutput(containing: "STOPPING=1")
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func theUnitIsHardened() async throws {
        let unit = Repository.file("config/systemd/smppost.service")
        let result = try await run("systemd-analyze", ["security", "--offline=true", "--no-pager", unit])
        let exposure = try #require(result.standardOutput.firstMatch(of: /exposure level for \S+ ([0-9.]+)/)?.output.1)
        #expect(try #require(Double(exposure)) < 2, "\(result.everything)")
        let text = try String(contentsOfFile: unit, encoding: .utf8)
        for line in [
            "Type=notify", "WatchdogSec=30s", "ExecReload=/bin/sh -c \"kill -HUP ${MAINPID}\"", "User=smppost",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }
}
