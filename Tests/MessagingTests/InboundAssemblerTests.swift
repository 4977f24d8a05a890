import Testing

@testable import Messaging

@Suite struct InboundAssemblerTests {
    private func key(_ parts: UInt8 = 3, reference: UInt16 = 7, from: String = "79161234567") -> InboundAssembler.Key {
        InboundAssembler.Key(from: from, to: "1234", kind: .eightBit, reference: reference, parts: parts)
    }

    private func content(_ text: String) -> InboundContent {
        InboundContent(alphabet: .latin1, octets: Array(text.utf8))
    }

    private func id(_ number: UInt64) -> MessageID { MessageID(rawValue: number)! }

    @Test func partsInAnyOrderAreOneMessage() {
        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] as [[UInt8]] {
            var assembler = InboundAssembler { _, _ in nil }
            var ids: UInt64 = 0
            func nextID() -> MessageID {
                ids += 1
                return id(ids)
            }
            #expect(assembler.add(order[0], of: key(), content("\(order[0])"), id: nextID(), at: 10) == .kept(id(1)))
            #expect(assembler.add(order[1], of: key(), content("\(order[1])"), id: nextID(), at: 11) == .kept(id(1)))
            guard
                case .whole(let message) = assembler.add(
                    order[2], of: key(), content("\(order[2])"), id: nextID(), at: 12)
            else {
                Issue.record("not whole")
                return
            }
            #expect(message.text == "123" && message.id == id(1) && message.at == 10)
            #expect(message.parts == 3 && message.received == 3)
            // One message takes one id.
            #expect(ids == 1)
            assembler.settle(key(), id: id(1), at: 13)
            #expect(assembler.openCount == 0)
            #expect(assembler.add(1, of: key(), content("1"), id: nextID(), at: 14) == .repeated(isSafe: true))
        }
    }

    @Test func repeatedPartsAreSafeOnceTheyAreCommitted() {
        var assembler = InboundAssembler { _, _ in nil }
        _ = assembler.add(1, of: key(), content("a"), id: id(1), at: 0)
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 1) == .repeated(isSafe: false))
        assembler.confirm(1, of: key(), id: id(9))
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 1) == .repeated(isSafe: false))
        assembler.confirm(1, of: key(), id: id(1))
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 2) == .repeated(isSafe: true))
    }

    @Test func whatIsNotCommittedComesAgain() {
        var assembler = InboundAssembler { _, _ in nil }
        _ = assembler.add(1, of: key(2), content("a"), id: id(1), at: 0)
        assembler.withdraw(1, of: key(2), id: id(1))
        #expect(assembler.openCount == 0)
        #expect(assembler.add(1, of: key(2), content("a"), id: id(2), at: 1) == .kept(id(2)))
        assembler.confirm(1, of: key(2), id: id(2))
        guard case .whole = assembler.add(2, of: key(2), content("b"), id: id(3), at: 2) else {
            Issue.record("not whole")
            return
        }
        // The whole could not be committed: its last part is brought again.
        assembler.withdraw(2, of: key(2), id: id(2))
        guard case .whole(let message) = assembler.add(2, of: key(2), content("b"), id: id(3), at: 3) else {
            Issue.record("not whole")
            return
        }
        #expect(message.text == "ab" && message.id == id(2))
    }

    @Test func missingPartsAreGivenUpOnce() {
        var limits = InboundAssembler.Limits()
        limits.waits = 100
        var assembler = InboundAssembler(limits: limits) { _, _ in nil }
        _ = assembler.add(1, of: key(), content("a"), id: id(1), at: 1_000)
        _ = assembler.add(3, of: key(), content("c"), id: id(1), at: 1_050)
        #expect(assembler.nextDeadline == 1_100)
        assembler.expire(at: 1_099)
        #expect(assembler.takeGivenUp().isEmpty)
        assembler.expire(at: 1_100)
        let given = assembler.takeGivenUp()
        #expect(given.map(\.text) == ["a…c"] && given.map(\.received) == [2] && given.map(\.parts) == [3])
        #expect(assembler.takeGivenUp().isEmpty)
        #expect(assembler.nextDeadline == nil && assembler.openCount == 0)
    }

    @Test func aReferenceIsUsedAgain() {
        var assembler = InboundAssembler { _, _ in nil }
        _ = assembler.add(1, of: key(2), content("old"), id: id(1), at: 0)
        // Another text under the same number: the old one will not become whole.
        #expect(assembler.add(1, of: key(2), content("new"), id: id(2), at: 1) == .kept(id(2)))
        #expect(assembler.takeGivenUp().map(\.id) == [id(1)])
        guard case .whole = assembler.add(2, of: key(2), content("er"), id: id(3), at: 2) else {
            Issue.record("not whole")
            return
        }
        assembler.settle(key(2), id: id(2), at: 3)
        #expect(assembler.add(1, of: key(2), content("third"), id: id(4), at: 4) == .kept(id(4)))
        #expect(assembler.takeGivenUp().isEmpty && assembler.openCount == 1)
    }

    @Test func othersPartsAreNotMixed() {
        var assembler = InboundAssembler { _, _ in nil }
        _ = assembler.add(1, of: key(2), content("a"), id: id(1), at: 0)
        #expect(assembler.add(2, of: key(2, from: "79160000000"), content("b"), id: id(2), at: 0) == .kept(id(2)))
        #expect(assembler.add(2, of: key(2, reference: 8), content("b"), id: id(3), at: 0) == .kept(id(3)))
        #expect(assembler.add(2, of: key(3), content("b"), id: id(4), at: 0) == .kept(id(4)))
        #expect(assembler.openCount == 4)
    }

    @Test func bounded() {
        var limits = InboundAssembler.Limits()
        limits.open = 3
        limits.remembered = 2
        var assembler = InboundAssembler(limits: limits) { _, _ in nil }
        for number in 1...10 {
            _ = assembler.add(1, of: key(reference: UInt16(number)), content("x"), id: id(UInt64(number)), at: 0)
        }
        #expect(assembler.openCount == 3)
        #expect(assembler.takeGivenUp().map(\.id) == (1...7).map { id($0) })
        for number in 8...10 {
            for part in [2, 3] as [UInt8] {
                _ = assembler.add(part, of: key(reference: UInt16(number)), content("x"), id: id(99), at: 0)
            }
            assembler.settle(key(reference: UInt16(number)), id: id(UInt64(number)), at: 0)
        }
        #expect(assembler.openCount == 0)
        // The oldest one that was done is forgotten.
        #expect(assembler.add(1, of: key(reference: 8), content("x"), id: id(100), at: 0) == .kept(id(100)))
        #expect(assembler.add(1, of: key(reference: 9), content("x"), id: id(101), at: 0) == .repeated(isSafe: true))
    }

    @Test func restoredPartsGoOn() {
        var assembler = InboundAssembler { _, _ in nil }
        assembler.restore(1, of: key(2), content("a"), id: id(5), at: 100)
        #expect(assembler.nextDeadline == 100 + InboundAssembler.Limits().waits)
        #expect(assembler.add(1, of: key(2), content("a"), id: id(6), at: 200) == .repeated(isSafe: true))
        guard case .whole(let message) = assembler.add(2, of: key(2), content("b"), id: id(7), at: 300) else {
            Issue.record("not whole")
            return
        }
        #expect(message.id == id(5) && message.text == "ab")
    }
}

