import HTTPService
import Settings
import Testing

@testable import Service

/// What a node of a cluster needs before it starts, and may not change while it runs.
@Suite struct NodeStartTests {
    private static func cluster() throws -> ClusterSettings {
        let address = try #require(HTTPURL("https://a.example"))
        return ClusterSettings(name: "a", address: address, caFile: "", certificateFile: "", keyFile: "")
    }

    @Test func theFirstProcessOfAContainerIsNoNode() throws {
        var settings = Settings()
        #expect(StartCheck.problems(settings, file: "smppost.yaml", processID: 1).isEmpty)
        settings.cluster = try Self.cluster()
        #expect(StartCheck.problems(settings, file: "smppost.yaml", processID: 7).isEmpty)
        let problems = StartCheck.problems(settings, file: "smppost.yaml", processID: 1)
        #expect(problems.count == 1 && problems[0].message.contains("--init"))
    }

    @Test func anotherClusterNeedsARestart() throws {
        let old = Settings()
        var new = Settings()
        new.cluster = try Self.cluster()
        #expect(ReloadPlan(from: old, to: new).needsRestart == ["cluster"])
        #expect(old.reloaded(new).cluster == nil)
    }
}
