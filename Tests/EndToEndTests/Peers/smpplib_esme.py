#!/usr/bin/env python3
"""An ESME made with Python's smpplib (2.2.4 from PyPI), a codec that is not ours.

It binds, submits a short and a long Cyrillic text (in parts with a user data header, as smpplib cuts them), unbinds, and
prints one JSON line per response. Exit 0 when all were answered, whatever the statuses; 1 when not; 2 usage.
"""

import argparse
import json
import signal
import sys

import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

SHORT = "Привет, мир"
LONG = "Съешь же ещё этих мягких французских булок да выпей чаю. " * 3


def event(name, **fields):
    print(json.dumps({"event": name, **fields}), flush=True)


def give_up(*_):
    raise TimeoutError("no answer in time")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--system-id", default="python")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--kind", choices=["transceiver", "transmitter"], default="transceiver")
    parser.add_argument("--from", dest="source", default="PYTHON")
    parser.add_argument("--to", default="79160000000")
    parser.add_argument("--seconds", type=int, default=30)
    return parser.parse_args()


def submit(client, options, text):
    parts, coding, esm_class = smpplib.gsm.make_parts(text, smpplib.consts.SMPP_ENCODING_ISO10646)
    for part in parts:
        client.send_message(
            source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
            source_addr_npi=smpplib.consts.SMPP_NPI_UNK,
            source_addr=options.source,
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
            dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
            destination_addr=options.to,
            data_coding=coding,
            esm_class=esm_class,
            short_message=part,
        )
        answer = client.read_pdu()
        identifier = getattr(answer, "message_id", None)
        event(
            "submitted",
            command=answer.command,
            status=answer.status,
            id=identifier.decode("ascii") if identifier else "",
            octets=part.hex(),
        )


def main():
    options = arguments()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(options.seconds)
    client = smpplib.client.Client(
        options.host, options.port, timeout=options.seconds, allow_unknown_opt_params=True
    )
    client.connect()
    try:
        bind = getattr(client, f"bind_{options.kind}")
        try:
            bound = bind(system_id=options.system_id, password=options.password)
            event("bound", status=bound.status)
            for text in (SHORT, LONG):
                submit(client, options, text)
            event("unbound", status=client.unbind().status)
        except smpplib.exceptions.PDUError as error:
            # A bind that is refused is an answer, too.
            event("refused", status=error.args[1] if len(error.args) > 1 else None)
    finally:
        client.state = smpplib.consts.SMPP_CLIENT_STATE_OPEN
        client.disconnect()


if __name__ == "__main__":
    try:
        main()
    except (OSError, smpplib.exceptions.ConnectionError) as error:
        event("failed", what=type(error).__name__)
        sys.exit(1)
