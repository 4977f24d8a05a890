package import Foundation

/// The forms in which a report is written to a file.
package enum ReportFormat: String, Hashable, Sendable, CaseIterable {
    case json
    /// JUnit's.
    case xml
    case html

    /// By the ending of a file's name; nil for any other.
    package init?(file: String) {
        guard let dot = file.lastIndex(of: ".") else { return nil }
        self.init(rawValue: file[file.index(after: dot)...].lowercased())
    }
}

/// Reports as files.
package enum ReportFile {
    /// Why a file is no report.
    package struct Problem: Error, CustomStringConvertible {
        package var description: String
    }

    /// The bytes of a report.
    /// - Parameter old: a report that an HTML page shows beside it.
    package static func data(
        _ report: LoadReport, as format: ReportFormat, comparedWith old: LoadReport? = nil
    ) throws -> Data {
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return try encoder.encode(report) + Data("\n".utf8)
        case .xml: return Data(JUnitReport.text(report).utf8)
        case .html: return Data(HTMLReport.text(report, comparedWith: old).utf8)
        }
    }

    /// Reads a JSON report of this version.
    package static func read(_ data: Data) throws -> LoadReport {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let report: LoadReport
        do {
            report = try decoder.decode(LoadReport.self, from: data)
        } catch {
            throw Problem(description: "it has not the members of a report")
        }
        guard report.smppostLoad == LoadReport.version else {
            throw Problem(description: "its version is \(report.smppostLoad), not \(LoadReport.version)")
        }
        return report
    }
}
