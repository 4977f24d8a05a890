#!/usr/bin/env python3
"""Posts without pause while links to two SMSCs are cut, killed and darkened; then holds every reply against their ledgers.

faults.py SMPPOST CONFIG CARRIERS INTAKE_PORT CA LOGIN PASSWORD SMSC_PORT SMSC_PORT SECONDS SEED
It starts `serve`, the two SMSCs (ledger_smsc.py) and 24 clients. Prints one JSON object. Meant for a network namespace of
its own, where it may drop packets with nft; needs nothing but the standard library.
"""
import http.client
import json
import os
import random
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

(smppost, config, carriers, intake_port, ca, login, password, first, second, seconds, seed) = sys.argv[1:]
seconds, chance = float(seconds), random.Random(int(seed))
ports = [int(first), int(second)]
CLIENTS, CUTS, KILLS = 24, 100, 5
work = tempfile.mkdtemp()
ledgers = [os.path.join(work, f"ledger-{port}") for port in ports]
here = os.path.dirname(os.path.abspath(__file__))
replies, lock, stopping = {}, threading.Lock(), threading.Event()
successes = []


def start_smsc(place):
    process = subprocess.Popen(
        [sys.executable, os.path.join(here, "ledger_smsc.py"), str(ports[place]), ledgers[place], "10"], stdout=subprocess.PIPE)
    process.stdout.readline()
    return process


def client(number):
    context = ssl.create_default_context(cafile=ca)
    connection, count = None, 0
    while not stopping.is_set():
        count += 1
        text = f"soak {number} {count}"
        body = urllib.parse.urlencode(
            {"login": login, "password": password, "from": "ACME", "to": f"7916{number:03}{count % 10000:04}", "text": text})
        try:
            if connection is None:
                connection = http.client.HTTPSConnection("127.0.0.1", int(intake_port), context=context, timeout=30)
            connection.request("POST", "/sms", body, {"Content-Type": "application/x-www-form-urlencoded"})
            response = connection.getresponse()
            response.read()
            outcome = (response.status, response.headers.get("X-Outcome"))
        except (OSError, http.client.HTTPException) as error:
            connection, outcome = None, (0, type(error).__name__)
        with lock:
            replies[text] = outcome
            if outcome[0] == 200:
                successes.append(time.monotonic())
        if outcome[0] == 503:
            time.sleep(0.02)


def first_success_after(moment):
    """Seconds until the first 200 after `moment`; None where none comes."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with lock:
            later = [at for at in successes[-5000:] if at >= moment]
        if later:
            return later[0] - moment
        time.sleep(0.01)
    return None


def resources(pid):
    with open(f"/proc/{pid}/status") as status:
        rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    return {"rss_kib": rss, "fds": len(os.listdir(f"/proc/{pid}/fd"))}


def nft(*words):
    subprocess.run(["nft", *words], check=True)


def wait_ready(bridge):
    for line in bridge.stdout:
        if b"smppost is ready" in line:
            break
    threading.Thread(target=lambda: [None for _ in bridge.stdout], daemon=True).start()


def main():
    smscs = [start_smsc(0), start_smsc(1)]
    bridge = subprocess.Popen(
        [smppost, "serve", "--config", config, "--carriers", carriers], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_ready(bridge)
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    first_success_after(time.monotonic())
    nft("add", "table", "ip", "soak")
    nft("add", "chain", "ip", "soak", "input", "{ type filter hook input priority 0; }")

    begin = time.monotonic()
    plan = [(seconds * (0.05 + 0.9 * chance.random()), "cut") for _ in range(CUTS)]
    # Both SMSCs die at once, so that nothing flows until one is back.
    plan += [(seconds * (0.1 + 0.15 * place), "kill") for place in range(KILLS)]
    plan += [(seconds * 0.3, "dark"), (seconds * 0.3 + 6, "light"), (seconds * 0.1 - 1, "measure")]
    back, before = [], None
    for at, what in sorted(plan):
        time.sleep(max(0, begin + at - time.monotonic()))
        if what == "cut":
            os.kill(chance.choice(smscs).pid, signal.SIGUSR1)
        elif what == "kill":
            for process in smscs:
                process.kill()
                process.wait()
            time.sleep(0.5 + chance.random())
            smscs = [start_smsc(0), start_smsc(1)]
            back.append(first_success_after(time.monotonic()))
        elif what == "dark":
            nft("add", "rule", "ip", "soak", "input", "tcp", "dport", str(ports[0]), "drop")
            nft("add", "rule", "ip", "soak", "input", "tcp", "sport", str(ports[0]), "drop")
        elif what == "light":
            nft("flush", "chain", "ip", "soak", "input")
        else:
            before = resources(bridge.pid)
    time.sleep(max(0, begin + seconds - time.monotonic()))
    after = resources(bridge.pid)
    stopping.set()
    for thread in threads:
        thread.join()
    bridge.send_signal(signal.SIGTERM)
    code = bridge.wait(30)
    for process in smscs:
        process.kill()
    print(json.dumps(audit(back, before, after, code)))


def audit(back, before, after, code):
    seen, acknowledged = {}, set()
    for path in ledgers:
        with open(path) as lines:
            for line in lines:
                kind, text, _, _ = line.split()
                text = bytes.fromhex(text).decode()
                if kind == "S":
                    seen[text] = seen.get(text, 0) + 1
                else:
                    acknowledged.add(text)
    outcomes = {}
    for status, outcome in replies.values():
        outcomes[f"{status} {outcome}"] = outcomes.get(f"{status} {outcome}", 0) + 1
    return {
        "messages": len(replies), "outcomes": outcomes, "back_in": back, "before": before, "after": after, "exit_code": code,
        "accepted_without_acknowledgement": sum(
            1 for text, reply in replies.items() if reply[0] == 200 and text not in acknowledged),
        "not_sent_but_seen": sum(1 for text, reply in replies.items() if reply[1] == "not-sent" and text in seen),
        "seen_twice": sum(1 for count in seen.values() if count > 1),
        "unanswered": sum(1 for reply in replies.values() if reply[0] == 0),
    }


main()
