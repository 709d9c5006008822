# SPDX-License-Identifier: Apache-2.0
"""Tests of the client of a XenAPI server (src/xapi), over a stand-in for XAPI and over cabled-xapi."""
