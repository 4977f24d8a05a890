import Messaging
import SMPP

/// The settings of a run by name, without secrets, as reports show them.
enum LoadConfiguration {
    static func settings(_ plan: LoadPlan) -> [LoadReport.Setting] {
        var settings = [
            LoadReport.Setting("target", plan.targetText), .init("load", plan.pacing.summary),
            .init("duration", "\(plan.pacing.seconds.short) s"),
        ]
        switch plan.target {
        case .form: settings.append(.init("connections", "\(plan.connections)"))
        case .submit(let options):
            settings += [
                .init("binds", "\(plan.connections) \(options.kind.rawValue)"), .init("window", "\(options.window)"),
                .init("system_id", options.systemID), .init("long texts", options.policy.long.rawValue),
                .init("receipts", options.wantsReceipts ? "asked for" : "no"),
            ]
        }
        if let messages = plan.messages { settings.append(.init("messages", "\(messages) at most")) }
        settings += [
            .init("event loops", "\(plan.threads)"),
            .init("time limit of an answer", "\(plan.timeout.inSeconds.short) s"),
            .init("seed", "\(plan.seed)"), .init("mark", MessageMarker(run: plan.run).prefix),
        ]
        if plan.warmUp > 0 { settings.append(.init("warm-up", "\(plan.warmUp.short) s")) }
        let all = plan.mix.entries.reduce(0) { $0 + $1.weight }
        for entry in plan.mix.entries {
            let share = (Double(entry.weight) * 100 / Double(max(1, all))).short
            settings.append(.init("mix, \(share) %", text(of: entry.text)))
        }
        if !plan.mix.accounts.isEmpty {
            settings.append(.init("accounts", plan.mix.accounts.map(\.name).joined(separator: ", ")))
        }
        return settings
    }

    private static func text(of text: MessageMix.Text) -> String {
        switch text {
        case .template: "a template"
        case .generated(let script, let length):
            length.count == 1
                ? "\(script.rawValue), \(length.lowerBound) characters"
                : "\(script.rawValue), \(length.lowerBound) to \(length.upperBound) characters"
        }
    }
}
