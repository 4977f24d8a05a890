import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import TLS

@Suite struct ResumptionTests {
    let files: TestFiles
    let server: TLSServerContext
    let client: TLSClientContext

    init() throws {
        files = try TestFiles()
        server = try files.server()
        client = try TLSClientContext(caFile: files.path("server.crt"))
    }

    private func resumes(as name: String = "localhost") throws -> Bool {
        let pair = try EmbeddedPair(server, client, serverName: name).handshake()
        defer { pair.finish() }
        let agreement = try #require(pair.atClient.agreement)
        #expect(pair.atServer.agreement?.resumed == agreement.resumed)
        return agreement.resumed
    }

    @Test func secondConnectionResumes() throws {
        #expect(try !resumes())
        #expect(try resumes())
        #expect(try resumes())
    }

    @Test func sessionsBelongToAName() throws {
        #expect(try !resumes())
        #expect(try !resumes(as: "127.0.0.1"))
        #expect(try resumes(as: "127.0.0.1"))
        #expect(client.sessions.count == 2)
    }

    @Test func aKeyTwoRotationsOldIsForgotten() throws {
        #expect(try !resumes())
        server.ticketKeys.rotate()
        #expect(try resumes())
        server.ticketKeys.rotate()
        server.ticketKeys.rotate()
        #expect(try !resumes())
        #expect(try resumes())
    }

    @Test func reloadKeepsTickets() throws {
        #expect(try !resumes())
        try files.pair("server")
        #expect(try server.reloadIfChanged())
        #expect(try resumes())
    }

    @Test func aBrokenConnectionDoesNotCostTheSession() throws {
        let pair = try EmbeddedPair(server, client).handshake()
        pair.client.pipeline.fireChannelInactive()
        pair.finish()
        #expect(try resumes())
    }

    @Test func sessionsAreBounded() throws {
        let open = try TLSClientContext(verifyPeer: false)
        for number in 0..<(TLSSessionStore.limit + 10) {
            try EmbeddedPair(server, open, serverName: "host\(number)").handshake().finish()
        }
        #expect(open.sessions.count == TLSSessionStore.limit)
    }

    @Test func aReloadedClientForgets() throws {
        #expect(try !resumes())
        #expect(try !client.reloadIfChanged())
        #expect(try resumes())
        let text = try String(contentsOfFile: files.path("server.crt"), encoding: .utf8)
        try files.write(text + "\n", "server.crt")
        #expect(try client.reloadIfChanged())
        #expect(client.sessions.count == 0)
        #expect(try !resumes())
    }

    /// What an old connection is given after a reload was verified under the old files.
    @Test func aSessionFromBeforeAReloadIsNotKept() throws {
        let pair = try EmbeddedPair(server, client)
        try pair.connect()
        let text = try String(contentsOfFile: files.path("server.crt"), encoding: .utf8)
        try files.write(text + "\n", "server.crt")
        #expect(try client.reloadIfChanged())
        try pair.pump()
        #expect(pair.atClient.agreement != nil)
        #expect(client.sessions.count == 0)
        pair.finish()
        #expect(try !resumes())
        #expect(try resumes())
    }

    @Test func aResumedSessionStillNeedsItsClientCA() throws {
        let known = try files.pair("known")
        let strict = try files.server("strict", clientCA: known.certificate)
        let friend = try TLSClientContext(
            caFile: files.path("strict.crt"), certificateFile: known.certificate, keyFile: known.key)
        try EmbeddedPair(strict, friend).handshake().finish()
        let again = try EmbeddedPair(strict, friend).handshake()
        #expect(again.atServer.agreement?.resumed == true)
        again.finish()
        try files.pair("known")
        #expect(try strict.reloadIfChanged())
        let late = try EmbeddedPair(strict, friend).handshake()
        #expect(late.atServer.agreement == nil)
        #expect(late.atServer.tlsError != nil)
        late.finish()
    }

    @Test func ticketKeysRotateHourly() {
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000_000)
        var keys = TicketKeys(now: start)
        let first = keys.sealing(now: start).name
        #expect(keys.sealing(now: start + .minutes(59)).name == first)
        let second = keys.sealing(now: start + .minutes(60)).name
        #expect(second != first)
        #expect(keys.opening(name: first, now: start + .minutes(119)) != nil)
        #expect(keys.opening(name: first, now: start + .minutes(120)) == nil)
        #expect(keys.opening(name: second, now: start + .minutes(121)) != nil)
        // After a long silence neither key opens anything.
        #expect(keys.opening(name: second, now: start + .hours(4)) == nil)
        #expect(keys.sealing(now: start + .hours(4)).name != second)
    }
}
