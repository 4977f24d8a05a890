#!/usr/bin/env python3
"""An SMSC that writes down, before it does it, what it saw and what it acknowledged, and survives being killed for it.

ledger_smsc.py PORT LEDGER LATENCY_MS [RECEIPT_MS]: in LEDGER a line `S HEX LINK SECONDS` when a submit_sm was read and `A HEX LINK SECONDS`
before its response is written; HEX is the short_message, LINK the connection, SECONDS the monotonic time. A line is one
write(2), so it stays whatever becomes of the process.
With RECEIPT_MS a deliver_sm follows each response after that time, its id in hexadecimal where the response's is decimal.
SIGUSR1 resets one connection, chosen at random. Knows what a soak needs: binds, submit_sm, enquire_link, unbind.
"""
import asyncio
import os
import random
import signal
import socket
import struct
import sys
import time

import pdus
from pdus import DELIVER, SUBMIT, pdu

port, ledger_path, latency = int(sys.argv[1]), sys.argv[2], float(sys.argv[3]) / 1000
receipt_after = float(sys.argv[4]) / 1000 if len(sys.argv) > 4 else None
ledger = os.open(ledger_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
connections = set()
links = 0


def short_message(body):
    """The text of a submit_sm (SMPP 3.4 section 4.4.1)."""
    at = body.index(b"\0") + 1                      # service_type
    for _ in range(2):                              # source and destination
        at = body.index(b"\0", at + 2) + 1
    at += 3                                         # esm_class, protocol_id, priority_flag
    for _ in range(2):                              # schedule_delivery_time, validity_period
        at = body.index(b"\0", at) + 1
    at += 4                                         # registered_delivery to sm_default_msg_id
    return body[at + 1:at + 1 + body[at]]


def recipient(body):
    at = body.index(b"\0", body.index(b"\0") + 3) + 3  # service_type, source, and the destination's ton and npi
    return body[at:body.index(b"\0", at)]


class Session(pdus.Session):
    SYSTEM_ID = b"LEDGER"

    def __init__(self):
        global links
        super().__init__()
        links += 1
        self.link = links

    def note(self, kind, text):
        os.write(ledger, f"{kind} {text.hex()} {self.link} {time.monotonic():.6f}\n".encode())

    def connection_made(self, transport):
        super().connection_made(transport)
        connections.add(self)

    def connection_lost(self, _):
        connections.discard(self)

    def handle(self, command, sequence, body):
        if command == SUBMIT:
            text = short_message(body)
            self.note("S", text)
            asyncio.get_running_loop().call_later(latency, self.acknowledge, sequence, text, recipient(body))
        else:
            super().handle(command, sequence, body)

    def acknowledge(self, sequence, text, to):
        if self not in connections:
            return
        self.note("A", text)
        number = random.randrange(10**12, 10**15)
        self.transport.write(pdu(SUBMIT, sequence, b"%d\0" % number))
        if receipt_after is not None:
            asyncio.get_running_loop().call_later(receipt_after, self.receipt, number, to)

    def receipt(self, number, to):
        if self not in connections:
            return
        text = b"id:%X sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:DELIVRD err:000 text:" % number
        body = b"\0" + b"\1\1" + to + b"\0" + b"\5\0" + b"ACME\0" + b"\4\0\0" + b"\0\0" + b"\0\0\0\0"
        body += bytes([len(text)]) + text
        self.transport.write(struct.pack(">IIII", 16 + len(body), DELIVER, 0, number % 0x7FFFFFFF + 1) + body)


def reset_one():
    if connections:
        session = random.choice(list(connections))
        session.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        session.transport.abort()


async def main():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, reset_one)
    server = await loop.create_server(Session, "127.0.0.1", port, reuse_address=True)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
