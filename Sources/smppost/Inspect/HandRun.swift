import ArgumentParser
import Foundation
import HTTPService
import NIOCore
import Operations

/// `smppost send --account`: a message by the monitor, its reply, and its receipts as they come.
struct HandRun {
    /// The monitor is asked so often.
    private static let look = Duration.milliseconds(500)
    /// A reply takes `reply_within` at most, which is 25 s at most.
    private static let patience = Duration.seconds(30)

    let account: String
    let carrier: String?
    let from: String
    let to: String
    let text: String
    /// How long receipts are waited for.
    let wait: Duration

    /// Throws exit code 1 where the carrier did not accept it.
    func run(_ client: HTTPClient) async throws {
        do {
            let document = try await send(client)
            document.lines.forEach(Console.say)
            guard document.outcome == "accepted", let id = document.id else { throw ExitCode.failure }
            try await tellReceipts(of: id, parts: document.accepted ?? 1, client)
        } catch let error where !(error is ExitCode) {
            Console.error("\(client.url) (monitor.listen): \(error)")
            throw ExitCode.failure
        }
    }

    private func send(_ client: HTTPClient) async throws -> HandDocument {
        let form = [
            (name: "account", value: account), ("carrier", carrier ?? ""), ("from", from), ("to", to), ("text", text),
        ]
        var document = try Self.document(try await client.post("/send", form: form))
        let (number, end) = (document.number, ContinuousClock.now + Self.patience)
        while !document.done, ContinuousClock.now < end {
            try await Task.sleep(for: Self.look)
            document = try Self.document(try await client.get("/send/last"))
            guard document.number == number else {
                throw MonitorRefusal(description: "another message was sent by hand: look at `smppost messages`")
            }
        }
        return document
    }

    private static func document(_ answer: HTTPClient.Answer) throws -> HandDocument {
        if let document = HandDocument(json: Data(answer.body.readableBytesView)) { return document }
        let line = String(buffer: answer.body).split(separator: "\n").first.map(String.init) ?? ""
        throw MonitorRefusal(description: "the monitor answers \(answer.status): \(line)")
    }

    private func tellReceipts(of id: String, parts: Int, _ client: HTTPClient) async throws {
        let end = ContinuousClock.now + wait
        var told = 0
        while told < parts, ContinuousClock.now < end {
            let answer = try await client.get("/messages/" + id)
            // Without a journal nothing is known of receipts.
            guard answer.status == 200, let document = ReceiptsDocument(json: Data(answer.body.readableBytesView))
            else { return }
            for receipt in document.first.dropFirst(told) { Console.say(receipt.line) }
            told = max(told, document.first.count)
            if told < parts { try await Task.sleep(for: Self.look) }
        }
        let missing = parts - told
        guard missing > 0, wait > Duration.zero else { return }
        Console.say("receipt   none yet of \(missing): smppost messages --id \(id)")
    }
}
