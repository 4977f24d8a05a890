#!/usr/bin/env python3
"""Strangers who guess passwords: wrong logins at a rate, over kept connections from many addresses.

wrong_logins.py PORT LOGIN ADDRESSES RATE SECONDS
LOGIN is guessed at by every other attempt; the others name logins that do not exist. Addresses are 127.1.x.y. Prints one JSON object: how
often each status came; 0 = no reply.
"""
import asyncio
import collections
import json
import ssl
import sys
import time

port, login, addresses, rate, seconds = sys.argv[1:]
port, addresses, rate, seconds = int(port), int(addresses), float(rate), float(seconds)
statuses = collections.Counter()
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


async def stranger(number, begin):
    """Posts at its share of the rate, one after the other."""
    source = f"127.1.{number // 250}.{1 + number % 250}"
    every = addresses / rate
    count, streams = 0, None
    while True:
        due = begin + (count + number / addresses) * every
        if max(due, time.monotonic()) > begin + seconds:
            return
        await asyncio.sleep(max(0, due - time.monotonic()))
        count += 1
        name = login if (count + number) % 2 else f"nobody{number}"
        body = f"login={name}&password=wrong{count}x{number}&to=79161234567&text=x"
        try:
            if streams is None:
                streams = await asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(source, 0))
            reader, writer = streams
            writer.write(f"POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            statuses[int(head.split()[1])] += 1
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError):
            statuses[0] += 1
            streams = None


async def main():
    begin = time.monotonic() + 0.2
    await asyncio.gather(*(stranger(number, begin) for number in range(addresses)))
    print(json.dumps(statuses))


asyncio.run(main())
