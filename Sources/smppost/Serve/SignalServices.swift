import Foundation
import Service
import ServiceLifecycle
import UnixSignals

/// Reads the configuration anew at each SIGHUP. Signals that come meanwhile count as one.
struct ReloadOnHangUp: Service, CustomStringConvertible {
    let bridge: BridgeService
    /// What is told of each reload; nil = no service manager.
    var manager: NotifySocket?

    /// The service group logs its services.
    var description: String { "reload on SIGHUP" }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            manager?.reloading()
            await bridge.reload(.signal)
            manager?.ready()
        }
        // One that comes during the drain must not end it.
        signal(SIGHUP, SIG_IGN)
    }
}

/// Gives SIGTERM and SIGINT back to the system when the first of them has begun the end: the next one ends the process, whatever
/// it waits for. It is the last service of its group, so that it is the first to be told.
struct SecondSignal: Service, CustomStringConvertible {
    /// The service group logs its services.
    var description: String { "second signal" }

    func run() async throws {
        try? await gracefulShutdown()
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
        // Dispatch blocks signals on its threads and on those that met one. A thread that takes them must be left.
        Thread.detachNewThread {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGTERM)
            sigaddset(&signals, SIGINT)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            while true { pause() }
        }
    }
}
