# SPDX-License-Identifier: Apache-2.0
"""What a follower of a XenAPI server knows, and when.

Ids are never wrong, at worst late: wherever the server is away or in doubt, the answer is "unreachable". How long it takes to catch up is
printed (pytest -rP shows it).
"""

import time
import uuid

import pytest

from .following import LOST, Stopwatch, follow, knows_all


# What is there, and what changes


def test_what_is_there_is_known_and_only_the_keys_that_matter(mock, folder):
    with follow(mock, folder) as follower, Stopwatch("from the start to all known"):
        follower.until_reachable()
        assert knows_all(follower, mock)
        assert follower.pool() == (mock.objects["pool"][mock.ref_of("pool", mock.pool)]["uuid"], {})


@pytest.mark.parametrize("kind, key", [("VIF", "nicira-iface-id"), ("VM", "nicira-vm-id")])
def test_changes_are_followed(mock, follower, kind, key):
    what, id = kind.lower(), mock.vif if kind == "VIF" else mock.vm
    assert knows_all(follower, mock)
    for config in {key: "another"}, {}, {key: ""}, {key: "ü <&> \"]"}:
        follower.changes()
        mock.set(kind, id, other_config=config)
        with Stopwatch(f"{kind}: until a change is told"):
            told = follower.until_told((what, id))
        assert told == {(what, id)} and follower.answer(what, id) == (id, config)


def test_changes_that_change_no_id_are_not_told(mock, follower):
    assert knows_all(follower, mock)
    follower.changes()
    questions = len(mock.asked("VIF.get_other_config", "VIF.get_by_uuid"))
    mock.set("VIF", mock.vif, other_config={"nicira-iface-id": "custom vif ID", "xo:x": "y"}, name_label="new")
    mock.config("VM", mock.vm, nicira_vm_id="last")
    assert follower.until_told(("vm", mock.vm)) == {("vm", mock.vm)}
    assert len(mock.asked("VIF.get_other_config", "VIF.get_by_uuid")) == questions


def test_networks_and_pool_are_followed(mock, follower):
    assert follower.network("xenbr1") == "unknown"
    follower.changes()
    other = mock.add("network", bridge="xenbr1", other_config={"vswitch-disable-in-band": "true"})
    assert follower.until_told(("bridge", "xenbr1")) == {("bridge", "xenbr1")}
    assert follower.network("xenbr1") == (other, {"vswitch-disable-in-band": "true"})
    mock.set("network", other, bridge="xenbr2")
    assert follower.until_told(("bridge", "xenbr1"), ("bridge", "xenbr2")) == {("bridge", "xenbr1"), ("bridge", "xenbr2")}
    assert follower.network("xenbr1") == "unknown" and follower.network("xenbr2")[0] == other
    mock.remove("network", other)
    follower.until_told(("bridge", "xenbr2"))
    assert follower.network("xenbr2") == "unknown"
    mock.config("pool", mock.pool, vswitch_controller_fail_mode="secure")
    assert follower.until_told(("pool", "")) == {("pool", "")}
    assert follower.pool() == (mock.pool, {"vswitch-controller-fail-mode": "secure"})
    second = mock.add("pool")
    follower.until_told(("pool", ""))
    assert follower.pool() == "unknown"
    mock.remove("pool", second)
    follower.until_told(("pool", ""))
    assert follower.pool()[0] == mock.pool


def test_of_networks_with_one_bridge_it_is_the_one_with_the_smallest_uuid(unix_mock, folder):
    last, first = (unix_mock.add("network", id=f"{digit}0000000-0000-4000-8000-000000000000", bridge="both") for digit in "f0")
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        assert follower.network("both")[0] == first
        follower.changes()
        unix_mock.remove("network", first)
        follower.until_told(("bridge", "both"))
        assert follower.network("both")[0] == last


@pytest.mark.parametrize("kind", ["VIF", "VM"])
def test_what_goes_and_comes_is_followed(mock, follower, kind):
    what, id = kind.lower(), mock.vif if kind == "VIF" else mock.vm
    assert follower.until_known(what, id)[0] == id
    mock.remove(kind, id)
    follower.until_told((what, id))
    assert follower.answer(what, id) == "unknown"
    mock.add(kind, id=id)           # an import keeps the uuid and gives another reference
    follower.until_told((what, id))
    assert follower.answer(what, id) == (id, {})


def test_a_vif_that_was_made_a_moment_ago_is_known_at_once(mock, follower):
    times = []
    for i in range(50):
        id = mock.add("VIF", other_config={"nicira-iface-id": f"id {i}"})
        begin = time.monotonic()
        assert follower.until_known("vif", id) == (id, {"nicira-iface-id": f"id {i}"})
        times.append(time.monotonic() - begin)
    print(f"until a new VIF is known, p50 of {len(times)}: {sorted(times)[len(times) // 2] * 1000:.2f} ms")


