#!/usr/bin/env python3
"""An SMSC that accepts every submit_sm and tells a record of them, over HTTP as `smppost simulate` does, that is not true.

lying_smsc.py PORT PAGE_PORT LIES: of the messages of one segment every 40th is left out of the record, every 50th stands there
twice, every 70th with another text. LIES gets a line `lost|duplicated|changed MARK` for each, MARK being the text's first word.
"""
import asyncio
import json
import sys

import pdus
from pdus import SUBMIT, pdu

EXTENDED = {0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€"}
GSM = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
       "¿abcdefghijklmnopqrstuvwxyzäöñüà")

port, page_port = int(sys.argv[1]), int(sys.argv[2])
lies = open(sys.argv[3], "w", buffering=1)
record = []
singles = 0


def gsm(octets):
    result, escaped = "", False
    for octet in octets:
        if escaped:
            result, escaped = result + EXTENDED.get(octet, "\ufffd"), False
        elif octet == 0x1B:
            escaped = True
        else:
            result += GSM[octet]
    return result


def fields(body):
    """From, to, esm_class, data_coding and short_message of a submit_sm (SMPP 3.4 section 4.4.1)."""
    at = body.index(b"\0") + 1
    addresses = []
    for _ in range(2):
        end = body.index(b"\0", at + 2)
        addresses.append(body[at + 2:end].decode("latin1"))
        at = end + 1
    esm_class = body[at]
    at += 3
    for _ in range(2):
        at = body.index(b"\0", at) + 1
    coding, length = body[at + 2], body[at + 4]
    return addresses[0], addresses[1], esm_class, coding, body[at + 5:at + 5 + length]


def note(line):
    record.append(dict(line, n=len(record) + 1))


def received(body):
    global singles
    source, destination, esm_class, coding, octets = fields(body)
    reference, parts, part = 0, 1, 1
    if esm_class & 0x40:
        reference, parts, part = octets[3], octets[4], octets[5]
        octets = octets[octets[0] + 1:]
    text = octets.decode("utf-16-be") if coding == 8 else gsm(octets)
    line = {"system_id": "acme", "bind": 1, "from": source, "to": destination, "ref": reference, "part": part,
            "parts": parts, "text": text, "status": "0x00000000", "receipt": None}
    if parts > 1:
        note(line)
        return
    singles += 1
    mark = text.split(" ")[0]
    if singles % 40 == 0:
        lies.write(f"lost {mark}\n")
    elif singles % 50 == 0:
        lies.write(f"duplicated {mark}\n")
        note(line)
        note(line)
    elif singles % 70 == 0:
        lies.write(f"changed {mark}\n")
        note(dict(line, text=text[:-1]))
    else:
        note(line)


class Session(pdus.Session):
    SYSTEM_ID = b"LIAR"

    def handle(self, command, sequence, body):
        if command == SUBMIT:
            received(body)
            self.transport.write(pdu(SUBMIT, sequence, b"%d\0" % sequence))
        else:
            super().handle(command, sequence, body)


async def page(reader, writer):
    path = (await reader.readline()).split(b" ")[1].decode()
    while (await reader.readline()).strip():
        pass
    body = "{}"
    if path.startswith("/record"):
        query = dict(pair.split("=") for pair in path.split("?")[1].split("&"))
        after = int(query["after"])
        body = "".join(json.dumps(line) + "\n" for line in record[after:after + int(query["limit"])])
    octets = body.encode()
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(octets) + octets)
    await writer.drain()
    writer.close()


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Session, "127.0.0.1", port, reuse_address=True)
    await asyncio.start_server(page, "127.0.0.1", page_port, reuse_address=True)
    print("listening", flush=True)
    await server.serve_forever()


asyncio.run(main())
