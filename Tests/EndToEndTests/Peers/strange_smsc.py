#!/usr/bin/env python3
"""An SMSC whose PDUs have faults that cost nothing.

strange_smsc.py PORT PDUS ANSWERS: once bound it sends each line of PDUS, `COMMAND BODY` in hexadecimal, as a request of its own.
ANSWERS gets a line `SEQUENCE COMMAND STATUS` for each answer. Every submit_sm is accepted under the id 1742, with two stray octets
behind the id, but for the second part of a long text, which is refused; ANSWERS gets `cancel ID` for each cancel_sm.
"""
import asyncio
import struct
import sys

import pdus
from pdus import BINDS, SUBMIT, pdu

CANCEL = 0x08
port, requests = int(sys.argv[1]), [line.split() for line in open(sys.argv[2])]
answers = open(sys.argv[3], "a", buffering=1)


class SMSC(pdus.Session):
    SYSTEM_ID = b"strange"

    def data_received(self, data):
        self.buffer += data
        while len(self.buffer) >= 16:
            length, command, status, sequence = struct.unpack(">IIII", self.buffer[:16])
            if len(self.buffer) < length:
                return
            body, self.buffer = self.buffer[16:length], self.buffer[length:]
            if command & 0x80000000:
                answers.write(f"{sequence} {command:08X} {status:08X}\n")
            else:
                self.handle(command, sequence, body)

    def handle(self, command, sequence, body):
        if command == SUBMIT:
            # The header of an 8-bit reference, and the part's number in it.
            at = body.find(b"\x05\x00\x03")
            if at >= 0 and body[at + 5] == 2:
                self.transport.write(pdu(command, sequence, status=0x0B))
            else:
                self.transport.write(pdu(command, sequence, b"1742\0\xff\xff"))
        elif command == CANCEL:
            answers.write("cancel " + body[1:].split(b"\0")[0].decode() + "\n")
            self.transport.write(pdu(command, sequence))
        else:
            super().handle(command, sequence, body)
        if command in BINDS:
            for number, (name, octets) in enumerate(requests, 1):
                body = bytes.fromhex(octets)
                self.transport.write(struct.pack(">IIII", 16 + len(body), int(name, 16), 0, number) + body)


async def main():
    server = await asyncio.get_running_loop().create_server(SMSC, "127.0.0.1", port)
    print("listening", flush=True)
    await server.serve_forever()

asyncio.run(main())
