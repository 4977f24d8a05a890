import Carriers
import Dispatch
import Foundation
import NIOCore
import Synchronization

/// Writes a trace's file on a thread of its own, from what waits in a queue.
final class TraceWriter: Sendable {
    /// How far it is.
    struct Progress: Sendable {
        var octets = 0
        var pdus = 0
        var dropped = 0
    }

    private struct Writing {
        var document: TraceDocument
        let file: FileHandle
        var isOver = false
    }

    /// What the blocks at the file's end may take.
    private static let reserve = 16 << 10

    private let thread = DispatchQueue(label: "smppost.trace")
    /// Held on `thread` only, while the file is written.
    private let writing: Mutex<Writing>
    private let shown = Mutex(Progress())
    private let limit: Int
    private let onEnd: @Sendable (TraceStatus.End) -> Void

    /// - Parameters:
    ///   - file: open, and empty.
    ///   - limit: octets that it may have.
    ///   - onEnd: called once, on the writer's thread, when it can write no more: it is full, or there is an error.
    init(
        _ document: TraceDocument, to file: FileHandle, limit: Int, onEnd: @escaping @Sendable (TraceStatus.End) -> Void
    ) {
        writing = Mutex(Writing(document: document, file: file))
        self.limit = limit - Self.reserve
        self.onEnd = onEnd
        var buffer = ByteBuffer()
        document.begin(into: &buffer)
        let start = buffer
        thread.async { self.write { $1.writeImmutableBuffer(start) } }
    }

    /// From any thread.
    var progress: Progress { shown.withLock { $0 } }

    /// Writes what waits, soon. From any thread.
    func wake(_ queue: TraceQueue) {
        thread.async { self.drain(queue) }
    }

    /// Writes what still waits and the file's end, and closes it.
    ///
    /// - Parameter done: called on the writer's thread with the last count.
    func end(_ queue: TraceQueue, _ reason: TraceStatus.End, done: @escaping @Sendable (Progress) -> Void) {
        thread.async {
            self.drain(queue)
            let now = UInt64(max(0, Date.now.timeIntervalSince1970) * 1e9)
            self.write { $0.end(reason.words, time: now, into: &$1) }
            self.writing.withLock { writing in
                writing.isOver = true
                try? writing.file.close()
            }
            done(self.progress)
        }
    }

    private func drain(_ queue: TraceQueue) {
        while true {
            let (entries, dropped) = queue.take()
            if entries.isEmpty, dropped.isEmpty { return }
            let isFull = writing.withLock { writing in
                guard !writing.isOver else { return false }
                return !take(entries, dropped, &writing)
            }
            if isFull { onEnd(.full) }
        }
    }

    /// Whether all had room in the file.
    private func take(_ entries: [TraceEntry], _ dropped: [String: Int], _ writing: inout Writing) -> Bool {
        var buffer = ByteBuffer()
        var hasRoom = true
        let before = progress.octets
        for entry in entries {
            guard before + buffer.readableBytes + TraceDocument.maximumLength(of: entry) <= limit else {
                hasRoom = false
                break
            }
            writing.document.write(entry, into: &buffer)
        }
        writing.document.drop(dropped, into: &buffer)
        append(buffer, &writing)
        if !hasRoom { writing.isOver = true }
        return hasRoom
    }

    /// Writes what `make` appends.
    private func write(_ make: (inout TraceDocument, inout ByteBuffer) -> Void) {
        writing.withLock { writing in
            var buffer = ByteBuffer()
            make(&writing.document, &buffer)
            append(buffer, &writing)
        }
    }

    private func append(_ buffer: ByteBuffer, _ writing: inout Writing) {
        do {
            try writing.file.write(contentsOf: Data(buffer.readableBytesView))
        } catch {
            if !writing.isOver { onEnd(.failed("the file cannot be written any more: is its disk full?")) }
            writing.isOver = true
            return
        }
        let document = writing.document
        shown.withLock { shown in
            shown.octets += buffer.readableBytes
            shown.pdus = document.pdus
            shown.dropped = document.dropped
        }
    }
}
