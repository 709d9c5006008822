# SPDX-License-Identifier: Apache-2.0
"""A port that somebody added by hand to a guarded bridge, live, and an ear that hears what passes."""

from lab import wait_for
from lab.environment import peer_of
