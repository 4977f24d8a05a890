import COpenSSL
import NIOCore
import Synchronization

/// The keys that seal session tickets (RFC 5077 §4): the current one and the one before. A value; time is an argument.
struct TicketKeys: Sendable {
    /// How long a key seals tickets.
    static let rotation = Duration.seconds(3600)
    /// How long it opens them: so that a ticket sealed at the last moment is good for another hour.
    static let lifetime = rotation * 2

    struct Key: Sendable {
        let name: [UInt8]
        let cipher: [UInt8]
        let mac: [UInt8]
        let made: NIODeadline

        static let nameSize = 16

        init(made: NIODeadline) {
            name = SecureRandom.bytes(Self.nameSize)
            cipher = SecureRandom.bytes(32)
            mac = SecureRandom.bytes(32)
            self.made = made
        }
    }

    private(set) var current: Key
    private(set) var previous: Key?

    init(now: NIODeadline) {
        current = Key(made: now)
    }

    /// The key to seal with, a fresh one if the current one has served its time.
    mutating func sealing(now: NIODeadline) -> Key {
        if now - current.made >= TimeAmount(Self.rotation) {
            rotate(now: now)
        }
        return current
    }

    /// The key of that name, unless it is unknown or too old.
    func opening(name: some Collection<UInt8>, now: NIODeadline) -> Key? {
        [current, previous].compactMap(\.self).first {
            now - $0.made < TimeAmount(Self.lifetime) && $0.name.elementsEqual(name)
        }
    }

    /// A fresh key seals from now on.
    mutating func rotate(now: NIODeadline) {
        previous = current
        current = Key(made: now)
    }
}

/// The ticket keys of a server's contexts, which share them over reloads. Locked once a handshake.
final class TicketKeyStore: Sendable {
    private let keys = Mutex(TicketKeys(now: .now()))

    /// The key to seal with.
    func sealing() -> TicketKeys.Key {
        keys.withLock { $0.sealing(now: .now()) }
    }

    /// The key of that name, if it still opens tickets.
    func opening(name: UnsafeBufferPointer<UInt8>) -> TicketKeys.Key? {
        keys.withLock { $0.opening(name: name, now: .now()) }
    }

    /// Rotates at once.
    func rotate() {
        keys.withLock { $0.rotate(now: .now()) }
    }
}

/// OpenSSL's ticket callback: AES-256-CBC and HMAC-SHA256 under one of the context's keys. Opening answers 2, "take it
/// and give a new one", under TLS 1.3 (a ticket is for one use, RFC 8446 §C.4) and under a key that no longer seals.
func sealTicket(
    _ ssl: OpaquePointer?, name: UnsafeMutablePointer<UInt8>?, iv: UnsafeMutablePointer<UInt8>?,
    cipher: OpaquePointer?, mac: OpaquePointer?, encrypting: Int32
) -> Int32 {
    guard let name, let iv, let context = SSL_get_SSL_CTX(ssl), let pointer = SSL_CTX_get_ex_data(context, 0) else {
        return -1
    }
    let store = Unmanaged<TicketKeyStore>.fromOpaque(pointer).takeUnretainedValue()
    let aes = Algorithms.aes256CBC
    if encrypting == 1 {
        let key = store.sealing()
        name.update(from: key.name, count: key.name.count)
        let ready =
            RAND_bytes(iv, EVP_CIPHER_get_iv_length(aes)) == 1
            && EVP_EncryptInit_ex2(cipher, aes, key.cipher, iv, nil) == 1 && start(mac, key)
        return ready ? 1 : -1
    }
    guard let key = store.opening(name: UnsafeBufferPointer(start: name, count: TicketKeys.Key.nameSize)) else {
        return 0
    }
    guard EVP_DecryptInit_ex2(cipher, aes, key.cipher, iv, nil) == 1, start(mac, key) else { return -1 }
    return SSL_version(ssl) == TLS1_3_VERSION || store.sealing().name != key.name ? 2 : 1
}

private func start(_ mac: OpaquePointer?, _ key: TicketKeys.Key) -> Bool {
    var bytes = key.mac
    return cossl_mac_set_hmac_sha256(mac, &bytes, bytes.count) == 1
}
