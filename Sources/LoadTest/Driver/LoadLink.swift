/// A connection or bind that carries messages of a lane. Loop-confined.
protocol LoadLink: AnyObject, SendableMetatype {
    /// Whether it can take a message now.
    var hasRoom: Bool { get }
    /// Starts to connect, and keeps doing so until `close`.
    func open()
    /// Sends a message; only while it has room.
    func send(_ flight: Flight)
    /// Fails what has waited too long for its answer, and keeps the connection alive.
    func tick(_ now: UInt64)
    /// Gives up what is under way as `outcome`.
    func abandon(as outcome: LoadOutcome)
    /// Ends the connection politely; `done` is called once, when it is closed.
    func close(_ done: @escaping () -> Void)
}
