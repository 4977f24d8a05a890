import Carriers
import Cluster
import NIOCore
import NIOPosix
import SMPP

/// Which slots this node has, and the carriers that have their binds: by a reload a carrier gives way to another one, of the same slots.
///
/// On the keeper's event loop.
struct SlotDesk {
    private struct Held {
        var share: Int
        /// On `BootClock`.
        var from: Duration
    }

    private var carriers: [String: Carrier] = [:]
    private var held: [SlotKey: Held] = [:]
    /// Those that are about to give way: what is taken meanwhile is the next one's.
    private var leaving: Set<String> = []
    /// Slots whose sockets may be open.
    private(set) var open: Set<SlotKey> = []

    mutating func take(_ key: SlotKey, share: Int, from time: Duration) {
        held[key] = Held(share: share, from: time)
        open.insert(key)
        guard !leaving.contains(key.carrier) else { return }
        carriers[key.carrier]?.take(slot: key.index, share: share, from: MonotonicTime(boot: time))
    }

    mutating func pace(_ key: SlotKey, share: Int, from time: Duration) {
        guard held[key] != nil else { return }
        held[key] = Held(share: share, from: time)
        carriers[key.carrier]?.pace(slot: key.index, share: share, from: MonotonicTime(boot: time))
    }

    /// Nil where nobody has a bind of it.
    mutating func close(_ key: SlotKey) -> EventLoopFuture<Void>? {
        held[key] = nil
        return carriers[key.carrier]?.close(slot: key.index)
    }

    /// As `close`.
    mutating func abort(_ key: SlotKey) -> EventLoopFuture<Void>? {
        held[key] = nil
        return carriers[key.carrier]?.abort(slot: key.index)
    }

    mutating func closed(_ key: SlotKey) {
        open.remove(key)
    }

    // MARK: Carriers

    /// The carrier of this name is stopped now, and has the slots no more.
    mutating func leave(_ name: String) {
        leaving.insert(name)
    }

    /// This one has the slots of its name from now on; a bind of the one before is closed.
    mutating func set(_ carrier: Carrier, firstSend: Duration) {
        let name = carrier.name
        carriers[name] = carrier
        leaving.remove(name)
        let earliest = BootClock.now + firstSend
        for (key, slot) in held where key.carrier == name {
            carrier.take(slot: key.index, share: slot.share, from: MonotonicTime(boot: max(slot.from, earliest)))
        }
    }

    /// There is no carrier of this name any more, and its binds are closed.
    mutating func remove(_ name: String) {
        carriers[name] = nil
        leaving.remove(name)
    }
}

extension MonotonicTime {
    /// The same moment on the event loops' clock.
    init(boot time: Duration) {
        self = MonotonicTime(nanoseconds: NIODeadline.now().uptimeNanoseconds) + (time - BootClock.now)
    }
}
