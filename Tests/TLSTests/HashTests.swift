import Testing

@testable import TLS

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}

@Suite struct ScryptHashTests {
    /// RFC 7914 §12, but the one that takes a gigabyte.
    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func knownAnswers(password: String, salt: String, logN: Int, r: Int, p: Int, expected: String) throws {
        let cost = ScryptHash.Cost(logN: logN, r: r, p: p)
        let key = ScryptHash.derive(Array(password.utf8), salt: Array(salt.utf8), cost: cost, size: 64)
        #expect(hex(try #require(key)) == expected)
    }

    @Test func roundTrip() throws {
        let hash = ScryptHash.make(password: "пароль", logN: 10)
        #expect(hash.description.hasPrefix("$scrypt$ln=10,r=8,p=1$"))
        let parsed = try ScryptHash(parsing: hash.description)
        #expect(parsed == hash)
        #expect(parsed.matches(Array("пароль".utf8)))
        #expect(!parsed.matches(Array("парол".utf8)))
        #expect(!parsed.matches([]))
        #expect(ScryptHash.make(password: "пароль", logN: 10) != hash)
    }

    @Test func emptyPasswordIsAPassword() {
        let hash = ScryptHash.make(password: "", logN: 10)
        #expect(hash.matches([]))
        // HMAC pads its key with zeros, so [0] would be the same key.
        #expect(!hash.matches([1]))
    }

    @Test func costIsKeptInBounds() {
        #expect(ScryptHash.make(password: "x", logN: 1).description.contains("ln=10,"))
    }

    /// Python: hashlib.scrypt(b"secret", salt=b"0123456789abcdef", n=1024, r=8, p=1, dklen=32).
    @Test func othersHashes() throws {
        let text = "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$S7FwBvpu+z8K0PUVUagFRTUAB2dAxIZpzVHvLZir+98"
        #expect(try ScryptHash(parsing: text).matches(Array("secret".utf8)))
    }

    @Test(arguments: [
        "", "secret", "$scrypt$", "$sha256$abc", "$scrypt$ln=15,r=8,p=1$c2FsdHNhbHQ",
        "$scrypt$ln=9,r=8,p=1$SALT$HASH", "$scrypt$ln=19,r=8,p=1$SALT$HASH", "$scrypt$ln=63,r=8,p=1$SALT$HASH",
        "$scrypt$ln=15,r=0,p=1$SALT$HASH", "$scrypt$ln=15,r=33,p=1$SALT$HASH", "$scrypt$ln=15,r=8,p=17$SALT$HASH",
        "$scrypt$ln=18,r=32,p=16$SALT$HASH", "$scrypt$ln=015,r=8,p=1$SALT$HASH", "$scrypt$ln=+15,r=8,p=1$SALT$HASH",
        "$scrypt$ln=15,p=1,r=8$SALT$HASH", "$scrypt$ln=15,r=8$SALT$HASH", "$scrypt$ln=15,r=8,p=1,q=1$SALT$HASH",
        "$scrypt$ln=15,r=8,p=1$SALT=$HASH", "$scrypt$ln=15,r=8,p=1$c2FsdA$HASH", "$scrypt$ln=15,r=8,p=1$SALT$c2FsdA",
        "$scrypt$ln=15,r=8,p=1$SALT$HASH$", "$scrypt$ln=15,r=8,p=1$$HASH",
        "$scrypt$ln=99999999999999999999,r=8,p=1$SALT$HASH",
    ])
    func malformed(text: String) {
        let salt = Base64.encode(Array("saltsalt".utf8))
        let hash = Base64.encode([UInt8](repeating: 7, count: 32))
        let whole = text.replacing("SALT", with: salt).replacing("HASH", with: hash)
        #expect(throws: HashFormatError.self) { try ScryptHash(parsing: whole) }
    }

