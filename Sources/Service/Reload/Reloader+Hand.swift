import Bridge
import Intake
import NIOCore
import Operations
import Settings

extension Reloader {
    /// Sends a message by hand as its account, over the account's own carriers or over the chosen one, whether the account has it or
    /// not: a person who tries a new carrier has not given it to anybody yet.
    func send(_ message: HandMessage, over carrier: String?) async -> Result<HandReply, HandProblem> {
        guard let entry = intake.accounts.first(where: { $0.account.name == message.account }) else {
            return .failure(.noAccount)
        }
        guard let path = path(for: entry.account, over: carrier) else { return .failure(.noCarrier) }
        let reply = try? await intake.send(message, as: entry, handler: path.handle).get()
        return reply.map { .success($0) } ?? .failure(.stopping)
    }

    /// A path for one account's messages over one carrier, or its own where none is named; nil where there is no such carrier, or the
    /// account is not (or not yet) the one in force.
    private func path(for account: Account, over carrier: String?) -> MessagePath? {
        var settings = settings
        guard settings.accounts.indices.contains(account.index), settings.accounts[account.index].name == account.name
        else { return nil }
        if let carrier {
            guard carriers[carrier] != nil else { return nil }
            settings.accounts[account.index].carriers = [CarrierChoice(carrier)]
            settings.accounts[account.index].routes = []
        }
        return messagePath(settings)
    }
}
