import ArgumentParser
import Glibc
import TLS

struct HashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash", abstract: "Make the hashes that accounts.yaml holds.",
        subcommands: [Password.self, Key.self])

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a password from standard input and print its scrypt hash.")

        @Option(help: "Base-2 logarithm of scrypt's cost: 14 takes about 40 ms and 16 MiB a check, 15 twice that.")
        var cost = 15

        func validate() throws {
            guard (14...18).contains(cost) else { throw ValidationError("--cost is from 14 to 18") }
        }

        func run() throws {
            let isTerminal = isatty(STDIN_FILENO) == 1
            let password = isTerminal ? Self.readUnseen("Password (not shown):") : readLine(strippingNewline: true)
            guard let password, !password.isEmpty else { throw ValidationError("no password on standard input") }
            if isTerminal, Self.readUnseen("Once more:") != password {
                throw ValidationError("that was another one; nothing is made")
            }
            Console.say("\(ScryptHash.make(password: password, logN: cost))")
        }

        private static func readUnseen(_ prompt: String) -> String? {
            var shown = termios()
            tcgetattr(STDIN_FILENO, &shown)
            var unseen = shown
            unseen.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen)
            defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown) }
            Console.error(prompt)
            return readLine(strippingNewline: true)
        }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a new random API key; print the key and, on the next line, its hash.")

        func run() {
            let (key, hash) = KeyHash.makeKey()
            Console.say(key)
            Console.say("\(hash)")
        }
    }
}
