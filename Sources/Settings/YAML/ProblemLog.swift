/// A place in a configuration file.
struct Place: Hashable, Sendable {
    /// The file's path as the user gave it.
    var file: String
    /// From 1.
    var line = 1
    /// From 1, in Unicode scalars.
    var column = 1
}

/// Collects what one run of reading finds. Readers report and go on with a harmless value, so that all problems come
/// out together; the values are thrown away when there is at least one problem.
final class ProblemLog {
    private var problems: Set<ConfigurationProblem> = []
    private var doubts: Set<ConfigurationProblem> = []
    /// Every key that a reader asked for, as a path: `carrier.timeouts.bind`. The tests hold the documentation to it.
    private(set) var knownKeys: Set<String> = []

    /// Something that forbids the start.
    func problem(_ message: String, at place: Place) {
        problems.insert(
            ConfigurationProblem(file: place.file, line: place.line, column: place.column, message: message))
    }

    /// Something that the operator should know.
    func warning(_ message: String, at place: Place) {
        doubts.insert(
            ConfigurationProblem(file: place.file, line: place.line, column: place.column, message: message))
    }

    /// Notes that a reader understands the key at `path`.
    func knows(_ path: String) {
        knownKeys.insert(path)
    }

    /// The problems so far, in order.
    var sortedProblems: [ConfigurationProblem] { problems.sorted() }
    /// The warnings so far, in order.
    var sortedWarnings: [ConfigurationProblem] { doubts.sorted() }
}
