package import HTTPService
package import Settings

/// What became of a request to read the configuration anew.
package enum ReloadReport: Sendable {
    /// It is in force. Changed carriers still hand over.
    case applied(Applied)
    /// Nothing of it is used: the configuration before it stays.
    case refused([ConfigurationProblem])
    /// The reload before it is still at work with these carriers: try again.
    case busy([String])
    /// The bridge ends.
    case stopping

    /// What was applied.
    package struct Applied: Sendable {
        /// Counts the configurations of this process, from 1.
        package var generation: Int
        package var accounts: Int
        /// Carriers by what becomes of them.
        package var unchanged: [String]
        /// Their messages look different; their binds stay.
        package var restyled: [String]
        /// Their binds are made anew.
        package var changed: [String]
        package var added: [String]
        package var removed: [String]
        /// Keys that changed and have no effect until the next start.
        package var needsRestart: [String]
        package var warnings: [ConfigurationProblem]
    }

    /// As the answer to `POST /reload`: 200, 422 with each problem and its place, or 503.
    package var response: HTTPServerResponse {
        var json = JSONWriter()
        var status = 200
        json.object { json in
            switch self {
            case .applied(let applied):
                json.member("applied", true)
                Self.write(applied, to: &json)
            case .refused(let problems):
                status = 422
                json.member("applied", false)
                json.member("message", "the new configuration is refused, the old one stays")
                Self.write("problems", problems, to: &json)
            case .busy(let carriers):
                status = 503
                json.member("applied", false)
                json.member("message", "the reload before is not done yet; try again")
                json.member("switching", carriers)
            case .stopping:
                status = 503
                json.member("applied", false)
                json.member("message", "the bridge is stopping")
            }
        }
        return .json(json, status: status)
    }

    private static func write(_ applied: Applied, to json: inout JSONWriter) {
        json.member("generation", applied.generation)
        json.member("accounts", applied.accounts)
        json.key("carriers")
        json.object { json in
            json.member("unchanged", applied.unchanged)
            json.member("restyled", applied.restyled)
            json.member("changed", applied.changed)
            json.member("added", applied.added)
            json.member("removed", applied.removed)
        }
        json.member("needs_restart", applied.needsRestart)
        write("warnings", applied.warnings, to: &json)
    }

    private static func write(_ name: String, _ problems: [ConfigurationProblem], to json: inout JSONWriter) {
        json.key(name)
        json.array { json in
            for problem in problems {
                json.object { json in
                    json.member("file", problem.file)
                    json.member("line", problem.line)
                    json.member("column", problem.column)
                    json.member("message", problem.message)
                }
            }
        }
    }
}
