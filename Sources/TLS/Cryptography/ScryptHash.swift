import COpenSSL

/// A password's scrypt hash (RFC 7914) as a PHC string: `$scrypt$ln=15,r=8,p=1$<salt>$<32-byte hash>`, both in base64
/// without padding.
package struct ScryptHash: Hashable, Sendable, CustomStringConvertible {
    /// What scrypt costs: 2^logN · r · 128 bytes of memory, p times over.
    struct Cost: Hashable, Sendable {
        var logN: Int
        var r: Int
        var p: Int

        /// Below 2^10 a hash is hardly slower than SHA-256; beyond these limits one check would starve the rest.
        static let logNRange = 10...18
        static let rRange = 1...32
        static let pRange = 1...16
        static let memoryLimit = 256 << 20

        /// Memory times passes, in bytes.
        var work: Int { (128 * r * p) << logN }
    }

    private static let saltRange = 8...64
    private static let hashSize = 32

    private let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Reads a PHC string; ln is 10 to 18, r 1 to 32, p 1 to 16, 2^ln · r · p · 128 bytes at most 256 MiB, the salt 8
    /// to 64 bytes, the hash 32.
    package init(parsing text: String) throws(HashFormatError) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else {
            throw HashFormatError(reason: "a password's hash is $scrypt$ln=…,r=…,p=…$salt$hash")
        }
        let cost = try Self.cost(parts[2])
        guard let salt = Base64.decode(parts[3]), Self.saltRange.contains(salt.count) else {
            throw HashFormatError(reason: "the salt is not 8 to 64 bytes in base64 without padding")
        }
        guard let hash = Base64.decode(parts[4]), hash.count == Self.hashSize else {
            throw HashFormatError(reason: "the hash is not 32 bytes in base64 without padding")
        }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    /// A hash of the password with a salt of its own; 2^logN, 10 to 18, is its cost.
    package static func make(password: String, logN: Int = 15) -> ScryptHash {
        let range = Cost.logNRange
        let cost = Cost(logN: min(max(logN, range.lowerBound), range.upperBound), r: 8, p: 1)
        let salt = SecureRandom.bytes(16)
        let hash = derive(Array(password.utf8), salt: salt, cost: cost, size: hashSize)
        precondition(hash != nil, "OpenSSL could not run scrypt")
        return ScryptHash(cost: cost, salt: salt, hash: hash ?? [])
    }

    /// A hash that no password is known to match and that takes as long to say so as the dearest of `hashes`, or as `make`'s
    /// where there is none: for logins that do not exist.
    package static func decoy(asDearAs hashes: [ScryptHash]) -> ScryptHash {
        let dearest = hashes.map(\.cost).max { $0.work < $1.work }
        return ScryptHash(
            cost: dearest ?? Cost(logN: 15, r: 8, p: 1), salt: SecureRandom.bytes(16),
            hash: SecureRandom.bytes(hashSize))
    }

    /// Whether this is the password's hash. About 100 ms at ln=15: never on an event loop. False if there is not
    /// enough memory to tell.
    package func matches(_ password: [UInt8]) -> Bool {
        guard let derived = Self.derive(password, salt: salt, cost: cost, size: hash.count) else { return false }
        return constantTimeEquals(derived, hash)
    }

    /// The text `init(parsing:)` reads.
    package var description: String {
        "$scrypt$ln=\(cost.logN),r=\(cost.r),p=\(cost.p)$\(Base64.encode(salt))$\(Base64.encode(hash))"
    }

    /// scrypt itself; nil if OpenSSL refuses the cost or has no memory for it.
    static func derive(_ password: [UInt8], salt: [UInt8], cost: Cost, size: Int) -> [UInt8]? {
        var done: Int32 = 0
        ERR_clear_error()
        let key = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            // OpenSSL counts some blocks beside the main table against the limit.
            done = password.withUnsafeBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                    1 << UInt64(cost.logN), UInt64(cost.r), UInt64(cost.p), UInt64(cost.work) + (1 << 20),
                    bytes.baseAddress, size)
            }
            count = done == 1 ? size : 0
        }
        ERR_clear_error()
        return done == 1 ? key : nil
    }

    private static func cost(_ text: Substring) throws(HashFormatError) -> Cost {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw HashFormatError(reason: "the cost is written ln=…,r=…,p=…")
        }
        let cost = Cost(
            logN: try number(fields[0], "ln", in: Cost.logNRange),
            r: try number(fields[1], "r", in: Cost.rRange),
            p: try number(fields[2], "p", in: Cost.pRange))
        guard cost.work <= Cost.memoryLimit else {
            throw HashFormatError(reason: "the cost needs more than 256 MiB")
        }
        return cost
    }

    private static func number(
        _ field: Substring, _ name: String, in range: ClosedRange<Int>
    ) throws(HashFormatError) -> Int {
        let digits = field.dropFirst(name.count + 1)
        // One spelling for each number: no sign, no leading zero.
        guard field.hasPrefix("\(name)="), let value = Int(digits), range.contains(value), String(value) == digits
        else {
            throw HashFormatError(reason: "\(name) is not \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
