import Carriers
import Foundation
import Intake
import Journal
package import NIOCore
import NIOPosix
import SMPP
import TLS

/// Takes a `MonitorSnapshot`: every event loop is asked once for what lives on it, and never a message waits for it.
package struct MonitorSource: Sendable {
    let state: BridgeState
    let intake: IntakeServer
    let intakeCertificate: TLSServerContext
    /// nil = the monitor serves plain HTTP.
    let monitorCertificate: TLSServerContext?
    let startedAt: Date
    let history: MonitorHistory
    let doubts: InDoubtBoard
    /// nil = none is configured.
    let journal: Journal?
    /// nil = no journal is configured.
    let postings: Postings?
    let traces: TraceDesk

    /// The bridge now. The future is completed on `loop`; it never fails while the event loops run.
    package func snapshot(on loop: any EventLoop) -> EventLoopFuture<MonitorSnapshot> {
        let current = state.current
        let carriers = EventLoopFuture.whenAllSucceed(current.carriers.map { $0.status() }, on: loop)
        let receipts = EventLoopFuture.whenAllSucceed(current.desks.map { $0.snapshot() }, on: loop)
        // The kernel may take its time with /proc.
        let process = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [startedAt] in
            ProcessStatus.read(startedAt: startedAt)
        }
        return carriers.and(receipts).and(process).map { gathered, process in
            let (statuses, receipts) = gathered
            let now = MonotonicTime(nanoseconds: loop.now.uptimeNanoseconds)
            return MonitorSnapshot(
                takenAt: .now,
                configuration: ConfigurationStatus(
                    generation: current.generation, loadedAt: current.loadedAt, switching: current.switching),
                carriers: zip(statuses, receipts).map { status, receipts in
                    CarrierSnapshot(
                        status: status, receipts: receipts, recent: history.recent(status, now: now),
                        trace: traces.status(of: status.name))
                },
                intake: intake.statistics, intakeCertificateExpiry: intakeCertificate.certificateExpiry,
                monitorCertificateExpiry: monitorCertificate?.certificateExpiry, process: process,
                journal: journal?.health, postings: postings?.current, inDoubt: doubts.list(now: .now()))
        }
    }
}
