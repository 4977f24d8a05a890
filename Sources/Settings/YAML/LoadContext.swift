/// What reading depends on besides the files.
struct LoadContext {
    /// For keys that end in `_env`.
    var environment: [String: String]
    /// Unix seconds: certificates are checked against it.
    var now: Int64
    let log: ProblemLog
    let blocked = BlockedFiles()
}
