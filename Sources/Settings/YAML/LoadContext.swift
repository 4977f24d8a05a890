/// What reading depends on besides the files.
struct LoadContext {
    /// For keys that end in `_env`.
    var environment: [String: String]
    /// Unix seconds: certificates are checked against it.
    var now: Int64
    /// Whether certificates are read and their dates looked at; a running bridge is asked without, for it may have trouble with them.
    var looksIntoCertificates = true
    let log: ProblemLog
    let blocked = BlockedFiles()
}
