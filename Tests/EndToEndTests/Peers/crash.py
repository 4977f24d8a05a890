#!/usr/bin/env python3
"""Kills the bridge again and again under load, as a crash does, and holds every reply against the SMSC's ledger and the journal.

crash.py SMPPOST CONFIG CARRIERS INTAKE_PORT CA KEY SMSC_PORT JOURNAL KILLS SEED
It starts `serve`, an SMSC (ledger_smsc.py) and 16 clients (planfix.py). JOURNAL is the URL of the journal: `sqlite:` with the whole path of
../var/smppost.db for CONFIG, or `postgresql:`. It is read (journal_rows.py) after the last kill, of SQLite when `smppost messages` has taken in
what the log still had, and at the end. Prints one JSON object. Needs nothing but the standard library.
"""
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import journal_rows
from planfix import Clients

(smppost, config, carriers, intake_port, ca, key, smsc_port, journal, kills, seed) = sys.argv[1:]
kills, chance = int(kills), random.Random(int(seed))
CLIENTS = 16
work = tempfile.mkdtemp()
ledger = os.path.join(work, "ledger")
here = os.path.dirname(os.path.abspath(__file__))
processes = []


def start(arguments, word):
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    processes.append(process)
    seen = b""
    for line in process.stdout:
        seen += line
        if word in line:
            threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
            return process
    raise SystemExit(f"{arguments[0]} ended: {seen.decode(errors='replace')}")


def start_bridge():
    return start([smppost, "serve", "--config", config, "--carriers", carriers], b"smppost is ready")


def load_for(clients, seconds, least):
    """Waits so long, and until so many more messages are accepted."""
    end, first = time.monotonic() + seconds, clients.successes
    limit = end + 20
    while time.monotonic() < limit and (time.monotonic() < end or clients.successes - first < least):
        time.sleep(0.005)


def recorded():
    """The keys of the messages that the journal has as accepted."""
    if not journal.startswith("sqlite:"):
        return journal_rows.accepted(journal)
    # A copy, so that the next bridge finds everything as the kill left it.
    file = journal.removeprefix("sqlite:")
    root = tempfile.mkdtemp(dir=work)
    shutil.copytree(config, os.path.join(root, "config"))
    copy = os.path.join(root, "var", "smppost.db")
    os.mkdir(os.path.dirname(copy))
    for path in [file, file + "-wal"] + glob.glob(glob.escape(file) + "-log.*"):
        if os.path.exists(path):
            shutil.copy(path, copy + path[len(file) :])
    read = [smppost, "messages", "--config", os.path.join(root, "config"), "--carriers", carriers, "--limit", "1"]
    subprocess.run(read, check=True, stdout=subprocess.DEVNULL)
    return journal_rows.accepted("sqlite:" + copy)


def missing(told):
    there = recorded()
    return {"accepted": len(told), "not_in_journal": sum(key not in there for key in told)}


def main():
    start([sys.executable, os.path.join(here, "ledger_smsc.py"), smsc_port, ledger, "5"], b"listening")
    bridge = start_bridge()
    clients = Clients(intake_port, ca, key, CLIENTS)
    try:
        print(json.dumps(crash(bridge, clients)))
    finally:
        clients.stopping.set()
        for process in processes:
            process.kill()
        shutil.rmtree(work)


def crash(bridge, clients):
    restarts, under_way = [], []
    for kill in range(kills):
        # Most in full run, some while the bridge still binds.
        if kill % 5 != 4:
            load_for(clients, 0.05 + 0.5 * chance.random(), 20)
        else:
            time.sleep(0.05 * chance.random())
        with clients.lock:
            under_way.append(len(clients.under_way))
        bridge.kill()
        bridge.wait()
        if kill == kills - 1:
            # As the kill left it, before the bridge opens it again.
            crashed = missing(clients.accepted())
        begin = time.monotonic()
        bridge = start_bridge()
        restarts.append(time.monotonic() - begin)
    load_for(clients, 0.5, 50)
    clients.stop()
    bridge.terminate()
    code = bridge.wait(30)
    return {
        **clients.audit(ledger), **missing(clients.accepted()), "after_the_last_kill": crashed, "exit_code": code,
        "under_way_at_kills": under_way, "slowest_restart": round(max(restarts), 3),
    }


main()
