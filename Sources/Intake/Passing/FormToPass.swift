import NIOCore

/// A form as it came, on its way to another node: its body, and what of its head a node looks at.
struct FormToPass {
    /// Of the form or of the chats.
    var path: String
    var charset: FormCharset
    var wantsJSON: Bool
    /// Who sent it.
    var client: SourceAddress
    var body: ByteBuffer

    /// The request to another node.
    ///
    /// - Parameters:
    ///   - host: of the node, with its port.
    ///   - milliseconds: in which it is to answer.
    func request(to host: String, milliseconds: Int) -> ByteBuffer {
        let passedOn = PassedOn.form(client: client, milliseconds: milliseconds)
        var request = Self.head(path, host, passedOn, length: body.readableBytes)
        switch charset {
        case .utf8: break
        case .windows1251:
            request.writeStaticString("Content-Type: application/x-www-form-urlencoded; charset=windows-1251\r\n")
        }
        if wantsJSON { request.writeStaticString("Accept: application/json\r\n") }
        request.writeStaticString("\r\n")
        request.writeImmutableBuffer(body)
        return request
    }

    /// The request that tells a node that a reply of it was taken.
    static func report(_ passedOn: PassedOn, path: String, to host: String) -> ByteBuffer {
        var request = head(path, host, passedOn, length: 0)
        request.writeStaticString("\r\n")
        return request
    }

    private static func head(_ path: String, _ host: String, _ passedOn: PassedOn, length: Int) -> ByteBuffer {
        ByteBuffer(
            string: "POST \(path) HTTP/1.1\r\nHost: \(host)\r\n\(PassedOn.field): \(passedOn.text)\r\n"
                + "Content-Length: \(length)\r\n")
    }
}
