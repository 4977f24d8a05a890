import ArgumentParser
import Foundation
import HTTPService
import NIOPosix
import Operations
import SMPP

struct BindsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "binds", abstract: "Show a running bridge's binds, watch them, check them, or act on them.",
        discussion: """
            Asks the monitor of the bridge whose configuration lies in --config, or the one at --url. A subcommand acts on \
            CARRIER, all of its binds, or on one, CARRIER/BIND.
            """,
        subcommands: [
            ShowBinds.self, ActOnBinds<Drain>.self, ActOnBinds<Stop>.self, ActOnBinds<Start>.self,
            ActOnBinds<Rebind>.self, TraceBinds.self,
        ],
        defaultSubcommand: ShowBinds.self)
}

struct ShowBinds: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show carriers and binds (default).",
        discussion: """
            --watch scrolls with ↑ ↓ PgUp PgDn and ends with q.

            Exit codes of --check: 0 all is well; 1 a carrier is in trouble, or an optional one (required: false) is down, or the \
            last reload was refused, or logins or quotas refuse messages; 2 a required carrier is down, the bridge refuses every \
            message (journal, draining), or does not answer; 3 nobody knows.
            """)

    @OptionGroup var monitor: MonitorOptions

    @Flag(help: "Go on until Ctrl-C.")
    var watch = false

    @Flag(help: "A short line, more below it, and an exit code, for Nagios, Icinga or Zabbix.")
    var check = false

    @Flag(help: "What the monitor's /binds says.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "ru or en; none: that of the environment (LC_ALL, LC_MESSAGES, LANG).", valueName: "language"))
    var language: Language = Terminal.language

    @Argument(help: "Only these carriers.")
    var names: [String] = []

    func validate() throws {
        guard [watch, check, json].count(where: \.self) <= 1 else {
            throw ValidationError("--watch, --check and --json exclude each other")
        }
        if json, !names.isEmpty { throw ValidationError("--json shows all carriers") }
    }

    func run() async throws {
        if check { try await tellVerdict() }
        let client = try monitor.client()
        if watch {
            let screen = BindsScreen(names: names, place: monitor.place(client), language: language)
            return await screen.run { try await MonitorReading.document(client) }
        }
        do {
            if json { return Console.say(try await MonitorReading.text(client)) }
            let document = try await MonitorReading.document(client).only(names)
            var style = Terminal.style
            style.columns = Terminal.size?.columns
            style.language = language
            let table = BindsTable(document, style: style)
            (table.head + table.lines).forEach(Console.say)
        } catch {
            Console.error("\(monitor.place(client)): \(error)")
            throw ExitCode.failure
        }
    }

    /// Always throws the exit code.
    private func tellVerdict() async throws -> Never {
        var verdict: BindsCheck
        do {
            let client = try monitor.client()
            do {
                verdict = BindsCheck(try await MonitorReading.document(client).only(names), language: language)
            } catch let error as MonitorRefusal {
                verdict = BindsCheck(.unknown, "\(error)")
            } catch let error as BindsDocumentProblem {
                verdict = BindsCheck(.unknown, "\(error)")
            } catch {
                verdict = BindsCheck(.critical, "the bridge does not answer: \(monitor.place(client)): \(error)")
            }
        } catch {
            verdict = BindsCheck(.unknown, "the monitor's address is not known")
        }
        verdict.lines.forEach(Console.say)
        throw ExitCode(verdict.verdict.rawValue)
    }
}

/// A subcommand that acts on a carrier or a bind.
struct ActOnBinds<Action: BindsAction>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Action.kind.rawValue, abstract: Action.abstract)
    }

    @OptionGroup var target: BindTarget

    func run() async throws { try await target.perform(Action.kind) }
}

protocol BindsAction {
    static var kind: OperatorAction.Kind { get }
    /// What the help says of it.
    static var abstract: String { get }
}

enum Drain: BindsAction {
    static let kind = OperatorAction.Kind.drain
    static let abstract = "Take no new messages, stay bound for receipts, until start."
}

enum Stop: BindsAction {
    static let kind = OperatorAction.Kind.stop
    static let abstract = "Finish the open messages, unbind, and stay so until start."
}

enum Start: BindsAction {
    static let kind = OperatorAction.Kind.start
    static let abstract = "Connect, and take messages again."
}

enum Rebind: BindsAction {
    static let kind = OperatorAction.Kind.rebind
    static let abstract = "Finish the open messages, unbind and connect anew."
}

/// What an action is for.
struct BindTarget: ParsableArguments {
    @OptionGroup var monitor: MonitorOptions

    @Argument(help: "CARRIER, or CARRIER/BIND for one bind.")
    var target: String

    func validate() throws {
        let parts = target.split(separator: "/", omittingEmptySubsequences: false)
        let isName = parts.allSatisfy { part in
            !part.isEmpty && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        }
        guard (1...2).contains(parts.count), isName else {
            throw ValidationError("\(target) is not CARRIER or CARRIER/BIND")
        }
    }

    /// Exit code 1 where the bridge did not do it.
    func perform(_ kind: OperatorAction.Kind) async throws {
        let parts = target.split(separator: "/").map(String.init)
        let action = OperatorAction(kind: kind, carrier: parts[0], bind: parts.count == 2 ? parts[1] : nil)
        let client = try monitor.client()
        do {
            Console.say("\(target): \(try await MonitorReading.perform(action, client))")
        } catch {
            Console.error("\(monitor.place(client)): \(error)")
            throw ExitCode.failure
        }
    }
}
