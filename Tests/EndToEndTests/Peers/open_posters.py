#!/usr/bin/env python3
"""Clients of the intake that post at times fixed beforehand, whatever becomes of the posts before (an open loop).

open_posters.py PORT CA LOGIN PASSWORD RATE SECONDS LENGTH
Texts have LENGTH characters. A post takes an idle connection, or a new one. Prints one JSON array: of each post when it was due,
its time from then on, both in seconds, its `STATUS OUTCOME`, and `Retry-After` or null.
"""
import asyncio
import json
import ssl
import sys
import urllib.parse

port, ca, login, password, rate, seconds, length = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
idle, posts = [], []


async def exchange(body):
    reader, writer = idle.pop() if idle else await asyncio.open_connection("127.0.0.1", int(port), ssl=context)
    head = f"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    await reader.readexactly(int(headers["content-length"]))
    if headers.get("connection") == "close":
        writer.close()
    else:
        idle.append((reader, writer))
    return f"{status.split()[1]} {headers.get('x-outcome')}", headers.get("retry-after")


async def post(number, due, begin):
    text = f"{number} ".ljust(int(length), "x")
    body = urllib.parse.urlencode({"login": login, "password": password, "to": f"7916{number:07}", "text": text}).encode()
    try:
        outcome, retry = await asyncio.wait_for(exchange(body), 30)
    except (OSError, EOFError, asyncio.TimeoutError) as error:
        outcome, retry = f"0 {type(error).__name__}", None
    posts.append((due, asyncio.get_running_loop().time() - begin - due, outcome, retry))


async def main():
    loop = asyncio.get_running_loop()
    begin = loop.time()
    tasks = []
    for number in range(int(float(rate) * float(seconds))):
        due = number / float(rate)
        await asyncio.sleep(max(0, begin + due - loop.time()))
        tasks.append(asyncio.create_task(post(number, due, begin)))
    await asyncio.gather(*tasks)


asyncio.run(main())
print(json.dumps([{"due": due, "time": time, "outcome": outcome, "retryAfter": retry} for due, time, outcome, retry in posts]))
