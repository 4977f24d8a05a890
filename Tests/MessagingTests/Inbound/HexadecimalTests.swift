import Messaging
import Testing

@Suite struct HexadecimalTests {
    @Test func everyOctetIsReadBack() {
        let all = Array(UInt8.min...UInt8.max)
        #expect(all.hexadecimal.utf8.count == 512 && [UInt8](hexadecimal: all.hexadecimal) == all)
        #expect([0x0A, 0xF0].hexadecimal == "0af0" && [UInt8](hexadecimal: "") == [])
        for text in ["0", "0af", "0A", "0g", " 0", "0\u{0660}"] { #expect([UInt8](hexadecimal: text) == nil) }
    }
}
