"""An ESME by smpplib, against `smppost simulate`.

Usage: esme.py PORT SYSTEM_ID PASSWORD
Prints a line for each thing that went as it must; fails at the first that did not.
"""

import sys

import smpplib.client
import smpplib.consts
import smpplib.exceptions
import smpplib.gsm

PORT, SYSTEM_ID, PASSWORD = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def expect(name, fine):
    """Prints the name of what went well, or ends the run."""
    if not fine:
        sys.exit(f"not as it must be: {name}")
    print(f"ok {name}", flush=True)


def connect():
    """A connection that has not bound yet."""
    client = smpplib.client.Client("127.0.0.1", PORT, timeout=10, allow_unknown_opt_params=True)
    client.connect()
    return client


def refused_bind():
    client = connect()
    try:
        client.bind_transceiver(system_id=SYSTEM_ID, password="wrong")
        expect("wrong password is refused", False)
    except smpplib.exceptions.PDUError as error:
        expect("wrong password is 0x0E", error.args[1] == 0x0E)
    client._socket.close()
    client._socket = None


def submit(client, destination, text):
    """Sends the text in as many parts as it needs; gives the responses in the order of the parts."""
    answers = {}
    client.set_message_sent_handler(lambda pdu: answers.__setitem__(pdu.sequence, pdu))
    client.set_error_pdu_handler(lambda pdu: answers.__setitem__(pdu.sequence, pdu))
    parts, coding, esm_class = smpplib.gsm.make_parts(text)
    sequences = [
        client.send_message(
            source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
            source_addr="PYTHON",
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
            dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
            destination_addr=destination,
            short_message=part,
            data_coding=coding,
            esm_class=esm_class,
            registered_delivery=True,
        ).sequence
        for part in parts
    ]
    while len(answers) < len(sequences):
        client.read_once(auto_send_enquire_link=False)
    return [answers[sequence] for sequence in sequences]


def main():
    refused_bind()
    client = connect()
    answer = client.bind_transceiver(system_id=SYSTEM_ID, password=PASSWORD)
    expect("bind_transceiver", answer.status == 0 and answer.system_id)

    (sent,) = submit(client, "79161234567", "Hello from Python")
    expect("submit_sm", sent.status == 0 and sent.message_id)
    parts = submit(client, "79161234568", "Привет из Питона! " * 8)
    expect("long text", len(parts) == 3 and all(part.status == 0 for part in parts))
    expect("ids differ", len({part.message_id for part in parts}) == 3)
    (wrong,) = submit(client, "79161660011", "x")
    expect("refusal 0x0B", wrong.status == 0x0B)
    (empty,) = submit(client, "79161670005", "x")
    expect("refusal with an empty id", empty.status == 0x0B)

    found = []
    client.set_query_resp_handler(found.append)
    client.query_message(
        message_id=sent.message_id.decode(), source_addr_ton=5, source_addr_npi=0, source_addr="PYTHON"
    )
    while not found:
        client.read_once(auto_send_enquire_link=False)
    expect("query_sm", found[0].status == 0)
    expect("unbind", client.unbind().command == "unbind_resp")
    client.disconnect()


main()
