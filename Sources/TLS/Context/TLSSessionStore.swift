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
    private let sessions = Mutex<[String: StoredSession]>([:])

    /// How many are kept now.
    var count: Int { sessions.withLock { $0.count } }

    /// Forgets all of them.
    func removeAll() {
        sessions.withLock { $0.removeAll() }
    }

    fileprivate func keep(_ session: StoredSession, for name: String) {
        sessions.withLock { sessions in
            if sessions[name] == nil, sessions.count >= Self.limit, let other = sessions.keys.first {
                sessions[other] = nil
            }
            sessions[name] = session
        }
    }

    fileprivate func session(for name: String) -> StoredSession? {
        sessions.withLock { $0[name] }
    }
}

/// One connection's place in the store: under the name it verifies, since a resumed session is not verified again.
final class TLSSessionSlot {
    private let store: TLSSessionStore
    private let name: String

    init(_ store: TLSSessionStore, name: String) {
        self.store = store
        self.name = name
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
        store.keep(stored, for: name)
    }
}
