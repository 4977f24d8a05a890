import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

/// After the handshake: data, close_notify, faults.
@Suite struct StreamTests {
    let files: TestFiles
    let pair: EmbeddedPair

    init() throws {
        files = try TestFiles()
        let server = try files.server()
        pair = try EmbeddedPair(server, TLSClientContext(caFile: files.path("server.crt"))).handshake()
    }

    @Test func smallWritesBecomeOneRecord() throws {
        defer { pair.finish() }
        let first = pair.client.write(ByteBuffer(string: "head "))
        let second = pair.client.write(ByteBuffer(string: "body"))
        #expect(try pair.client.readOutbound(as: ByteBuffer.self) == nil)
        pair.client.flush()
        let record = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
        #expect(try pair.client.readOutbound(as: ByteBuffer.self) == nil)
        #expect(record.readableBytes == 5 + 9 + 1 + 16)
        try first.wait()
        try second.wait()
        pair.server.pipeline.fireChannelRead(record)
        #expect(pair.atServer.text == "head body")
    }

    @Test func emptyWriteSucceeds() throws {
        defer { pair.finish() }
        try pair.client.writeAndFlush(ByteBuffer()).wait()
        try pair.pump()
        #expect(pair.atServer.received.readableBytes == 0)
    }

    @Test(arguments: [16_383, 16_384, 16_385, 32_768, 100_001]) func sizesAroundARecord(size: Int) throws {
        defer { pair.finish() }
        let bytes = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        pair.client.write(ByteBuffer(string: "x"), promise: nil)
        try pair.client.writeAndFlush(bytes).wait()
        try pair.pump(pieces: 1_500)
        pair.atServer.received.moveReaderIndex(forwardBy: 1)
        #expect(pair.atServer.received == bytes)
    }

    @Test func fiveMegabytesBothWays() throws {
        defer { pair.finish() }
        let bytes = ByteBuffer(bytes: (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) })
        pair.client.writeAndFlush(bytes, promise: nil)
        pair.server.writeAndFlush(bytes, promise: nil)
        try pair.pump(pieces: 65_536)
        #expect(pair.atServer.received == bytes)
        #expect(pair.atClient.received == bytes)
    }

    @Test func writingAndClosingFromChannelRead() throws {
        defer { pair.finish() }
        pair.atServer.onRead = { context, buffer in
            context.write(NIOAny(buffer), promise: nil)
            context.writeAndFlush(NIOAny(ByteBuffer(string: "!")), promise: nil)
            if buffer.readableBytes == 3 {
                context.close(promise: nil)
            }
        }
        pair.client.writeAndFlush(ByteBuffer(string: "one"), promise: nil)
        pair.client.writeAndFlush(ByteBuffer(string: "never seen"), promise: nil)
        try pair.pump()
        #expect(pair.atClient.text == "one!")
        #expect(pair.atServer.text == "one")
        #expect(pair.atServer.errors.isEmpty && pair.atClient.errors.isEmpty)
        #expect(!pair.server.isActive && !pair.client.isActive)
    }

    @Test func closeNotifyGoesBothWaysBeforeTheChannelCloses() throws {
        defer { pair.finish() }
        pair.client.write(ByteBuffer(string: "last words"), promise: nil)
        let closed = pair.client.close()
        #expect(pair.client.isActive)
        try pair.pump()
        #expect(pair.atServer.text == "last words")
        #expect(pair.atServer.story == ["handshake", "read", "inactive"])
        #expect(pair.atClient.story == ["handshake", "inactive"])
        try closed.wait()
    }

    @Test func closeDoesNotWaitForEverForThePeer() throws {
        defer { pair.finish() }
        let closed = pair.client.close()
        let again = pair.client.close()
        #expect(pair.client.isActive)
        pair.client.embeddedEventLoop.advanceTime(by: .seconds(4))
        #expect(!pair.client.isActive)
        try closed.wait()
        try again.wait()
    }

    @Test func writesAfterCloseFail() throws {
        defer { pair.finish() }
        pair.client.close(promise: nil)
        #expect(throws: (any Error).self) { try pair.client.writeAndFlush(ByteBuffer(string: "x")).wait() }
    }

    @Test func halfCloseLeavesTheOtherDirectionOpen() throws {
        defer { pair.finish() }
        try pair.server.setOption(.allowRemoteHalfClosure, value: true).wait()
        // The embedded channel takes close(mode: .output) for a close of everything: so only the records count here.
        pair.atServer.onRead = { context, _ in
            context.writeAndFlush(NIOAny(ByteBuffer(string: "answer")), promise: nil)
        }
        pair.client.writeAndFlush(ByteBuffer(string: "question"), promise: nil)
        pair.client.close(mode: .output, promise: nil)
        while let records = try pair.client.readOutbound(as: ByteBuffer.self) {
            pair.server.pipeline.fireChannelRead(records)
        }
        #expect(pair.atServer.story == ["handshake", "read", "inputClosed"])
        #expect(pair.server.isActive)
        try pair.server.writeAndFlush(ByteBuffer(string: "more")).wait()
    }

    @Test func truncationIsAnErrorForTheClientOnly() throws {
        defer { pair.finish() }
        pair.client.pipeline.fireChannelInactive()
        pair.server.pipeline.fireChannelInactive()
        #expect(pair.atClient.tlsError?.kind == .truncated)
        #expect(pair.atClient.story == ["handshake", "error", "inactive"])
        #expect(pair.atServer.story == ["handshake", "inactive"])
    }

    @Test func truncationByHalfClose() throws {
        defer { pair.finish() }
        pair.client.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.atClient.tlsError?.kind == .truncated)
        pair.server.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.atServer.story == ["handshake", "inputClosed"])
        #expect(pair.server.isActive)
    }

    @Test func aTamperedRecordEndsTheConnection() throws {
        defer { pair.finish() }
        pair.client.writeAndFlush(ByteBuffer(string: "pay 10"), promise: nil)
        var record = try #require(try pair.client.readOutbound(as: ByteBuffer.self))
        record.setInteger(UInt8(0), at: record.writerIndex - 1)
        record.setInteger(UInt8(0), at: record.writerIndex - 2)
        pair.server.pipeline.fireChannelRead(record)
        #expect(pair.atServer.tlsError?.kind == .record)
        #expect(pair.atServer.received.readableBytes == 0)
        #expect(!pair.server.isActive)
        try pair.pump()
        #expect(pair.atClient.tlsError?.reason.contains("alert") == true)
    }

    @Test func writabilityPassesThrough() throws {
        defer { pair.finish() }
        let watcher = WritabilityWatcher()
        try pair.client.pipeline.syncOperations.addHandler(watcher)
        pair.client.isWritable = false
        pair.client.pipeline.fireChannelWritabilityChanged()
        #expect(watcher.changes == [false])
    }

    @Test func removedWithThePipelineItFailsWhatIsPending() throws {
        let written = pair.client.write(ByteBuffer(string: "never flushed"))
        pair.client.pipeline.fireChannelInactive()
        #expect(throws: (any Error).self) { try written.wait() }
        pair.finish()
    }
}

private final class WritabilityWatcher: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    var changes: [Bool] = []

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        changes.append(context.channel.isWritable)
    }
}
