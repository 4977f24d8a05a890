import NIOCore

/// One direction of a TCP connection, put in order from captured segments.
struct PcapStream {
    enum Piece: Hashable {
        /// The connection begins here.
        case beginning
        case octets(ByteBuffer, time: UInt64)
        /// So many octets are not in the capture.
        case gap(Int)
    }

    /// So many segments wait for one that is missing before it counts as lost.
    static let maximumHeld = 64
    /// A jump of more octets than a window may have is another connection on the same ports.
    private static let maximumJump: Int32 = 1 << 24

    private var expected: UInt32?
    /// Those that came too early, by their sequence.
    private var held: [(sequence: UInt32, time: UInt64, payload: ByteBuffer)] = []

    /// What the segment adds, in order.
    mutating func take(_ segment: PcapSegment, time: UInt64) -> [Piece] {
        var pieces: [Piece] = []
        var sequence = segment.sequence
        if segment.flags.contains(.syn) {
            sequence &+= 1
            // One that was sent twice changes nothing.
            if expected != sequence {
                pieces += finish()
                pieces.append(.beginning)
                expected = sequence
            }
        }
        guard segment.payload.readableBytes > 0 else { return pieces }
        let distance = self.distance(to: sequence)
        if distance.magnitude > Self.maximumJump.magnitude {
            pieces += finish()
            pieces.append(.beginning)
            expected = sequence
        }
        if self.distance(to: sequence) > 0 {
            hold(sequence, time, segment.payload)
            if held.count > Self.maximumHeld { pieces += release() }
        } else {
            append(sequence, time, segment.payload, to: &pieces)
            drain(into: &pieces)
        }
        return pieces
    }

    /// The other end has all octets before this one: what of them is not here was not captured.
    mutating func acknowledged(_ sequence: UInt32) -> [Piece] {
        var pieces: [Piece] = []
        while let first = held.first, Int32(bitPattern: sequence &- first.sequence) > 0 { pieces += release() }
        return pieces
    }

    /// What waits, with the gaps between.
    mutating func finish() -> [Piece] {
        var pieces: [Piece] = []
        while !held.isEmpty { pieces += release() }
        return pieces
    }

    /// Of the first segment ever seen, 0.
    private func distance(to sequence: UInt32) -> Int32 {
        expected.map { Int32(bitPattern: sequence &- $0) } ?? 0
    }

    private mutating func hold(_ sequence: UInt32, _ time: UInt64, _ payload: ByteBuffer) {
        let distance = self.distance(to: sequence)
        let index = held.firstIndex { self.distance(to: $0.sequence) > distance } ?? held.endIndex
        held.insert((sequence, time, payload), at: index)
    }

    /// Gives up what is missing in front of the first segment that waits.
    private mutating func release() -> [Piece] {
        guard let first = held.first else { return [] }
        var pieces: [Piece] = []
        let missing = distance(to: first.sequence)
        if missing > 0 { pieces.append(.gap(Int(missing))) }
        expected = missing > 0 ? first.sequence : expected
        drain(into: &pieces)
        return pieces
    }

    private mutating func drain(into pieces: inout [Piece]) {
        while let first = held.first, distance(to: first.sequence) <= 0 {
            held.removeFirst()
            append(first.sequence, first.time, first.payload, to: &pieces)
        }
    }

    /// Appends what is new of a segment that begins at the expected octet or before it.
    private mutating func append(
        _ sequence: UInt32, _ time: UInt64, _ payload: ByteBuffer, to pieces: inout [Piece]
    ) {
        let old = Int(distance(to: sequence).magnitude)
        guard old < payload.readableBytes else { return }
        var new = payload
        new.moveReaderIndex(forwardBy: old)
        expected = sequence &+ UInt32(truncatingIfNeeded: payload.readableBytes)
        pieces.append(.octets(new, time: time))
    }
}
