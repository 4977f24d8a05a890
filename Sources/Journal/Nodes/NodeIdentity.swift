/// Who a run of a node is.
package struct NodeIdentity: Hashable, Sendable {
    /// Of one life of a process, never used again.
    package var run: String
    /// `cluster.name`.
    package var name: String
    /// `cluster.address`: where the other nodes reach its intake.
    package var address: String
    /// What `--version` says.
    package var version: String

    package init(run: String, name: String, address: String, version: String) {
        self.run = run
        self.name = name
        self.address = address
        self.version = version
    }
}
