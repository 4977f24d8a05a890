#!/usr/bin/env python3
"""Clients that repeat as PlanFix does, and the audit of what they were told against the ledger of an SMSC (ledger_smsc.py).

planfix.py INTAKE_PORT CA KEY CLIENTS LEDGER: posts until its input ends, then prints one JSON object. A call without a reply, or with 503 or
504, is made again with the same text until its answer is final. A message of which nobody knows whether it went is repeated
a few times, and once more at the end. A text is never posted after its 200. Needs nothing but the standard library.
"""
import http.client
import json
import ssl
import sys
import threading
import time
import urllib.parse
from collections import Counter, namedtuple

# One call: `status` is 0 where no reply came and -1 where there was no connection.
Call = namedtuple("Call", "moment status outcome id replayed")
Message = namedtuple("Message", "number text calls")
DOUBTFUL_REPEATS = 3
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"            # of message ids (Crockford's base 32)


def message_number(identifier):
    """The number that a message id spells: its key in the journal."""
    value = 0
    for letter in identifier:
        value = value << 5 | ALPHABET.index(letter)
    return value


class Caller:
    """One keep-alive connection that is made again when it breaks."""

    def __init__(self, port, ca, key):
        self.port, self.key = int(port), key
        self.context = ssl.create_default_context(cafile=ca)
        self.connection = None

    def post(self, number, text):
        body = urllib.parse.urlencode({"key": self.key, "from": "ACME", "to": number, "text": text})
        status = -1
        try:
            if self.connection is None:
                connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=30)
                connection.connect()
                self.connection = connection
            status = 0
            self.connection.request("POST", "/sms", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = self.connection.getresponse()
            response.read()
            headers = response.headers
            return Call(time.monotonic(), response.status, headers.get("X-Outcome"), headers.get("X-Message-Id"),
                        headers.get("X-Replayed") == "true")
        except (OSError, http.client.HTTPException) as error:
            if status == 0:
                self.connection.close()
                self.connection = None
            return Call(time.monotonic(), status, type(error).__name__, None, False)


def is_final(status):
    return status == 200 or 400 <= status < 500 or status == 502


class Clients:
    def __init__(self, port, ca, key, count):
        self.caller = lambda: Caller(port, ca, key)
        self.lock, self.stopping = threading.Lock(), threading.Event()
        self.messages, self.under_way, self.successes = [], set(), 0
        self.threads = [threading.Thread(target=self.run, args=(place,)) for place in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, place):
        caller, count = self.caller(), 0
        while not self.stopping.is_set():
            count += 1
            message = Message(f"7916{place:03}{count % 10000:04}", f"planfix {place} {count}", [])
            with self.lock:
                self.messages.append(message)
            self.deliver(message, caller)

    def deliver(self, message, caller):
        doubtful = 0
        while doubtful < DOUBTFUL_REPEATS:
            with self.lock:
                self.under_way.add(message.text)
            call = caller.post(message.number, message.text)
            with self.lock:
                self.under_way.discard(message.text)
                self.successes += call.status == 200
            if call.status != -1:
                message.calls.append(call)
            elif self.stopping.is_set():
                return
            if is_final(call.status):
                return
            doubtful += call.status == 504
            if call.status != 0:
                time.sleep(0.02)

    def stop(self):
        """Ends them; then what is in doubt is posted once more."""
        self.stopping.set()
        for thread in self.threads:
            thread.join()
        caller = self.caller()
        for message in self.messages:
            if message.calls and not is_final(message.calls[-1].status):
                message.calls.append(caller.post(message.number, message.text))

    def accepted(self):
        """The keys of all acceptances that were told until now."""
        with self.lock:
            return [message_number(call.id) for message in self.messages for call in list(message.calls) if call.status == 200]

    def audit(self, ledger):
        seen, acknowledged = read(ledger)
        told, last = Counter(), Counter()
        twice, excused, not_sent_but_seen, after_silence, unseen, unacknowledged = [], [], [], [], [], []
        for message in self.messages:
            for call in message.calls:
                told[f"{call.status} {call.outcome}" + (" replayed" if call.replayed else "")] += 1
            status = message.calls[-1].status if message.calls else -1
            last[str(status)] += 1
            sights = seen.get(message.text, [])
            not_sent = [call.moment for call in message.calls if call.outcome == "not-sent"]
            if len(sights) > 1:
                # Told that it was not sent, a client repeats it rightly.
                lie = not_sent and sights[0] < not_sent[0] < sights[1]
                (excused if lie else twice).append((message, sights))
            lies = [moment for moment in not_sent if sights and sights[0] < moment]
            if lies:
                not_sent_but_seen.append((message, sights))
                # Told of the repeat alone, by a bridge that cannot read its journal: of a call before it there was no reply.
                if any(call.status == 0 and call.moment < lies[0] for call in message.calls):
                    after_silence.append(message)
            if status == 200 and not sights:
                unseen.append(message)
            elif status == 200 and message.text not in acknowledged:
                unacknowledged.append(message)
        for message, sights in (twice + excused + not_sent_but_seen)[:3]:
            print(message.text, sights, *message.calls, sep="\n  ", file=sys.stderr)
        doubt = [message for message in self.messages if message.calls and message.calls[-1].status == 504]
        return {
            "messages": len(self.messages), "calls": told, "last_status": last, "seen": len(seen), "seen_twice": len(twice),
            "seen_twice_after_not_sent": len(excused), "not_sent_but_seen": len(not_sent_but_seen),
            "not_sent_after_silence": len(after_silence),
            "accepted_but_unseen": len(unseen), "accepted_without_acknowledgement": len(unacknowledged),
            "in_doubt": len(doubt), "in_doubt_and_seen": sum(message.text in seen for message in doubt),
        }


def read(ledger):
    """The moments at which each text was seen, and the texts that were acknowledged."""
    seen, acknowledged = {}, set()
    with open(ledger) as lines:
        for line in lines:
            kind, text, _, moment = line.split()
            text = bytes.fromhex(text).decode()
            if kind == "S":
                seen.setdefault(text, []).append(float(moment))
            else:
                acknowledged.add(text)
    return seen, acknowledged


if __name__ == "__main__":
    port, ca, key, count, ledger = sys.argv[1:]
    clients = Clients(port, ca, key, int(count))
    print("posting", flush=True, file=sys.stderr)
    sys.stdin.read()
    clients.stop()
    print(json.dumps({**clients.audit(ledger), "accepted": clients.accepted()}))