@Suite struct ReceivedUserDataTests {
    private func data(
        _ octets: [UInt8], header: Bool = false, coding: UInt8 = 0, sar: SARInfo? = nil,
        policy: TextPolicy = TextPolicy()
    ) -> ReceivedUserData {
        ReceivedUserData(octets, hasHeader: header, dataCoding: coding, sar: sar, policy: policy)
    }

    @Test func alphabets() {
        func alphabet(_ coding: UInt8, _ policy: TextPolicy = TextPolicy()) -> ReceivedAlphabet {
            data([0x41], coding: coding, policy: policy).content.alphabet
        }
        let gsm = ReceivedAlphabet.gsm(.standard)
        #expect(alphabet(0) == gsm && alphabet(1) == .ascii && alphabet(3) == .latin1 && alphabet(8) == .ucs2)
        #expect(alphabet(5) == .charset(.jis) && alphabet(6) == .charset(.cyrillic) && alphabet(7) == .charset(.hebrew))
        #expect(alphabet(10) == .charset(.iso2022JP) && alphabet(13) == .charset(.kanji))
        #expect(alphabet(14) == .charset(.korean))
        #expect(alphabet(0x18) == .ucs2 && alphabet(0x10) == gsm && alphabet(0xE8) == .ucs2)
        #expect(alphabet(0xF1) == gsm && alphabet(0xC8) == gsm)
        for coding: UInt8 in [2, 4, 0x14, 0x17, 0xF4, 0xF5, 0xFF] {
            #expect(alphabet(coding) == .octets(dataCoding: coding))
        }
        for coding: UInt8 in [9, 11, 12, 15, 0x1C, 0x20, 0x38, 0x80, 0xBF] {
            #expect(alphabet(coding) == .unknown(dataCoding: coding))
        }
        let own = TextPolicy(defaultAlphabet: .latin1, dataCoding: [.gsm: 241, .ucs2: 24, .ascii: 3])
        #expect(alphabet(0, own) == .latin1 && alphabet(241, own) == gsm && alphabet(24, own) == .ucs2)
        #expect(alphabet(3, own) == .ascii && alphabet(8, own) == .ucs2)
    }

