"""How smsutil splits texts: reads a JSON list of texts, prints a JSON list of [encoding, number of parts]."""

import json
import sys

import smsutil

results = [smsutil.split(text) for text in json.load(sys.stdin)]
json.dump([[result.encoding, len(result.parts)] for result in results], sys.stdout)
