/// Asks again and again until the answer is yes: for what tells nobody that it has changed.
///
/// It asks every few milliseconds at first, and every 30 ms where that takes longer.
/// - Parameters:
///   - what: what is waited for, for the words of a failure: "not WHAT within …". Made only then, so it may show what was seen last.
///   - limit: ends only a wait for what never comes, so it may be far above what a busy machine needs.
/// - Throws: `HarnessError` when the time is over; what `condition` throws.
package func eventually(
    _ what: @autoclosure () -> String, atMost limit: Duration = .seconds(20), file: String = #fileID, line: Int = #line,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    var pause = Duration.milliseconds(2)
    while true {
        if try await condition() { return }
        guard ContinuousClock.now < end else { break }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(30))
    }
    throw HarnessError("not \(what()) within \(limit), at \(file):\(line)")
}
