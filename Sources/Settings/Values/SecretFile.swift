/// A file that holds one secret and nothing else.
package enum SecretFile {
    /// In octets.
    package static let maximumSize = 4096

    /// What is said of a file with a secret that everybody may read.
    static let openToOthers =
        "may be read by everybody: give it to the service's group (chown root:smppost) and chmod 640 it"

    /// The file's text without the line end behind it: editors put one there, which is not part of the secret.
    ///
    /// - Throws: `FileProblem`, where the file cannot be read, is too large or is not UTF-8.
    package static func read(path: String) throws(FileProblem) -> String {
        let bytes = try FileProbe.read(path: path, limit: maximumSize)
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw FileProblem(reason: "is not UTF-8 text")
        }
        if text.last?.isNewline == true { text.removeLast() }
        return text
    }
}
