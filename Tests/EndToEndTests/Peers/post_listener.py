"""An HTTPS receiver of postings: PORT FILE SECRET CERTIFICATE KEY [STATUS [OCTETS]].

Verifies each signature and appends one line of JSON for each POST to FILE. Answers STATUS (204), or 400 to a wrong signature, with a
body of OCTETS (0).
"""
import hashlib
import hmac
import http.server
import json
import ssl
import sys
import time
import urllib.parse

port, file, secret, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode(), sys.argv[4], sys.argv[5]
status = int(sys.argv[6]) if len(sys.argv) > 6 else 204
octets = int(sys.argv[7]) if len(sys.argv) > 7 else 0


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fields = dict(part.split("=", 1) for part in self.headers["X-Smppost-Signature"].split(","))
        code = hmac.new(secret, fields["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        is_right = hmac.compare_digest(code, fields["v1"]) and abs(time.time() - int(fields["t"])) < 60
        line = {
            "path": self.path,
            "event": self.headers["X-Smppost-Event"],
            "posting": self.headers["X-Smppost-Posting"],
            "type": self.headers["Content-Type"],
            "right": is_right,
            "fields": dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)),
        }
        with open(file, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        self.send_response(status if is_right else 400)
        self.send_header("Content-Length", f"{octets}")
        self.end_headers()
        self.wfile.write(b"x" * octets)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Receiver)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("listening", flush=True)
server.serve_forever()
