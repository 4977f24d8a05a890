import Intake
import NIOCore
import NIOEmbedded
import SMPP
import Testing

/// Several requests on one connection, slow ones, late handlers and clients that leave.
@Suite struct PipeliningTests {
    private func post(_ text: String, _ fields: String = "") -> String {
        EmbeddedIntake.post("key=secret-key&to=1&text=\(text)", fields)
    }

    private func reply(_ segments: Int) -> IntakeReply {
        .accepted(segments: segments, carrierIDs: [], language: .ru)
    }

    @Test func repliesComeInTheOrderOfTheRequests() throws {
        let intake = try EmbeddedIntake(automatic: nil)
        intake.send(post("a") + post("b") + EmbeddedIntake.post(path: "/no") + post("c"))
        intake.handler.answer("c", reply(3))
        intake.handler.answer("b", reply(2))
        #expect(try intake.output() == "")
        intake.handler.answer("a", reply(1))
        let replies = try #require(try intake.replies())
        #expect(replies.map { $0["X-Segments"] } == ["1/1", "2/2", nil, "3/3"])
        #expect(replies[2].status == 404)
        #expect(Set(replies.map { $0["X-Message-Id"] }).count == 4)
    }

    @Test func pipelineIsBounded() throws {
        let intake = try EmbeddedIntake(automatic: nil) { $0.maxPipelined = 4 }
        intake.send((0..<10).map { post("m\($0)") }.joined() + "POST")
        #expect(intake.handler.requests.map(\.text) == ["m0", "m1", "m2", "m3"])
        intake.handler.answer("m1", reply(1))
        #expect(intake.handler.requests.count == 4, "its reply waits for another's: its place is not free")
        intake.handler.answer("m0", reply(1))
        #expect(intake.handler.requests.map(\.text) == ["m0", "m1", "m2", "m3", "m4", "m5"])
        for number in 2..<10 { intake.handler.answer("m\(number)", reply(1)) }
        #expect(try intake.replies()?.count == 10)
        intake.send(" /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        #expect(try intake.replies()?.map(\.status) == [400])
    }

    @Test func automaticRepliesOfALongPipeline() throws {
        let intake = try EmbeddedIntake { $0.maxPipelined = 2 }
        intake.send((0..<400).map { post("m\($0)") }.joined())
        #expect(try intake.replies()?.count == 400)
        #expect(intake.handler.requests.map(\.text) == (0..<400).map { "m\($0)" })
    }

    @Test func nothingIsTakenAfterClose() throws {
        let intake = try EmbeddedIntake(automatic: nil)
        intake.send(post("a") + post("b", "Connection: close\r\n") + post("c"))
        #expect(intake.handler.requests.map(\.text) == ["a", "b"])
        intake.handler.answer("b", reply(2))
        intake.handler.answer("a", reply(1))
        #expect(try intake.replies()?.map { $0["Connection"] } == [nil, "close"])
        intake.time.run()
        #expect(!intake.channel.isActive)
    }

    @Test func parseErrorsWaitForTheirTurn() throws {
        let intake = try EmbeddedIntake(automatic: nil) { $0.maxPipelined = 1 }
        intake.send(post("a") + post("b") + "nonsense\r\n\r\n")
        intake.handler.answer("a", reply(1))
        intake.handler.answer("b", reply(2))
        #expect(try intake.replies()?.map(\.status) == [200, 200, 400])
    }

    @Test func inFlightPlacesComeBack() throws {
        let intake = try EmbeddedIntake(automatic: nil, accounts: [EmbeddedIntake.account { $0.inFlight = 1 }])
        intake.send(post("a") + post("b"))
        intake.handler.answer("a", reply(1))
        let replies = try #require(try intake.replies())
        #expect(replies.map(\.status) == [200, 429])
        #expect(replies[1]["Retry-After"] == "1")
        // Late, double and abandoned replies give back one place, once.
        intake.send(post("c"))
        intake.time.advanceTime(by: .milliseconds(10_250))
        #expect(try intake.replies()?.map(\.status) == [504])
        intake.handler.answer("c", reply(1))
        intake.handler.answer("a", reply(1))
        intake.send(post("d"))
        intake.send(post("e"))
        intake.handler.answer("d", reply(1))
        #expect(try intake.replies()?.map(\.status) == [200, 429])
    }

    @Test func aHandlerThatIsLateLeavesTheOutcomeUnknown() throws {
        let intake = try EmbeddedIntake(automatic: nil)
        intake.time.advanceTime(by: .seconds(30))
        intake.send(post("a"))
        intake.time.advanceTime(by: .milliseconds(10_249))
        #expect(try intake.output() == "")
        intake.time.advanceTime(by: .milliseconds(1))
        let reply = try #require(try intake.replies()?.first)
        #expect(reply.status == 504 && reply["X-Outcome"] == "unknown" && reply["Retry-After"] == nil)
        intake.handler.answer("a", ScriptedHandler.accepted)
        #expect(try intake.output() == "")
        #expect(intake.channel.isActive)
    }

    @Test func aClientThatLeavesCancelsNothing() throws {
        let intake = try EmbeddedIntake(automatic: nil, accounts: [EmbeddedIntake.account { $0.inFlight = 1 }])
        intake.send(post("a"))
        intake.channel.close(promise: nil)
        intake.time.run()
        intake.handler.answer("a", ScriptedHandler.accepted)
        let next = try EmbeddedIntake(automatic: nil)
        next.send(post("b"))
        next.channel.close(promise: nil)
        next.time.advanceTime(by: .seconds(11))
        next.handler.answer("b", ScriptedHandler.accepted)
        #expect(try intake.output() == "")
        #expect(try next.output() == "")
    }

    @Test func slowBodies() throws {
        let intake = try EmbeddedIntake()
        let request = post("slow")
        intake.send(String(request.dropLast(4)))
        for character in request.suffix(4).dropLast() {
            intake.time.advanceTime(by: .seconds(3))
            intake.send(String(character))
        }
        #expect(try intake.output() == "")
        intake.time.advanceTime(by: .seconds(1))
        let reply = try #require(try intake.replies()?.first)
        #expect(reply.status == 408 && reply["Connection"] == "close" && reply["X-Outcome"] == "not-sent")
        intake.time.advanceTime(by: .seconds(1))
        #expect(!intake.channel.isActive)
    }

    @Test func slowHeads() throws {
        let intake = try EmbeddedIntake()
        intake.time.advanceTime(by: .seconds(55))
        for character in "POST /sms" {
            intake.send(String(character))
            intake.time.advanceTime(by: .seconds(1))
        }
        #expect(try intake.output() == "")
        intake.time.advanceTime(by: .seconds(1))
        #expect(try intake.replies()?.map(\.status) == [408])
    }

    @Test func idleConnectionsAreClosed() throws {
        let intake = try EmbeddedIntake()
        intake.time.advanceTime(by: .seconds(59))
        #expect(try intake.reply(to: post("a"))?.status == 200)
        intake.time.advanceTime(by: .seconds(59))
        #expect(intake.channel.isActive)
        intake.time.advanceTime(by: .seconds(1))
        #expect(!intake.channel.isActive)
        #expect(try intake.output() == "")
    }

    @Test func aDropAfterARefusalIsBounded() throws {
        let intake = try EmbeddedIntake()
        #expect(try intake.reply(to: "POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: 9999999\r\n\r\n")?.status == 413)
        for _ in 0..<16 { intake.send(String(repeating: "x", count: 65_536)) }
        #expect(intake.channel.isActive)
        intake.send("x")
        #expect(!intake.channel.isActive)
    }
}
