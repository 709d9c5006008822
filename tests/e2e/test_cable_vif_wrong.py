# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on a XenServer host is said where xenopsd looks for it, in time, and opens nothing."""

import os
import time

import pytest

from lab import wait_for
from xenhost import BRIDGE, Vif, answers_of, changed, refused, worker, xen_host  # noqa: F401, pylint: disable=unused-import


@pytest.mark.parametrize("key", ["bridge", "bridge-MAC", "MTU", "trunks"])
def test_missing_key_is_named_where_xenopsd_looks(xen_host, key):
    vif = xen_host.plug(5)
    xen_host.store.remove(f"{vif.private}/{key}")
    before = xen_host.written()
    text = refused(xen_host.online(vif, check=False), f"xenstore has no {vif.private}/{key}")
    assert changed(xen_host, before) == {f"{vif.backend}/hotplug-error": text} and "vif5.0" not in xen_host.ports(BRIDGE)


def test_error_goes_when_the_vif_is_online_at_last(xen_host):
    vif = xen_host.plug(5)
    xen_host.store.remove(f"{vif.private}/MTU")
    xen_host.online(vif, check=False)
    assert xen_host.error(vif)
    xen_host.online(xen_host.write(vif))
    assert xen_host.error(vif) is None and xen_host.status(vif) == "connected"


def test_error_of_a_domain_that_is_gone_leaves_nothing_in_xenstore(xen_host):
    vif = Vif(5)
    before = xen_host.written()
    refused(xen_host.online(vif, check=False), "xenstore has no VM of domain 5")
    assert changed(xen_host, before) == {}


def test_file_that_is_half_written_is_read_again(xen_host):
    vif = xen_host.plug(5)
    file = xen_host.metadata_file(vif)
    file.write_text(vif.metadata()[:150])
    os.utime(file, (0, file.stat().st_mtime))           # so that the kernel notes when it is read
    process = worker(xen_host, vif)
    wait_for(lambda: file.stat().st_atime, "the file to be read")
    file.write_text(vif.metadata())
    assert process.wait(30) == 0 and xen_host.answers(vif)["hotplug"] == "online"


@pytest.mark.parametrize("content, part", [(None, "No such file"), ("", "vif.0"), ('{"mac": "02:00:00:00:05:00", "loc', "vif.0"),
                                           ('{"mac": "02:00:00:00:05:00"}', "'locking_mode' is missing")])
def test_file_that_never_becomes_whole_is_an_error_in_time(xen_host, content, part):
    vif = xen_host.plug(5)
    file = xen_host.metadata_file(vif)
    file.unlink()
    if content is not None:
        file.write_text(content)
    before = xen_host.written()
    text = refused(xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1}), part)
    assert str(file) in text and changed(xen_host, before) == {f"{vif.backend}/hotplug-error": text}
    assert "vif5.0" not in xen_host.ports(BRIDGE)


def test_locked_vif_with_a_wrong_address_is_refused_and_not_open(xen_host):
    vif = xen_host.plug(5, ipv4=["10.0.0.5", "224.0.0.1"])
    text = refused(xen_host.online(vif, check=False), "224.0.0.1")
    assert xen_host.error(vif) == text and "vif5.0" not in xen_host.ports(BRIDGE)


def test_host_with_linux_bridges_is_refused_in_words(xen_host):
    vif = xen_host.plug(5)
    xen_host.set_backend("bridge")
    text = refused(xen_host.online(vif, check=False), "this host's networks are Linux bridges")
    assert xen_host.error(vif) == text and xen_host.answers(vif) == {} and "vif5.0" not in xen_host.ports(BRIDGE)


def test_udev_s_calls_are_none_of_ours_when_libxl_calls_itself(xen_host):
    vif = xen_host.plug(5)
    xen_host.store.write({"/local/domain/0/libxl/disable_udev": 1})
    before = xen_host.written()
    xen_host.online(vif)
    assert changed(xen_host, before) == {}
    xen_host.call("vif-real", "vif", 5, 0, "online")
    assert changed(xen_host, before) == answers_of(xen_host, vif)


