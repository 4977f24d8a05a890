import SMPP
import Testing

@testable import Simulator

struct FaultRuleTests {
    @Test(arguments: [
        "0007=status:0x0B", "0007=status-empty:0x0B", "*=status-id:0x400", "1=once:0x58", "1=silent", "1=close",
        "1=reset", "1=nack", "1=nack:0x02", "1=late:8s", "1=late:250ms", "1=empty-id", "1=tlv", "1=unbind",
        "1=garbage", "1=unbind-first:300ms", "1=unbind-first:0s", "1=segment:2:silent", "*=segment:255:status:0x0B",
    ])
    func textIsReadAndWrittenBack(text: String) throws {
        #expect(try FaultRule(parsing: text).description == text)
    }

    @Test func numbersAndTimesAreReadInEveryForm() throws {
        #expect(try FaultAction(parsing: "status:11") == .status(.invalidDestinationAddress, .headerOnly))
        #expect(try FaultAction(parsing: "status:0X0b") == .status(.invalidDestinationAddress, .headerOnly))
        #expect(try FaultAction(parsing: "late:1m") == .late(.seconds(60)))
        #expect(try FaultAction(parsing: "late:0s") == .late(.zero))
    }

    @Test(arguments: [
        "", "=", "0007", "=silent", "0007=", "0007=sometimes", "0007=status", "0007=status:", "0007=status:0x",
        "0007=status:0x1FFFFFFFF", "0007=status:-1", "0007=status:+1", "0007=status:0B", "0007=silent:1",
        "0007=late", "0007=late:", "0007=late:8", "0007=late:s", "0007=late:-8s", "0007=late:8h", "0007=late:61m",
        "0007=late:99999999999999999999s", "00 7=silent", "+7=silent", "123456789012345678901=silent",
        "1=segment", "1=segment:2", "1=segment:0:silent", "1=segment:256:silent", "1=segment:x:silent",
        "1=segment:-1:silent", "1=segment::silent", "007=nack:", "007=once", "007=unbind-first", "७=silent",
        "007=late:८s",
    ])
    func whatIsNotUnderstoodIsRefused(text: String) {
        #expect(throws: OptionProblem.self) { try FaultRule(parsing: text) }
    }

    @Test func theLongestEndingWinsAndOfEqualOnesTheFirst() throws {
        let rules = try ["*=tlv", "7=silent", "007=close", "007=reset", "66=garbage", "1660011=nack"]
            .map { try FaultRule(parsing: $0) }
        let table = FaultTable(rules: rules, withStandard: true)
        func action(_ destination: String) -> FaultAction? { Self.action(destination, table) }
        #expect(action("5") == .tlv)
        #expect(action("") == .tlv)
        #expect(action("17") == .silent)
        #expect(action("7916000007") == .close)
        #expect(action("79160670007") == .late(.seconds(8)))
        #expect(action("79160660066") == .status(CommandStatus(rawValue: 66), .headerOnly))
        #expect(action("79160670066") == .garbage)
        #expect(action("79161660011") == .nack(.invalidCommandID))
    }

    @Test func withoutRulesNothingIsFaulty() {
        let table = FaultTable(rules: [], withStandard: false)
        #expect(Self.action("79160670001", table) == nil)
        #expect(Self.action("", table) == nil)
    }

    private static func action(_ destination: String, _ table: FaultTable) -> FaultAction? {
        let octets = Array(destination.utf8)
        return table.action(for: octets.span, part: { nil })
    }
}
