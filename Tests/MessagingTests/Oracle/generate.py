#!/usr/bin/env python3
"""Writes smsutil.json: what PyPI's smsutil 1.1.3 makes of a seeded set of texts.

python3 -m venv VENV && VENV/bin/pip install smsutil==1.1.3 && VENV/bin/python generate.py
"""

import json
import pathlib
import random
import zlib

import smsutil
from smsutil.codecs import GSM_BASIC_CHARSET, GSM_EXT_CHARSET

TARGET = pathlib.Path(__file__).resolve().parent / "smsutil.json"
# smsutil takes the escape itself for a character. It has none (3GPP TS 23.038 6.2.1).
BASIC = [c for c in GSM_BASIC_CHARSET if c != "\x1b"]
EXTENDED = list(GSM_EXT_CHARSET)
# Without CR next to LF and without marks that join: every character is a grapheme cluster of its own.
PLAIN_GSM = [c for c in BASIC if c != "\r"] + EXTENDED
CYRILLIC = list("абвгдежзийклмнопрстуфхцчшщъыьэюя АБВГДЕ.,!?—«»№")
ASTRAL = list("😀🎉🚀🀄𝕏𠀋")
CLUSTERS = ["\r\n", "e\u0301", "и\u0306", "👩‍👩‍👧‍👦", "🇷🇺", "👍🏽", "❤️"]
chance = random.Random(20_240_611)


def some(alphabet, count):
    return "".join(chance.choice(alphabet) for _ in range(count))


def texts():
    for character in BASIC + EXTENDED:
        yield "plain", character
    for character in "çêñâ`´“”–…\u00a0ёЁ₽漢￿\U00010000\U0010ffff":
        yield "plain", character
    # One and several segments of each kind at and around their ends.
    for length in (1, 159, 160, 161, 305, 306, 307, 459, 460):
        yield "plain", some("abc XYZ09", length)
    for length in (69, 70, 71, 133, 134, 135, 201, 202):
        yield "plain", some(CYRILLIC, length)
    # A pair of septets or of UTF-16 units across an end.
    for before in (151, 152, 153, 158, 159, 160, 304, 305, 306):
        yield "plain", "a" * before + "€" + "b" * 160
    for before in (65, 66, 67, 68, 69, 70, 132, 133, 134):
        yield "plain", "я" * before + "😀" + "ю" * 70
    for pairs in (80, 81, 152, 153, 154):
        yield "plain", "{" * pairs
    for pairs in (35, 36, 66, 67, 68):
        yield "plain", "😀" * pairs
    for _ in range(24):
        yield "plain", some(PLAIN_GSM, chance.randint(1, 500))
    for _ in range(24):
        yield "plain", some(CYRILLIC * 2 + ASTRAL + PLAIN_GSM, chance.randint(1, 260))
    for _ in range(24):
        yield "clusters", some(CLUSTERS + CYRILLIC[:20], chance.randint(60, 160))


def case(kind, text):
    result = smsutil.split(text)
    return {
        "kind": kind,
        "text": text,
        "alphabet": {"gsm0338": "gsm", "utf_16_be": "ucs2"}[result.encoding],
        "scalars": [len(part.content) for part in result.parts],
        "crc32": [zlib.crc32(part.content.encode(result.encoding)) for part in result.parts],
    }


def main():
    cases = [case(kind, text) for kind, text in texts()]
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
