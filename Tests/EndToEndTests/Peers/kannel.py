"""Kannel's bearerbox and smsbox on free ports of the loopback, with a listener for smsbox's DLR and MO calls.

Usage: kannel.py SMSC_PORT SYSTEM_ID PASSWORD FOLDER COUNT
Writes a configuration into FOLDER, starts both boxes, waits until the SMSC is online, sends COUNT messages by sendsms
(every third of them long), and waits for a DLR call for each and for one MO call.
Prints `online`, then `dlr TYPE NUMBER` for each, `mo TEXT`, and `done`. The boxes end with this script.
"""

import http.server
import pathlib
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

SMSC_PORT, SYSTEM_ID, PASSWORD = int(sys.argv[1]), sys.argv[2], sys.argv[3]
FOLDER, COUNT = pathlib.Path(sys.argv[4]), int(sys.argv[5])
LIMIT = 60
# Bits of a DLR's type: delivered, failed, refused by the SMSC. 8 only says that the SMSC has it.
FINAL = 1 | 2 | 16

calls = queue.Queue()


class Calls(http.server.BaseHTTPRequestHandler):
    """What smsbox asks for."""

    def do_GET(self):
        calls.put(urllib.parse.urlparse(self.path))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


def free_ports(count):
    """Ports on which nobody listens, taken together so that they differ."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def configuration(admin, smsbox, sendsms, listener):
    return f"""
group = core
admin-port = {admin}
admin-password = admin
status-password = status
admin-interface = 127.0.0.1
smsbox-port = {smsbox}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
log-file = "{FOLDER}/bearerbox.log"
log-level = 0
dlr-storage = internal
sms-resend-retry = 1

group = smsc
smsc = smpp
smsc-id = simulator
host = 127.0.0.1
port = {SMSC_PORT}
transceiver-mode = true
smsc-username = {SYSTEM_ID}
smsc-password = {PASSWORD}
system-type = ""
enquire-link-interval = 10
max-pending-submits = 10
reconnect-delay = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = "{FOLDER}/smsbox.log"
log-level = 0

group = sendsms-user
username = user
password = pass
max-messages = 5
concatenation = true

group = sms-service
keyword = default
get-url = "http://127.0.0.1:{listener}/mo?text=%b&from=%p&to=%P"
max-messages = 0
catch-all = true
"""


def until(what, condition):
    """Waits for a condition; a check that fails because nobody listens yet is tried again."""
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit(f"not within {LIMIT} s: {what}\n" + tail())


def tail():
    logs = [FOLDER / "bearerbox.log", FOLDER / "smsbox.log"]
    return "\n".join("\n".join(log.read_text(errors="replace").splitlines()[-40:]) for log in logs if log.exists())


def fetch(port, path, **fields):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}?{urllib.parse.urlencode(fields)}", timeout=10) as answer:
        return answer.status, answer.read().decode(errors="replace")


def send(sendsms, listener, number):
    text = f"message {number} " + ("with a long text " * 12 if number % 3 == 0 else "")
    status, answer = fetch(
        sendsms, "/cgi-bin/sendsms", username="user", password="pass", to=f"7916123{1000 + number}", text=text,
        **{"from": "KANNEL", "dlr-mask": 31, "dlr-url": f"http://127.0.0.1:{listener}/dlr?type=%d&number={number}"})
    if status != 202:
        sys.exit(f"sendsms: {status} {answer}")


def await_calls():
    """One final report for each message, and one message of a subscriber."""
    missing, texts, end = set(range(COUNT)), [], time.monotonic() + LIMIT
    while missing or not texts:
        try:
            call = calls.get(timeout=max(0.1, end - time.monotonic()))
        except queue.Empty:
            sys.exit(f"no DLR for {sorted(missing)}, {len(texts)} MO\n" + tail())
        fields = dict(urllib.parse.parse_qsl(call.query))
        if call.path == "/mo":
            texts.append(fields["text"])
            print(f"mo {fields['text']}", flush=True)
        elif int(fields["type"]) & FINAL:
            missing.discard(int(fields["number"]))
            print(f"dlr {fields['type']} {fields['number']}", flush=True)


def main():
    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Calls)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    admin, smsbox, sendsms = free_ports(3)
    (FOLDER / "kannel.conf").write_text(configuration(admin, smsbox, sendsms, listener.server_port))
    boxes = []
    try:
        boxes.append(start("/usr/sbin/bearerbox"))
        until("bearerbox is up", lambda: fetch(admin, "/status.txt", password="status")[0] == 200)
        boxes.append(start("/usr/sbin/smsbox"))
        until("the SMSC is online", lambda: "(online" in fetch(admin, "/status.txt", password="status")[1])
        until("smsbox is up", lambda: "smsbox:" in fetch(admin, "/status.txt", password="status")[1])
        until("sendsms is up", lambda: socket.create_connection(("127.0.0.1", sendsms), 5).close() is None)
        print("online", flush=True)
        for number in range(COUNT):
            send(sendsms, listener.server_port, number)
        await_calls()
        print("done", flush=True)
    finally:
        for box in reversed(boxes):
            box.terminate()
        for box in boxes:
            try:
                box.wait(timeout=15)
            except subprocess.TimeoutExpired:
                box.kill()


def start(program):
    return subprocess.Popen(
        [program, str(FOLDER / "kannel.conf")], cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)


main()
