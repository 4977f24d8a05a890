/// "Did you mean": the known word nearest to a mistyped one.
package enum Suggestion {
    /// The word of `words` that is nearest to `word` and near enough to be meant; nil where none is.
    package static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let limit = max(1, word.count / 3)
        let typed = Array(word.lowercased())
        // Sorted, so that the answer does not depend on the order of a set.
        let ranked = words.sorted().map { (word: $0, distance: distance(typed, Array($0.lowercased()))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= limit else { return nil }
        return best.word
    }

    /// `; did you mean "senders"?`, or nothing.
    static func hint(for word: String, among words: some Sequence<String>) -> String {
        nearest(to: word, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two short words.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        // Longer words are never a slip of a known key, and the table would be large.
        guard left.count <= 64, right.count <= 64 else { return .max }
        var rows = [Array(0...right.count)]
        for i in 0..<left.count {
            var row = [i + 1]
            for j in 0..<right.count {
                var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
