import Settings

/// A file of blocked numbers, read anew. Blocks on the disk.
struct BlockedReading: Sendable {
    let old: BlockedFile
    /// nil = it cannot be read.
    let new: BlockedFile?
    /// Why not.
    let problem: String
    /// What was left out.
    let warnings: [String]

    init(of file: BlockedFile) {
        old = file
        var warnings: [String] = []
        do throws(FileProblem) {
            new = try file.readAnew { warnings.append($0) }
            problem = ""
        } catch {
            new = nil
            problem = error.reason
        }
        self.warnings = warnings
    }
}
