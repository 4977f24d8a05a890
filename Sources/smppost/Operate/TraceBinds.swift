import ArgumentParser
import Foundation
import HTTPService
import NIOCore
import Operations

struct TraceBinds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Write a carrier's PDUs to a file for Wireshark, for a while.",
        discussion: """
            Prints the path of the pcapng file, which lies on the bridge's machine, in monitor.trace_directory. Passwords are \
            masked, and so are texts and numbers without --show-texts. `smppost decode FILE` reads it, too.
            """)

    @OptionGroup var monitor: MonitorOptions

    @Option(name: .customLong("for"), help: "How long it lasts: 1s to 1h.")
    var lasts = DurationArgument(TraceRequest().lasts)

    @Flag(help: "Texts and whole numbers stand in the file.")
    var showTexts = false

    @Option(help: "How large the file may become: 64KiB to 1024MiB.")
    var size = "64MiB"

    @Flag(help: "End the trace that is on.")
    var stop = false

    @Argument(help: "The carrier's name.")
    var carrier: String

    func validate() throws {
        guard size.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 }) else {
            throw ValidationError("\(size) is not a size such as 64MiB")
        }
        let isName = carrier.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        guard !carrier.isEmpty, isName else { throw ValidationError("\(carrier) is not a carrier's name") }
    }

    /// Exit code 1 where the bridge did not do it.
    func run() async throws {
        let client = try monitor.client()
        let path = TraceRequest.path(carrier: carrier, stops: stop)
        do {
            var form = [(name: "for", value: "\(Int(lasts.duration / .milliseconds(1)))ms"), ("size", size)]
            if showTexts { form.append(("texts", "shown")) }
            let reply = try await client.post(path, form: stop ? [] : form)
            guard let answer = TraceAnswer(json: Data(reply.body.readableBytesView)) else {
                throw MonitorRefusal(description: "the monitor answers \(reply.status)")
            }
            guard answer.done, let trace = answer.trace else { throw MonitorRefusal(description: answer.message) }
            Console.say(trace.file)
        } catch {
            Console.error("\(monitor.place(client)): \(error)")
            throw ExitCode.failure
        }
    }
}
