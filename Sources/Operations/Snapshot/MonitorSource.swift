import Carriers
import Foundation
package import HTTPService
package import Intake
package import Journal
package import NIOCore
import NIOPosix
import SMPP
package import TLS

/// Takes a `MonitorSnapshot`: every event loop is asked once for what lives on it, and never a message waits for it.
package struct MonitorSource: Sendable {
    let state: ConfigurationInForce
    let intake: IntakeServer
    let intakeCertificate: TLSServerContext
    let monitorCertificate: TLSServerContext?
    let startedAt = Date.now
    let history = MonitorHistory()
    let inDoubt: InDoubtList
    let journal: Journal?
    let journalPlace: JournalPlace?
    let postings: @Sendable () -> PostingTotals?
    let traces: CarrierTraces
    let monitorRefusals: HTTPServerRefusals

    /// - Parameters:
    ///   - monitorCertificate: nil = the monitor serves plain HTTP.
    ///   - journal: nil = none is configured; `journalPlace` likewise.
    ///   - postings: how many there were; nil where no journal is configured.
    package init(
        state: ConfigurationInForce, intake: IntakeServer, intakeCertificate: TLSServerContext,
        monitorCertificate: TLSServerContext?, inDoubt: InDoubtList, journal: Journal?,
        journalPlace: JournalPlace?,
        postings: @escaping @Sendable () -> PostingTotals?, traces: CarrierTraces,
        monitorRefusals: HTTPServerRefusals = HTTPServerRefusals()
    ) {
        self.state = state
        self.intake = intake
        self.intakeCertificate = intakeCertificate
        self.monitorCertificate = monitorCertificate
        self.inDoubt = inDoubt
        self.journal = journal
        self.journalPlace = journalPlace
        self.postings = postings
        self.traces = traces
        self.monitorRefusals = monitorRefusals
    }

    /// The bridge now. The future is completed on `loop`; it never fails while the event loops run.
    package func snapshot(on loop: any EventLoop) -> EventLoopFuture<MonitorSnapshot> {
        let current = state.current
        let carriers = EventLoopFuture.whenAllSucceed(current.shown.map { $0.carrier.status() }, on: loop)
        let receipts = EventLoopFuture.whenAllSucceed(current.shown.map { $0.receipts() }, on: loop)
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
                    generation: current.generation, loadedAt: current.loadedAt, switching: current.switching,
                    refused: current.refused),
                carriers: zip(statuses, receipts).map { status, receipts in
                    CarrierSnapshot(
                        status: status, receipts: receipts, recent: history.recent(status, now: now),
                        trace: traces.status(of: status.name))
                }.worstFirst,
                isListening: intake.isListening,
                intake: intake.statistics, intakeCertificate: ListenerCertificate(intakeCertificate),
                monitorCertificate: monitorCertificate.map(ListenerCertificate.init), process: process,
                journal: journal?.health, journalPlace: journalPlace, postings: postings(),
                inDoubt: inDoubt.list(now: .now()),
                monitorRefusals: MonitorRefusals(
                    connections: monitorRefusals.connections, tokens: monitorRefusals.tokens))
        }
    }
}
