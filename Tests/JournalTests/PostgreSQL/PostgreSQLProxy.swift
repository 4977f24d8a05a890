import Foundation
import Glibc
import Synchronization
import TestPrograms

/// Stands between a store and a server, on a loopback port, and can misbehave as networks do.
final class PostgreSQLProxy: Sendable {
    private struct State {
        var swallowsAnswers = false
        var sockets: [Int32] = []
    }

    let port: Int
    private let listener: Int32
    private let state = Mutex(State())

    /// - Parameter target: the path of the server's Unix socket.
    init(to target: String) throws {
        (listener, port) = try Self.listen()
        accept(for: target)
    }

    private static func listen() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, 16) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw HarnessError("the proxy has no port") }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func accept(for target: String) {
        Thread.detachNewThread { [listener, weak self] in
            while case let client = Glibc.accept(listener, nil, nil), client >= 0 {
                guard let self, let server = Self.connect(to: target) else {
                    close(client)
                    continue
                }
                state.withLock { $0.sockets += [client, server] }
                pump(from: client, to: server, isAnswers: false)
                pump(from: server, to: client, isAnswers: true)
            }
        }
    }

    deinit {
        cut()
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// From now on the server hears everything and nothing comes back.
    func swallowAnswers(_ on: Bool) {
        state.withLock { $0.swallowsAnswers = on }
    }

    /// Ends all connections.
    func cut() {
        let sockets = state.withLock { state in
            defer { state.sockets = [] }
            return state.sockets
        }
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// What has the server's answers swallowed until the connections are cut.
    func url(of database: String) -> String {
        "postgresql://\(PostgreSQLServer.user)@127.0.0.1:\(port)/\(database)?sslmode=disable"
    }

    private func pump(from source: Int32, to sink: Int32, isAnswers: Bool) {
        Thread.detachNewThread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while case let count = read(source, &buffer, buffer.count), count > 0 {
                if isAnswers, self?.state.withLock({ $0.swallowsAnswers }) ?? true { continue }
                guard send(sink, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            }
            shutdown(source, Int32(SHUT_RDWR))
            shutdown(sink, Int32(SHUT_RDWR))
        }
    }

    private static func connect(to path: String) -> Int32? {
        let server = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8).prefix($0.count - 1)) }
        let isConnected = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(server, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        guard isConnected else {
            close(server)
            return nil
        }
        return server
    }
}
