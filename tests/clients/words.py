# SPDX-License-Identifier: Apache-2.0
"""What a client in Python does as a test tells it: a line of JSON is [WORD, ARGUMENT...], and is answered with a line {"value": V},
{"failure": [CODE, PARAMETER...]} for a failure of the XenAPI, or {"error": TEXT}."""

import json
import sys
import traceback


def obey(words, failure, details):
    """words: what each word does. failure: the client's exception for a failure of the XenAPI, and details(it) is a list."""
    for line in sys.stdin:
        word, *args = json.loads(line)
        try:
            said = {"value": words[word](*args)}
        except failure as failed:
            said = {"failure": details(failed)}
        except Exception:
            said = {"error": traceback.format_exc()}
        print(json.dumps(said, default=str), flush=True)
