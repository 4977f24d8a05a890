import Journal
import Testing

@Suite struct RecordTests {
    @Test func onlyALostStoreIsOpenedAgain() {
        #expect(JournalProblem(.unreachable, "gone").isLost)
        #expect(!JournalProblem(.full, "no room").isLost)
    }
}
