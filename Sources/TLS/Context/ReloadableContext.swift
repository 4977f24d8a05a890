import Synchronization

/// An SSLContext made from files, made again when they change. Connections keep the one they began with.
final class ReloadableContext: Sendable {
    private struct State {
        var context: SSLContext
        var stamps: [FileStamp?]
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

    /// Makes the context again if a file changed; false if none did. Throws, and keeps the old one, while what the
    /// files hold cannot be used. Reads files: not for an event loop.
    func reloadIfChanged() throws(TLSError) -> Bool {
        let stamps = files.map(FileStamp.init(of:))
        guard state.withLock({ $0.stamps != stamps }) else { return false }
        let context = try make()
        state.withLock { $0 = State(context: context, stamps: stamps) }
        return true
    }
}
