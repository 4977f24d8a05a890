import Glibc

/// The file descriptors of this process: connections of clients must leave some for carriers, the journal, files and the monitor.
package enum DescriptorLimit {
    /// Kept for files, the journal, the monitor's connections and what the libraries need. Not in the configuration: what the parts
    /// of this process need is theirs to know; who wants more connections raises the limit.
    private static let reserve = 192

    /// Raises the soft limit to the hard one, which a shell or a container leaves far above it (setrlimit(2)).
    ///
    /// - Returns: the limit from now on; nil = none.
    @discardableResult
    package static func raise() -> Int? {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0 else { return nil }
        if limit.rlim_cur < limit.rlim_max {
            var raised = limit
            raised.rlim_cur = limit.rlim_max
            if setrlimit(files, &raised) == 0 { limit = raised }
        }
        return limit.rlim_cur == rlim_t.max ? nil : Int(clamping: limit.rlim_cur)
    }

    /// How many connections the intake takes of those that it may.
    /// - Parameters:
    ///   - wanted: `max_connections`.
    ///   - limit: of descriptors; nil = none.
    ///   - binds: of all carriers; a reload makes the new ones beside the old ones.
    package static func connections(wanted: Int, limit: Int?, binds: Int) -> Int {
        guard let limit else { return wanted }
        return max(1, min(wanted, limit - min(limit / 2, reserve + 2 * binds)))
    }

    /// What to say where there are fewer than wanted; nil = there are not.
    package static func warning(wanted: Int, limit: Int?, binds: Int) -> String? {
        let taken = connections(wanted: wanted, limit: limit, binds: binds)
        guard taken < wanted, let limit else { return nil }
        return
            "max_connections \(wanted) is more than the limit of \(limit) open files leaves: \(taken) connections are taken; "
            + "raise the limit (LimitNOFILE of a unit, ulimit -n) or lower max_connections"
    }
}
