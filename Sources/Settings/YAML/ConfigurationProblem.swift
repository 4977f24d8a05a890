/// One thing that is wrong, or doubtful, in the configuration, with its place in a file.
package struct ConfigurationProblem: Error, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The file's path as the user gave it.
    package var file: String
    /// The line, from 1. A problem with the file as a whole stands at 1:1.
    package var line: Int
    /// The column, from 1, in Unicode scalars.
    package var column: Int
    /// One line that says what is wrong and what would be right. Never the value of a secret.
    package var message: String
    /// It is doubtful, and no reason not to start.
    package var isWarning: Bool

    package init(file: String, line: Int, column: Int, message: String, isWarning: Bool = false) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.isWarning = isWarning
    }

    /// `config/accounts.yaml:12:5: unknown key "sender"; did you mean "senders"?`
    /// or `config/accounts.yaml:1:1: warning: …`.
    package var description: String { "\(file):\(line):\(column): \(isWarning ? "warning: " : "")\(message)" }

    /// By file, then place, then message.
    package static func < (left: Self, right: Self) -> Bool {
        if left.file != right.file { return left.file < right.file }
        if (left.line, left.column) != (right.line, right.column) {
            return (left.line, left.column) < (right.line, right.column)
        }
        return left.message < right.message
    }
}

/// Everything that is wrong with a configuration, found in one run. Nothing of such a configuration is used.
package struct ConfigurationProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// At least one, sorted by file and place, each once.
    package var problems: [ConfigurationProblem]
    /// What is doubtful besides, sorted alike.
    package var warnings: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem], warnings: [ConfigurationProblem] = []) {
        self.problems = problems
        self.warnings = warnings
    }

    /// Both, in the order of their places.
    package var all: [ConfigurationProblem] { (problems + warnings).sorted() }

    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
