import Foundation
import Messaging
import Synchronization
import TLS

/// Which logins proved themselves by their password, and from which networks. It outlives the process in a file.
///
/// What is kept is `SipHash` of login and network under the file's own random key, so the file tells neither names nor addresses
/// at sight. Of a password there are eight bits of its keyed hash in it, so that a right one is known from nearly all wrong ones
/// before scrypt has run: those bits spare whoever steals the file a factor of 256 of a search by scrypt, and tell whoever guesses
/// from outside nothing, as without the key no guess can be chosen by them. Bounded: the oldest give way.
package final class ProvenLogins: Sendable {
    private struct State {
        var key: [UInt8]
        var known: RecentSet<PairDigest>
        var isChanged = false

        func digest(_ login: String, _ network: SourceAddress?) -> PairDigest {
            PairHash(key: key).digest(login, network?.octets ?? [])
        }

        /// Of the login with the password's eight bits; a network has other octets.
        func digest(_ login: String, password: [UInt8]) -> PairDigest {
            let hash = PairHash(key: key)
            return hash.digest(login, [hash.digest(login, password).bytes[0]])
        }
    }

    private static let keySize = 16
    /// Logins, and pairs of them with networks and with bits of passwords, together.
    package static let capacity = 20_000

    /// Nil: nothing is kept.
    private let path: String?
    private let state: Mutex<State>

    /// Knows nobody, until `load`.
    /// - Parameter path: of the file; nil keeps none.
    package init(path: String? = nil, capacity: Int = ProvenLogins.capacity) {
        self.path = path
        state = Mutex(State(key: SecureRandom.bytes(Self.keySize), known: RecentSet(capacity: capacity)))
    }

    /// Whether the login proved itself from this network; nil = from any.
    package func contains(_ login: String, network: SourceAddress?) -> Bool {
        state.withLock { $0.known.contains($0.digest(login, network?.network)) }
    }

    /// Whether the login has proved itself by this password, or one of every 256 others.
    package func isLikely(_ login: String, password: [UInt8]) -> Bool {
        state.withLock { $0.known.contains($0.digest(login, password: password)) }
    }

    /// Remembers a proof. Once per run of scrypt, not per message.
    package func insert(_ login: String, password: [UInt8], network: SourceAddress) {
        state.withLock { state in
            let digests = [
                state.digest(login, nil), state.digest(login, network.network), state.digest(login, password: password),
            ]
            for digest in digests where state.known.insert(digest) { state.isChanged = true }
        }
    }

    /// What stands for a login where one of several must be told from another.
    func name(of login: String) -> PairDigest { state.withLock { $0.digest(login, nil) } }

    /// Whether `save` has something to do.
    package var isChanged: Bool { path != nil && state.withLock { $0.isChanged } }

    /// Reads the file, where there is one that can be read: lines of 32 hexadecimal digits, the key first. Blocks.
    package func load() {
        guard let path, let data = FileManager.default.contents(atPath: path), data.count <= 33 * (Self.capacity + 1)
        else { return }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map {
            [UInt8](hexadecimal: $0).flatMap { $0.count == Self.keySize ? $0 : nil }
        }
        guard let key = lines.first ?? nil else { return }
        state.withLock { state in
            state.key = key
            for octets in lines.dropFirst() {
                if let digest = octets.flatMap(PairDigest.init(bytes:)) { state.known.insert(digest) }
            }
        }
    }

    /// Writes the file whole, beside the old one first. Blocks.
    ///
    /// - Throws: what the system says.
    package func save() throws {
        guard let path else { return }
        let lines = state.withLock { state in
            state.isChanged = false
            return [state.key] + state.known.order.map(\.bytes)
        }
        do {
            let folder = (path as NSString).deletingLastPathComponent
            if !folder.isEmpty {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            let text = lines.map { $0.hexadecimal + "\n" }.joined()
            let draft = path + ".new"
            guard
                FileManager.default.createFile(
                    atPath: draft, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
                rename(draft, path) == 0
            else { throw ProvenLoginsProblem(path: path, reason: String(cString: strerror(errno))) }
        } catch {
            state.withLock { $0.isChanged = true }
            throw error
        }
    }
}

/// Why the file of proven logins cannot be written.
struct ProvenLoginsProblem: Error, CustomStringConvertible {
    let path: String
    let reason: String

    var description: String { "\(path): \(reason)" }
}
