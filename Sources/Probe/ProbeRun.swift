import Carriers
import NIOCore
import NIOPosix
import SMPP
import SMPPWire
package import TLS

/// Runs a probe: does what its course says, one thing after the other, on one event loop.
package struct ProbeRun: Sendable {
    private typealias Link = NIOLoopBound<ProbeLink>

    private let options: ProbeOptions
    private let onAction: @Sendable (ProbeAction) -> Void
    private let loop: any EventLoop
    private let verifying: TLSClientContext?
    private let lenient: TLSClientContext?

    /// - Parameter onAction: what is done now.
    /// - Throws: where `caFile` cannot be used.
    package init(_ options: ProbeOptions, onAction: @escaping @Sendable (ProbeAction) -> Void) throws(TLSError) {
        self.options = options
        self.onAction = onAction
        loop = MultiThreadedEventLoopGroup.singleton.next()
        verifying = options.tls == .no ? nil : try TLSClientContext(caFile: options.caFile)
        lenient = options.tls == .no ? nil : try TLSClientContext(verifyPeer: false)
    }

    /// Runs once; nothing is bound when it returns. Throws where its task is cancelled.
    package func run() async throws -> ProbeFindings {
        let began = ContinuousClock.now
        var course = ProbeCourse(options)
        // Those that are up, oldest first; and what those heard that are not any more.
        var links: [Link] = []
        var past = ProbeHeard()
        while let action = course.next(at: ContinuousClock.now - began) {
            onAction(action)
            let event = try await perform(action, &links, &past)
            course.took(event, at: ContinuousClock.now - began)
        }
        return course.findings
    }

    private func perform(_ action: ProbeAction, _ links: inout [Link], _ past: inout ProbeHeard) async throws
        -> ProbeEvent
    {
        switch action {
        case .pause(let time):
            try await Task.sleep(for: time)
            return .done
        case .bind(let kind, let security):
            let (link, reply) = try await open(security)
            let result = try await bind(kind, link, reply)
            if result.failure == nil { links.append(link) } else { try await on(link) { $0.close() } }
            return .bind(result)
        case .look:
            let (link, _) = try await open(.unverifiedTLS)
            let agreement = try await on(link) { link in
                defer { link.close() }
                return link.agreement
            }
            return .looked(agreement)
        case .enquire:
            guard let link = links.last else { return .answers([]) }
            return .answers([try await answer(link, .enquireLink)])
        case .unbind:
            if let link = links.popLast() { try await leave(link, &past) }
            return .done
        case .submit(let messages):
            guard let link = links.first else { return .answers([]) }
            return .answers(try await submit(messages, link))
        case .listen(let time):
            try await Task.sleep(for: time)
            return try await heard(links, past)
        case .receipts(let count, let time):
            return try await receipts(count, time, links, past)
        case .leave:
            for link in links.reversed() { try await leave(link, &past) }
            links = []
            return .done
        }
    }

    // MARK: Binds

    private func open(_ security: ProbeSecurity) async throws -> (Link, ProbeReply) {
        let opening = loop.makePromise(of: ProbeReply.self)
        let context: TLSClientContext? =
            switch security {
            case .plain: nil
            case .tls: verifying
            case .unverifiedTLS: lenient
            }
        let (host, number) = (options.address.host, options.messages?.number)
        let link = try await loop.submit { [loop] in
            Link(ProbeLink(usesTLS: context != nil, number: number, opening: opening), eventLoop: loop)
        }.get()
        ClientBootstrap(group: loop)
            .connectTimeout(.nanoseconds(ProbeLimits.connect.nanoseconds))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        let timeout = TimeAmount.nanoseconds(ProbeLimits.connect.nanoseconds)
                        try pipeline.addHandler(
                            TLSHandler(client: context, serverName: host, handshakeTimeout: timeout))
                    }
                    try pipeline.addHandler(ByteToMessageHandler(PDUFrameDecoder()))
                    try pipeline.addHandler(link.value)
                }
            }
            .connect(host: host, port: options.address.port)
            .whenFailure { link.value.connectFailed($0) }
        return (link, try await opening.futureResult.get())
    }

    private func bind(_ kind: BindKind, _ link: Link, _ opened: ProbeReply) async throws -> ProbeBindResult {
        var result = ProbeBindResult()
        var cause = opened.failure?.cause
        if cause == nil {
            let request = BindRequest(
                systemID: options.systemID, password: options.password, systemType: options.systemType)
            let from = try await on(link) { $0.localAddress }
            let reply = try await loop.flatSubmit { link.value.request(.bind(kind, request)) }.get()
            result.time = reply.time
            result.agreement = try await on(link) { $0.agreement }
            switch (reply.pdu, reply.failure?.cause) {
            case (let pdu?, _) where pdu.status != .ok: cause = .refused(pdu.status)
            case (let pdu?, _):
                if case .bindResponse(_, let response) = pdu.body { result.response = response }
            // Some cut whom they do not know without a word, others with a reset.
            case (nil, .closed), (nil, .reset): cause = .closedBeforeBindResponse(from: from)
            case (nil, let other?): cause = other
            case (nil, nil): cause = .bindTimeout(ProbeLimits.answer)
            }
        }
        result.failure = cause.map { BindFailure($0, at: "\(options.address)") }
        return result
    }

    private func leave(_ link: Link, _ past: inout ProbeHeard) async throws {
        try await loop.flatSubmit { link.value.leave() }.get()
        past.add(try await on(link) { $0.heard })
    }

    // MARK: Over binds

    private func submit(_ messages: [ShortMessage], _ link: Link) async throws -> [ProbeAnswer] {
        let replies = loop.flatSubmit { [loop] in
            EventLoopFuture.whenAllSucceed(messages.map { link.value.request(.submit($0)) }, on: loop)
        }
        return try await replies.get().map(Self.answer)
    }

    private func answer(_ link: Link, _ body: PDUBody) async throws -> ProbeAnswer {
        Self.answer(try await loop.flatSubmit { link.value.request(body) }.get())
    }

    private static func answer(_ reply: ProbeReply) -> ProbeAnswer {
        guard let pdu = reply.pdu else { return reply.failure.map { .lost($0) } ?? .silent }
        if case .submitResponse(let response) = pdu.body {
            return .answered(pdu.status, id: response.messageID, after: reply.time)
        }
        // A generic_nack of status 0 is no consent.
        let isNack = pdu.body == .genericNack && pdu.status == .ok
        return .answered(isNack ? .invalidCommandID : pdu.status, id: "", after: reply.time)
    }

    private func heard(_ links: [Link], _ past: ProbeHeard) async throws -> ProbeEvent {
        var all = past
        var lost: BindFailure?
        for link in links {
            let (heard, loss) = try await on(link) { ($0.heard, $0.loss) }
            all.add(heard)
            lost = lost ?? loss
        }
        return .heard(enquires: all.enquires, receipts: all.receipts, others: all.others, lost: lost)
    }

    /// Looks again and again; receipts come over any bind.
    private func receipts(_ count: Int, _ time: Duration, _ links: [Link], _ past: ProbeHeard) async throws
        -> ProbeEvent
    {
        let end = ContinuousClock.now + time
        while true {
            let event = try await heard(links, past)
            guard case .heard(_, let receipts, _, nil) = event, receipts.count < count, ContinuousClock.now < end else {
                return event
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    // MARK: The loop

    private func on<Value: Sendable>(_ link: Link, _ body: @escaping @Sendable (ProbeLink) -> Value) async throws
        -> Value
    {
        try await loop.submit { body(link.value) }.get()
    }
}
