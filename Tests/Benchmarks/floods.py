#!/usr/bin/env python3
"""What does a crowd of strangers cost an honest client? Response times of one client with and without them, in one run.

floods.py [--binary FILE] [--rounds N] [--seconds S] [--phases LIST] [--idle N] [--closing S] [--soak MINUTES]

A simulator and a bridge are started with a configuration of their own. An honest client posts 50 forms a second over one connection, each
timed from when it was due. In each round every phase has its turn:
  quiet       nobody else
  handshakes  500 new TLS connections a second from 1,000 addresses, each asking GET /healthz: what TLS alone costs
  logins      500 wrong logins a second from 1,000 addresses, each over a new TLS connection
  asking      500 times a second GET /healthz over kept connections of 1,000 addresses: what their requests alone cost
  kept        500 wrong logins a second over such connections
  half-open   1,000 connections in the middle of their TLS handshake
  slow        500 TLS connections that send their form one octet a second
Then, unless 0: --idle connections that do nothing, twice, and 5,000 connects and closes a second for --closing seconds, with the bridge's memory
before, during and after; and a soak of --soak minutes with the carrier's link cut each minute.
The strangers run at a lower priority, and share the machine's cores: figures of one run can be compared, and no others.
"""
import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import random
import shutil
import socket
import ssl
import statistics
import subprocess
import tempfile
import time
import urllib.request

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--binary", default=".build/release/smppost")
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--seconds", type=float, default=6)
arguments.add_argument("--phases", default="quiet handshakes logins asking kept half-open slow")
arguments.add_argument("--idle", type=int, default=10_000)
arguments.add_argument("--closing", type=float, default=60)
arguments.add_argument("--soak", type=float, default=0)
options = arguments.parse_args()

PASSWORD = "correct horse battery"
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# MARK: the bridge