def test_device_that_never_comes_is_an_error_with_what_was_waited_for(xen_host):
    vif = xen_host.write(Vif(5))
    before = xen_host.written()
    text = refused(xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1}), "vif5.0")
    assert "device" in text and changed(xen_host, before) == {f"{vif.backend}/hotplug-error": text}
    xen_host.event(vif, "remove")
    assert not [each for each in xen_host.control("status")["vifs"] if each["device"] == "vif5.0"]


def test_agent_that_is_started_again_meanwhile_is_asked_again(xen_host):
    vif = xen_host.plug(5)
    xen_host.lab.agent.stop()
    process = worker(xen_host, vif)
    xen_host.lab.agent.start()
    assert process.wait(30) == 0 and xen_host.answers(vif)["hotplug"] == "online"


def test_agent_that_knows_nothing_yet_is_asked_again(xen_host):
    vif = xen_host.plug(5)
    xen_host.lab.agent.stop()
    xen_host.lab.switch_db.signal("STOP")
    wait_for(lambda: xen_host.lab.switch_db.stopped, "the switch's database to stand still")
    xen_host.lab.agent.start()
    began = time.monotonic()
    refused(xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1}), "does not know its settings yet")
    assert time.monotonic() - began >= 1
    process = worker(xen_host, vif)
    xen_host.lab.switch_db.signal("CONT")
    assert process.wait(30) == 0 and xen_host.answers(vif)["hotplug"] == "online"


def test_agent_that_is_not_there_is_an_error(xen_host):
    vif = xen_host.plug(5)
    xen_host.lab.agent.stop()
    text = refused(xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1}), "is cabled running?")
    assert xen_host.error(vif) == text and xen_host.answers(vif) == {}


def test_agent_that_hangs_holds_up_no_vm_for_long(xen_host):
    vif = xen_host.wired(5)
    xen_host.lab.expect("cabled", r"jsonrpc\|WARN\|.*Broken pipe")       # whoever asked has left
    xen_host.lab.agent.signal("STOP")
    wait_for(lambda: xen_host.lab.agent.stopped, "the agent to stand still")
    text = refused(xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1}), "does not answer in time")
    assert xen_host.error(vif) == text
    xen_host.event(vif, "remove", environment={"CABLE_VIF_TIMEOUT": 1})
    assert "hotplug" not in xen_host.answers(vif) and "vif5.0" not in xen_host.ports(BRIDGE)
    xen_host.lab.agent.signal("CONT")
    wait_for(lambda: not xen_host.flows(BRIDGE, "in_port=32768"), "its rules to go")


def test_vm_can_end_without_an_agent(xen_host):
    vif = xen_host.plug(5)
    before = xen_host.written()
    xen_host.online(vif)
    xen_host.lab.agent.stop()
    xen_host.event(vif, "remove", environment={"CABLE_VIF_TIMEOUT": 1})
    assert "vif5.0" not in xen_host.ports(BRIDGE) and changed(xen_host, before) == {f"{vif.hotplug}/vif": "vif5.0"}
    xen_host.lab.agent.start()
    wait_for(lambda: not xen_host.flows(BRIDGE, "in_port=32768"), "its rules to go")


def test_xenstored_that_is_not_there_is_an_error(xen_host):
    vif = xen_host.plug(5)
    xen_host.xenstored.stop()
    refused(xen_host.online(vif, check=False), "xenstored does not answer")


def test_xenstored_that_hangs_is_not_waited_for_without_end(xen_host):
    vif = xen_host.plug(5)
    xen_host.xenstored.signal("STOP")
    wait_for(lambda: xen_host.xenstored.stopped, "xenstored to stand still")
    done = xen_host.online(vif, check=False, environment={"CABLE_VIF_TIMEOUT": 1})
    xen_host.xenstored.signal("CONT")
    assert done.returncode == 1 and "took too long: it was opening xenstore" in done.stderr


@pytest.mark.parametrize("arguments, part", [((), "action is missing"), (("onlin", "type_if=vif"), "'onlin' is unknown"),
                                             (("online", "type_if=vif"), "XENBUS_PATH")])
def test_call_that_makes_no_sense_says_so(xen_host, arguments, part):
    done = xen_host.call("vif", *arguments, check=False)
    assert done.returncode == 1 and part in done.stderr
