import Testing

@testable import Settings

@Suite struct ConfigurationPlaceTests {
    private struct Case: Sendable {
        var config: String?
        var carriers: String?
        var variable: String?
        var folders: Set<String> = []
        var found: (String, String)
    }

    private static let cases = [
        Case(found: ("config", "carriers")),
        Case(folders: ["config", "/etc/smppost", "/etc/smppost/carriers"], found: ("config", "carriers")),
        Case(
            folders: ["/etc/smppost", "/etc/smppost/carriers"], found: ("/etc/smppost", "/etc/smppost/carriers")),
        Case(variable: "/srv/one/config", folders: ["config"], found: ("/srv/one/config", "/srv/one/carriers")),
        Case(variable: "", folders: ["config"], found: ("config", "carriers")),
        Case(
            variable: "/srv/one", folders: ["/srv/one/carriers", "config"], found: ("/srv/one", "/srv/one/carriers")),
        Case(config: "other/config", variable: "/srv/one", found: ("other/config", "other/carriers")),
        Case(config: "other/config/", found: ("other/config/", "other/carriers")),
        Case(config: "config", carriers: "some", folders: ["config/carriers"], found: ("config", "some")),
    ]

    @Test(arguments: cases.indices) func oneFolderIsFound(_ index: Int) {
        let one = Self.cases[index]
        let place = ConfigurationPlace(
            config: one.config, carriers: one.carriers, environment: one.variable.map { ["SMPPOST_CONFIG": $0] } ?? [:]
        ) { one.folders.contains($0) }
        #expect((place.config, place.carriers) == one.found)
    }
}
