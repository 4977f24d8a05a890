import Intake
import NIOCore
import NIOEmbedded
import TLS

/// One connection of an intake without sockets: time stands until it is moved.
final class EmbeddedIntake {
    let channel: EmbeddedChannel
    let loop: IntakeLoop
    let handler: ScriptedHandler
    let lines = LogLines()
    let unfinished: UnfinishedBytes
    static let key = "secret-key"

    var time: EmbeddedEventLoop { channel.embeddedEventLoop }

    init(
        automatic: IntakeReply? = ScriptedHandler.accepted, accounts: [Account]? = nil,
        from address: String = "192.0.2.7", isProxy: Bool = false, gate: ConnectionGate? = nil,
        configure: (inout IntakeConfiguration) -> Void = { _ in }
    ) throws {
        handler = ScriptedHandler(automatic: automatic)
        var configuration = IntakeConfiguration(listen: [])
        configure(&configuration)
        unfinished = UnfinishedBytes(limit: configuration.maxUnfinishedBytes)
        let shared = IntakeLoop.Shared(
            configuration: configuration, directory: AccountDirectory(accounts ?? [Self.account()]),
            lockOut: LockOut(rules: configuration.lockOut), verifier: PasswordVerifier(threads: 1, queue: 1),
            secret: [1, 2, 3], unfinished: unfinished, logger: lines.logger, messageLog: lines.messages,
            handler: handler.handler)
        channel = EmbeddedChannel()
        loop = IntakeLoop(eventLoop: channel.eventLoop, index: 3, shared: shared)
        try IntakeServer.configure(channel, loop: loop, isProxy: isProxy, gate: gate)
        let peer = try SocketAddress(ipAddress: address, port: 1024)
        channel.remoteAddress = peer
        channel.connect(to: peer, promise: nil)
    }

    static func account(_ change: (inout Account) -> Void = { _ in }) -> Account {
        var account = Account(index: 0, name: "acme", key: KeyHash(hashing: Array(key.utf8)))
        change(&account)
        return account
    }

    static let form = "key=secret-key&to=79161234567&text=hello"

    /// A POST of a form.
    static func post(_ form: String = form, _ fields: String = "", path: String = "/sms") -> String {
        "POST \(path) HTTP/1.1\r\nHost: h\r\n\(fields)Content-Length: \(form.utf8.count)\r\n\r\n\(form)"
    }

    /// Sends bytes as one read.
    func send(_ text: String) {
        channel.pipeline.fireChannelRead(ByteBuffer(string: text))
        channel.pipeline.fireChannelReadComplete()
    }

    /// What has been written since the last time.
    func output() throws -> String {
        var all = ""
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { all += String(buffer: buffer) }
        return all
    }

    /// The replies written since the last time; nil when they are not whole.
    func replies(toHead: Bool = false) throws -> [ParsedReply]? {
        ParsedReply.all(in: try output(), toHead: toHead)
    }

    /// The one reply to `text`.
    func reply(to text: String, toHead: Bool = false) throws -> ParsedReply? {
        send(text)
        guard let replies = try replies(toHead: toHead), replies.count == 1 else { return nil }
        return replies[0]
    }
}
