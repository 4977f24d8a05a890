import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import Service

@Suite(.timeLimit(.minutes(1))) struct ServiceNoticesTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func notices(
        _ manager: FakeManager, _ environment: [String: String],
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        status: @escaping @Sendable () -> String = { "fine" }
    ) throws -> ServiceNotices {
        let socket = try #require(NotifySocket(environment: ["NOTIFY_SOCKET": manager.name]))
        return ServiceNotices(socket, environment: environment, group: group, logger: logger, status: status)
    }

    @Test(arguments: [false, true])
    func itIsHeard(isAbstract: Bool) async throws {
        let manager = try FakeManager(isAbstract: isAbstract)
        let socket = try #require(NotifySocket(environment: ["NOTIFY_SOCKET": manager.name]))
        socket.ready()
        #expect(await manager.next() == "READY=1")
        socket.reloading()
        let reloading = try #require(await manager.next()).split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        let time = try #require(reloading.first { $0.hasPrefix("MONOTONIC_USEC=") }?.split(separator: "=").last)
        let now = NIODeadline.now().uptimeNanoseconds / 1_000
        #expect((now - 60_000_000...now).contains(try #require(UInt64(time))))
    }

    /// The kernel's limit is 108 octets: the longest names are heard whole.
    @Test func longNamesAreHeard() async throws {
        let manager = try FakeManager(isAbstract: true, length: 107)
        #expect(try #require(NotifySocket(manager.name)).send(["READY=1"]))
        #expect(await manager.next() == "READY=1")
        #expect(NotifySocket(manager.name + "x") == nil)
    }

    @Test(arguments: ["", "/", "@", "relative", "vsock:2:1234", "/a\0b", "/" + String(repeating: "a", count: 107)])
    func otherNamesAreNoSockets(name: String) {
        #expect(NotifySocket(name) == nil)
    }

    @Test func nobodyThereIsNoTrouble() throws {
        #expect(NotifySocket(environment: [:]) == nil)
        let socket = try #require(NotifySocket("/nonexistent/notify"))
        #expect(!socket.send(["READY=1"]))
    }

    @Test func aFullQueueDoesNotBlock() async throws {
        let manager = try FakeManager(isAbstract: true)
        let socket = try #require(NotifySocket(manager.name))
        var sent = 0
        while sent < 100_000, socket.send(["WATCHDOG=1"]) { sent += 1 }
        #expect(sent > 0 && sent < 100_000)
        #expect(await manager.next() == "WATCHDOG=1")
        #expect(socket.send(["READY=1"]))
    }

    @Test func theWatchdogIsOnlyOurs() {
        let pid = String(ProcessInfo.processInfo.processIdentifier)
        #expect(ServiceNotices.watchdog([:]) == nil)
        #expect(ServiceNotices.watchdog(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
        #expect(ServiceNotices.watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": pid]) == .seconds(30))
        #expect(ServiceNotices.watchdog(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"]) == nil)
        for wrong in ["0", "-1", "x", ""] { #expect(ServiceNotices.watchdog(["WATCHDOG_USEC": wrong]) == nil) }
    }

    @Test func itLivesAndStops() async throws {
        let manager = try FakeManager(isAbstract: true)
        let count = Mutex(0)
        let notices = try notices(
            manager, ["WATCHDOG_USEC": "40000"],
            status: {
                count.withLock {
                    $0 += 1
                    return $0 < 3 ? "first\nline" : "second"
                }
            })
        let group = ServiceGroup(services: [notices], gracefulShutdownSignals: [], logger: logger)
        let running = Task { try await group.run() }
        var heard: [String] = []
        while heard.count(where: { $0 == "WATCHDOG=1" }) < 4 { heard.append(try #require(await manager.next())) }
        #expect(heard.filter { $0.hasPrefix("STATUS=") } == ["STATUS=first line", "STATUS=second"])
        await group.triggerGracefulShutdown()
        try await running.value
        while let last = await manager.next(), last != "STOPPING=1\nSTATUS=stopping" { #expect(last == "WATCHDOG=1") }
    }

    /// An event loop that stands still is not reported as alive; when it turns again it is.
    @Test func aStuckLoopIsNotAlive() async throws {
        let manager = try FakeManager(isAbstract: true)
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let notices = try notices(manager, ["WATCHDOG_USEC": "200000"], group: loops)
        let isStuck = Mutex(true)
        let stuck = try #require(loops.makeIterator().map(\.self).last)
        // On the other loop: the stuck one tells nobody anything.
        let free = try #require(loops.makeIterator().map(\.self).first)
        let entered = free.makePromise(of: Void.self)
        stuck.execute {
            entered.succeed()
            while isStuck.withLock({ $0 }) { usleep(1_000) }
        }
        try await entered.futureResult.get()
        let group = ServiceGroup(services: [notices], gracefulShutdownSignals: [], logger: logger)
        let running = Task { try await group.run() }
        #expect(await manager.next() == "STATUS=fine")
        #expect(await manager.next(within: 0.5) == nil)
        isStuck.withLock { $0 = false }
        #expect(await manager.next() == "WATCHDOG=1")
        await group.triggerGracefulShutdown()
        try await running.value
        try await loops.shutdownGracefully()
    }
}

/// A service manager's end of the socket: a real one.
private final class FakeManager: Sendable {
    let name: String
    private let descriptor: Int32
    private let path: String?

    /// - Parameter length: of an abstract name, with its `@`.
    init(isAbstract: Bool, length: Int? = nil) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var name = isAbstract ? "@smppost-\(UUID())" : NSTemporaryDirectory() + "smppost-\(UUID()).sock"
        if let length { name += String(repeating: "n", count: length - name.utf8.count) }
        self.name = name
        path = isAbstract ? nil : name
        var octets = Array(name.utf8)
        if isAbstract { octets[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: octets) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + octets.count + (isAbstract ? 0 : 1))
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        try #require(bound == 0, "bind: \(errno)")
    }

    deinit {
        close(descriptor)
        if let path { unlink(path) }
    }

    /// The next message; nil when none comes in time. Waits on a thread of its own.
    func next(within seconds: Double = 10) async -> String? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.wait(seconds)) }
        }
    }

    private func wait(_ seconds: Double) -> String? {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&wanted, 1, Int32(seconds * 1_000)) == 1 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
