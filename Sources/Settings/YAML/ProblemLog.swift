/// A place in a configuration file.
package struct Place: Hashable, Sendable {
    /// The file's path as the user gave it.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int

    package init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// Collects what one run of reading finds. Readers report and go on with a harmless value, so that all problems come
/// out together; the values are thrown away when there is at least one problem.
package final class ProblemLog {
    private var problems: Set<ConfigurationProblem> = []
    private var doubts: Set<ConfigurationProblem> = []
    /// Every key that a reader asked for, as a path: `carrier.timeouts.bind`. The tests hold the documentation to it.
    private(set) var knownKeys: Set<String> = []

    package init() {}

    /// Something that forbids the start.
    package func problem(_ message: String, at place: Place) {
        problems.insert(
            ConfigurationProblem(file: place.file, line: place.line, column: place.column, message: message))
    }

    /// Something that the operator should know.
    func warning(_ message: String, at place: Place) {
        doubts.insert(
            ConfigurationProblem(
                file: place.file, line: place.line, column: place.column, message: message, isWarning: true))
    }

    /// Notes that a reader understands the key at `path`.
    func knows(_ path: String) {
        knownKeys.insert(path)
    }

    /// The problems so far, in order.
    package var sortedProblems: [ConfigurationProblem] { problems.sorted() }
    /// The warnings so far, in order.
    var sortedWarnings: [ConfigurationProblem] { doubts.sorted() }
}
