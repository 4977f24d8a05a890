package import Messaging
package import NIOCore
import SMPP

/// Writes replies as HTTP/1.1: head and body into one buffer, in one go. One per event loop.
///
/// Replies of one second that say the same differ in nothing but the message's id. So a text reply is kept as it was made, and
/// the next one like it is its copy with another id: 600 instructions in place of 10,000.
package struct ReplyWriter: ~Copyable {
    /// What a reply's form depends on besides the reply.
    package struct Frame {
        /// The message's id.
        package var id: MessageID
        /// How the client wants it.
        package var terms: RequestTerms
        /// Nothing follows on this connection.
        package var closes: Bool
        /// Whether the status line may differ from the outcome.
        package var profile: ReplyProfile
        /// How its chat is answered; nil = nobody's chat that is known.
        package var chat: ChatTerms.Replies?

        /// All parts.
        package init(
            id: MessageID, terms: RequestTerms, closes: Bool, profile: ReplyProfile, chat: ChatTerms.Replies? = nil
        ) {
            self.id = id
            self.terms = terms
            self.closes = closes
            self.profile = profile
            self.chat = chat
        }
    }

    /// `100 Continue`, whole.
    package static let continueReply: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    /// A reply as it was made. An object, so that it is not copied to be looked at.
    private final class Sheet {
        let reply: IntakeReply
        let frame: Frame
        let unixSeconds: Int64
        var octets: [UInt8]
        /// Where the message's id stands, in the head and in the body, if there is one.
        let idInHead: Int
        let idInBody: Int?

        init(
            _ reply: IntakeReply, _ frame: Frame, unixSeconds: Int64, octets: [UInt8], idInHead: Int, idInBody: Int?
        ) {
            self.reply = reply
            self.frame = frame
            self.unixSeconds = unixSeconds
            self.octets = octets
            self.idInHead = idInHead
            self.idInBody = idInBody
        }

        /// Whether it is this reply, but for the id.
        func says(_ other: IntakeReply, _ frame: Frame, unixSeconds: Int64) -> Bool {
            unixSeconds == self.unixSeconds && reply.status == other.status && reply.message == other.message
                && reply.reason == other.reason && reply.outcome == other.outcome && reply.language == other.language
                && reply.acceptedSegments == other.acceptedSegments && reply.totalSegments == other.totalSegments
                && reply.smppStatus?.hex == other.smppStatus?.hex && reply.smppStatus?.name == other.smppStatus?.name
                && reply.retryAfter == other.retryAfter && reply.allow == other.allow
                && reply.replayed == other.replayed && self.frame.closes == frame.closes
                && self.frame.profile == frame.profile
                && self.frame.terms.omitsBody == frame.terms.omitsBody
                && self.frame.terms.announcesKeepAlive == frame.terms.announcesKeepAlive
        }

        func put(_ id: MessageID) {
            Self.put(id, into: &octets, at: idInHead, idInBody)
        }

        private static func put(_ id: MessageID, into octets: inout [UInt8], at offset: Int, _ other: Int?) {
            var octets = octets.mutableSpan
            id.write(to: &octets, at: offset, other)
        }
    }

    /// Kinds of replies that are kept.
    private static let sheetsKept = 8

    private let strictTransportSecurity: Bool
    private var date = HTTPDate()
    /// The body, whose length the head needs; kept from reply to reply.
    private var body = ByteBuffer()
    /// At most `sheetsKept`, the oldest first.
    private var sheets: [Sheet] = []
    /// The sheet that was used last.
    private var current: Sheet?

    /// - Parameter strictTransportSecurity: say `Strict-Transport-Security`, which is right over TLS only (RFC 6797 §7.2).
    package init(strictTransportSecurity: Bool) {
        self.strictTransportSecurity = strictTransportSecurity
    }

    /// Appends the reply to `buffer`.
    package mutating func write(
        _ reply: IntakeReply, _ frame: Frame, unixSeconds: Int64, into buffer: inout ByteBuffer
    ) {
        if frame.terms.wantsJSON || frame.terms.isChat || frame.terms.isAside {
            // It may name the carrier's ids, and then is like no other; or it is no message's.
            _ = make(reply, frame, unixSeconds, into: &buffer)
            return
        }
        let sheet: Sheet
        if let current, current.says(reply, frame, unixSeconds: unixSeconds) {
            sheet = current
        } else {
            sheet = self.sheet(of: reply, frame, unixSeconds)
            current = sheet
        }
        sheet.put(frame.id)
        buffer.writeBytes(sheet.octets)
    }

    /// The sheet with this reply, which is made if need be.
    private mutating func sheet(of reply: IntakeReply, _ frame: Frame, _ unixSeconds: Int64) -> Sheet {
        if let sheet = sheets.first(where: { $0.says(reply, frame, unixSeconds: unixSeconds) }) { return sheet }
        var made = ByteBuffer()
        let idInHead = make(reply, frame, unixSeconds, into: &made)
        var kept = reply
        kept.carrierIDs = []
        kept.onDelivered = nil
        kept.carrier = nil
        kept.recipient = nil
        let sheet = Sheet(
            kept, frame, unixSeconds: unixSeconds, octets: Array(made.readableBytesView), idInHead: idInHead,
            idInBody: frame.terms.omitsBody ? nil : made.readableBytes - MessageID.length)
        if sheets.count >= Self.sheetsKept { sheets.removeFirst() }
        sheets.append(sheet)
        return sheet
    }

    /// Makes a reply and appends it; returns where the id stands in its head.
    private mutating func make(
        _ reply: IntakeReply, _ frame: Frame, _ unixSeconds: Int64, into buffer: inout ByteBuffer
    ) -> Int {
        let id = frame.id.description
        body.clear()
        if frame.terms.isChat {
            body.writeChat(ChatReply(reply, frame.chat))
        } else if frame.terms.isAside {
            body.writeString(reply.message)
        } else if frame.terms.wantsJSON {
            writeJSON(reply, id: id)
        } else {
            body.writeString(ReplyText.clean(reply.message))
            body.writeStaticString(" ID: ")
            body.writeString(id)
        }

        let start = buffer.readableBytes
        writeStatusLine(reply, frame, into: &buffer)
        buffer.writeString(date.text(unixSeconds: unixSeconds))
        buffer.writeStaticString(
            frame.terms.wantsJSON || frame.terms.isChat
                ? "\r\nContent-Type: application/json\r\nContent-Length: "
                : "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ")
        buffer.writeDecimal(body.readableBytes)
        switch reply.language {
        case .ru: buffer.writeStaticString("\r\nContent-Language: ru\r\nCache-Control: no-store")
        case .en: buffer.writeStaticString("\r\nContent-Language: en\r\nCache-Control: no-store")
        }
        var idInHead = 0
        if !frame.terms.isAside {
            buffer.writeStaticString("\r\nX-Message-Id: ")
            idInHead = buffer.readableBytes - start
            buffer.writeString(id)
            buffer.writeStaticString("\r\nX-Outcome: ")
            buffer.writeString(reply.outcome.rawValue)
        }
        writeOptionalFields(reply, into: &buffer)
        if strictTransportSecurity { buffer.writeStaticString("\r\nStrict-Transport-Security: max-age=31536000") }
        if frame.closes {
            buffer.writeStaticString("\r\nConnection: close")
        } else if frame.terms.announcesKeepAlive {
            buffer.writeStaticString("\r\nConnection: keep-alive")
        }
        buffer.writeStaticString("\r\n\r\n")
        if !frame.terms.omitsBody { buffer.writeImmutableBuffer(body) }
        return idInHead
    }

    private func writeStatusLine(_ reply: IntakeReply, _ frame: Frame, into buffer: inout ByteBuffer) {
        let status: Int
        switch frame.profile {
        case _ where frame.terms.isChat: status = ChatReply(reply, frame.chat).status
        case .strict: status = (100...999).contains(reply.status) ? reply.status : 500
        case .always200: status = 200
        }
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeDecimal(status)
        buffer.writeStaticString(" ")
        buffer.writeString(ReplyText.cleanReason(reply.reason))
        buffer.writeStaticString("\r\nDate: ")
    }

    private func writeOptionalFields(_ reply: IntakeReply, into buffer: inout ByteBuffer) {
        if reply.totalSegments > 0 {
            buffer.writeStaticString("\r\nX-Segments: ")
            buffer.writeDecimal(reply.acceptedSegments)
            buffer.writeStaticString("/")
            buffer.writeDecimal(reply.totalSegments)
        }
        if let (hex, name) = reply.smppStatus {
            buffer.writeString("\r\nX-Smpp-Status: \(ReplyText.cleanReason(hex)) \(ReplyText.cleanReason(name))")
        }
        // RFC 9110 §11.6.1 wants a challenge in every 401. None that exists fits a form's fields, and a browser must not ask.
        if reply.status == 401 { buffer.writeStaticString("\r\nWWW-Authenticate: Form realm=\"smppost\"") }
        if let retryAfter = reply.retryAfter { buffer.writeString("\r\nRetry-After: \(retryAfter)") }
        if let allow = reply.allow { buffer.writeString("\r\nAllow: \(ReplyText.cleanReason(allow))") }
        if reply.replayed { buffer.writeStaticString("\r\nX-Replayed: true") }
    }

    private mutating func writeJSON(_ reply: IntakeReply, id: String) {
        if let code = reply.code {
            body.writeStaticString("{\"error\":\"")
            body.writeString(code.rawValue)
            body.writeStaticString("\",\"message\":")
            body.writeJSONString(ReplyText.clean(reply.message))
            body.writeStaticString(reply.retry ? ",\"retry\":true,\"id\":\"" : ",\"retry\":false,\"id\":\"")
            body.writeString(id)
            body.writeStaticString("\"")
            if let status = reply.smppStatus {
                body.writeStaticString(",\"smpp_status\":")
                body.writeJSONString(status.hex)
            }
            if reply.acceptedSegments > 0 { writeJSONSegments(reply) }
        } else {
            body.writeStaticString("{\"status\":\"accepted\",\"id\":\"")
            body.writeString(id)
            body.writeStaticString("\"")
            writeJSONSegments(reply)
        }
        body.writeStaticString("}")
    }

    /// What the carrier holds, in a success and in a partial one.
    private mutating func writeJSONSegments(_ reply: IntakeReply) {
        body.writeString(",\"segments\":\(reply.totalSegments)")
        body.writeStaticString(",\"carrier_ids\":[")
        for (index, id) in reply.carrierIDs.enumerated() {
            if index > 0 { body.writeStaticString(",") }
            body.writeJSONString(id)
        }
        body.writeStaticString("]")
    }
}

extension ByteBuffer {
    /// Appends a number from 0 up in decimal digits, without a string on the way.
    fileprivate mutating func writeDecimal(_ number: Int) {
        if number >= 10 { writeDecimal(number / 10) }
        writeInteger(UInt8(truncatingIfNeeded: number % 10) + UInt8(ascii: "0"))
    }
}