    /// The same cost, salt size and hash size as the dearest hash: so the same work, whatever the machine is doing.
    @Test func theDecoyCostsWhatTheDearestHashCosts() throws {
        let hashes = [10, 12, 11].map { ScryptHash.make(password: "x", logN: $0) }
        #expect(ScryptHash.decoy(asDearAs: hashes).description.hasPrefix("$scrypt$ln=12,r=8,p=1$"))
        let none = ScryptHash.decoy(asDearAs: [])
        let decoy = none.description.split(separator: "$")
        let real = ScryptHash.make(password: "x").description.split(separator: "$")
        #expect(decoy.map(\.count) == real.map(\.count))
        #expect(decoy[1] == real[1])
        #expect(!none.matches(Array("x".utf8)))
    }
}

@Suite struct KeyHashTests {
    @Test func roundTrip() throws {
        let made = KeyHash.makeKey()
        #expect(made.key.utf8.count == 43)
        #expect(!made.key.contains { "+/=".contains($0) })
        #expect(made.hash.matches(Array(made.key.utf8)))
        #expect(!made.hash.matches(Array(made.key.utf8.dropLast())))
        #expect(try KeyHash(parsing: made.hash.description) == made.hash)
        #expect(KeyHash.makeKey().key != made.key)
    }

    /// printf abc | openssl dgst -sha256 -binary | base64
    @Test func knownAnswer() {
        #expect(
            KeyHash(hashing: Array("abc".utf8)).description == "$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0")
    }

    @Test(arguments: [
        "", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0", "$sha256$",
        "$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
        "$sha256$ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", "$sha256$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa1",
        "$sha256$ungW", "$sha512$ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0",
    ])
    func malformed(text: String) {
        #expect(throws: HashFormatError.self) { try KeyHash(parsing: text) }
    }
}

@Suite struct DigestTests {
    /// FIPS 180-4's examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(text: String, digest: String) {
        #expect(hex(SHA256.hash(Array(text.utf8))) == digest)
    }

    /// RFC 4231 §4, cases 1 to 4, 6 and 7.
    @Test(arguments: [
        (
            [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        ),
        (
            Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        ),
        (
            [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
        ),
        (
            Array(1...25), [UInt8](repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        ),
        (
            [UInt8](repeating: 0xAA, count: 131),
            Array(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
        ),
    ])
    func hmac(key: [UInt8], message: [UInt8], code: String) {
        let hmac = HMACSHA256(key: key)
        // The context is used again: a second message must not see the first.
        #expect(hex(hmac.authenticate(message)) == code)
        _ = hmac.authenticate([1, 2, 3])
        #expect(hex(hmac.authenticate(message)) == code)
    }

    /// printf '' | openssl dgst -sha256 -mac HMAC -macopt key:
    @Test func hmacOfNothingUnderNothing() {
        #expect(
            hex(HMACSHA256(key: []).authenticate([]))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func constantTime() {
        #expect(constantTimeEquals([], []))
        #expect(constantTimeEquals([1, 2], [1, 2]))
        #expect(!constantTimeEquals([1, 2], [1, 3]))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
    }

    @Test(arguments: [0, 1, 7, 8, 9, 32, 1000]) func randomBytes(count: Int) {
        let bytes = SecureRandom.bytes(count)
        #expect(bytes.count == count)
        #expect(count < 8 || bytes != SecureRandom.bytes(count))
    }

    @Test func base64() {
        for (bytes, text) in [([], ""), ([0x66], "Zg"), ([0x66, 0x6F], "Zm8"), ([0x66, 0x6F, 0x6F], "Zm9v")]
            as [([UInt8], String)]
        {
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
        }
        #expect(Base64.encode([0xFB, 0xFF]) == "+/8")
        #expect(Base64.encode([0xFB, 0xFF], forURL: true) == "-_8")
        for text in ["Z", "Zh", "Zm9", "Zg==", "-_8", "Z g", "Я", "Zm9vZ"] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
    }
}
