import NIOCore
import NIOEmbedded
import SMPP
import SMPPWire
import Testing

@Suite struct FrameTests {
    private let pdus = [
        PDU(sequence: 1, .enquireLink), PDU(sequence: 2, .submit(Samples.message)), PDU(sequence: 3, .unbind),
    ]

    private func channel(maximumLength: Int = PDUFrame.maximumLength) -> EmbeddedChannel {
        EmbeddedChannel(handler: ByteToMessageHandler(PDUFrameDecoder(maximumLength: maximumLength)))
    }

    private func stream() throws -> [UInt8] { try pdus.flatMap { try encode($0) } }

    @Test(arguments: [(0x1503_0300, "TLS"), (0x1603_0104, "TLS"), (0x4854_5450, "HTTP")] as [(UInt32, String)])
    func wellKnownOctetsAreNamed(length: UInt32, name: String) {
        let told = FrameError.tooLong(length: length, maximum: 65_536).description
        #expect(told.hasSuffix(": the peer speaks \(name) on this port"))
        #expect(!FrameError.tooLong(length: 70_000, maximum: 65_536).description.contains("speaks"))
    }

    @Test(arguments: [1, 2, 3, 5, 7, 16, 17, 1000])
    func framesComeWholeHoweverTheBytesCome(_ size: Int) throws {
        let channel = channel()
        let stream = try stream()
        for start in stride(from: 0, to: stream.count, by: size) {
            try channel.writeInbound(buffer(Array(stream[start..<min(start + size, stream.count)])))
        }
        for pdu in pdus {
            let frame = try #require(try channel.readInbound(as: ByteBuffer.self))
            #expect(try PDUDecoder.decode(frame) == pdu)
        }
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        #expect(try channel.finish().isClean)
    }

    @Test(arguments: [UInt32(0), 1, 15])
    func lengthsLessThanAHeader(_ length: UInt32) throws {
        let channel = channel()
        #expect(throws: FrameError.tooShort(length: length)) {
            try channel.writeInbound(ByteBuffer(integer: length))
        }
        _ = try? channel.finish()
    }

    @Test func lengthsOverTheMaximumAreRefusedBeforeTheirBytesCome() throws {
        for length: UInt32 in [65_537, 0x4745_5420, .max] {
            let channel = channel()
            #expect(throws: FrameError.tooLong(length: length, maximum: 65_536)) {
                try channel.writeInbound(ByteBuffer(integer: length))
            }
            _ = try? channel.finish()
        }
    }

    @Test func theLargestFrameIsTaken() throws {
        var stream = ByteBuffer(integer: UInt32(65_536))
        stream.writeRepeatingByte(0, count: 65_532)
        let channel = channel()
        try channel.writeInbound(stream)
        #expect(try channel.readInbound(as: ByteBuffer.self)?.readableBytes == 65_536)
        _ = try channel.finish()
    }

    @Test func framesBeforeGarbageAreDeliveredAndNoneAfter() throws {
        let channel = channel()
        let stream = try encode(pdus[0]) + [0, 0, 0, 0] + (try encode(pdus[1]))
        #expect(throws: FrameError.tooShort(length: 0)) { try channel.writeInbound(buffer(stream)) }
        #expect(try channel.readInbound(as: ByteBuffer.self) != nil)
        try channel.writeInbound(buffer(try encode(pdus[1])))
        #expect(try channel.readInbound(as: ByteBuffer.self) == nil)
        _ = try? channel.finish()
    }

    @Test func aStreamThatEndsInsideAFrame() throws {
        let channel = channel()
        try channel.writeInbound(buffer(Array(try encode(pdus[1]).prefix(20))))
        #expect(throws: FrameError.incomplete(received: 20)) { try channel.finish() }
    }

    @Test func aPieceIsLeftAsItWas() throws {
        for count in 0..<16 {
            var stream = buffer(Array(try encode(pdus[0]).prefix(count)))
            #expect(try PDUFrame.next(from: &stream) == nil)
            #expect(stream.readableBytes == count)
        }
    }
}
