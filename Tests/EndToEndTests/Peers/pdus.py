"""What the SMSCs here have in common: PDUs in and out, and the requests that are answered as they come."""
import asyncio
import struct

BINDS = {0x01, 0x02, 0x09}
SUBMIT, DELIVER, UNBIND, ENQUIRE = 0x04, 0x05, 0x06, 0x15


def pdu(command, sequence, body=b"", status=0):
    """A response to `command`."""
    return struct.pack(">IIII", 16 + len(body), command | 0x80000000, status, sequence) + body


class Session(asyncio.Protocol):
    """A connection whose requests come to `handle`; binds (as SYSTEM_ID), enquire_link and unbind are answered here."""
    SYSTEM_ID = b""

    def __init__(self):
        self.buffer = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        while len(self.buffer) >= 4:
            length = struct.unpack(">I", self.buffer[:4])[0]
            if len(self.buffer) < length:
                return
            _, command, _, sequence = struct.unpack(">IIII", self.buffer[:16])
            body, self.buffer = self.buffer[16:length], self.buffer[length:]
            self.handle(command, sequence, body)

    def handle(self, command, sequence, body):
        if command in BINDS:
            self.transport.write(pdu(command, sequence, self.SYSTEM_ID + b"\0"))
        elif command == ENQUIRE:
            self.transport.write(pdu(command, sequence))
        elif command == UNBIND:
            self.transport.write(pdu(command, sequence))
            self.transport.close()
