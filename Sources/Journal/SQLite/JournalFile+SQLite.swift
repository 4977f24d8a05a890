import GRDB

extension JournalFile {
    /// Why SQLite could not do something, for an operator. No statement and no value is told.
    func problem(_ error: any Error) -> JournalProblem {
        if let problem = error as? JournalProblem { return problem }
        if error is UnreadableRow {
            return JournalProblem(.corrupt, "journal \(path): the file is damaged: a row holds what is never written")
        }
        guard let error = error as? DatabaseError else {
            return JournalProblem(.failed, "journal \(path): \(type(of: error))")
        }
        let code = error.resultCode
        let detail = "(SQLite's error \(error.extendedResultCode.rawValue))"
        switch code {
        case .SQLITE_FULL:
            return JournalProblem(.full, "journal \(path): no room on the disk \(detail)")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN:
            // A write-ahead index that cannot grow, or a log that cannot be made, is told as one of these.
            if isFull { return JournalProblem(.full, "journal \(path): no room on the disk \(detail)") }
            return JournalProblem(.unreachable, "journal \(path): cannot be read or written \(detail)")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            if error.extendedResultCode == .SQLITE_READONLY_DBMOVED {
                return JournalProblem(.unreachable, "journal \(path): the file was moved or removed \(detail)")
            }
            return JournalProblem(.readOnly, "journal \(path): may not be written \(detail)")
        case .SQLITE_CORRUPT:
            return JournalProblem(.corrupt, "journal \(path): the file is damaged \(detail)")
        case .SQLITE_NOTADB:
            return JournalProblem(.corrupt, "journal \(path): the file is no SQLite database \(detail)")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return JournalProblem(.unreachable, "journal \(path): another program holds it locked \(detail)")
        default:
            return JournalProblem(.failed, "journal \(path): the database takes it not \(detail)")
        }
    }

    /// Runs a piece of work and tells its failure as a problem.
    func telling<Answer>(_ work: () throws -> Answer) throws(JournalProblem) -> Answer {
        do {
            return try work()
        } catch {
            throw problem(error)
        }
    }
}
