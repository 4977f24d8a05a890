import ArgumentParser
import Foundation
import HTTPService

struct UnlockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Lift the locks of an address or a login that had too many wrong passwords or keys.",
        discussion: """
            Asks the monitor of the bridge whose configuration lies in --config, or the one at --url. `smppost binds --json` lists \
            what is locked under intake.lockouts.

            Exit codes: 0 done, 1 nothing was locked or the bridge did not do it, 64 usage, 78 configuration.
            """)

    @OptionGroup var monitor: MonitorOptions

    @Argument(help: "An IP address (of IPv6: its /64), or a login.")
    var name: String

    func validate() throws {
        if name.isEmpty { throw ValidationError("give an address or a login; `smppost binds` tells what is locked") }
    }

    func run() async throws {
        let client = try monitor.client()
        do {
            let answer = try await client.post("/unlock", form: [("name", name)])
            switch answer.status {
            case 200: Console.say("\(name): unlocked")
            case 404: throw MonitorRefusal(description: "\(name) is not locked; `smppost binds` tells what is")
            default: throw MonitorRefusal(description: "the monitor answers \(answer.status)")
            }
        } catch {
            Console.error("\(monitor.place(client)): \(error)")
            throw ExitCode.failure
        }
    }
}
