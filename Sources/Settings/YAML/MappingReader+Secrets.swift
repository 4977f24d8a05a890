/// A secret and the place that names it.
struct Secret: CustomStringConvertible {
    /// Never printed.
    var text: String
    var place: Place

    /// Never the text.
    var description: String { "Secret(\(place.file):\(place.line))" }
}

extension MappingReader {
    /// The secret of `name`, which stands in the file itself (`name`), in a file of its own (`name_file`) or in the
    /// environment (`name_env`); nil where none of the three is there, or after a report. Only the first may be empty,
    /// where `mayBeEmpty` says so: that is no accident.
    func secret(_ name: String, context: LoadContext, mayBeEmpty: Bool = false) -> Secret? {
        let (file, variable) = ("\(name)_file", "\(name)_env")
        let present = [name, file, variable].filter { has($0) }
        guard present.count <= 1 else {
            let list = present.map { "\"\($0)\"" }.joined(separator: " and ")
            log.problem("\(list) stand together; only one of them may", at: place(of: present[1]))
            return nil
        }
        switch present.first {
        case nil: return nil
        case name:
            guard let text = optionalString(name, secret: true) else { return nil }
            guard mayBeEmpty || !text.isEmpty else {
                log.problem("\"\(name)\" is empty", at: place(of: name))
                return nil
            }
            return Secret(text: text, place: place(of: name))
        case file: return fileSecret(file)
        default: return environmentSecret(variable, environment: context.environment)
        }
    }

    private func environmentSecret(_ key: String, environment: [String: String]) -> Secret? {
        guard let variable = optionalString(key, limit: 256) else { return nil }
        let place = place(of: key)
        let isName = variable.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        guard isName, let first = variable.utf8.first, !first.isDigit else {
            // Somebody may have put the secret itself here.
            log.problem("\"\(key)\" must be the name of an environment variable: letters, digits and _", at: place)
            return nil
        }
        guard let text = environment[variable] else {
            log.problem("\"\(key)\": the environment variable \(variable.shownKey) is not set", at: place)
            return nil
        }
        return checked(text, at: place, name: "\"\(key)\": the environment variable \(variable.shownKey)")
    }

    private func fileSecret(_ key: String) -> Secret? {
        guard let file = filePath(key) else { return nil }
        do throws(FileProblem) {
            let text = try SecretFile.read(path: file.path)
            if try FileProbe(path: file.path).isOpenToOthers {
                log.warning(
                    "\"\(key)\": \(file.path) \(SecretFile.openToOthers)", at: file.place)
            }
            return checked(text, at: file.place, name: "\"\(key)\": \(file.path)")
        } catch {
            log.problem("\"\(key)\": \(file.path) \(error.reason)", at: file.place)
            return nil
        }
    }

    private func checked(_ text: String, at place: Place, name: String) -> Secret? {
        if text.isEmpty {
            log.problem("\(name) is empty", at: place)
            return nil
        }
        if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            log.problem("\(name) must hold one line without control characters", at: place)
            return nil
        }
        return Secret(text: text, place: place)
    }

    /// A path, relative to the file that this mapping stands in; nil where the key is missing or after a report.
    func filePath(_ key: String) -> (path: String, place: Place)? {
        guard let text = optionalString(key) else { return nil }
        let place = place(of: key)
        guard !text.isEmpty else {
            log.problem("\"\(key)\" is empty; it must be a path", at: place)
            return nil
        }
        return (FileProbe.resolve(text, from: place.file), place)
    }
}
