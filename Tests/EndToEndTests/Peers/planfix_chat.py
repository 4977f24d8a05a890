"""PlanFix as far as its API for chats is documented: PORT FOLDER TOKEN CERTIFICATE KEY.

Source of what is believed here: planfix.com/help, "API commands and script examples" (API for chats), read in November 2026: a form POST to
https://ACCOUNT.planfix.ru/webchat/api with cmd=newMessage (providerId without "~", chatId, planfix_token, message, contactId and
contactName are wanted; channel, title, contactLastName, contactIco, contactEmail, contactPhone, contactData, attachments[name],
attachments[url], isEcho, userEmail and data_... may be there) or cmd=messageStatus (messageId, messageStatus = error, sent or read,
messageStatusText); answers 200, 400 {"error":"Invalid parameters"} and 401 {"error":"Invalid token"}. Incoming webhooks: a form or JSON
below /webhook/. Nothing else of this program is PlanFix's.

FOLDER/mode says how it is: ok, down (503), slow (takes it, and answers after 2 s), lost (takes it, and closes without an answer). One line
of JSON for each call goes to FOLDER/calls, with the status that it was answered with.
"""
import http.server
import json
import os
import ssl
import sys
import time
import urllib.parse

port, folder, token, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
WANTED = {
    "newMessage": {"providerId", "chatId", "planfix_token", "message", "contactId", "contactName"},
    "messageStatus": {"providerId", "planfix_token", "messageId", "messageStatus"},
}
ALLOWED = {
    "newMessage": {"channel", "title", "contactLastName", "contactIco", "contactEmail", "contactPhone", "contactData", "isEcho", "userEmail"},
    "messageStatus": {"messageStatusText"},
}


def verdict(fields):
    """What PlanFix says to a call."""
    if fields.get("planfix_token") != token:
        return 401, {"error": "Invalid token"}
    command = fields.get("cmd")
    if command not in WANTED or "~" in fields.get("providerId", "~"):
        return 400, {"error": "Invalid parameters"}
    names = {name for name in fields if not name.startswith("data_")} - {"cmd"}
    if not all(fields.get(name) for name in WANTED[command]) or names - WANTED[command] - ALLOWED[command]:
        return 400, {"error": "Invalid parameters"}
    if command == "messageStatus" and fields["messageStatus"] not in ("error", "sent", "read"):
        return 400, {"error": "Invalid parameters"}
    return 200, {}


def mode():
    try:
        with open(os.path.join(folder, "mode"), encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "ok"


class PlanFix(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers["Content-Type"].startswith("application/json"):
            fields = json.loads(body)
        else:
            fields = dict(urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        now = mode()
        if now == "down":
            status, answer = 503, {}
        elif self.path.startswith("/webhook/"):
            status, answer = 200, {}
        elif self.path == "/webchat/api":
            status, answer = verdict(fields)
        else:
            status, answer = 404, {}
        line = {"path": self.path, "status": status, "type": self.headers["Content-Type"], "fields": fields}
        with open(os.path.join(folder, "calls"), "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if now == "lost":
            self.connection.close()
            return
        if now == "slow":
            time.sleep(2)
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", f"{len(text)}")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), PlanFix)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("listening", flush=True)
server.serve_forever()
