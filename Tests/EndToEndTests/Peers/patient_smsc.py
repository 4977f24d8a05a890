#!/usr/bin/env python3
"""An SMSC whose receipts come late, and that loses responses.

patient_smsc.py PORT: a submit_sm whose text begins with `prompt` gets its receipt at once; after one that begins with `settle` all that have
none get theirs. One that begins with `lost` gets no response, and after 4 s a receipt with an id that nobody has seen, and with what the submit_sm
gave as user_message_reference (TLV 0x0204); its state is the text's second word. `hold` gets no response, and `hex` a hexadecimal id where
its receipt has the same number in decimal; their receipts wait for `settle`, which may come on another connection, and have the second word as
state.
"""
import asyncio
import struct
import sys

import pdus
from pdus import DELIVER, SUBMIT, pdu

port = int(sys.argv[1])
owed = []


def fields(body):
    """Recipient, short_message and what follows of a submit_sm (SMPP 3.4 section 4.4.1)."""
    at = body.index(b"\0", body.index(b"\0") + 3) + 3   # service_type, source, and the destination's ton and npi
    end = body.index(b"\0", at)
    to, at = body[at:end], end + 4                      # esm_class, protocol_id, priority_flag
    for _ in range(2):                                  # schedule_delivery_time, validity_period
        at = body.index(b"\0", at) + 1
    at += 4                                             # registered_delivery to sm_default_msg_id
    return to, body[at + 1:at + 1 + body[at]], body[at + 1 + body[at]:]


def reference(parameters):
    """The whole parameter, as a receipt has it too."""
    while len(parameters) >= 4:
        tag, length = struct.unpack(">HH", parameters[:4])
        if tag == 0x0204:
            return parameters[:4 + length]
        parameters = parameters[4 + length:]
    return b""


class Session(pdus.Session):
    SYSTEM_ID = b"PATIENT"
    count = 0
    last = None

    def handle(self, command, sequence, body):
        Session.last = self
        if command != SUBMIT:
            return super().handle(command, sequence, body)
        Session.count += 1
        to, text, parameters = fields(body)
        words, number = text.decode().split(" "), b"%d" % (700_000_000 + Session.count)
        if words[0] == "lost":
            asyncio.get_running_loop().call_later(
                4, self.receipt, to, number, words[1].encode(), reference(parameters))
            return
        state = words[1].encode() if words[0] in ("hold", "hex") else b"DELIVRD"
        given = number
        if words[0] == "hex":
            number, given = b"%d" % (5 + Session.count), b"%x" % (5 + Session.count)
        owed.append((to, number, state, b""))
        if words[0] == "hold":
            return
        self.transport.write(pdu(SUBMIT, sequence, given + b"\0"))
        if words[0] == "prompt":
            self.receipt(*owed.pop())
        if words[0] == "settle":
            asyncio.get_running_loop().create_task(settle())

    def receipt(self, to, number, state, parameter):
        text = b"id:%s sub:001 dlvrd:001 submit date:2611240900 done date:2611240901 stat:%s err:000 text:" % (number, state)
        body = b"\0" + b"\1\1" + to + b"\0" + b"\5\0" + b"ACME\0" + b"\4\0\0" + b"\0\0" + b"\0\0\0\0"
        body += bytes([len(text)]) + text + parameter
        self.transport.write(struct.pack(">IIII", 16 + len(body), DELIVER, 0, int(number)) + body)


async def settle():
    """Not faster than they are taken: one that finds no room is refused for now, and this SMSC sends nothing twice."""
    while owed:
        Session.last.receipt(*owed.pop(0))
        await asyncio.sleep(0.005)


async def main():
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port, reuse_address=True)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