def test_what_is_no_uuid_is_unknown_and_nobody_is_asked(mock, follower):
    for text in "", "x", mock.vif[:-1], mock.vif + " ", "OpaqueRef:NULL":
        assert follower.vif(text) == follower.vm(text) == "unknown"
    assert mock.asked("VIF.get_by_uuid", "VM.get_by_uuid") == []
    assert follower.until_known("vif", str(uuid.uuid4())) == "unknown"
    assert follower.vif(mock.vif.upper()) == "unreachable"
    follower.until_told(("vif", mock.vif))
    assert follower.vif(mock.vif.upper())[0] == mock.vif


def test_flush_asks_for_everything_anew(mock, follower):
    assert knows_all(follower, mock)
    follower.changes()
    questions = len(mock.calls)
    follower.flush()
    assert follower.network("xenbr0") in ("unreachable", (mock.network, follower.network("xenbr0")[1]))
    assert follower.until_told(("all", "")) >= {("all", "")}
    assert knows_all(follower, mock)
    assert len(mock.calls) >= questions + 5
    assert len(mock.asked("session.login_with_password")) == 1


# Never wrong


def test_an_answer_that_was_overtaken_is_not_believed(unix_mock, folder):
    """The answer is made, then the object changes and goes, and only then the answer comes."""
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        for method in "VIF.get_by_uuid", "VIF.get_other_config":
            for change in "config", "remove":
                id = unix_mock.add("VIF", other_config={"nicira-iface-id": "before"})
                hung = unix_mock.hung
                unix_mock.slow.add(method)
                assert follower.vif(id) == "unreachable"
                follower.until(lambda hung=hung: unix_mock.hung > hung, "the question to be answered")
                if change == "config":
                    unix_mock.config("VIF", id, nicira_iface_id="after")
                else:
                    unix_mock.remove("VIF", id)
                network = unix_mock.add("network", bridge=f"xapi{hung}")       # told after the event
                follower.until(lambda hung=hung, network=network: follower.network(f"xapi{hung}")[0] == network, "the event")
                unix_mock.slow.clear()
                if change == "config":
                    assert follower.until_known("vif", id) == (id, {"nicira-iface-id": "after"})
                else:
                    until_unknown(follower, unix_mock, id)


def until_unknown(follower, mock, id):
    """XAPI tells nobody that an object has gone which it has not told of: that is found out after the next events."""
    def is_unknown():
        mock.config("pool", mock.pool, time=str(time.monotonic()))
        return follower.vif(id) == "unknown"
    follower.until(is_unknown, "the end of the VIF")


def test_what_was_made_and_has_gone_between_two_events_is_found_out(unix_mock, folder):
    with follow(unix_mock, folder) as follower:
        follower.until_reachable()
        with unix_mock.changed:                 # events are held back meanwhile
            id = str(uuid.uuid4())
            ref = unix_mock.ref()
            unix_mock.objects["VIF"][ref] = {"uuid": id, "other_config": {}}
        assert follower.until_known("vif", id) == (id, {})
        with unix_mock.changed:
            del unix_mock.objects["VIF"][ref]
        assert follower.vif(id) == (id, {})
        until_unknown(follower, unix_mock, id)


def test_nothing_is_answered_while_the_server_is_away(mock, folder):
    with follow(mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, mock)
        follower.changes()
        mock.stop()
        follower.until_reachable(False)
        assert follower.network("xenbr0") == follower.pool() == follower.vif(mock.vif) == follower.vm(mock.vm) == "unreachable"
        assert follower.status()["error"]
        mock.config("VIF", mock.vif, nicira_iface_id="changed meanwhile")
        mock.remove("VM", mock.vm)
        mock.start()
        with Stopwatch("from the server's return until all is told"):
            told = follower.until_told(("bridge", "xenbr0"), ("pool", ""), ("vif", mock.vif), ("vm", mock.vm))
        assert ("all", "") not in told
        assert follower.vif(mock.vif) == (mock.vif, {"nicira-iface-id": "changed meanwhile"}) and follower.vm(mock.vm) == "unknown"
        assert follower.status()["error"] == ""


def test_what_has_not_changed_while_the_server_was_away_is_not_told(unix_mock, folder):
    with follow(unix_mock, folder, LOST) as follower:
        follower.until_reachable()
        assert knows_all(follower, unix_mock)
        follower.changes()
        unix_mock.stop()
        follower.until_reachable(False)
        unix_mock.config("VM", unix_mock.vm)
        unix_mock.start()
        assert follower.until_told(("vm", unix_mock.vm)) == {("vm", unix_mock.vm)}
