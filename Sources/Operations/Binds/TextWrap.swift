/// Lines of a terminal.
enum TextWrap {
    /// The text in lines of at most so many columns, cut at blanks; a word that is longer is cut. The first line keeps its own
    /// blanks at the beginning, the others begin with `indent`.
    static func lines(_ text: String, columns: Int, indent: Int) -> [String] {
        let columns = max(columns, 10)
        guard text.count > columns else { return [text] }
        let margin = String(repeating: " ", count: min(indent, columns / 2))
        var lines: [String] = []
        var line = String(text.prefix { $0 == " " })
        var isEmpty = true
        for word in text.split(separator: " ") {
            var word = word[...]
            if !isEmpty, line.count + 1 + word.count > columns {
                lines.append(line)
                (line, isEmpty) = (margin, true)
            }
            while line.count + word.count > columns {
                let piece = word.prefix(columns - line.count)
                lines.append(line + piece)
                word = word.dropFirst(piece.count)
                (line, isEmpty) = (margin, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = word.isEmpty && isEmpty
        }
        if !isEmpty || lines.isEmpty { lines.append(line) }
        return lines
    }
}
