import ArgumentParser
import Foundation
import LoadTest
import Settings

/// What is sent.
struct LoadMessageOptions: ParsableArguments {
    @Option(
        help: """
            A YAML file with the keys from, numbers, accounts (name, login, password_file, key_file, weight) and messages (weight, text \
            or alphabet and length, from, numbers, account); `smppost help mix.yaml` shows an example.
            """)
    var mix: String?

    @Option(help: "The sender of every message, in place of the mix's.")
    var from: String?

    @Option(help: "Seed of all chance: times, texts, numbers.")
    var seed: UInt64 = 1

    /// The mix, with the account of the command line where it names none.
    func mix(_ target: LoadTargetOptions) throws -> MessageMix {
        var result = MessageMix.standard
        if let mix {
            let folder = URL(filePath: mix).deletingLastPathComponent()
            result = try MixReading.read(yaml: try Self.text(mix), file: mix) { name in
                // A relative path inside a file is relative to that file.
                try SecretFile.read(option: URL(filePath: name, relativeTo: folder).path)
            }
        }
        if let from {
            result.from = [from]
            for place in result.entries.indices { result.entries[place].from = [] }
        }
        let accounts = try target.accounts()
        if !accounts.isEmpty {
            guard result.accounts.isEmpty else {
                throw ValidationError("the mix has accounts: --login and --key-file have no place beside it")
            }
            result.accounts = accounts
        }
        return result
    }

    private static func text(_ file: String) throws -> String {
        do {
            return try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw ValidationError("\(file) cannot be read as text")
        }
    }
}
