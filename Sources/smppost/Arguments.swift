import ArgumentParser
import Foundation
import SMPP
import Settings

/// `HOST:PORT`, IPv6 in brackets.
struct ListenArgument: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let address = HostPort.parse(argument) else { return nil }
        self.init(host: address.host, port: address.port)
    }

    var description: String { HostPort(host: host, port: port).description }
    var defaultValueDescription: String { description }
}

/// A time with its unit: `20ms`, `5s`, `1m`.
struct DurationArgument: ExpressibleByArgument, CustomStringConvertible {
    var duration: Duration

    init(_ duration: Duration) {
        self.duration = duration
    }

    init?(argument: String) {
        guard let duration = DurationText.parse(argument) else { return nil }
        self.duration = duration
    }

    /// In the form that the option takes.
    var description: String { DurationText.text(duration) }
    var defaultValueDescription: String { description }
}

extension Language: ExpressibleByArgument {}

/// What `--system-id` may be.
enum SystemIDOption {
    static func check(_ systemID: String) throws(ValidationError) {
        let octets = systemID.utf8
        guard (1...15).contains(octets.count), octets.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ValidationError("--system-id is 1 to 15 ASCII characters (SMPP 3.4 §5.2.1)")
        }
    }
}

extension SecretFile {
    /// The secret in the file that an option names, or a mix: without line ends around it.
    static func read(option file: String) throws(ValidationError) -> String {
        do throws(FileProblem) {
            return try read(path: file).trimmingCharacters(in: .newlines)
        } catch {
            throw ValidationError("\(file) \(error.reason)")
        }
    }
}
