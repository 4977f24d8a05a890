/// Who is next among the messages that wait: first come, first served within an account; between accounts in
/// turn (round robin).
///
/// ```
///   turn ─▶ account 3: oldest ─▶ … ─▶ newest          append: at the end of its account's queue;
///              │                                              an account that had nothing joins at the end of the round
///              ▼                                      passTurn: the next account's oldest message is next
///           account 0: oldest ─▶ … ─▶ newest          setAside: still counts, but is not served
///              │                                      putBack: between those that came before and after it
///              ▼  (a ring)
/// ```
///
/// Messages are named by small indices, under which their links are kept: nothing is allocated once as many messages as
/// ever have been seen, and every change but `putBack` takes constant time.
struct AccountQueues: Sendable {
    /// Whether a message waits, and how.
    enum State: Sendable {
        /// It does not wait.
        case absent
        case queued
        /// It waits for its own time, still counted as waiting.
        case aside
    }

    private struct Node {
        var state = State.absent
        var lane = 0
        var arrival: UInt64 = 0
        var older = -1
        var newer = -1
    }

    /// One account's queue.
    private struct Lane {
        var oldest = -1
        var newest = -1
        /// Queued and aside.
        var waiting = 0
        var before = -1
        var after = -1
    }

    /// Messages that wait, in all.
    private(set) var count = 0
    /// Accounts that have queued messages.
    private(set) var accounts = 0
    private var nodes: ContiguousArray<Node> = []
    private var lanes: ContiguousArray<Lane> = [Lane()]
    /// The account whose turn it is; -1 when nothing is queued.
    private var turn = -1
    private var arrivals: UInt64 = 0

    /// The message whose turn it is.
    var next: Int? { turn < 0 ? nil : lanes[turn].oldest }

    func state(of message: Int) -> State { nodes[message].state }

    func arrival(_ message: Int) -> UInt64 { nodes[message].arrival }

    /// How many messages of the account wait.
    func waiting(account: Int) -> Int {
        let lane = Self.lane(account)
        return lane < lanes.count ? lanes[lane].waiting : 0
    }

    /// A message comes; it is the newest.
    ///
    /// - Parameters:
    ///   - message: a small index; not waiting now.
    ///   - account: 0 to 65,535; what is beyond shares a queue with one of these.
    mutating func append(_ message: Int, account: Int) {
        while nodes.count <= message { nodes.append(Node()) }
        let lane = Self.lane(account)
        while lanes.count <= lane { lanes.append(Lane()) }
        let last = lanes[lane].newest
        nodes[message] = Node(state: .queued, lane: lane, arrival: arrivals, older: last)
        arrivals += 1
        count += 1
        lanes[lane].waiting += 1
        lanes[lane].newest = message
        if last < 0 {
            lanes[lane].oldest = message
            join(lane)
        } else {
            nodes[last].newer = message
        }
    }

    /// The account whose turn it was was served.
    mutating func passTurn() {
        if turn >= 0 { turn = lanes[turn].after }
    }

    /// The message waits no more.
    mutating func remove(_ message: Int) {
        switch nodes[message].state {
        case .absent: return
        case .queued: unlink(message)
        case .aside: break
        }
        nodes[message].state = .absent
        count -= 1
        lanes[nodes[message].lane].waiting -= 1
    }

    /// The message waits outside the queue until `putBack`.
    mutating func setAside(_ message: Int) {
        switch nodes[message].state {
        case .aside: return
        case .queued: unlink(message)
        case .absent:
            count += 1
            lanes[nodes[message].lane].waiting += 1
        }
        nodes[message].state = .aside
    }

    /// The message, set aside or removed before, is queued again before those that arrived later.
    mutating func putBack(_ message: Int) {
        let lane = nodes[message].lane
        switch nodes[message].state {
        case .queued: return
        case .aside: break
        case .absent:
            count += 1
            lanes[lane].waiting += 1
        }
        // What comes back is older than nearly all that waits.
        var older = -1
        var newer = lanes[lane].oldest
        while newer >= 0, nodes[newer].arrival < nodes[message].arrival {
            older = newer
            newer = nodes[newer].newer
        }
        link(message, after: older)
    }

    mutating func removeAll() {
        while let message = next { remove(message) }
    }

    // MARK: Choices

    /// The newest queued message for which `fits` holds, of the account with the most waiting ones; nil where that
    /// account has no more than `least`.
    func newestOfLongest(above least: Int, where fits: (Int) -> Bool) -> Int? {
        var longest = 0
        for lane in lanes.indices where lanes[lane].waiting > lanes[longest].waiting { longest = lane }
        guard lanes[longest].waiting > least else { return nil }
        var message = lanes[longest].newest
        while message >= 0, !fits(message) { message = nodes[message].older }
        return message < 0 ? nil : message
    }

    /// All queued messages in the order in which they would be served if no other came.
    func inTurn() -> ContiguousArray<Int> {
        var order: ContiguousArray<Int> = []
        guard turn >= 0 else { return order }
        order.reserveCapacity(count)
        // The next message of each account that still has one, in the order of the round.
        var heads: ContiguousArray<Int> = []
        var lane = turn
        repeat {
            heads.append(lanes[lane].oldest)
            lane = lanes[lane].after
        } while lane != turn
        while !heads.isEmpty {
            order.append(contentsOf: heads)
            var left = 0
            for head in heads where nodes[head].newer >= 0 {
                heads[left] = nodes[head].newer
                left += 1
            }
            heads.removeLast(heads.count - left)
        }
        return order
    }

    // MARK: Links

    private static func lane(_ account: Int) -> Int {
        Int(UInt16(truncatingIfNeeded: account))
    }

    /// Into its account's queue behind `older`; -1 = before all.
    private mutating func link(_ message: Int, after older: Int) {
        let lane = nodes[message].lane
        if lanes[lane].oldest < 0 { join(lane) }
        let newer = older < 0 ? lanes[lane].oldest : nodes[older].newer
        nodes[message].older = older
        nodes[message].newer = newer
        nodes[message].state = .queued
        if older < 0 { lanes[lane].oldest = message } else { nodes[older].newer = message }
        if newer < 0 { lanes[lane].newest = message } else { nodes[newer].older = message }
    }

    private mutating func unlink(_ message: Int) {
        let node = nodes[message]
        // One write to the account: each is checked.
        var lane = lanes[node.lane]
        if node.older < 0 { lane.oldest = node.newer } else { nodes[node.older].newer = node.newer }
        if node.newer < 0 { lane.newest = node.older } else { nodes[node.newer].older = node.older }
        lanes[node.lane] = lane
        if lane.oldest < 0 { leave(node.lane) }
    }

    /// The account joins the round at its end.
    private mutating func join(_ lane: Int) {
        accounts += 1
        guard turn >= 0 else {
            turn = lane
            lanes[lane].before = lane
            lanes[lane].after = lane
            return
        }
        let last = lanes[turn].before
        lanes[lane].before = last
        lanes[lane].after = turn
        lanes[last].after = lane
        lanes[turn].before = lane
    }

    private mutating func leave(_ lane: Int) {
        accounts -= 1
        let (before, after) = (lanes[lane].before, lanes[lane].after)
        guard after != lane else {
            turn = -1
            return
        }
        lanes[before].after = after
        lanes[after].before = before
        if turn == lane { turn = after }
    }
}
