import Carriers
import Foundation
import HTTPService
import Intake
import NIOCore
import SMPP

/// `/metrics`: a `MonitorSnapshot` as Prometheus text.
///
/// Its size depends on the configuration alone: carriers, binds, accounts and kinds of replies. No label holds a number,
/// a sender or a message id.
enum MetricsReport {
    /// The answer to a scrape.
    static func response(_ snapshot: MonitorSnapshot) -> HTTPServerResponse {
        HTTPServerResponse(contentType: MetricsWriter.contentType, body: ByteBuffer(bytes: text(snapshot).bytes))
    }

    /// Every family, with a sample where there is something to tell.
    static func text(_ snapshot: MonitorSnapshot) -> MetricsWriter {
        var metrics = MetricsWriter()
        let carriers = snapshot.carriers.map(\.status)
        writeCarriers(carriers, to: &metrics)
        writeFlow(carriers, to: &metrics)
        writeBinds(carriers, to: &metrics)
        writeConnections(carriers, to: &metrics)
        writeTraffic(carriers, to: &metrics)
        writeSubmits(carriers, to: &metrics)
        writeReceipts(snapshot.carriers, to: &metrics)
        writeIntake(snapshot.intake, to: &metrics)
        writeJournal(snapshot.journal, to: &metrics)
        writePostings(snapshot.postings, to: &metrics)
        writeCertificates(snapshot, to: &metrics)
        writeService(snapshot, to: &metrics)
        writeProcess(snapshot.process, to: &metrics)
        return metrics
    }

    private static func writeCertificates(_ snapshot: MonitorSnapshot, to metrics: inout MetricsWriter) {
        metrics.family(
            "smppost_tls_certificate_expiry_seconds", .gauge,
            "When a certificate ends, in Unix seconds: the intake's, the monitor's, and what carriers show on each bind."
        )
        // 0 = it cannot be read: no alert for that.
        for (side, certificate) in snapshot.ownCertificates where certificate.expiry > 0 {
            metrics.sample(certificate.expiry, ["side": side.rawValue])
        }
        for carrier in snapshot.carriers {
            for bind in carrier.status.binds {
                guard let expiry = bind.link.tls?.peerCertificateExpiry else { continue }
                metrics.sample(expiry, ["side": "carrier", "carrier": carrier.status.name, "bind": bind.name])
            }
        }
    }

    private static func writeService(_ snapshot: MonitorSnapshot, to metrics: inout MetricsWriter) {
        metrics.family("smppost_build_info", .gauge, "Always 1; the version is its label.")
        metrics.sample(1, ["version": snapshot.process.version])
        metrics.family(
            "smppost_monitor_wrong_tokens_total", .counter, "Requests of the monitor that had a wrong token.")
        metrics.sample(snapshot.monitorRefusals.tokens)
        metrics.family(
            "smppost_monitor_connections_refused_total", .counter,
            "Connections of the monitor that lost their place to a newcomer's, or found none.")
        metrics.sample(snapshot.monitorRefusals.connections)
        metrics.family("smppost_config_generation", .gauge, "Configurations taken since the start, the first included.")
        metrics.sample(snapshot.configuration.generation)
        metrics.family(
            "smppost_config_loaded_timestamp_seconds", .gauge,
            "When the configuration in force was taken, in Unix seconds.")
        metrics.sample(snapshot.configuration.loadedAt.timeIntervalSince1970)
        metrics.family(
            "smppost_config_last_reload_successful", .gauge,
            "1 while the last reload was applied, or there was none; 0: it was refused, and so would be the next start."
        )
        metrics.sample(snapshot.configuration.refused == nil ? 1 : 0)
        metrics.family(
            "smppost_config_switching", .gauge, "Carriers whose binds are being made anew since the last reload.")
        metrics.sample(snapshot.configuration.switching.count)
    }

    /// The names that Prometheus' own client libraries use.
    private static func writeProcess(_ process: ProcessStatus, to metrics: inout MetricsWriter) {
        metrics.family("process_cpu_seconds_total", .counter, "Processor time, user and system, in seconds.")
        if let seconds = process.cpuSeconds { metrics.sample(seconds) }
        metrics.family("process_resident_memory_bytes", .gauge, "Memory in RAM.")
        if let octets = process.residentBytes { metrics.sample(octets) }
        metrics.family("process_virtual_memory_bytes", .gauge, "Address space.")
        if let octets = process.virtualBytes { metrics.sample(octets) }
        metrics.family("process_threads", .gauge, "Threads.")
        if let threads = process.threads { metrics.sample(threads) }
        metrics.family("process_open_fds", .gauge, "Open file descriptors.")
        if let files = process.openFiles { metrics.sample(files) }
        metrics.family("process_max_fds", .gauge, "The limit of open file descriptors.")
        if let files = process.maxFiles { metrics.sample(files) }
        metrics.family("process_start_time_seconds", .gauge, "When the process started, in Unix seconds.")
        metrics.sample(process.startedAt.timeIntervalSince1970)
    }
}
