#!/usr/bin/env python3
"""The keys of the messages that a journal has as accepted: by their own outcome, or as a repeat, by their original's too.

journal_rows.py URL: sqlite:FILE, which Python's own sqlite3 reads, or postgresql://…, which psql does. Prints a key a line.
"""
import sqlite3
import subprocess
import sys

ROWS = """SELECT o.id FROM {schema}outcome o WHERE outcome = 'accepted'
    AND EXISTS (SELECT 1 FROM {schema}message m WHERE m.id = coalesce(o.replay_of, o.id))"""


def accepted(url):
    if url.startswith("postgresql:"):
        read = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", ROWS.format(schema="smppost."), url]
        rows = subprocess.run(read, check=True, stdout=subprocess.PIPE).stdout
        return {int(row) for row in rows.split()}
    with sqlite3.connect(url.removeprefix("sqlite:")) as database:
        check = database.execute("PRAGMA integrity_check").fetchone()[0]
        if check != "ok":
            raise SystemExit(f"the journal is damaged: {check}")
        return {row[0] for row in database.execute(ROWS.format(schema=""))}


if __name__ == "__main__":
    print(*sorted(accepted(sys.argv[1])), sep="\n")
