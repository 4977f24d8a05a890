#!/usr/bin/env python3
"""Clients of the intake that post one message after the other, each over its own connection.

posters.py PORT CA LOGIN PASSWORD CLIENTS PAUSE_MS SECONDS
Prints one JSON object: how often each `STATUS OUTCOME` came, and percentiles of the time of a 200 in milliseconds.
"""
import http.client
import json
import ssl
import sys
import threading
import time
import urllib.parse

port, ca, login, password, clients, pause, seconds = sys.argv[1:]
end = time.monotonic() + float(seconds)
outcomes, times, lock = {}, [], threading.Lock()


def client(number):
    context = ssl.create_default_context(cafile=ca)
    connection = http.client.HTTPSConnection("127.0.0.1", int(port), context=context, timeout=30)
    count = 0
    while time.monotonic() < end:
        count += 1
        body = urllib.parse.urlencode(
            {"login": login, "password": password, "to": f"7916{number:03}{count % 10000:04}", "text": f"{login} {number} {count}"})
        begin = time.monotonic()
        try:
            connection.request("POST", "/sms", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
            key = f"{response.status} {response.headers.get('X-Outcome')}"
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            key = f"0 {type(error).__name__}"
        taken = (time.monotonic() - begin) * 1000
        with lock:
            outcomes[key] = outcomes.get(key, 0) + 1
            if key.startswith("200 "):
                times.append(taken)
        time.sleep(float(pause) / 1000)


threads = [threading.Thread(target=client, args=(number,)) for number in range(int(clients))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
times.sort()
share = lambda part: times[min(len(times) - 1, int(len(times) * part))] if times else None
print(json.dumps({"outcomes": outcomes, "p50": share(0.5), "p99": share(0.99)}))
