import HTTPService
import Service
import Settings
import Testing

/// What a node of a cluster needs before it starts.
@Suite struct NodeStartTests {
    @Test func theFirstProcessOfAContainerIsNoNode() throws {
        var settings = Settings()
        #expect(StartCheck.problems(settings, file: "smppost.yaml", processID: 1).isEmpty)
        settings.cluster = ClusterSettings(
            name: "a", address: try #require(HTTPURL("https://a.example")), caFile: "", certificateFile: "", keyFile: ""
        )
        #expect(StartCheck.problems(settings, file: "smppost.yaml", processID: 7).isEmpty)
        let problems = StartCheck.problems(settings, file: "smppost.yaml", processID: 1)
        #expect(problems.count == 1 && problems[0].message.contains("--init"))
    }
}
