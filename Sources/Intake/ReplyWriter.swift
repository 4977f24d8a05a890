package import Messaging
package import NIOCore

/// Writes replies as HTTP/1.1: head and body into one buffer, in one go. One per event loop.
package struct ReplyWriter {
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

        /// All parts.
        package init(id: MessageID, terms: RequestTerms, closes: Bool, profile: ReplyProfile) {
            self.id = id
            self.terms = terms
            self.closes = closes
            self.profile = profile
        }
    }

    /// `100 Continue`, whole.
    package static let continueReply: StaticString = "HTTP/1.1 100 Continue\r\n\r\n"

    private let strictTransportSecurity: Bool
    private var date = HTTPDate()
    /// The body, whose length the head needs; kept from reply to reply.
    private var body = ByteBuffer()

    /// - Parameter strictTransportSecurity: say `Strict-Transport-Security`, which is right over TLS only (RFC 6797 §7.2).
    package init(strictTransportSecurity: Bool) {
        self.strictTransportSecurity = strictTransportSecurity
    }

    /// Appends the reply to `buffer`.
    package mutating func write(
        _ reply: IntakeReply, _ frame: Frame, unixSeconds: Int64, into buffer: inout ByteBuffer
    ) {
        let id = frame.id.description
        body.clear()
        if frame.terms.wantsJSON {
            writeJSON(reply, id: id)
        } else {
            body.writeString(ReplyText.clean(reply.message))
            body.writeStaticString(" ID: ")
            body.writeString(id)
        }

        writeStatusLine(reply, frame.profile, into: &buffer)
        buffer.writeString(date.text(unixSeconds: unixSeconds))
        buffer.writeStaticString(
            frame.terms.wantsJSON
                ? "\r\nContent-Type: application/json\r\nContent-Length: "
                : "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ")
        buffer.writeDecimal(body.readableBytes)
        switch reply.language {
        case .ru: buffer.writeStaticString("\r\nContent-Language: ru\r\nCache-Control: no-store\r\nX-Message-Id: ")
        case .en: buffer.writeStaticString("\r\nContent-Language: en\r\nCache-Control: no-store\r\nX-Message-Id: ")
        }
        buffer.writeString(id)
        buffer.writeStaticString("\r\nX-Outcome: ")
        buffer.writeString(reply.outcome.rawValue)
        writeOptionalFields(reply, into: &buffer)
        if strictTransportSecurity { buffer.writeStaticString("\r\nStrict-Transport-Security: max-age=31536000") }
        if frame.closes {
            buffer.writeStaticString("\r\nConnection: close")
        } else if frame.terms.announcesKeepAlive {
            buffer.writeStaticString("\r\nConnection: keep-alive")
        }
        buffer.writeStaticString("\r\n\r\n")
        if !frame.terms.omitsBody { buffer.writeImmutableBuffer(body) }
    }

    private func writeStatusLine(_ reply: IntakeReply, _ profile: ReplyProfile, into buffer: inout ByteBuffer) {
        let status: Int
        switch profile {
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
