import NIOCore
import NIOPosix
import Testing

/// Octets out, octets in, over a real socket.
enum SocketClient {
    /// Sends `pieces` one after the other and reads until the server closes.
    static func exchange(_ address: SocketAddress, _ pieces: String...) async throws -> [Answer] {
        try await exchange(address, pieces)
    }

    /// As `exchange` of one piece; the answers must have these statuses.
    static func expect(
        _ statuses: [Int], _ address: SocketAddress, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answers = try await exchange(address, text)
        #expect(answers.map(\.status) == statuses, sourceLocation: sourceLocation)
    }

    private static func exchange(_ address: SocketAddress, _ pieces: [String]) async throws -> [Answer] {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            var octets = ByteBuffer()
            do {
                for piece in pieces { try await outbound.write(ByteBuffer(string: piece)) }
                for try await var part in inbound { octets.writeBuffer(&part) }
            } catch  where error is IOError || error is ChannelError {
                // A server that closes with octets unread resets the connection; what came before counts.
            }
            return Answer.all(in: String(buffer: octets))
        }
    }
}

/// A response, taken apart just far enough.
struct Answer: Equatable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: String

    /// Splits a stream of responses by their `Content-Length`; those to HEAD have no body.
    static func all(in text: String) -> [Answer] {
        var answers: [Answer] = []
        var rest = Substring(text)
        while let end = rest.firstRange(of: "\r\n\r\n") {
            let lines = rest[..<end.lowerBound].split(separator: "\r\n")
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let pair = line.split(separator: ":", maxSplits: 1)
                headers[pair[0].lowercased()] = String(pair[1].drop { $0 == " " })
            }
            rest = rest[end.upperBound...]
            let length = Int(headers["content-length"] ?? "0") ?? 0
            let body = rest.prefix(length)
            rest = rest.dropFirst(length)
            answers.append(
                Answer(status: Int(lines[0].dropFirst(9).prefix(3)) ?? 0, headers: headers, body: String(body)))
        }
        return answers
    }
}