    private let unread: CharsetReader = { _, _ in nil }

    /// The elements do not add up to the header's length: the header is passed over, and the text stands behind it.
    @Test func headersThatDoNotAddUp() {
        let hello = Array("Hello".utf8)
        for header: [UInt8] in [
            [6, 8, 0x0A, 0x20, 0x4F, 2, 1], [6, 0, 3, 9, 2, 1, 0], [5, 8, 4, 1, 2, 2], [1, 0], [3, 0x24, 2, 1],
        ] {
            let text = data(header + hello, header: true)
            #expect(InboundContent.text([text.content], unread) == "Hello", "\(header)")
            #expect(text.numbering == nil)
            let wide = data(header + hello.flatMap { [0, $0] }, header: true, coding: 8)
            #expect(InboundContent.text([wide.content], unread) == "Hello", "\(header)")
        }
    }

    @Test func shiftTablesOfTheHeader() {
        // Single shift of Turkish: escape and G is Ğ; of Spanish: escape and a is á, and ç.
        let turkish = data([3, 0x24, 1, 1, 0x1B, 0x47, 0x1B, 0x49, 0x1B, 0x65], header: true)
        #expect(InboundContent.text([turkish.content], unread) == "Ğİ€")
        let spanish = data([3, 0x24, 1, 2, 0x1B, 0x61, 0x1B, 0x09], header: true)
        #expect(InboundContent.text([spanish.content], unread) == "áç")
        // Locking tables of Turkish and Portuguese.
        let locked = data([3, 0x25, 1, 1, 0x0B, 0x0C, 0x1C, 0x1D, 0x04], header: true)
        #expect(InboundContent.text([locked.content], unread) == "ĞğŞş€")
        let both = data([6, 0x25, 1, 3, 0x24, 1, 3, 0x0B, 0x0C, 0x1B, 0x61], header: true)
        #expect(InboundContent.text([both.content], unread) == "ÔôÂ")
        let hindi = data([6, 0x25, 1, 6, 0x24, 1, 6, 0x15, 0x1B, 0x1C], header: true)
        #expect(InboundContent.text([hindi.content], unread) == "क०")
        // Nobody knows the language.
        let other = data([3, 0x24, 1, 99, 0x1B, 0x65], header: true)
        #expect(InboundContent.text([other.content], unread) == "€")
    }

