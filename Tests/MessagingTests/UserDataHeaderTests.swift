import SMPP
import Testing

@testable import Messaging

struct UserDataHeaderTests {
    @Test func `numbering with references of 8 and 16 bits`() {
        #expect(
            UserDataHeader.parse([5, 0, 3, 0xAB, 3, 2, 0x41])?.numbering?.part
                == SARInfo(reference: 0xAB, total: 3, sequence: 2))
        #expect(UserDataHeader.parse([5, 0, 3, 0xAB, 3, 2, 0x41])?.textStart == 6)
        #expect(
            UserDataHeader.parse([6, 8, 4, 0x12, 0x34, 255, 255])?.numbering?.part
                == SARInfo(reference: 0x1234, total: 255, sequence: 255))
    }

    @Test func `other elements around it`() {
        let header = UserDataHeader.parse([0x0B, 0x05, 4, 0x0B, 0x84, 0, 0, 0, 3, 7, 2, 1, 0x42])
        #expect(header?.elements.map(\.identifier) == [5, 0])
        #expect(header?.elements.first?.value == [0x0B, 0x84, 0, 0])
        #expect(header?.numbering?.part == SARInfo(reference: 7, total: 2, sequence: 1))
        #expect(header?.textStart == 12)
    }

    @Test func `the last valid numbering counts`() {
        let header = UserDataHeader.parse([0x0A, 0, 3, 1, 2, 1, 0, 3, 9, 2, 2])
        #expect(header?.numbering?.part.reference == 9)
        #expect(UserDataHeader.parse([0x0A, 0, 3, 1, 2, 1, 0, 3, 9, 2, 0])?.numbering?.part.reference == 1)
    }

    @Test(
        arguments: [[5, 0, 3, 1, 0, 0], [5, 0, 3, 1, 2, 0], [5, 0, 3, 1, 2, 3], [4, 0, 2, 1, 2], [0], [2, 0, 0]]
            as [[UInt8]])
    func `a numbering that makes no sense is none`(octets: [UInt8]) {
        #expect(UserDataHeader.parse(octets) != nil)
        #expect(UserDataHeader.parse(octets)?.numbering == nil)
    }

    @Test(
        arguments: [[], [5], [5, 0, 3, 1, 2], [255, 0, 3]] as [[UInt8]])
    func `a header that is cut short is none`(octets: [UInt8]) {
        #expect(UserDataHeader.parse(octets) == nil)
    }

    @Test(
        arguments: [[1, 0], [5, 0, 4, 1, 2, 1], [6, 0, 3, 1, 2, 1, 0], [6, 8, 0x0A, 0x20, 0x4F, 2, 1]] as [[UInt8]])
    func `a header whose elements do not add up numbers nothing`(octets: [UInt8]) {
        let header = UserDataHeader.parse(octets)
        #expect(header?.isBroken == true && header?.textStart == octets.count)
        #expect(header?.numbering == nil && header?.shiftTables == .standard)
    }

    @Test func `any octets are read without a crash`() {
        var random = SplitMix64(seed: 1)
        for _ in 0..<5000 {
            let octets = (0..<Int.random(in: 0...24, using: &random)).map { _ in
                UInt8.random(in: 0...12, using: &random)
            }
            if let header = UserDataHeader.parse(octets) {
                #expect(header.textStart <= octets.count)
                let read = header.elements.reduce(1) { $0 + 2 + $1.value.count }
                #expect(header.isBroken ? read < header.textStart : read == header.textStart)
            }
        }
    }
}
