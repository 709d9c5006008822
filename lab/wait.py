# SPDX-License-Identifier: Apache-2.0
"""Waiting for something that can be observed, with a deadline.

The lab and the tests never sleep for a guessed time.  They state what they
await, and when it does not come they say what was seen last.
"""

import time

POLL_S = 0.01


class NotSeen(AssertionError):
    """The deadline passed before what was awaited came."""


def wait_for(condition, what, deadline_s=30.0, seen=None, poll_s=POLL_S):
    """Call `condition` every `poll_s` until it returns something true, and return that.

    `what` completes the sentence "waited N s for ...".  `seen`, if given, is
    called for the error text; otherwise the last value of `condition` is shown.
    """
    end = time.monotonic() + deadline_s
    while True:
        last = condition()
        if last:
            return last
        if time.monotonic() >= end:
            shown = seen() if seen else repr(last)
            raise NotSeen(f"waited {deadline_s:g} s for {what}; seen last: {shown}")
        time.sleep(poll_s)
