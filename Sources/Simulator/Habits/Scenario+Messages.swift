import SMPP

extension Scenario {
    /// What becomes of messages, and how they are answered.
    static let messages: [Scenario] = [
        Scenario("header-only-errors", 2, "every second message is refused by a header alone") {
            $0.quirks.everyMessage = [refusal(.headerOnly)]
        },
        Scenario("errors-with-id", 2, "every second message is refused, with a message_id") {
            $0.quirks.everyMessage = [refusal(.withID)]
        },
        Scenario("errors-with-parameters", 2, "every second message is refused, with optional parameters") {
            $0.quirks.everyMessage = [refusal(.emptyID)]
            $0.quirks.responses = [.errorTLVs]
        },
        Scenario("errors-with-junk", 2, "every second message is refused, with a body that makes no sense") {
            $0.quirks.everyMessage = [refusal(.emptyID)]
            $0.quirks.responses = [.errorJunk]
        },
        Scenario("nack-errors", 2, "every second message is refused by generic_nack") {
            $0.quirks.everyMessage = [MessageQuirk(every: 2, action: .nack(.invalidDestinationAddress))]
        },
        Scenario("missing-nul", 4, "the message_id of responses has no NUL") { $0.quirks.responses = [.missingNUL] },
        Scenario("long-message-id", 4, "the message_id of responses has 100 octets") {
            $0.quirks.responses = [.longID(100)]
        },
        Scenario(
            "throttle-stop", 9, "more than 5 messages in a second get 0x58, and then the bind is to be silent for 0.9 s"
        ) {
            $0.quirks.stop = StopQuirk(rate: 5, status: .throttled, silence: .milliseconds(900))
        },
        Scenario("queue-full-stop", 9, "the same with 0x14") {
            $0.quirks.stop = StopQuirk(rate: 5, status: .messageQueueFull, silence: .milliseconds(900))
        },
        Scenario("window-overrun", 10, "more than 5 unanswered messages get 0x14; answers take 50 ms") {
            $0.windowLimit = 5
            $0.latency = .constant(.milliseconds(50))
        },
        Scenario("window-of-one", 10, "more than 1 unanswered message gets 0x14; answers take 20 ms") {
            $0.windowLimit = 1
            $0.latency = .constant(.milliseconds(20))
        },
        Scenario("late-response", 10, "every second message is answered after 3 s") {
            $0.quirks.everyMessage = [MessageQuirk(every: 2, action: .late(.seconds(3)))]
        },
        Scenario("response-twice", 10, "every message is answered twice") { $0.quirks.responses = [.twice] },
        Scenario("rate-limit", 11, "more than 10 messages in a second get 0x58") { $0.rateLimit = 10 },
        Scenario("congestion", 34, "responses tell a congestion_state of 90; answers take 30 ms") {
            $0.quirks.responses = [.congestion(90)]
            $0.latency = .constant(.milliseconds(30))
        },
        Scenario("lost-response", 36, "every second message is taken and never answered") {
            $0.quirks.everyMessage = [MessageQuirk(every: 2, action: .silent)]
        },
    ]

    private static func refusal(_ body: FaultAction.ErrorBody) -> MessageQuirk {
        MessageQuirk(every: 2, action: .status(.invalidDestinationAddress, body))
    }
}
