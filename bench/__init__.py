# SPDX-License-Identifier: Apache-2.0
"""How close the agent is to the floor: see bench/run."""