class Bench:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="smppost-floods-"))
        self.port, self.monitor, self.smsc = free_port(), free_port(), free_port()
        binary = str(pathlib.Path(options.binary).resolve())
        hashed = subprocess.run([binary, "hash", "password"], input=PASSWORD + "\n", text=True, capture_output=True, check=True).stdout.split()[0]
        subprocess.run(
            [binary, "certificate", "--self-signed", "localhost", "--certificate", str(self.folder / "server.crt"), "--key",
             str(self.folder / "server.key")], capture_output=True, check=True)
        self.number = 0
        sources = pathlib.Path(__file__).with_name("clients.c")
        subprocess.run(
            ["cc", "-O2", "-pthread", "-o", str(self.folder / "clients"), str(sources), "-lssl", "-lcrypto"], check=True)
        (self.folder / "config").mkdir()
        (self.folder / "carriers").mkdir()
        (self.folder / "config/smppost.yaml").write_text(f"""
intake:
  listen: ["127.0.0.1:{self.port}"]
  tls: {{ certificate: ../server.crt, key: ../server.key }}
  max_connections: 15000
  max_connections_per_address: 15000
monitor:
  listen: "127.0.0.1:{self.monitor}"
log: {{ level: info }}
journal: {{ url: "sqlite:var/smppost.db" }}
""")
        (self.folder / "config/accounts.yaml").write_text(f"""
accounts:
  - name: honest
    login: honest
    password: "{hashed}"
    default_sender: ACME
    carriers: [main]
    country: RU
""")
        (self.folder / "carriers/main.yaml").write_text(f"""
hosts: ["127.0.0.1:{self.smsc}"]
system_id: acme
password: smppass
binds: [{{ kind: transceiver, count: 2 }}]
window: 50
reconnect: {{ first: 1s, max: 2s }}
receipts: {{ known: 5000 }}
""")
        self.log = open(self.folder / "log", "wb")
        self.simulator = subprocess.Popen(
            [binary, "simulate", "--listen", f"127.0.0.1:{self.smsc}", "--system-id", "acme", "--password", "smppass", "--receipts", "1s"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.bridge = subprocess.Popen(
            [binary, "serve", "--config", str(self.folder / "config"), "--carriers", str(self.folder / "carriers")],
            stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                if urllib.request.urlopen(f"http://127.0.0.1:{self.monitor}/readyz", timeout=1).status == 200:
                    break
            except OSError:
                time.sleep(0.1)

    def client(self, *arguments):
        kind, seconds, *rest = arguments
        command = [str(self.folder / "clients"), kind, self.port, seconds, *rest]
        return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)

    def honest(self, seconds):
        """What an honest client saw: p50, p99 and statuses."""
        self.number += 100_000
        return json.loads(self.client("honest", seconds, self.number, PASSWORD.replace(" ", "+")).communicate(timeout=120)[0])

    def rest(self):
        """Until nothing of the strangers is left to be done."""
        for _ in range(60):
            before = self.status()[2]
            time.sleep(0.5)
            if self.status()[2] - before < 0.05:
                return

    def status(self):
        """Resident KiB, descriptors, processor seconds."""
        pid = self.bridge.pid
        resident = next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS"))
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        return resident, len(os.listdir(f"/proc/{pid}/fd")), (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def post(self, path):
        request = urllib.request.Request(f"http://127.0.0.1:{self.monitor}{path}", method="POST", data=b"")
        return urllib.request.urlopen(request, timeout=10).status

    def end(self):
        for process in (self.bridge, self.simulator):
            process.terminate()
        for process in (self.bridge, self.simulator):
            process.wait(20)
        shutil.rmtree(self.folder)


# MARK: clients

def wrong(number):
    body = f"login=nobody&password=wrong{number}&to=79161234567&text=x"
    return f"POST /sms HTTP/1.1\r\nHost: h\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def half_open(port, net, stop):
    sockets = []
    hello = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(*hello)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    octets = hello[1].read()
    number = 0
    while not stop.is_set():
        if len(sockets) >= 1000:
            sockets.pop(0).close()
        one = socket.socket()
        one.setblocking(False)
        one.bind((f"127.{net}.{number // 250 % 250}.{1 + number % 250}", 0))
        try:
            await asyncio.get_running_loop().sock_connect(one, ("127.0.0.1", port))
            one.send(octets[: 1 + number % (len(octets) - 1)])
        except OSError:
            pass
        sockets.append(one)
        number += 1
        await asyncio.sleep(0 if number < 1000 else 0.02)


async def slow(port, net, stop):
    async def one(number):
        source = f"127.{net}.{number // 250}.{1 + number % 250}"
        while not stop.is_set():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, local_addr=(source, 0))
                for octet in wrong(number):
                    if stop.is_set():
                        break
                    writer.write(bytes([octet]))
                    await asyncio.sleep(1)
                writer.close()
            except (OSError, ssl.SSLError):
                await asyncio.sleep(0.5)

    tasks = [asyncio.create_task(one(number)) for number in range(500)]
    while not stop.is_set():
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()


def lingerers(kind, port, net, stop):
    os.nice(5)
    asyncio.run(half_open(port, net, stop) if kind == "half-open" else slow(port, net, stop))


class Crowd:
    """Strangers, until `end`."""

    def __init__(self, kind, bench, net, seconds):
        self.stop, self.process, self.client = multiprocessing.Event(), None, None
        if kind in ("half-open", "slow"):
            self.process = multiprocessing.Process(target=lingerers, args=(kind, bench.port, net, self.stop))
            self.process.start()
        elif kind != "quiet":
            self.client = bench.client(kind, seconds, net)

    def end(self):
        self.stop.set()
        if self.process:
            self.process.join(30)
        return json.loads(self.client.communicate(timeout=120)[0])["statuses"] if self.client else {}


# MARK: what is measured

def add(total, more):
    for status, count in more.items():
        total[status] = total.get(status, 0) + count


def phases(bench):
    kinds = options.phases.split()
    replies = {kind: [] for kind in kinds}
    outcomes, seen, cpu = {kind: {} for kind in kinds}, {kind: {} for kind in kinds}, {kind: [] for kind in kinds}
    net = 0
    bench.honest(2)
    for _ in range(options.rounds):
        for kind in kinds:
            net += 1
            crowd = Crowd(kind, bench, net, options.seconds + 3)
            time.sleep(2)
            before = bench.status()[2]
            reply = bench.honest(options.seconds)
            cpu[kind].append((bench.status()[2] - before) / options.seconds)
            replies[kind].append(reply)
            add(outcomes[kind], reply["statuses"])
            add(seen[kind], crowd.end())
            bench.rest()
    base = None
    for kind in kinds:
        p50, p99 = (statistics.median(reply[part] for reply in replies[kind]) for part in ("p50", "p99"))
        base = base or p99
        each = " ".join(f"{reply['p99']:.1f}" for reply in replies[kind])
        print(
            f"{kind:11} honest p50 {p50:6.2f} ms  p99 {p99:6.2f} ms = {p99 / base:5.2f} of quiet ({each})  {outcomes[kind]}"
            f"  bridge {statistics.median(cpu[kind]):.2f} cores  strangers {seen[kind]}", flush=True)


def memory(bench):
    for wave in range(2 if options.idle else 0):
        before = bench.status()
        crowd = bench.client("idle", options.seconds + 10, 200 + wave, options.idle)
        crowd.stdout.readline()
        time.sleep(1)
        during = bench.status()
        reply = bench.honest(options.seconds)
        crowd.communicate(timeout=120)
        time.sleep(3)
        after = bench.status()
        print(
            f"{options.idle} idle connections: {before[0]} -> {during[0]} -> {after[0]} KiB, descriptors {before[1]} -> {during[1]} -> "
            f"{after[1]}, honest {reply}", flush=True)
    if options.closing:
        before = bench.status()
        crowd = bench.client("closing", options.closing, 210)
        samples, begin = [], time.monotonic()
        reply = bench.honest(options.seconds)
        while crowd.poll() is None:
            samples.append(bench.status()[0])
            time.sleep(2)
        seen = json.loads(crowd.communicate()[0])["statuses"]
        time.sleep(3)
        after = bench.status()
        print(
            f"{seen.get('1', 0) / options.closing:.0f} connects and closes a second for {options.closing:.0f} s: {before[0]} -> "
            f"{samples[len(samples) // 2]} (half time) -> {samples[-1]} (end) -> {after[0]} KiB, descriptors {before[1]} -> {after[1]}, "
            f"honest {reply}", flush=True)


def soak(bench):
    end, samples, total = time.monotonic() + options.soak * 60, [], {}
    cut = time.monotonic() + 60
    while time.monotonic() < end:
        add(total, bench.honest(10)["statuses"])
        samples.append(bench.status()[0])
        if time.monotonic() >= cut:
            bench.post(f"/carriers/main/binds/{random.choice((1, 2))}/rebind")
            cut += 60
        if len(samples) % 12 == 0:
            print(f"soak {len(samples) // 6} min: {samples[-1]} KiB, descriptors {bench.status()[1]}, {total}", flush=True)


def main():
    bench = Bench()
    try:
        if options.rounds:
            phases(bench)
        memory(bench)
        if options.soak:
            soak(bench)
    finally:
        bench.end()


main()
