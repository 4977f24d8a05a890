#!/usr/bin/env python3
"""An SMSC that allows one bind at a time: a second one is answered 0x05 (already bound) and cut.

one_bind_smsc.py PORT: prints `bound`, `refused` or `unbound` as it happens. Every submit_sm is accepted after 10 ms.
"""
import asyncio
import struct
import sys

BINDS = {0x01, 0x02, 0x09}
SUBMIT, UNBIND, ENQUIRE = 0x04, 0x06, 0x15
bound = set()
count = 0


def pdu(command, sequence, body=b"", status=0):
    return struct.pack(">IIII", 16 + len(body), command | 0x80000000, status, sequence) + body


class Session(asyncio.Protocol):
    def connection_made(self, transport):
        self.buffer, self.transport = b"", transport

    def connection_lost(self, _):
        bound.discard(self)

    def data_received(self, data):
        self.buffer += data
        while len(self.buffer) >= 4:
            length = struct.unpack(">I", self.buffer[:4])[0]
            if len(self.buffer) < length:
                return
            _, command, _, sequence = struct.unpack(">IIII", self.buffer[:16])
            self.buffer = self.buffer[length:]
            self.handle(command, sequence)

    def handle(self, command, sequence):
        if command in BINDS and bound - {self}:
            print("refused", flush=True)
            self.transport.write(pdu(command, sequence, status=0x05))
            self.transport.close()
        elif command in BINDS:
            bound.add(self)
            print("bound", flush=True)
            self.transport.write(pdu(command, sequence, b"ONE\0"))
        elif command == SUBMIT:
            asyncio.get_running_loop().call_later(0.01, self.accept, sequence)
        elif command == ENQUIRE:
            self.transport.write(pdu(command, sequence))
        elif command == UNBIND:
            print("unbound", flush=True)
            bound.discard(self)
            self.transport.write(pdu(command, sequence))
            self.transport.close()

    def accept(self, sequence):
        global count
        count += 1
        if not self.transport.is_closing():
            self.transport.write(pdu(SUBMIT, sequence, b"%x\0" % count))


async def main():
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", int(sys.argv[1]))
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