    /// What is no text is kept as its octets, in the order of the parts.
    @Test func dataAndUnknownCodings() throws {
        for coding: UInt8 in [2, 4, 0xF5, 9] {
            let content = data([0, 1, 0xFF], coding: coding).content
            #expect(InboundContent.text([content], unread) == nil)
            let message = AssembledMessage(
                id: try #require(MessageID(rawValue: 1)), at: 0, from: "1", to: "2", content: content, read: unread)
            #expect(message.text == "" && message.data?.octets == [0, 1, 0xFF])
        }
        let cyrillic = data([0xBF, 0xE0], coding: 6).content
        #expect(InboundContent.text([cyrillic]) { "\($0.rawValue) \($1.count)" } == "iso-8859-5 2")
        #expect(InboundContent.text([cyrillic], unread) == nil)
    }

    @Test func numbering() {
        let small = data([5, 0, 3, 9, 2, 1, 0x48, 0x69], header: true)
        #expect(small.numbering == PartNumbering(kind: .eightBit, SARInfo(reference: 9, total: 2, sequence: 1)))
        #expect(InboundContent.text([small.content], unread) == "Hi")
        let wide = data([6, 8, 4, 1, 2, 3, 3, 0x48], header: true)
        #expect(wide.numbering == PartNumbering(kind: .sixteenBit, SARInfo(reference: 0x102, total: 3, sequence: 3)))
        let sar = SARInfo(reference: 1, total: 2, sequence: 2)
        #expect(data([0x48], sar: sar).numbering == PartNumbering(kind: .sar, sar))
        #expect(data([0x48], sar: SARInfo(reference: 1, total: 2, sequence: 3)).numbering == nil)
        #expect(data([0x48], sar: SARInfo(reference: 1, total: 1, sequence: 1)).numbering == nil)
        #expect(data([5, 0, 3, 9, 1, 1, 0x48], header: true).numbering == nil)
        // A header that goes beyond its end is text.
        #expect(data([9, 0, 3], header: true).content.octets == [9, 0, 3])
        #expect(data([], header: true).content.octets.isEmpty)
    }

    /// Handsets cut pairs between parts.
    @Test func charactersCutBetweenPartsAreWhole() {
        let first = InboundContent(alphabet: .ucs2, octets: [0x04, 0x22, 0xD8, 0x3D])
        let second = InboundContent(alphabet: .ucs2, octets: [0xDC, 0x4D])
        #expect(InboundContent.text([first, second], unread) == "Т👍")
        #expect(InboundContent.text([nil, second], unread) == "…\u{FFFD}")
        #expect(
            InboundContent.text([first, nil, nil, InboundContent(alphabet: .gsm(.standard), octets: [0x41])], unread)
                == "Т\u{FFFD}…A")
        // The escape is the last septet of one part.
        let euro = [[0x1B], [0x65]].map { InboundContent(alphabet: .gsm(.standard), octets: $0) }
        #expect(InboundContent.text(euro, unread) == "€")
    }

    @Test func storedAndReadAgain() {
        let shifted = ReceivedAlphabet.gsm(ShiftTables(single: .turkish, locking: .urdu))
        let all = (0...255).map { ReceivedAlphabet(dataCoding: $0) } + [shifted, .utf8]
        for alphabet in all {
            let content = InboundContent(alphabet: alphabet, octets: Array(0...255))
            #expect(InboundContent(stored: content.stored) == content)
        }
        #expect(InboundContent(alphabet: .gsm(.standard), octets: []).stored == "gsm:")
        for text in [
            "", "gsm", "gsm:0", "gsm:0g", "utf7:00", "gsm:00:00", ":", "gsm.1:00", "octets:00", "unknown.300:00",
        ] {
            #expect(InboundContent(stored: text) == nil, "\(text)")
        }
    }
}
