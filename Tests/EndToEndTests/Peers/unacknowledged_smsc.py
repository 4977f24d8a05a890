#!/usr/bin/env python3
"""An SMSC that sends a receipt again until it is acknowledged.

unacknowledged_smsc.py PORT: gives the ids 21, 22, …; a message with the text `silent` has no answer, and the receipt of the first message,
with its id in hexadecimal, follows it. Where the connection ends before its acknowledgement it is sent anew over the next bind.
Prints `receipt` for each time it is sent, `acknowledged` when it was.
"""
import asyncio
import struct
import sys

import pdus
from pdus import BINDS, DELIVER, SUBMIT, pdu

port = int(sys.argv[1])
first = None            # the first message's recipient
due = False             # whether its receipt is to be sent
given = 20


def fields(body):
    """The recipient and the text of a submit_sm (SMPP 3.4 section 4.4.1)."""
    at = body.index(b"\0", body.index(b"\0") + 3) + 3
    end = body.index(b"\0", at)
    rest = body[end + 4:]
    for _ in range(2):
        rest = rest[rest.index(b"\0") + 1:]
    return body[at:end], rest[5:5 + rest[4]]


class SMSC(pdus.Session):
    SYSTEM_ID = b"again"

    def handle(self, command, sequence, body):
        global first, due, given
        if command == SUBMIT:
            recipient, text = fields(body)
            if text == b"silent":
                due = True
                self.send()
            else:
                given += 1
                first = first or recipient
                self.transport.write(pdu(command, sequence, str(given).encode() + b"\0"))
        elif command == DELIVER | 0x80000000:
            due = False
            print("acknowledged", flush=True)
        else:
            super().handle(command, sequence, body)
        if command in BINDS and due:
            self.send()

    def send(self):
        text = b"id:15 sub:001 dlvrd:001 submit date:2611301800 done date:2611301801 stat:DELIVRD err:000 text:x"
        body = b"\0\1\1" + first + b"\0\5\0Firm\0\4\0\0\0\0\0\0\0\0" + bytes([len(text)]) + text
        self.transport.write(struct.pack(">IIII", 16 + len(body), DELIVER, 0, 7) + body)
        print("receipt", flush=True)


async def main():
    server = await asyncio.get_running_loop().create_server(SMSC, "127.0.0.1", port)
    print("listening", flush=True)
    await server.serve_forever()

asyncio.run(main())
