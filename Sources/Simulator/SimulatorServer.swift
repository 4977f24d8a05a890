import Glibc
import HTTPService
package import Logging
package import NIOCore
import NIOPosix
import SMPPWire
import Synchronization
import TLS

/// An SMSC of SMPP 3.4 for tests: many binds of every kind, with answers, limits and faults as its options say.
///
/// `start` and `stop` are called once each.
package final class SimulatorServer: Sendable {
    private let options: SimulatorOptions
    private let group: any EventLoopGroup
    private let logger: Logger
    private let running = Mutex<Running?>(nil)
    private let openConnections = Atomic(0)

    private struct Running {
        var listener: any Channel
        var context: SimulatorContext
        var statusPage: StatusPage?
        var statusPageAddress: SocketAddress?
        var inbound: RepeatedTask?
    }

    /// Ids start at the second of the start times this: 100,000 messages a second may pass before two runs could give
    /// out the same id.
    private static let idsPerSecond: UInt64 = 100_000

    package init(options: SimulatorOptions, group: any EventLoopGroup, logger: Logger) {
        self.options = options
        self.group = group
        self.logger = logger
    }

    /// Listens for ESMEs and, where the options say so, for the status page; the ESMEs' address.
    ///
    /// - Throws: `ListenFailure`.
    package func start() async throws -> SocketAddress {
        let now = Self.unixNanoseconds()
        let offset = now - Int64(clamping: NIODeadline.now().uptimeNanoseconds)
        let shards = try await makeShards(firstSecond: UInt64(clamping: now / 1_000_000_000))
        let context = SimulatorContext(options: options, shards: shards, wallClockOffset: offset, logger: logger)
        let byLoop = Dictionary(uniqueKeysWithValues: shards.map { (ObjectIdentifier($0.eventLoop), $0.bound) })
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let shard = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                        throw ChannelError.operationUnsupported
                    }
                    try self.configure(channel, context, shard.value)
                }
            }
            .listen(host: options.host, port: options.port)
        guard let address = listener.localAddress else { throw ChannelError.unknownLocalAddress }
        var started = Running(listener: listener, context: context)
        if let address = options.statusPage {
            let page = StatusPage(
                context: context, host: address.host, port: address.port, group: group, logger: logger)
            do {
                started.statusPageAddress = try await page.start()
            } catch {
                try? await listener.close().get()
                throw error
            }
            started.statusPage = page
        }
        if let inbound = options.inbound {
            started.inbound = InboundSource(inbound, context).start()
        }
        running.withLock { [started] in $0 = started }
        return address
    }

    /// Where the status page listens, once started.
    package var statusPageAddress: SocketAddress? { running.withLock { $0?.statusPageAddress } }

    /// Stops listening and closes every connection, without `unbind`, as a SMSC that goes away does.
    package func stop() async {
        guard let stopped = running.withLock({ $0.take() }) else { return }
        stopped.inbound?.cancel()
        try? await stopped.listener.close().get()
        await stopped.statusPage?.stop()
        for shard in stopped.context.shards {
            let closing = shard.submit { shard in
                shard.deliveries.removeAll()
                return shard.sessions.values.compactMap { session in
                    session.close()
                    return session.context?.channel.closeFuture
                }
            }
            for closed in (try? await closing.get()) ?? [] {
                try? await closed.get()
            }
        }
    }

    /// The counters of all event loops, added up.
    package func statistics() async -> SimulatorStatistics {
        guard let context = running.withLock({ $0?.context }) else { return SimulatorStatistics() }
        var sum = SimulatorStatistics()
        for shard in context.shards {
            if let part = try? await shard.submit({ $0.statistics }).get() { sum = sum + part }
        }
        return sum
    }

    /// The most messages that came within any one second, by `system_id`, over all its binds; see `PaceMeter`.
    package var maxInOneSecond: [String: Int] {
        running.withLock { $0?.context }?.paces.all.mapValues(\.largest) ?? [:]
    }

    private func makeShards(firstSecond: UInt64) async throws -> [ShardHandle] {
        let eventLoops = Array(group.makeIterator())
        let count = UInt64(eventLoops.count)
        // One shard counts up to the next of its own.
        let firstID = options.firstID.map { $0 &- count } ?? firstSecond * Self.idsPerSecond / count * count
        var shards: [ShardHandle] = []
        for (index, eventLoop) in eventLoops.enumerated() {
            let bound = try await eventLoop.submit { [options] in
                let shard = SimulatorShard(
                    index: index, count: Int(count), firstID: firstID, seed: options.seed, record: options.record,
                    eventLoop: eventLoop)
                return NIOLoopBound(shard, eventLoop: eventLoop)
            }.get()
            shards.append(ShardHandle(index: index, eventLoop: eventLoop, bound: bound))
        }
        return shards
    }

    private func configure(_ channel: any Channel, _ context: SimulatorContext, _ shard: SimulatorShard) throws {
        let open = openConnections.wrappingAdd(1, ordering: .relaxed).newValue
        channel.closeFuture.whenComplete { _ in self.openConnections.wrappingSubtract(1, ordering: .relaxed) }
        guard open <= options.maximumConnections else { throw ChannelError.operationUnsupported }
        let pipeline = channel.pipeline.syncOperations
        if let tls = options.tls { try pipeline.addHandler(TLSHandler(server: tls)) }
        try pipeline.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
        try pipeline.addHandler(SimulatorSession(shared: context, shard: shard))
    }

    private static func unixNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
