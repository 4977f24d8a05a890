import NIOCore

/// What was written and not yet encrypted: small writes put together, and the promise that stands for all of theirs.
struct PendingPlaintext {
    private(set) var bytes = ByteBuffer()
    private(set) var promise: EventLoopPromise<Void>?

    /// Nothing.
    init() {}

    /// One write.
    init(_ data: ByteBuffer, promise: EventLoopPromise<Void>?) {
        bytes = data
        self.promise = promise
    }

    var isEmpty: Bool { bytes.readableBytes == 0 && promise == nil }

    /// Appends one write. The first is kept as it is, without a copy.
    mutating func append(_ data: ByteBuffer, promise other: EventLoopPromise<Void>?) {
        if bytes.readableBytes == 0 {
            bytes = data
        } else {
            bytes.writeImmutableBuffer(data)
        }
        guard let other else { return }
        if let promise {
            promise.futureResult.cascade(to: other)
        } else {
            promise = other
        }
    }
}
