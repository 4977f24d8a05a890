import COpenSSL
import Synchronization

/// A session a client may resume.
///
/// `@unchecked Sendable`: it is a copy of ours that nobody changes; every connection resumes a copy of its own.
private final class StoredSession: @unchecked Sendable {
    let pointer: OpaquePointer

    init?(copying session: OpaquePointer) {
        guard let copy = SSL_SESSION_dup(session) else { return nil }
        pointer = copy
    }

    deinit {
        SSL_SESSION_free(pointer)
    }
}

/// The last session a client context was given by each server, at most `limit` of them.
final class TLSSessionStore: Sendable {
    /// How many servers' sessions are kept; beyond that any of them makes room.
    static let limit = 64

    private struct State {
        /// Counts how often all were forgotten.
        var generation: UInt64 = 0
        var sessions: [String: StoredSession] = [:]
    }

    private let state = Mutex(State())

    /// How many are kept now.
    var count: Int { state.withLock { $0.sessions.count } }

    /// Forgets all of them, and keeps none of a connection that has begun before.
    func removeAll() {
        state.withLock { state in
            state.generation += 1
            state.sessions.removeAll()
        }
    }

    fileprivate var generation: UInt64 { state.withLock { $0.generation } }

    fileprivate func keep(_ session: StoredSession, for name: String, since generation: UInt64) {
        state.withLock { state in
            guard state.generation == generation else { return }
            if state.sessions[name] == nil, state.sessions.count >= Self.limit, let other = state.sessions.keys.first {
                state.sessions[other] = nil
            }
            state.sessions[name] = session
        }
    }

    fileprivate func session(for name: String) -> StoredSession? {
        state.withLock { $0.sessions[name] }
    }
}

/// One connection's place in the store: under the name it verifies, since a resumed session is not verified again.
final class TLSSessionSlot {
    private let store: TLSSessionStore
    private let name: String
    private let generation: UInt64

    /// Made before the connection: whatever is forgotten from then on is not of its time.
    init(_ store: TLSSessionStore, name: String) {
        self.store = store
        self.name = name
        generation = store.generation
    }

    /// Has `ssl` resume what is kept, if anything is; if that cannot be, the handshake is a full one.
    func resume(_ ssl: OpaquePointer) {
        guard let stored = store.session(for: name), let copy = SSL_SESSION_dup(stored.pointer) else { return }
        SSL_set_session(ssl, copy)
        SSL_SESSION_free(copy)
    }

    /// Keeps a copy of `session` if it can be resumed.
    func keep(_ session: OpaquePointer) {
        guard SSL_SESSION_is_resumable(session) == 1, let stored = StoredSession(copying: session) else { return }
        store.keep(stored, for: name, since: generation)
    }
}
