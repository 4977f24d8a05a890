import Messaging
import Testing

@Suite struct ConversationsTests {
    @Test func theLastToWriteIsAnswered() {
        var table = Conversations(capacity: 10)
        table.wrote("a", to: "1", at: 10)
        table.wrote("b", to: "1", at: 30)
        // What a journal tells later of earlier changes nothing.
        table.wrote("a", to: "1", at: 20)
        #expect(table.last(to: "1")?.account == "b" && table.last(to: "1")?.at == 30)
        #expect(table.last(to: "2") == nil)
    }

    @Test func theOldestAreForgotten() {
        var table = Conversations(capacity: 3)
        for round in 0..<1_000 { table.wrote("a", to: "\(round % 5)", at: UInt64(round)) }
        #expect(table.count == 3)
        #expect((0..<5).map { table.last(to: "\($0)") != nil } == [false, false, true, true, true])
        for round in 0..<1_000 { table.wrote("a", to: "same", at: UInt64(2_000 + round)) }
        #expect(table.last(to: "same")?.at == 2_999 && table.count <= 3)
    }
}

@Suite struct ContactIDsTests {
    private let sealed = ContactIDs.sealed(ContactIDs.SealKey("0123456789abcdef"))

    @Test(arguments: ["79161234567", "1234", "MegaBank", "+7", String(repeating: "9", count: 32)])
    func aSealedAddressIsFoundAgain(_ address: String) {
        let id = sealed.id(of: address)
        #expect(id == sealed.id(of: address) && !id.contains(address))
        #expect(id.utf8.count == 16 + 2 * address.utf8.count)
        #expect(sealed.address(of: id) == address)
        #expect(ContactIDs.sealed(ContactIDs.SealKey("0123456789abcdeg")).address(of: id) == nil)
        #expect(ContactIDs.numbers.address(of: ContactIDs.numbers.id(of: address)) == address)
    }

    /// Nobody makes one, nor another of one.
    @Test func forgeriesAreNone() {
        let id = Array(sealed.id(of: "79161234567"))
        for place in id.indices {
            var forged = id
            forged[place] = forged[place] == "0" ? "1" : "0"
            #expect(sealed.address(of: String(forged)) == nil)
        }
        for text in ["", "0", "zz", "79161234567", String(repeating: "0", count: 200), String(id.dropLast(2))] {
            #expect(sealed.address(of: text) == nil)
        }
        #expect(ContactIDs.numbers.address(of: "") == nil)
        #expect(ContactIDs.numbers.address(of: String(repeating: "1", count: 33)) == nil)
    }
}
