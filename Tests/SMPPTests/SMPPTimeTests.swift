import Foundation
import SMPP
import Testing

@Suite struct SMPPTimeTests {
    @Test(arguments: [
        ("", true), ("000001000000000R", true), ("261124053600000+", true), ("261124053600048-", true),
        ("a week from now!", false), ("261324053600000+", false), ("260024053600000+", false),
        ("261100053600000+", false), ("261124243600000+", false), ("261124056000000+", false),
        ("261124053660000+", false), ("261124053600049+", false), ("261124053600000Z", false), ("0000010000000", false),
        ("0000010000000000R", false),
    ])
    func whatIsATime(_ text: String, _ isTime: Bool) {
        let octets = Array(text.utf8)
        let isValid = SMPPTime.isValid(octets.span)
        #expect(isValid == isTime)
    }

    @Test func relativeTimes() {
        #expect(SMPPTime.relative(0) == "000000000000000R")
        #expect(SMPPTime.relative(90_061) == "000001010101000R")
        #expect(SMPPTime.relative(.max) == "000099000000000R")
    }

    /// Against Foundation's calendar, over leap days and the ends of years.
    @Test func absoluteTimesAreThoseOfTheCalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for seconds in stride(from: Int64(0), to: 4_102_444_800, by: 9_999_991) {
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(seconds)))
            let expected =
                [
                    (parts.year ?? 0) % 100, parts.month ?? 0, parts.day ?? 0, parts.hour ?? 0, parts.minute ?? 0,
                    parts.second ?? 0,
                ].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined() + "000+"
            let text = SMPPTime.absolute(seconds)
            #expect(text == expected)
            let octets = Array(text.utf8)
            let isValid = SMPPTime.isValid(octets.span)
            #expect(isValid)
        }
    }
}
