/// What is to happen, by time and, at one time, in the order in which it was added: a binary heap.
struct EventQueue<Item> {
    private var heap: [(time: Int64, number: Int, item: Item)] = []
    private var count = 0

    mutating func add(_ item: Item, at time: Int64) {
        count += 1
        heap.append((time, count, item))
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The first, if it is before `end`.
    mutating func next(before end: Int64) -> (time: Int64, item: Item)? {
        guard let first = heap.first, first.time < end else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let smallest = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }.min { isBefore($0, $1) }
            guard let smallest, isBefore(smallest, parent) else { break }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
        return (first.time, first.item)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].number) < (heap[right].time, heap[right].number)
    }
}
