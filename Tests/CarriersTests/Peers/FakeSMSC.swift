import NIOCore
import NIOPosix
import SMPP
import SMPPWire
import Synchronization
import TLS

/// How the fake answers a bind.
enum BindAnswer: Sendable {
    case accept([TLV] = [])
    case refuse(CommandStatus)
    case silent
    case close
    /// These PDUs first, then accepted.
    case acceptAfter([PDU])
    /// Accepted, and nothing more is read.
    case acceptAndReadNoMore
}

/// How the fake answers a `submit_sm`.
enum SubmitAnswer: Sendable {
    case accept
    case acceptWithoutID
    case refuse(CommandStatus)
    case refuseWithHeaderOnly(CommandStatus)
    case nack(CommandStatus)
    case silent
    /// Answered when the test says `answerHeld`.
    case hold
    case close
    /// Accepted, and then the same response once more.
    case acceptTwice
    /// Other PDUs first, then accepted.
    case acceptAfter([PDU])
    /// These octets, which are no PDU.
    case garbage([UInt8])
    /// Octets made of the request's sequence number.
    case octets(@Sendable (UInt32) -> [UInt8])
    /// Accepted, and then the connection is closed in this direction.
    case acceptAndHalfClose
}

/// A `submit_sm` that the fake received.
struct Received: Sendable {
    /// Which connection of the fake, from 0.
    var connection: Int
    /// Which of all its `submit_sm`, from 0.
    var place: Int
    var sequence: UInt32
    var message: ShortMessage
    var at: NIODeadline

    var text: String { String(latin1: message.shortMessage) }
}

/// How the fake behaves. Both closures get a number that counts up from 0.
struct Script: Sendable {
    var bind: @Sendable (Int) -> BindAnswer = { _ in .accept() }
    var submit: @Sendable (Received) -> SubmitAnswer = { _ in .accept }
    var answersEnquireLink = true
    var answersUnbind = true
    /// What it sends before its answer to `unbind`.
    var beforeUnbindResponse: [PDU] = []
}

/// An SMSC on a real socket that knows the protocol's rules: a client that breaks one is recorded in `violations`.
final class FakeSMSC: Sendable {
    struct State: Sendable {
        var connections = 0
        var open = 0
        var binds: [BindRequest] = []
        var received: [Received] = []
        var enquireLinks = 0
        var unbinds = 0
        /// Responses to what the fake sent.
        var responses: [PDU] = []
        var violations: [String] = []
        var mostOpen = 0
        /// Connections that its client ended by RST.
        var resets = 0
    }

    private struct Waiter {
        var isMet: @Sendable (State) -> Bool
        var continuation: CheckedContinuation<State, Never>
    }

    private struct Shared {
        var state = State()
        var waiters: [Waiter] = []
        var sessions: [ObjectIdentifier: NIOLoopBound<FakeSession>] = [:]
        var listener: (any Channel)?
    }

    let script: Script
    private let tls: TLSServerContext?
    private let group: any EventLoopGroup
    private let shared = Mutex(Shared())

    init(
        _ script: Script = Script(), tls: TLSServerContext? = nil,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.script = script
        self.tls = tls
        self.group = group
    }

    var state: State { shared.withLock { $0.state } }

    /// Listens; returns the port.
    @discardableResult
    func start(port: Int = 0) async throws -> Int {
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let session = FakeSession(smsc: self, channel: channel)
                    self.shared.withLock {
                        $0.sessions[ObjectIdentifier(channel)] = NIOLoopBound(session, eventLoop: channel.eventLoop)
                    }
                    if let tls = self.tls {
                        try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls))
                    }
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(PDUFrameDecoder()), session)
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        shared.withLock { $0.listener = listener }
        return listener.localAddress?.port ?? 0
    }

    /// Goes away as a killed process does: no listener, no connections, no `unbind`.
    func stop() async throws {
        let listener = shared.withLock { shared in
            defer { shared.listener = nil }
            return shared.listener
        }
        try await listener?.close().get()
        await onEverySession { $0.channel.close(promise: nil) }
        _ = await wait { $0.open == 0 }
    }

    /// Answers everything that is held with "accepted".
    func answerHeld() async {
        await onEverySession { $0.answerHeld() }
    }

    /// Breaks one of the connections.
    func closeOne() async {
        guard let session = shared.withLock({ $0.sessions.values.first }) else { return }
        try? await session.eventLoop.submit { session.value.channel.close(promise: nil) }.get()
    }

    /// Sends a PDU to every client.
    func send(_ pdu: PDU) async {
        await onEverySession { $0.send(pdu) }
    }

    /// Sends octets to every client.
    func send(octets: [UInt8]) async {
        await onEverySession { $0.channel.writeAndFlush(ByteBuffer(bytes: octets), promise: nil) }
    }

    /// Waits until the state is so; the suites' time limit ends a wait for what never comes.
    @discardableResult
    func wait(until isMet: @escaping @Sendable (State) -> Bool) async -> State {
        await withCheckedContinuation { continuation in
            shared.withLock { shared in
                if isMet(shared.state) {
                    continuation.resume(returning: shared.state)
                } else {
                    shared.waiters.append(Waiter(isMet: isMet, continuation: continuation))
                }
            }
        }
    }

    /// Changes the state and wakes who waited for that.
    func note<Result>(_ change: (inout State) -> sending Result) -> sending Result {
        shared.withLock { shared in
            let result = change(&shared.state)
            shared.waiters.removeAll { waiter in
                guard waiter.isMet(shared.state) else { return false }
                waiter.continuation.resume(returning: shared.state)
                return true
            }
            return result
        }
    }

    func forget(_ channel: any Channel) {
        shared.withLock { _ = $0.sessions.removeValue(forKey: ObjectIdentifier(channel)) }
        note { $0.open -= 1 }
    }

    private func onEverySession(_ action: @escaping @Sendable (FakeSession) -> Void) async {
        for session in shared.withLock({ Array($0.sessions.values) }) {
            try? await session.eventLoop.submit { action(session.value) }.get()
        }
    }
}
