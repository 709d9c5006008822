# SPDX-License-Identifier: Apache-2.0
"""A follower of a XenAPI server when everything happens at once, and with thousands of objects."""

import random
import time
import uuid

import pytest

from lab import wait_for
from xapi_mock import XapiMock

from .following import DEADLINE_S, Stopwatch, follow, of_status, populate


def disturb(mock, chance):
    """One of the things that happen to a server."""
    chance.choice([lambda: mock.hang_up(), lambda: mock.restart(), lambda: mock.sessions.clear(), mock.lose_events,
                   lambda: mock.fail("event.from", "INTERNAL_ERROR"), lambda: mock.fail("VIF.get_by_uuid", "INTERNAL_ERROR"),
                   lambda: mock.fail("VM.get_other_config", "HANDLE_INVALID", "VM", "x"), lambda: setattr(mock, "cuts", 2),
                   lambda: mock.slow.add("VIF.get_other_config"), mock.slow.clear])()


def change(mock, chance, ids):
    """An object is made, changed or taken away."""
    kind = chance.choice(["VIF", "VM"])
    id = chance.choice(ids[kind])
    there = {record["uuid"] for record in mock.objects[kind].values()}
    config = {"nicira-iface-id" if kind == "VIF" else "nicira-vm-id": str(chance.random())} if chance.random() < .8 else {}
    if id not in there:
        mock.add(kind, id=id, other_config=config)
    elif chance.random() < .3:
        mock.remove(kind, id)
    else:
        mock.set(kind, id, other_config=config)
    mock.config("network", mock.network, nicira_bridge_id=str(chance.random()))


def truth(mock, kind, id):
    return next(((id, record["other_config"]) for record in mock.objects[kind].values() if record["uuid"] == id), "unknown")


@pytest.mark.parametrize("seed", range(4))
def test_after_a_storm_of_everything_all_is_right(mock, folder, seed):
    chance = random.Random(seed)
    ids = {kind: [str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(20)] for kind in ("VIF", "VM")}
    with follow(mock, folder, "WARN") as follower:
        for step in range(400):
            change(mock, chance, ids)
            if chance.random() < .1:
                disturb(mock, chance)
            kind = chance.choice(["VIF", "VM"])
            follower.answer(kind.lower(), chance.choice(ids[kind]))
        mock.slow.clear()
        mock.failures.clear()
        mock.cuts = 0
        wrong = None

        def all_is_right():
            nonlocal wrong
            mock.config("pool", mock.pool, time=str(time.monotonic()))          # events go on
            answers = [(truth(mock, kind, id), follower.answer(kind.lower(), id)) for kind in ids for id in ids[kind]]
            answers.append((truth(mock, "network", mock.network), follower.network("xenbr0")))
            wrong = [pair for pair in answers if pair[0] != pair[1]]
            return not wrong
        with Stopwatch("from the end of the storm until all is right"):
            wait_for(all_is_right, "all to be right", DEADLINE_S, seen=lambda: (wrong, follower.status(), follower.log.read_text()[-3000:]))


# Many


N_MANY = 1000
RECORD_BYTES = 20_000


def rss_kb(process):
    return of_status(process, "VmRSS:")


def is_sanitized(process):
    """ASan keeps what was freed, and has terabytes of addresses."""
    return of_status(process, "VmSize:") > 1 << 30


@pytest.mark.parametrize("has_json", [True, False])
def test_thousands_of_large_records_take_little_memory(folder, has_json):
    with XapiMock(str(folder / "xapi")) as mock:
        mock.has_json = has_json
        populate(mock)
        filler = {f"field_{i}": "x" * 100 for i in range(RECORD_BYTES // 100)}
        vms = [mock.add("VM", other_config={"nicira-vm-id": f"vm {i}"}, **filler) for i in range(N_MANY)]
        vifs = [mock.add("VIF", other_config={"nicira-iface-id": f"vif {i}"}, **filler) for i in range(N_MANY)]
        with follow(mock, folder) as follower:
            follower.until_reachable()
            before = rss_kb(follower.process)
            with Stopwatch(f"until {N_MANY} VIFs and as many VMs are known"):
                for kind, ids in ("vm", vms), ("vif", vifs):
                    wanted = {(kind, id) for id in ids if follower.answer(kind, id) == "unreachable"}
                    if wanted:
                        follower.until_told(*wanted, deadline_s=120, poll_s=0.02)
            known = rss_kb(follower.process)
            follower.status()
            # All of them change at once: one reply of 40 MB.
            with mock.changed:
                for kind, ids in ("VM", vms), ("VIF", vifs):
                    for id in ids:
                        mock.config(kind, id, nicira_vm_id="after", nicira_iface_id="after")
            wanted = {("vm", id) for id in vms} | {("vif", id) for id in vifs}
            with Stopwatch("until the change of all is known"):
                follower.until_told(*wanted, deadline_s=120, poll_s=0.02)
            assert follower.vif(vifs[-1]) == (vifs[-1], {"nicira-iface-id": "after"})
            after, longest_us = rss_kb(follower.process), follower.status()["longest"]
            print(f"RSS: {before} KB when nothing was asked, {known} KB when all is known, {after} KB after all have changed; "
                  f"the longest turn of the loop meanwhile took {longest_us / 1000:.1f} ms of the processor")
            assert after - before < 6_000 or is_sanitized(follower.process)
            assert longest_us < 30_000 or is_sanitized(follower.process)
