import ArgumentParser
import Foundation
import Service
import Settings

/// Where the configuration lies; shared by the commands that read it.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: "The folder with smppost.yaml and accounts.yaml.")
    var config = "config"

    @Option(help: "The folder with one NAME.yaml for each carrier.")
    var carriers = "carriers"

    /// Reads and checks every file.
    ///
    /// - Throws: exit code 78 after every problem was printed to standard error.
    func load() throws -> Settings {
        do throws(ConfigurationProblems) {
            let settings = try read()
            for warning in settings.warnings { Console.error("\(warning)") }
            return settings
        } catch {
            for problem in error.problems { Console.error("\(problem)") }
            throw ExitCode.badConfiguration
        }
    }

    /// `read` for a running bridge.
    var reader: ConfigurationReader {
        let (config, carriers) = (config, carriers)
        return {
            do throws(ConfigurationProblems) {
                return .success(
                    try Settings.load(
                        configDirectory: config, carriersDirectory: carriers,
                        environment: ProcessInfo.processInfo.environment))
            } catch {
                return .failure(error)
            }
        }
    }

    /// Reads and checks every file, and prints nothing.
    func read() throws(ConfigurationProblems) -> Settings {
        try Settings.load(
            configDirectory: config, carriersDirectory: carriers, environment: ProcessInfo.processInfo.environment)
    }
}

extension ExitCode {
    /// EX_CONFIG of sysexits.
    static let badConfiguration = ExitCode(78)
}
