import ArgumentParser
import Foundation
import Operations

/// Of which time, in whose zone.
struct TimeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only from then on: 2026-01-31, 2026-01-31T12:00, with a zone of its own 2026-01-31T12:00:00Z, or so long ago (90s, "
                + "15m, 2h, 7d)."))
    var since: String?

    @Option(help: "Only before then, written the same way.")
    var until: String?

    @Option(help: "The zone of days and times, like Europe/Moscow or UTC; that of this machine unless it is given.")
    var zone: String?

    /// Checked by `validate`.
    var times: LocalTimes { LocalTimes(zone: zone.flatMap(TimeZone.init(identifier:)) ?? .current) }

    /// Milliseconds since 1970.
    var from: UInt64? {
        get throws { try since.map { try moment($0, "--since") } }
    }

    var to: UInt64? {
        get throws { try until.map { try moment($0, "--until") } }
    }

    func validate() throws {
        if let zone, TimeZone(identifier: zone) == nil {
            throw ValidationError(
                "--zone \(zone) is no zone that this machine knows: it is written like Europe/Moscow or UTC")
        }
        _ = try (from, to)
    }

    private func moment(_ text: String, _ option: String) throws -> UInt64 {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        if let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count >= 0, count < 1e9 {
            return UInt64(max(0, Date.now.timeIntervalSince1970 - count * unit) * 1000)
        }
        if let moment = times.moment(text) { return moment }
        throw ValidationError(
            "\(option) is neither a day nor a moment (2026-01-31, 2026-01-31T12:00:00Z) nor so long ago (15m)")
    }
}
