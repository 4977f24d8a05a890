import Testing

@testable import Messaging

@Suite struct InboundAssemblerTests {
    private func key(_ parts: UInt8 = 3, reference: UInt16 = 7, from: String = "79161234567") -> InboundAssembler.Key {
        InboundAssembler.Key(from: from, to: "1234", reference: reference, parts: parts)
    }

    private func content(_ text: String) -> InboundContent {
        InboundContent(alphabet: .latin1, octets: Array(text.utf8))
    }

    private func id(_ number: UInt64) -> MessageID { MessageID(rawValue: number)! }

    @Test func partsInAnyOrderAreOneMessage() {
        for order in [[1, 2, 3], [3, 2, 1], [2, 3, 1]] as [[UInt8]] {
            var assembler = InboundAssembler()
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
        var assembler = InboundAssembler()
        _ = assembler.add(1, of: key(), content("a"), id: id(1), at: 0)
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 1) == .repeated(isSafe: false))
        assembler.confirm(1, of: key(), id: id(9))
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 1) == .repeated(isSafe: false))
        assembler.confirm(1, of: key(), id: id(1))
        #expect(assembler.add(1, of: key(), content("a"), id: id(2), at: 2) == .repeated(isSafe: true))
    }

    @Test func whatIsNotCommittedComesAgain() {
        var assembler = InboundAssembler()
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
        var assembler = InboundAssembler(limits: limits)
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
        var assembler = InboundAssembler()
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
        var assembler = InboundAssembler()
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
        var assembler = InboundAssembler(limits: limits)
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
        var assembler = InboundAssembler()
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
        func alphabet(_ coding: UInt8, _ policy: TextPolicy = TextPolicy()) -> Alphabet {
            data([0x41], coding: coding, policy: policy).content.alphabet
        }
        #expect(alphabet(0) == .gsm && alphabet(1) == .ascii && alphabet(3) == .latin1 && alphabet(8) == .ucs2)
        #expect(alphabet(4) == .latin1 && alphabet(0x18) == .ucs2 && alphabet(0x10) == .gsm && alphabet(0xE8) == .ucs2)
        #expect(
            alphabet(0xF1) == .gsm && alphabet(0xF5) == .latin1 && alphabet(0xC8) == .gsm && alphabet(0x80) == .latin1)
        let own = TextPolicy(defaultAlphabet: .latin1, dataCoding: [.gsm: 241, .ucs2: 24, .ascii: 3])
        #expect(alphabet(0, own) == .latin1 && alphabet(241, own) == .gsm && alphabet(24, own) == .ucs2)
        #expect(alphabet(3, own) == .ascii && alphabet(8, own) == .ucs2)
    }

    @Test func numbering() {
        let small = data([5, 0, 3, 9, 2, 1, 0x48, 0x69], header: true)
        #expect(small.numbering == SARInfo(reference: 9, total: 2, sequence: 1))
        #expect(InboundContent.text([small.content]) == "Hi")
        let wide = data([6, 8, 4, 1, 2, 3, 3, 0x48], header: true)
        #expect(wide.numbering == SARInfo(reference: 0x102, total: 3, sequence: 3))
        #expect(data([0x48], sar: SARInfo(reference: 1, total: 2, sequence: 2)).numbering?.sequence == 2)
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
        #expect(InboundContent.text([first, second]) == "Т👍")
        #expect(InboundContent.text([nil, second]) == "…\u{FFFD}")
        #expect(
            InboundContent.text([first, nil, nil, InboundContent(alphabet: .gsm, octets: [0x41])]) == "Т\u{FFFD}…A")
        // The escape is the last septet of one part.
        let euro = [[0x1B], [0x65]].map { InboundContent(alphabet: .gsm, octets: $0) }
        #expect(InboundContent.text(euro) == "€")
    }

    @Test func storedAndReadAgain() {
        for alphabet in Alphabet.allCases {
            let content = InboundContent(alphabet: alphabet, octets: Array(0...255))
            #expect(InboundContent(stored: content.stored) == content)
        }
        #expect(InboundContent(alphabet: .gsm, octets: []).stored == "gsm:")
        for text in ["", "gsm", "gsm:0", "gsm:0g", "utf8:00", "gsm:00:00", ":"] {
            #expect(InboundContent(stored: text) == nil, "\(text)")
        }
    }
}
