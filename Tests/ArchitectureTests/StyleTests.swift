import Foundation
import Testing

/// House rules that a machine can read.
@Suite struct StyleTests {
    @Test func filesAreAboutOneThing() throws {
        for file in try SourceTree.files(below: "Sources", endings: [".swift", ".c", ".h"]) {
            // The last one is what follows the closing newline.
            #expect(file.lines.count - 1 <= 400, "\(file.path) has \(file.lines.count - 1) lines")
        }
    }

    /// A folder of many files is a heap: it gets rooms, each named by a noun of the field.
    @Test(arguments: ["Sources", "Tests"])
    func foldersHaveRooms(tree: String) throws {
        let folders = Dictionary(grouping: try SourceTree.files(below: tree)) { file in
            file.path.prefix(upTo: file.path.lastIndex(of: "/") ?? file.path.startIndex)
        }
        for (folder, files) in folders {
            #expect(files.count <= 16, "\(folder) has \(files.count) files")
        }
    }

    /// A name is looked for once: no two files of one name.
    @Test func filesHaveNamesOfTheirOwn() throws {
        let files = Dictionary(grouping: try SourceTree.files(below: "Sources")) { $0.path.split(separator: "/").last }
        for (name, files) in files {
            #expect(files.count == 1, "\(name ?? ""): \(files.map(\.path).joined(separator: ", "))")
        }
    }

    /// A file that only extends one type is `Type+Aspect.swift`.
    @Test func theRestOfATypeHasItsName() throws {
        let access: Set<Substring> = ["package", "private", "fileprivate", "final", "indirect"]
        let kinds: Set<Substring> = [
            "struct", "enum", "class", "protocol", "actor", "func", "typealias", "let", "var",
        ]
        for file in try SourceTree.files(below: "Sources") {
            let declarations = file.lines.lazy.filter { $0.first?.isLetter == true }
                .map { $0.split(separator: " ").drop(while: access.contains) }
            let extended = Set(declarations.filter { $0.first == "extension" }.compactMap { $0.dropFirst().first })
            let isOnlyThat = extended.count == 1 && !declarations.contains { kinds.contains($0.first ?? "") }
            if isOnlyThat { #expect(file.path.contains("+"), "\(file.path) extends \(extended)") }
        }
    }

    @Test func functionsFitOnAScreen() throws {
        for file in try SourceTree.files(below: "Sources") {
            for function in Self.functions(in: file) {
                #expect(function.length <= 70, "\(file.path):\(function.line) has \(function.length) lines")
            }
        }
    }

    @Test func unsafePointersStayInTheTargetsThatFaceC() throws {
        let facingC = ["Sources/TLS/", "Sources/SMPPWire/"]
        for file in try SourceTree.files(below: "Sources") where !facingC.contains(where: file.path.hasPrefix) {
            for (number, line) in file.lines.enumerated() {
                let code = FloorTests.code(line)
                #expect(
                    !code.contains("Unsafe") && !code.contains("withUnsafe"), "\(file.path):\(number + 1) is unsafe")
            }
        }
    }

    /// Each such word needs the line above or behind it that says why it is safe.
    @Test func escapesFromTheCompilerAreExplained() throws {
        for file in try SourceTree.files(below: "Sources") {
            for (number, line) in file.lines.enumerated()
            where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
                // One reason may stand above several such lines.
                var above = number - 1
                while above >= 0, file.lines[above].contains("nonisolated(unsafe)") { above -= 1 }
                let isExplained = line.contains("// ") || (above >= 0 && file.lines[above].contains("//"))
                #expect(isExplained, "\(file.path):\(number + 1) says no reason")
            }
        }
    }

    @Test func nothingIsLeftForLater() throws {
        let words = ["TO" + "DO", "FIX" + "ME", "fatal" + "Error(", "try" + "!"]
        for file in try SourceTree.files(below: "Sources", endings: [".swift", ".c", ".h"]) {
            for (number, line) in file.lines.enumerated() {
                for word in words { #expect(!line.contains(word), "\(file.path):\(number + 1) has \(word)") }
            }
        }
    }

    @Test func packageDeclarationsHaveDocstrings() throws {
        let kinds = ["struct ", "enum ", "class ", "func ", "protocol ", "final class ", "actor "]
        for file in try SourceTree.files(below: "Sources") {
            for (number, line) in file.lines.enumerated() {
                let code = line.drop { $0 == " " }
                guard code.hasPrefix("package "),
                    kinds.contains(where: code.dropFirst("package ".count).replacing("static ", with: "").hasPrefix)
                else { continue }
                // Witnesses of a protocol are documented by the protocol.
                if Self.witnesses.contains(where: code.contains) { continue }
                var above = number - 1
                while above >= 0, file.lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
                #expect(
                    above >= 0 && file.lines[above].drop(while: { $0 == " " }).hasPrefix("///"),
                    "\(file.path):\(number + 1) has no docstring")
            }
        }
    }

    private static let witnesses = [
        "func handlerAdded(", "func handlerRemoved(", "func channel", "func errorCaught(", "func userInboundEvent",
        "func write(context", "func flush(context", "func close(context", "func read(context", "func bind(context",
        "func connect(context", "func triggerUserOutboundEvent(", "func decode(", "func decodeLast(", "func hash(into",
        "static func ==", "static func <", "func log(event", "func run() async", "func encode(to", "func run() throws",
    ]

    private struct Function {
        var line: Int
        var length: Int
    }

    /// Functions as `swift format` lays them out: the closing brace stands under the first letter of the declaration.
    private static func functions(in file: SourceTree.File) -> [Function] {
        file.lines.indices.compactMap { start in
            let line = file.lines[start]
            let indent = line.prefix { $0 == " " }
            let code = line.dropFirst(indent.count)
            let isFunction = code.contains("func ") || code.hasPrefix("init") || code.contains(" init(")
            guard isFunction, !code.hasPrefix("//"), !code.hasPrefix("\"") else { return nil }
            guard !code.hasSuffix("}") else { return nil }
            // What a protocol asks for has no body.
            let opening = file.lines[start...].first { $0.isEmpty || $0.hasSuffix("{") }
            guard opening?.hasSuffix("{") == true else { return nil }
            guard let end = file.lines[start...].firstIndex(where: { $0 == indent + "}" }) else { return nil }
            return Function(line: start + 1, length: end - start + 1)
        }
    }
}
