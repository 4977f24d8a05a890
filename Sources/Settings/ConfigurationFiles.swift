import Foundation
import SMPP

/// `accounts.yaml`, read.
struct AccountsFile {
    /// More accounts than this are not read.
    private static let limit = 10_000

    private(set) var accounts: [AccountSettings] = []
    private var places: [AccountPlaces] = []

    /// Nil where the file could not be read at all.
    init?(path: String, context: LoadContext) {
        guard let root = YAMLFile.read(path: path, log: context.log) else { return nil }
        let reader = MappingReader(
            root, path: "accounts", place: root.place, log: context.log, called: "this file")
        guard let nodes = reader.list("accounts", limit: Self.limit, ifEmpty: "has no account") else {
            reader.missing("accounts")
            reader.finish()
            return nil
        }
        let hasBlocked = reader.has("blocked")
        reader.finish()
        if case .mapping? = reader.value("accounts")?.content { return nil }
        for node in nodes {
            var places = AccountPlaces(name: node.place, login: node.place, key: node.place)
            let account = MappingReader(
                node, path: "accounts.account", place: node.place, log: context.log, called: "an account")
            var settings = AccountSettings(reading: account, context: context, places: &places)
            if hasBlocked {
                settings.blocked += reader.blockedFiles("blocked", country: settings.country, context: context)
            }
            accounts.append(settings)
            self.places.append(places)
        }
        checkDuplicates(log: context.log)
    }

    private func checkDuplicates(log: ProblemLog) {
        func check<Value: Hashable>(
            _ what: String, _ value: KeyPath<AccountSettings, Value?>, _ place: KeyPath<AccountPlaces, Place>
        ) {
            var lines: [Value: Int] = [:]
            for (account, places) in zip(accounts, places) {
                guard let value = account[keyPath: value] else { continue }
                let place = places[keyPath: place]
                if let line = lines[value] {
                    log.problem("another account has this \(what) already, in line \(line)", at: place)
                } else {
                    lines[value] = place.line
                }
            }
        }
        check("name", \.uniqueName, \.name)
        check("login", \.uniqueLogin, \.login)
        check("key", \.key, \.key)
        check("token", \.planFixChat?.token, \.chatToken)
    }

    /// Checks the carriers' names, and that none of them is left out.
    func check(against files: CarrierFiles, log: ProblemLog) {
        var used: Set<String> = []
        for (account, places) in zip(accounts, places) {
            for (name, place) in zip(account.carrierNames, places.carriers) {
                used.insert(name)
                if !files.names.contains(name) {
                    let hint = Suggestion.hint(for: name, among: files.names)
                    log.problem("there is no carrier \(name.quoted)\(hint)", at: place)
                } else if files.carriers.first(where: { $0.name == name })?.canSubmit == false {
                    log.problem("carrier \(name.quoted) has only receivers: nothing can be sent over it", at: place)
                }
            }
        }
        // A broken list would make every file look unused.
        guard !accounts.isEmpty, accounts.allSatisfy(\.hasAllCarriers) else { return }
        for name in files.names where !used.contains(name) {
            log.problem("no account uses this carrier", at: Place(file: files.path(of: name)))
        }
    }
}

/// The carriers directory, read.
struct CarrierFiles {
    /// More files than this are not read.
    private static let limit = 1000
    /// How a carrier's file ends.
    private static let ending = ".yaml"

    private let directory: String
    /// Of every carrier file, readable or not.
    private(set) var names: [String] = []
    /// Those that could be read.
    private(set) var carriers: [CarrierSettings] = []
    /// Where a file sets `timeouts.response`, by carrier.
    private(set) var responsePlaces: [String: Place] = [:]

    /// Reads every `NAME.yaml` of `directory`. Other endings are left alone, hidden files too.
    init(directory: String, context: LoadContext) {
        self.directory = directory
        guard let listing = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            context.log.problem("this directory cannot be read", at: Place(file: directory))
            return
        }
        let files = listing.filter { $0.hasSuffix(Self.ending) && !$0.hasPrefix(".") }.sorted()
        for file in listing where file.hasSuffix(".yml") && !file.hasPrefix(".") {
            context.log.warning(
                "not read: a carrier's file ends in .yaml", at: Place(file: FileProbe.join(directory, file)))
        }
        guard (1...Self.limit).contains(files.count) else {
            let message =
                files.isEmpty
                ? "this directory has no carrier file (NAME.yaml)"
                : "this directory has more than \(Self.limit) carriers"
            context.log.problem(message, at: Place(file: directory))
            return
        }
        for file in files { read(String(file.dropLast(Self.ending.count)), context: context) }
    }

    /// The path of a carrier's file as messages show it.
    func path(of name: String) -> String {
        FileProbe.join(directory, name + Self.ending)
    }

    private mutating func read(_ name: String, context: LoadContext) {
        let path = self.path(of: name)
        let isName = name.utf8.allSatisfy {
            $0.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || "_-".utf8.contains($0)
        }
        guard isName, (1...32).contains(name.utf8.count) else {
            context.log.problem(
                "a carrier's name has 1 to 32 characters of a-z, 0-9, _ and -; rename the file", at: Place(file: path))
            return
        }
        names.append(name)
        guard let root = YAMLFile.read(path: path, log: context.log) else { return }
        let reader = MappingReader(root, path: "carrier", place: root.place, log: context.log, called: "this file")
        carriers.append(CarrierSettings(name: name, reading: reader, context: context))
        let timeouts = reader.section("timeouts")
        if timeouts.has("response") { responsePlaces[name] = timeouts.place(of: "response") }
    }
}

extension AccountSettings {
    /// The name; nil where it was missing, which is told elsewhere.
    fileprivate var uniqueName: String? { name.isEmpty ? nil : name }
    /// The login, likewise.
    fileprivate var uniqueLogin: String? { login?.isEmpty == true ? nil : login }
}

extension CarrierSettings {
    /// Whether a bind of it may send.
    fileprivate var canSubmit: Bool { setup.binds.isEmpty || setup.binds.contains { $0.kind.submits } }
}
