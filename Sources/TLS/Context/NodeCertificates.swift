/// By what the nodes of a cluster know each other: each shows the others a certificate of one authority, as server and as client.
///
/// A node asks for them by ALPN. So its connections have a handshake of their own on the port that everybody uses, and all others' stays as
/// it is: they see the server's usual certificate and are not asked for one of theirs because of the nodes.
package struct NodeCertificates: Hashable, Sendable {
    /// The protocol that nodes speak with each other (RFC 7301): HTTP/1.1 with fields that are believed. Agreed upon only with who has shown
    /// a certificate of `caFile`.
    package static let alpn = "smppost-node"

    /// PEM: the authority, which must issue to nodes only.
    package var caFile: String
    /// PEM, this node's certificate first, then its chain; for both ends of connections.
    package var certificateFile: String
    /// PEM, not encrypted.
    package var keyFile: String

    package init(caFile: String, certificateFile: String, keyFile: String) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }

    var files: [String] { [caFile, certificateFile, keyFile] }
}
