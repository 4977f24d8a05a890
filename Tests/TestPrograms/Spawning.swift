import Foundation
import Glibc
import Synchronization

/// One program is started at a time.
let spawnLock = Mutex(())

/// Starts a program by `posix_spawn`.
///
/// Foundation's `Process` is not used: on Linux its `run` now and then reads past the end of a directory's buffer and crashes.
enum Spawning {
    /// The descriptors that the program gets as 0, 1 and 2.
    struct Streams {
        var input: Int32
        var output: Int32
        var error: Int32
    }

    /// - Parameters:
    ///   - program: a path, or a name to be found on PATH.
    ///   - environment: the whole of it.
    /// - Returns: the process id.
    /// - Throws: `HarnessError` when it cannot be started.
    static func start(
        _ program: String, _ arguments: [String], environment: [String: String], folder: String?, streams: Streams
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, streams.input, 0)
        posix_spawn_file_actions_adddup2(&actions, streams.output, 1)
        posix_spawn_file_actions_adddup2(&actions, streams.error, 2)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Dispatch blocks signals on its threads; a program started there would inherit that and never see SIGTERM.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        // What this process ignores, such as SIGPIPE, is the program's own affair.
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let path = "/usr/bin/env"
        let place = folder.map { ["--chdir=" + $0] } ?? []
        let words = ([path] + place + [program] + arguments).map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        keepDescriptors()
        var id = pid_t()
        let failure = posix_spawn(&id, path, &actions, &attributes, words, variables)
        guard failure == 0 else { throw HarnessError("cannot start \(program): \(String(cString: strerror(failure)))") }
        return id
    }

    /// NIO's sockets are inherited otherwise: a listener that a test has closed would still take connections, and a connection that it has
    /// closed would not end, for as long as a program of another test runs.
    private static func keepDescriptors() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? [] {
            if let descriptor = Int32(name), descriptor > 2 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        }
    }

    /// Waits for the end, blocking; the process id stays the program's.
    static func awaitEnd(of id: pid_t) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
    }

    /// The exit code of a program that has ended, or 128 + N when signal N ended it. Gives its process id back.
    static func exitCode(of id: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1 && errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

/// A pipe for a program's input or output. Make it while `spawnLock` is held: a program that is started elsewhere at the same time would
/// keep it open.
struct ProgramPipe {
    let reading: Int32
    let writing: Int32

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw HarnessError("no pipe: \(String(cString: strerror(errno)))") }
        reading = ends[0]
        writing = ends[1]
    }
}
