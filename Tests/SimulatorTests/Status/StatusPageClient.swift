import Foundation
import NIOCore
import NIOPosix
import Testing

/// Asks the status page of a simulator.
enum StatusPageClient {
    /// One HTTP request over a connection of its own; status and body.
    static func http(
        _ method: String, _ path: String, _ address: SocketAddress, body: String = ""
    ) async throws -> (Int, Data) {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            let request =
                "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
            try await outbound.write(ByteBuffer(string: request))
            var answer = ByteBuffer()
            for try await var part in inbound { answer.writeBuffer(&part) }
            let text = String(buffer: answer)
            let status = try #require(Int(text.dropFirst(9).prefix(3)))
            let body = try #require(text.range(of: "\r\n\r\n"))
            return (status, Data(text[body.upperBound...].utf8))
        }
    }

    static func json<Value>(_ path: String, _ address: SocketAddress, as: Value.Type) async throws -> Value {
        let (status, body) = try await http("GET", path, address)
        try #require(status == 200)
        return try #require(try JSONSerialization.jsonObject(with: body) as? Value)
    }
}
