import Logging
import Messaging
import NIOCore
import NIOPosix
import SMPP
import Synchronization
import TLS
import TestPrograms
import Testing

@testable import Carriers

/// A carrier over a fake SMSC, with short times, and what a test asks of it.
final class Rig: Sendable {
    let smsc: FakeSMSC
    let carrier: Carrier
    let port: Int
    private let loop: any EventLoop
    private static let ids = Mutex(MessageIDGenerator(node: 1))

    private init(_ smsc: FakeSMSC, _ carrier: Carrier, port: Int, loop: any EventLoop) {
        self.smsc = smsc
        self.carrier = carrier
        self.port = port
        self.loop = loop
    }

    /// Starts the SMSC and the carrier. The carrier has one transceiver unless `change` says otherwise.
    static func start(
        _ script: Script = Script(), tls: TLSServerContext? = nil, ready: Bool = true,
        events: EventLog = EventLog(), lease: CarrierLease? = nil,
        _ change: (inout CarrierConfiguration) -> Void = { _ in }
    ) async throws -> Rig {
        let group = MultiThreadedEventLoopGroup.singleton
        let smsc = FakeSMSC(script, tls: tls, group: group)
        let port = try await smsc.start()
        var configuration = CarrierConfiguration(
            CarrierSetup(
                name: "fake", hosts: [HostPort(host: "127.0.0.1", port: port)],
                request: BindRequest(systemID: "acme", password: "secret"),
                binds: [BindPlan(kind: .transceiver, count: 1)]))
        configuration.setup.timings.reconnectFirst = .milliseconds(20)
        configuration.setup.timings.reconnectMax = .milliseconds(100)
        configuration.setup.timings.unbind = .milliseconds(500)
        // Tests have little time.
        configuration.setup.inTime.least = .milliseconds(10)
        change(&configuration)
        let logger = Logger(label: "carriers-tests") { _ in RecordingLogHandler(log: events) }
        let carrier = Carrier(
            configuration, group: group, logger: logger, events: events.events, lease: lease)
        carrier.start()
        let rig = Rig(smsc, carrier, port: port, loop: group.next())
        if ready { try await rig.bound() }
        return rig
    }

    /// Waits until as many binds as the carrier has, or `count`, are bound.
    func bound(_ count: Int? = nil) async throws {
        _ = try await status { status in
            let bound = status.binds.count { $0.state == "bound" }
            return bound >= count ?? status.binds.count
        }
    }

    /// Asks for the status until it is so.
    @discardableResult
    func status(
        file: String = #fileID, line: Int = #line, until isMet: (CarrierStatus) -> Bool = { _ in true }
    ) async throws -> CarrierStatus {
        var status = try await carrier.status().get()
        // The carrier tells nobody of changes: there is no event to await.
        try await eventually("so in \(status)", file: file, line: line) {
            status = try await carrier.status().get()
            return isMet(status)
        }
        return status
    }

    /// Sends a message of these segments and waits for its outcome.
    func submit(
        _ texts: String..., within: TimeAmount = .seconds(5), tlvs: [TLV] = [], registered: UInt8 = 0
    ) async -> SubmissionResult {
        await submit(texts, within: within, tlvs: tlvs, registered: registered)
    }

    func submit(
        _ texts: [String], within: TimeAmount = .seconds(5), tlvs: [TLV] = [], account: Int = 0,
        registered: UInt8 = 0
    ) async -> SubmissionResult {
        let segments = texts.map { text in
            ShortMessage(
                source: SMPPAddress(ton: 5, npi: 0, "ACME"), destination: SMPPAddress(ton: 1, npi: 1, "79161234567"),
                registeredDelivery: registered, shortMessage: text.latin1Octets, tlvs: tlvs)
        }
        let id = Self.ids.withLock { $0.next(unixMilliseconds: 1_800_000_000_000) }
        return await withCheckedContinuation { continuation in
            loop.execute { [carrier, loop] in
                carrier.submit(
                    Submission(
                        id: id, segments: segments, deadline: .now() + within, eventLoop: loop, account: account
                    ) { result in
                        loop.preconditionInEventLoop()
                        // When to try again is a matter of its own.
                        if case .notSent(let reason, _) = result {
                            continuation.resume(returning: .notSent(reason))
                        } else {
                            continuation.resume(returning: result)
                        }
                    })
            }
        }
    }

    /// Sends many messages at once.
    func submitMany(_ count: Int, within: TimeAmount = .seconds(5)) async -> [SubmissionResult] {
        await withTaskGroup(of: (Int, SubmissionResult).self) { group in
            for place in 0..<count {
                group.addTask { (place, await self.submit(["\(place)"], within: within)) }
            }
            var results: [Int: SubmissionResult] = [:]
            for await (place, result) in group { results[place] = result }
            return (0..<count).compactMap { results[$0] }
        }
    }

    /// Stops both and holds the client to the rules.
    func end(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await carrier.stop().get()
        try await smsc.stop()
        #expect(smsc.state.violations == [], sourceLocation: sourceLocation)
    }
}

extension SubmissionResult {
    /// Whether every segment was accepted.
    var isAccepted: Bool {
        guard case .sent(let outcomes) = self else { return false }
        return outcomes.allSatisfy { outcome in
            if case .accepted = outcome { true } else { false }
        }
    }
}

extension [SubmissionResult] {
    /// Whether every segment of every message was accepted.
    var areAccepted: Bool { allSatisfy { $0.isAccepted } }
}
