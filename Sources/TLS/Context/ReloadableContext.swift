import Synchronization

/// An SSLContext made from files, made again when they change. Connections keep the one they began with.
final class ReloadableContext: Sendable {
    private struct State {
        var context: SSLContext
        var stamps: [FileStamp?]
        var refused: TLSError?
    }

    private let files: [String]
    private let make: @Sendable () throws(TLSError) -> SSLContext
    private let state: Mutex<State>

    init(files: [String], make: @escaping @Sendable () throws(TLSError) -> SSLContext) throws(TLSError) {
        self.files = files
        self.make = make
        // The stamps are older than what is read: a change in between is seen the next time.
        let stamps = files.map(FileStamp.init(of:))
        state = Mutex(State(context: try make(), stamps: stamps))
    }

    /// The context for a new handshake.
    var current: SSLContext {
        state.withLock { $0.context }
    }

    /// Why the files are not taken as they are now; nil: those in use are the last ones.
    var refused: TLSError? {
        state.withLock { $0.refused }
    }

    /// Makes the context again if a file changed; false if none did. Throws, and keeps the old one, while what the
    /// files hold cannot be used. Reads files: not for an event loop.
    ///
    /// - Parameter check: throws where a new context must not take the old one's place.
    func reloadIfChanged(_ check: (SSLContext) throws(TLSError) -> Void = { _ in }) throws(TLSError) -> Bool {
        let stamps = files.map(FileStamp.init(of:))
        let hasChanged = state.withLock { state in
            if state.stamps == stamps { state.refused = nil }
            return state.stamps != stamps
        }
        guard hasChanged else { return false }
        do throws(TLSError) {
            let context = try make()
            try check(context)
            state.withLock { $0 = State(context: context, stamps: stamps) }
            return true
        } catch {
            state.withLock { $0.refused = error }
            throw error
        }
    }
}
