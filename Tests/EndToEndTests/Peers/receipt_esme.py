"""An ESME by smpplib that waits for all of its receipts, against `smppost simulate`.

Usage: receipt_esme.py PORT SYSTEM_ID PASSWORD COUNT
Sends COUNT messages over one transceiver, every third of them long; prints a line for each receipt
(id, state by TLV, state by text) and `inbound TEXT` for each other message, then `done`.
"""

import re
import sys

import smpplib.client
import smpplib.consts
import smpplib.gsm

PORT, SYSTEM_ID, PASSWORD, COUNT = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])


class Esme:
    """What was sent and what came back."""

    def __init__(self):
        self.client = smpplib.client.Client("127.0.0.1", PORT, timeout=15, allow_unknown_opt_params=True)
        self.unanswered = set()
        self.ids = set()
        self.receipts = {}
        self.inbound = []
        self.client.set_message_sent_handler(self.answered)
        self.client.set_message_received_handler(self.received)

    def answered(self, pdu):
        self.unanswered.discard(pdu.sequence)
        self.ids.add(pdu.message_id.decode())

    def received(self, pdu):
        if pdu.esm_class & 0x3C != 0x04:
            self.inbound.append(pdu.short_message.decode())
            return 0
        text = re.search(rb"id:(\S+) .* stat:(\S+) err:(\S+)", pdu.short_message)
        identifier = pdu.receipted_message_id.decode().rstrip("\0")
        if text.group(1).decode() != identifier:
            sys.exit(f"two ids: {pdu.short_message!r} {identifier!r}")
        if identifier in self.receipts:
            sys.exit(f"a receipt came twice: {identifier}")
        self.receipts[identifier] = (pdu.message_state, text.group(2).decode())
        return 0

    def send(self, number):
        text = f"message {number} " + ("with a long text " * 12 if number % 3 == 0 else "")
        parts, coding, esm_class = smpplib.gsm.make_parts(text)
        for part in parts:
            pdu = self.client.send_message(
                source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
                source_addr="PYTHON",
                dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
                dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
                destination_addr=f"7916123{1000 + number}",
                short_message=part,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=True,
            )
            self.unanswered.add(pdu.sequence)

    def run(self):
        self.client.connect()
        self.client.bind_transceiver(system_id=SYSTEM_ID, password=PASSWORD)
        print("bound", flush=True)
        for number in range(COUNT):
            self.send(number)
        while self.unanswered or self.ids - self.receipts.keys() or not self.inbound:
            self.client.read_once(auto_send_enquire_link=False)
        if self.receipts.keys() != self.ids:
            sys.exit(f"receipts of nobody's messages: {self.receipts.keys() - self.ids}")
        for identifier, (state, word) in self.receipts.items():
            print(f"receipt {identifier} {state} {word}")
        for text in self.inbound:
            print(f"inbound {text}")
        self.client.unbind()
        self.client.disconnect()
        print("done", flush=True)


Esme().run()
