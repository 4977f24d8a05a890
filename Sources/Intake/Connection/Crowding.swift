import NIOCore

/// Since when every place is taken. A place that is free for a moment does not end it, or who looks would see it come and go.
///
/// ```
/// free ──(the last place is taken)──▶ full ──(no moment without a place for `calm`)──▶ free
/// ```
struct Crowding: Sendable {
    /// So long it must last to be told, and so long there must be a free place for it to be over.
    static let calm = TimeAmount.seconds(10)

    private var began: NIODeadline?
    /// The last moment that is known without a free place.
    private var last = NIODeadline.distantPast

    /// The last place is taken.
    mutating func begins(_ now: NIODeadline) {
        if began == nil || now - last > Self.calm { began = now }
        last = now
    }

    /// There is no place now, or was none until now.
    mutating func goesOn(_ now: NIODeadline) {
        began = began ?? now
        last = now
    }

    /// For how many seconds it has lasted; nil: it is over, or not older than `calm`, since a crowd may pass.
    ///
    /// - Parameter isFull: there is no free place now.
    func seconds(now: NIODeadline, isFull: Bool) -> Double? {
        guard let began, isFull || now - last <= Self.calm, now - began >= Self.calm else { return nil }
        return Double((now - began).nanoseconds) / 1e9
    }
}
