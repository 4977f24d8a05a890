import ArgumentParser
import Foundation
import Service
import Settings

/// Where the configuration lies; shared by the commands that read it.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The folder with smppost.yaml and accounts.yaml; none: that of $SMPPOST_CONFIG, or ./config, or /etc/smppost.",
            valueName: "config"))
    var givenConfig: String?

    @Option(
        name: .customLong("carriers"),
        help: ArgumentHelp(
            "The folder with one NAME.yaml for each carrier; none: carriers in the other folder, or beside it.",
            valueName: "carriers"))
    var givenCarriers: String?

    /// Where the configuration lies.
    var place: ConfigurationPlace {
        ConfigurationPlace(
            config: givenConfig, carriers: givenCarriers, environment: ProcessInfo.processInfo.environment)
    }

    /// `smppost.yaml`, for messages.
    var serviceFile: String { (place.config as NSString).appendingPathComponent("smppost.yaml") }

    /// Reads and checks every file.
    ///
    /// - Parameter isForStart: whether a start is to follow, which needs more of this machine.
    /// - Throws: exit code 78 after every problem was printed to standard error.
    func load(isForStart: Bool = false) throws -> Settings {
        try told { () throws(ConfigurationProblems) in
            let settings = try read()
            for warning in settings.warnings { Console.error("\(warning)") }
            let problems = isForStart ? StartCheck.problems(settings, file: serviceFile) : []
            guard problems.isEmpty else { throw ConfigurationProblems(problems: problems) }
            return settings
        }
    }

    /// Reads `smppost.yaml` alone, for commands that ask a running bridge or its journal; its warnings are `check`'s.
    ///
    /// - Throws: exit code 78 after every problem was printed to standard error.
    func loadService() throws -> Settings {
        try told { () throws(ConfigurationProblems) in
            try Settings.service(
                configDirectory: place.config, environment: ProcessInfo.processInfo.environment)
        }
    }

    private func told(_ read: () throws(ConfigurationProblems) -> Settings) throws -> Settings {
        do throws(ConfigurationProblems) {
            return try read()
        } catch {
            for problem in error.all { Console.error("\(problem)") }
            throw ExitCode.badConfiguration
        }
    }

    /// `read` for a running bridge.
    var reader: ConfigurationReader {
        let place = place
        return {
            do throws(ConfigurationProblems) {
                return .success(try Self.read(place))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Reads and checks every file, and prints nothing.
    func read() throws(ConfigurationProblems) -> Settings { try Self.read(place) }

    private static func read(_ place: ConfigurationPlace) throws(ConfigurationProblems) -> Settings {
        try Settings.load(
            configDirectory: place.config, carriersDirectory: place.carriers,
            environment: ProcessInfo.processInfo.environment)
    }
}

extension ExitCode {
    /// EX_CONFIG of sysexits.
    static let badConfiguration = ExitCode(78)
}
