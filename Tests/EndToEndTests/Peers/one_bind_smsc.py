#!/usr/bin/env python3
"""An SMSC that allows one bind at a time: a second one is answered 0x05 (already bound) and cut.

one_bind_smsc.py PORT: prints `bound`, `refused` or `unbound` as it happens. Every submit_sm is accepted after 10 ms.
"""
import asyncio
import sys

import pdus
from pdus import BINDS, SUBMIT, UNBIND, pdu

bound = set()
count = 0


class Session(pdus.Session):
    SYSTEM_ID = b"ONE"

    def connection_lost(self, _):
        bound.discard(self)

    def handle(self, command, sequence, body):
        if command in BINDS and bound - {self}:
            print("refused", flush=True)
            self.transport.write(pdu(command, sequence, status=0x05))
            self.transport.close()
        elif command == SUBMIT:
            asyncio.get_running_loop().call_later(0.01, self.accept, sequence)
        else:
            if command in BINDS:
                bound.add(self)
                print("bound", flush=True)
            elif command == UNBIND:
                print("unbound", flush=True)
                bound.discard(self)
            super().handle(command, sequence, body)

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
