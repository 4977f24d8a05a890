package import Cluster
import Foundation
import HTTPService
package import Logging
import Messaging
package import NIOCore
import NIOPosix
import Synchronization
import TLS

/// The HTTPS server that takes PlanFix's form.
package final class IntakeServer: Sendable {
    private struct LoopSeat: Sendable {
        let loop: any EventLoop
        let box: NIOLoopBoundBox<IntakeLoop>
        let counters: LoopCounters
    }

    private let configuration: IntakeConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let verifier: PasswordVerifier
    private let seats: [LoopSeat]
    private let gate: ConnectionGate
    private let unfinished: UnfinishedBytes
    private let lockOut: LockOut
    private let provenLogins: ProvenLoginsKeeper
    private let listeners = Mutex<[any Channel]>([])
    /// The accounts as they were read last; event loops have their own reference.
    private let directory: Mutex<AccountDirectory>

    /// A server that does not listen yet.
    /// - Parameters:
    ///   - accounts: all accounts; logins and keys are unique.
    ///   - group: its loops serve the connections; they are numbered in the group's order.
    ///   - unbound: which messages are another node's to decide, where there is one; asked only with `passing` rules.
    ///   - handler: decides about each message.
    package convenience init(
        configuration: IntakeConfiguration, accounts: [Account], group: any EventLoopGroup, logger: Logger,
        messageLog: MessageLogOutput? = nil, unbound: UnboundCarriers? = nil,
        handler: @escaping MessageHandler
    ) {
        let verifier = PasswordVerifier(threads: configuration.scryptThreads, queue: configuration.scryptQueue)
        self.init(
            configuration: configuration, accounts: accounts, group: group, logger: logger, verifier: verifier,
            messageLog: messageLog, unbound: unbound, handler: handler)
    }

    /// The same with scrypt threads of the caller's.
    package init(
        configuration: IntakeConfiguration, accounts: [Account], group: any EventLoopGroup, logger: Logger,
        verifier: PasswordVerifier, messageLog: MessageLogOutput? = nil,
        unbound: UnboundCarriers? = nil, handler: @escaping MessageHandler
    ) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        self.verifier = verifier
        self.gate = ConnectionGate(
            limit: configuration.maxConnections, limitOfAddress: configuration.maxConnectionsPerAddress,
            allowed: configuration.allowFrom, logger: logger)
        let directory = AccountDirectory(
            accounts, recipients: RecentRecipients(capacity: configuration.recipientMemory))
        self.directory = Mutex(directory)
        let proven = ProvenLogins(path: configuration.provenFile)
        lockOut = LockOut(rules: configuration.lockOut, proven: proven, logger: logger)
        provenLogins = ProvenLoginsKeeper(proven, logger: logger)
        unfinished = UnfinishedBytes(limit: configuration.maxUnfinishedBytes)
        let shared = IntakeLoop.Shared(
            configuration: configuration, directory: directory, lockOut: lockOut, verifier: verifier,
            secret: SecureRandom.bytes(16), unfinished: unfinished, logger: logger,
            messageLog: messageLog, loops: group.makeIterator().reduce(0) { count, _ in count + 1 }, unbound: unbound,
            handler: handler)
        self.seats = group.makeIterator().enumerated().map { index, loop in
            let intakeLoop = IntakeLoop(eventLoop: loop, index: index, shared: shared)
            let counters = intakeLoop.counters
            return LoopSeat(
                loop: loop, box: NIOLoopBoundBox.makeBoxSendingValue(intakeLoop, eventLoop: loop), counters: counters)
        }
    }

    /// Listens on every configured address.
    /// - Returns: the addresses, in the order of the configuration.
    /// - Throws: `ListenFailure` for the first address that cannot be had; then none is kept.
    package func start() async throws -> [SocketAddress] {
        await provenLogins.start(on: group.next())
        verifier.start()
        var addresses: [SocketAddress] = []
        do {
            for (host, port) in configuration.listen {
                let channel = try await listen(host, port)
                listeners.withLock { $0.append(channel) }
                if let address = channel.localAddress { addresses.append(address) }
            }
        } catch {
            await stopListening()
            await verifier.stop()
            throw error
        }
        return addresses
    }

    /// Whether it takes connections on every configured address: from the end of `start` to the beginning of `drain`. From any thread.
    package var isListening: Bool { listeners.withLock { $0.count } == configuration.listen.count }

    private func listen(_ host: String, _ port: Int) async throws(ListenFailure) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: IntakeConfiguration.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [logger, gate] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        AcceptGate(logger: logger) { connection in
                            guard gate.enter() else { return .refused }
                            connection.closeFuture.whenComplete { _ in gate.leave() }
                            return .taken
                        })
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [self] channel in accept(channel) }
        if host.contains(":"), configuration.listen.contains(where: { $0.port == port && !$0.host.contains(":") }) {
            // An IPv6 socket takes IPv6 only where IPv4 has its own.
            return try await bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: NIOBSDSocket.Option(rawValue: IPV6_V6ONLY)),
                value: 1
            ).listen(host: host, port: port)
        }
        return try await bootstrap.listen(host: host, port: port)
    }

    /// Sets up a connection on its loop, or closes it.
    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let source = channel.remoteAddress.flatMap { SourceAddress($0) } ?? .unspecified
        let isProxy = configuration.proxies.contains { $0.contains(source) }
        if !isProxy {
            guard gate.admit(source) else { return channel.eventLoop.makeFailedFuture(TooManyConnections()) }
            channel.closeFuture.whenComplete { [gate] _ in gate.dismiss(source) }
        }
        return channel.eventLoop.makeCompletedFuture {
            guard let seat = seats.first(where: { $0.loop === channel.eventLoop }) else { throw ForeignEventLoop() }
            try Self.configure(channel, loop: seat.box.value, isProxy: isProxy, gate: gate)
        }
    }

    /// Adds the handlers of a connection.
    /// - Parameters:
    ///   - isProxy: it begins with a PROXY header.
    ///   - gate: where the clients behind a proxy are counted.
    package static func configure(
        _ channel: any Channel, loop: IntakeLoop, isProxy: Bool = false, gate: ConnectionGate? = nil
    ) throws {
        let configuration = loop.configuration
        let pipeline = channel.pipeline.syncOperations
        if isProxy || configuration.tls != nil {
            try pipeline.addHandler(ConnectionPreface(loop: loop, expectsHeader: isProxy, gate: gate))
        }
        if let tls = configuration.tls {
            try pipeline.addHandler(TLSHandler(server: tls, handshakeTimeout: configuration.handshakeTimeout))
        }
        try pipeline.addHandler(IntakeHandler(loop: loop))
    }

    /// Takes other accounts and what decides about their messages, together, loop by loop: a request meets either the old
    /// ones or the new ones. Messages that were handed over stay with the old handler. Accounts of the same name keep their
    /// counts, and verified pairs of login and password stay known where they have not changed. Not concurrently with itself.
    ///
    /// Returns when every loop has taken them.
    /// - Parameter lockOut: the rules of locks from now on; nil leaves them.
    package func adopt(
        accounts: [Account], lockOut rules: LockOut.Rules? = nil,
        unbound: UnboundCarriers? = nil, handler: @escaping MessageHandler
    ) async {
        if let rules { lockOut.adopt(rules) }
        let next = directory.withLock { current in
            current = AccountDirectory(accounts, continuing: current)
            return current
        }
        let steps = seats.map { seat in
            seat.loop.submit { seat.box.value.adopt(next, unbound: unbound, handler: handler) }
        }
        try? await EventLoopFuture.andAllComplete(steps, on: group.next()).get()
        next.applyLimits()
    }

    /// From now on forms are passed on to these nodes. From any thread; each loop takes it in its turn.
    package func adopt(peers: PeerTable) {
        for seat in seats { seat.loop.execute { seat.box.value.passing?.adopt(peers) } }
    }

    /// Ends: accepts no more connections, lets what the handler has be answered, refuses new requests (503 `draining`),
    /// then closes.
    /// - Parameter limit: how long all of that may take; what is open then is cut.
    package func drain(within limit: Duration) async {
        await stopListening()
        let deadline = NIODeadline.now() + TimeAmount(limit)
        await wait(until: deadline) { $0.beginDraining() }
        // Replies are small, and go out within a moment where the client reads at all.
        await wait(until: max(deadline, .now() + configuration.lingerTimeout)) { $0.closeConnections() }
        await verifier.stop()
        await provenLogins.stop()
    }

    private func stopListening() async {
        let channels = listeners.withLock { channels in
            defer { channels = [] }
            return channels
        }
        for channel in channels { try? await channel.close().get() }
    }

    /// Asks every loop for a future and waits for all of them, but not beyond `deadline`.
    private func wait(
        until deadline: NIODeadline, _ step: @escaping @Sendable (IntakeLoop) -> EventLoopFuture<Void>
    ) async {
        let futures = seats.map { seat in seat.loop.flatSubmit { step(seat.box.value) } }
        let home = group.next()
        let done = home.makePromise(of: Void.self)
        let timeout = home.scheduleTask(deadline: deadline) { done.succeed() }
        EventLoopFuture.andAllComplete(futures, on: home).whenComplete { _ in
            timeout.cancel()
            done.succeed()
        }
        try? await done.futureResult.get()
    }

    /// For how many seconds new connections have found no place; nil: they find one, or did not long ago. From any thread.
    package var fullFor: Double? { gate.fullFor(now: .now()) }

    /// Counters since the start, from any thread.
    package var statistics: IntakeStatistics {
        var total = IntakeStatistics()
        for seat in seats { seat.counters.add(to: &total) }
        total.connections = gate.open
        total.places = gate.limit
        total.fullFor = gate.fullFor(now: .now())
        total.connectionRefusals = gate.refused
        total.unfinishedBytes = unfinished.current
        total.lockOuts = lockOut.status(now: .now())
        let (directory, time) = (directory.withLock { $0 }, WallClock.unixMilliseconds())
        total.quotas = directory.entries.compactMap { $0.quota.status(of: $0.account.name, time: time) }
        total.forgottenRecipients = directory.recipients.forgotten
        return total
    }

    /// The accounts in force. From any thread.
    package var accounts: [AccountEntry] { directory.withLock { $0.entries } }

    /// Lifts the locks of an address or a login; how many there were. From any thread.
    package func unlock(_ name: String) -> Int { lockOut.unlock(name, now: .now()) }

    /// Gives a message by hand to `handler`, which must know the account; at most `reply_within` later there is a reply.
    package func send(
        _ message: HandMessage, as entry: AccountEntry, handler: @escaping MessageHandler
    ) -> EventLoopFuture<HandReply> {
        // One at a time, and rarely: any of the loops will do.
        let seat = seats[0]
        return seat.loop.flatSubmit { seat.box.value.send(message, as: entry, handler: handler) }
    }
}

/// A connection of an address that has no place, or from where none may come.
private struct TooManyConnections: Error {}

/// A connection on a loop that is not of the server's group.
private struct ForeignEventLoop: Error {}
