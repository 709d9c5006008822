# SPDX-License-Identifier: Apache-2.0
"""A private Open vSwitch, udevd, pool database, agent, DHCP server and guests in namespaces.

    from lab import Lab
    with Lab() as lab:
        guest = lab.netns_guest(1)
        guest.start()

`lab/lab` is the same for people.  environment.py composes the rest.
"""

from .environment import Lab, LabError, Unclean
from .wait import NotSeen, wait_for

__all__ = ["Lab", "LabError", "NotSeen", "Unclean", "wait_for"]
