# SPDX-License-Identifier: Apache-2.0
"""`cable host`: a bridge is guarded, and given back as it was; what other hands do to it is put right and told."""


from pathlib import Path

import pytest

from conftest import peer_of
from lab import wait_for
from lab.wait import NotSeen
from storm import POLICY, Storm

OURS = f"cookie={0xf17e << 48:#x}/{0xffff << 48:#x}"
NOT_ADMITTED = "cookie=0xf17e000000008000/0xffffffffff00ff00"


def add_bridge(host, name="br7", *settings):
    """A bridge of the host's own."""
    host.lab.vsctl("add-br", name, "--", "set", "bridge", name, f"datapath_type={host.lab.datapath_type}", *settings)
    return name


def add_port(host, name, bridge="br7"):
    """A port of the host's own; its other end is guest-NAME."""
    host.lab.expect("ovs-vswitchd", f"{name}.*(Network is down|No such device)")
    host.veth(name)
    for device in (name, peer_of(name)):
        host.lab.run("ip", "link", "set", device, "up")
    host.lab.vsctl("add-port", bridge, name)
    return name


def quiet(host):
    """Devices say nothing by themselves."""
    host.lab.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1")


def status(host, bridge="br7"):
    """What `cable host status` says of a bridge."""
    return next(row for row in host.json("host", "status")["bridges"] if row["bridge"] == bridge)


def hands(host, bridge="br7"):
    """What other hands did to a bridge: its kinds with the sentences."""
    return {row["what"]: row["sentence"] for row in host.json("host", "status")["other_hands"] if row["bridge"] == bridge}


def mode(host, bridge="br7"):
    """The columns of a bridge that guarding changes."""
    row = host.row("Bridge", bridge, "fail_mode", "other_config", "protocols", "external_ids")
    return {"fail_mode": row["fail_mode"], "in_band": row["other_config"].get("disable-in-band"),
            "protocols": sorted([row["protocols"]] if isinstance(row["protocols"], str) else row["protocols"]),
            "marks": sorted(key for key in row["external_ids"] if key.startswith("cabled") or key == "xs-network-uuids")}


def frags(host, bridge="br7"):
    return host.lab.ofctl("-O", "OpenFlow13", "get-frags", bridge).strip()


def refused(host, *words, status=1):
    """The error of a command that must be refused and change nothing in the switch."""
    before = host.lab.run("ovsdb-client", "dump", host.lab.switch_db.remote, "Bridge", "name", "fail_mode", "external_ids", "ports").stdout
    done = host.cable(*words, check=False)
    assert (done.returncode, done.stdout) == (status, ""), done
    after = host.lab.run("ovsdb-client", "dump", host.lab.switch_db.remote, "Bridge", "name", "fail_mode", "external_ids", "ports").stdout
    assert before == after
    return done.stderr


def passes(host, sender, hearer, count=3):
    """Whether a frame that is sent at one port's other end arrives at another's."""
    frames = host.lab.state / f"passes-{hearer}"
    said = host.lab.state / f"passes-said-{hearer}"
    said.unlink(missing_ok=True)
    ear = host.lab.spawn("sh", "-c", f"exec frames listen {peer_of(hearer)} >{frames} 2>{said} </dev/null")
    try:
        wait_for(lambda: said.exists() and "listening" in said.read_text(), f"{hearer} to be listened to")
        frame = "ffffffffffff" "0200000000ee" "88b6" + "00" * 46
        host.lab.run("frames", "send", peer_of(sender), "100", input=f"{frame}\n" * count)
        wait_for(lambda: frame in frames.read_text(), "the frame", 2)
        return True
    except NotSeen:
        return False
    finally:
        ear.kill()
        ear.wait()


# Guarding

def test_bridge_without_vifs_is_guarded_on_request(host):
    add_bridge(host)
    assert host.cable("host", "guard", "br7").stdout == "bridge br7 is guarded\n"
    assert status(host)["state"] == "guarded" and mode(host)["fail_mode"] == "secure"
    assert host.flows("br7", OURS)
    assert host.cable("host", "guard", "br7").stdout == "bridge br7 is guarded already\n"


def test_guard_without_an_agent_takes_effect_when_one_starts(host):
    host.lab.agent.stop()
    add_bridge(host)
    assert "marked to be guarded, which takes effect when an agent starts: " in host.cable("host", "guard", "br7").stdout
    assert mode(host)["fail_mode"] == [] and status(host)["state"] == "marked"
    assert host.json("host", "status")["agent"] == "unreachable"
    host.lab.agent.start()
    wait_for(lambda: status(host)["state"] == "guarded" and mode(host)["fail_mode"] == "secure", "the bridge to be guarded")
    assert "cabled-was-fail-mode" in mode(host)["marks"]


def test_guard_that_does_not_come_about_is_told(host):
    host.lab.agent.stop()
    host.lab.pool_db.stop()
    host.lab.expect("cabled", "pool.sock")
    host.lab.agent.start()          # it decides nothing before it has heard of the VIFs
    add_bridge(host)
    error = host.cable("host", "guard", "br7", "--timeout", "1.5", check=False)
    assert error.returncode == 1 and "cable: waiting for the agent to guard the bridge\n" in error.stderr
    assert "bridge br7 is marked, but the agent has not guarded it in time: its state is" in error.stderr
    host.lab.pool_db.start()
    wait_for(lambda: status(host)["state"] == "guarded" and mode(host)["fail_mode"] == "secure", "the bridge to be guarded")


@pytest.mark.parametrize(("words", "says", "code"), [
    (["guard", "br8"], "this host's switch has no bridge 'br8': did you mean 'br7'?", 1),
    (["unguard", "nowhere"], "this host's switch has no bridge 'nowhere': `ovs-vsctl list-br` lists them", 1),
    (["gaurd", "br7"], "did you mean 'guard'?", 2),
    (["guard", "br7", "--foreign-ports", "drak"], "--foreign-ports 'drak' is not known: did you mean 'dark'?", 2),
    (["guard", "br7", "--foreign-port", "dark"], "did you mean --foreign-ports?", 2),
    (["guard", "br7", "--unplug"], "option --unplug belongs to `cable host unguard`", 2),
    (["unguard", "br7", "--unplgu"], "did you mean --unplug?", 2),
    (["guard"], "BRIDGE", 2),
    (["status", "br7"], "host status", 2),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_word_that_is_wrong_is_told_with_the_right_one(typo_host, words, says, code):
    assert says in refused(typo_host, "host", *words, status=code)


@pytest.fixture(scope="module")
def typo_host():
    from conftest import Host
    from lab import Lab

    with Lab() as lab:
        host = Host(lab)
        add_bridge(host)
        yield host


def test_switch_that_is_not_there_is_told_at_once(host):
    done = host.lab.run("env", f"OVS_RUNDIR={host.lab.state}", "cable", "host", "guard", "br7", check=False)
    assert done.returncode == 1 and "is Open vSwitch running here?" in done.stderr and "OVS_RUNDIR" in done.stderr


def test_bridges_are_completed(host):
    add_bridge(host, "br70")
    add_bridge(host, "br71")
    assert host.cable("complete", "--", "host", "guard", "br").stdout.split() == ["br70", "br71"]
    assert host.cable("complete", "--", "host", "guard", "br70", "--foreign-ports", "").stdout.split() == ["accept", "dark"]


# Giving back

SETTINGS = {
    "plain": [],
    "own": ["fail_mode=standalone", "other_config:disable-in-band=false", "protocols=OpenFlow10,OpenFlow13"],
    "secure": ["fail_mode=secure", "other_config:disable-in-band=true", "protocols=OpenFlow13"],
}


@pytest.mark.parametrize("agent", [True, False], ids=["agent", "no agent"])
@pytest.mark.parametrize("settings", SETTINGS)
def test_bridge_is_given_back_as_it_was(host, settings, agent):
    quiet(host)
    add_bridge(host, "br7", *SETTINGS[settings])
    for name in ("own1", "own2"):
        add_port(host, name)
    host.lab.ofctl("-O", "OpenFlow13", "add-flow", "br7", "priority=5,cookie=0x77,actions=NORMAL")
    before = mode(host)
    host.cable("host", "guard", "br7", "--foreign-ports", "accept")
    assert mode(host)["fail_mode"] == "secure" and "OpenFlow14" in (mode(host)["protocols"] or ["OpenFlow14"])
    if not agent:
        host.lab.agent.stop()
    assert host.cable("host", "unguard", "br7").stdout == "bridge br7 is the host's again, as it was before it was guarded\n"
    assert mode(host) == before | {"marks": ["cabled-guard"]}
    assert status(host)["state"] == "unguarded"
    flows = host.lab.ofctl("-O", "OpenFlow13", "--no-stats", "dump-flows", "br7")
    assert "0xf17e" not in flows and ("cookie=0x77" in flows) == (settings == "secure")
    assert frags(host) == "normal"
    assert passes(host, "own1", "own2")
    assert host.cable("host", "unguard", "br7").stdout == "bridge br7 has been given back already\n"


def test_unguarded_bridge_is_let_alone_until_it_is_guarded_again(host):
    add_bridge(host)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    for device in ("vif1.0", "vif2.0", "vif3.0", "vif4.0"):
        host.wired(device)
    error = refused(host, "host", "unguard", "br7")
    assert "bridge br7 has the ports of 4 VIFs (vif1.0, vif2.0, vif3.0 and 1 more)" in error and "--unplug" in error
    host.lab.expect("cabled", "was given back to the host")
    assert "; the ports of 4 VIFs were taken off" in host.cable("host", "unguard", "br7", "--unplug").stdout
    assert host.ports("br7") == set() and mode(host)["fail_mode"] == []
    assert host.wait("vif1.0", "failed")["error"] == "bridge br7 was given back to the host: `cable host guard br7` guards it again"
    wait_for(lambda: "UP" not in host.link("vif1.0")["flags"], "the VIF's link to be down")
    host.veth("vif5.0")
    host.vif("vif5.0")
    host.wait("vif5.0", "failed")
    host.lab.agent.stop()
    host.lab.agent.start()
    host.wait("vif5.0", "failed")
    assert host.ports("br7") == set() and not host.flows("br7", OURS) and mode(host)["marks"] == ["cabled-guard"]
    assert hands(host) == {}
    host.cable("host", "guard", "br7")
    for device in ("vif1.0", "vif5.0"):
        host.wait(device)


def test_port_of_a_vif_that_is_left_on_an_unguarded_bridge_is_removed(host):
    add_bridge(host)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    host.lab.expect("cabled", "was given back to the host")
    host.lab.vsctl("set", "bridge", "br7", "external_ids:cabled-guard=false")
    host.wait("vif1.0", "failed")
    assert host.ports("br7") == set()


def test_adopted_port_is_no_less_a_vif_s(host):
    add_bridge(host)
    host.cable("host", "guard", "br7")
    add_port(host, "vif9.0")
    host.lab.vsctl("set", "port", "vif9.0", "external_ids:cabled-adopted=true")
    assert "1 VIF (vif9.0)" in refused(host, "host", "unguard", "br7")
    assert "the port of 1 VIF was taken off" in host.cable("host", "unguard", "br7", "--unplug").stdout
    assert host.ports("br7") == set()


def test_bridge_that_was_made_for_a_network_is_given_only_on_demand(host):
    host.network()
    network = host.json("network", "show", "net0")["uuid"]
    host.wired("vif1.0")
    host.cable("vif", "destroy", "vif1.0")
    wait_for(lambda: host.ports("xapi0") == set(), "the port to go")
    error = refused(host, "host", "unguard", "xapi0")
    assert f"bridge xapi0 was made by Cabled for network {network}: destroy the network" in error and "--unplug" in error
    host.cable("host", "unguard", "xapi0", "--unplug")
    assert mode(host, "xapi0") == {"fail_mode": [], "in_band": None, "protocols": [], "marks": ["cabled-guard"]}
    host.cable("network", "destroy", "net0")
    assert host.bridges() == {"xapi0"}


def test_bridge_that_nobody_guarded_is_marked(host):
    add_bridge(host, "br7", "fail_mode=secure")
    assert "br7 was not guarded, and is marked now" in host.cable("host", "unguard", "br7").stdout
    assert mode(host)["fail_mode"] == "secure" and mode(host)["marks"] == ["cabled-guard"]
    host.lab.expect("cabled", "was given back to the host")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.veth("vif1.0")
    host.vif("vif1.0")
    host.wait("vif1.0", "failed")
    assert mode(host)["fail_mode"] == "secure" and not host.flows("br7", OURS)


@pytest.mark.parametrize("agent", [True, False], ids=["agent", "no agent"])
def test_bridge_is_given_back_without_ovs_vswitchd(host, agent):
    quiet(host)
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|was given back to the host|ovs-vswitchd does not answer")
    add_bridge(host)
    for name in ("own1", "own2"):
        add_port(host, name)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    if not agent:
        host.lab.agent.stop()
    host.lab.vswitchd.kill()
    done = host.cable("host", "unguard", "br7", "--unplug")
    assert done.stdout == ("bridge br7 is the host's again, as it was before it was guarded; the port of 1 VIF was taken off; "
                           "ovs-vswitchd does not run here: it takes effect when that starts\n")
    host.lab.vswitchd.start()
    assert mode(host)["fail_mode"] == [] and "0xf17e" not in host.lab.ofctl("dump-flows", "br7") and frags(host) == "normal"
    assert passes(host, "own1", "own2")


def test_unguard_that_is_broken_off_says_so_and_goes_on(host):
    add_bridge(host, "br7", "fail_mode=standalone", "protocols=OpenFlow10")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    host.lab.expect("cabled", "was given back to the host")
    host.lab.vswitchd.signal("STOP")
    error = host.cable("host", "unguard", "br7", "--unplug", "--timeout", "1.5", check=False)
    assert error.returncode == 1 and error.stderr.startswith("cable: waiting for ovs-vswitchd to carry out the change\n")
    assert "bridge br7 is given back only in part" in error.stderr
    assert mode(host)["fail_mode"] == "secure" and host.ports("br7") == set()
    host.lab.vswitchd.signal("CONT")
    host.cable("host", "unguard", "br7")
    assert mode(host) == {"fail_mode": "standalone", "in_band": None, "protocols": ["OpenFlow10"], "marks": ["cabled-guard"]}


def test_agent_that_is_at_work_on_a_bridge_does_not_take_it_back(host):
    add_bridge(host)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.lab.expect("cabled", "was given back to the host")
    host.lab.expect("ovs-vswitchd", "vif1.0")
    host.veth("vif1.0")
    host.vif("vif1.0")
    for _ in range(15):
        host.lab.vsctl("--no-wait", "set", "bridge", "br7", "external_ids:cabled-guard=true")
        host.cable("host", "unguard", "br7", "--unplug")
        assert host.ports("br7") == set()
        assert mode(host) == {"fail_mode": [], "in_band": None, "protocols": [], "marks": ["cabled-guard"]}
    host.wait("vif1.0", "failed")
    assert mode(host)["fail_mode"] == [] and not host.flows("br7", OURS)


def test_agent_writes_on_a_bridge_only_if_its_marks_are_what_it_has_read(host):
    """The race of the test before, where it cannot be met by chance: the database itself refuses what comes too late."""
    host.lab.agent.appctl("vlog/set", "jsonrpc:file:dbg")
    add_bridge(host)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    sent = [line for line in host.lab.agent.log.read_text().splitlines() if 'method="transact"' in line and '"table":"Bridge"' in line]
    for column in ("disable-in-band", '"fail_mode":"secure"', '"ofport_request"'):
        transactions = [line for line in sent if column in line]
        assert transactions and all('"op":"wait"' in line and '"columns":["external_ids"]' in line for line in transactions), column


@pytest.fixture
def stormy(host):
    """A wired VIF with the policy `dual` on a bridge of the host's own, and an ear that hears what passes."""
    quiet(host)
    add_bridge(host)
    host.lab.expect("ovs-vswitchd", "No such device|dropping VLAN|ukey installation fails")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0", "--ipv4", ",".join(POLICY["ipv4"]), "--ipv6", ",".join(POLICY["ipv6"]), mac=POLICY["mac"])
    for name in ("ear0", "own1"):
        add_port(host, name)
    host.lab.run("ip", "link", "set", peer_of("vif1.0"), "up")
    wait_for(lambda: host.flows("br7", f"table=199,in_port={host.interface('ear0')['ofport']}"), "the ear to be admitted")
    return host


@pytest.mark.parametrize("agent", [True, False], ids=["agent", "no agent"])
def test_nothing_forged_passes_while_a_bridge_is_given_back_and_guarded_again(stormy, agent):
    stormy.lab.expect("cabled", "was given back to the host")
    with Storm(stormy, "vif1.0", peer_of("ear0")) as storm:
        storm.await_passing()
        for _ in range(5):
            if not agent:
                stormy.lab.agent.stop()
            stormy.cable("host", "unguard", "br7", "--unplug")
            assert passes(stormy, "own1", "ear0")
            if not agent:
                stormy.lab.agent.start()
            stormy.cable("host", "guard", "br7")
            stormy.wait("vif1.0")
            storm.await_passing()
    assert not storm.heard()[1], f"{len(storm.heard()[1])} forged frames arrived"


# Foreign ports

def not_admitted(host):
    """Frames that the bridge's own rule has dropped."""
    host.lab.appctl("revalidator/wait")
    host.lab.appctl("revalidator/purge")
    return sum(int(line.partition("n_packets=")[2].partition(",")[0])
               for line in host.lab.ofctl("-O", "OpenFlow14", "dump-flows", "br7", NOT_ADMITTED).splitlines() if "n_packets" in line)


def foreign(host):
    return {row["port"]: row["state"] for row in host.json("host", "status")["foreign_ports"]}


def test_foreign_ports_are_a_bridge_s_own_choice(host):
    quiet(host)
    add_bridge(host)
    for name in ("own1", "own2"):
        add_port(host, name)
    host.cable("host", "guard", "br7", "--foreign-ports", "dark")
    assert status(host)["foreign_ports"] == "dark"
    wait_for(lambda: foreign(host) == {"own1": "dark", "own2": "dark"}, "both ports to be dark", seen=lambda: foreign(host))
    before = not_admitted(host)
    assert not passes(host, "own1", "own2", count=7)
    assert not_admitted(host) - before >= 7
    for _ in range(2):
        host.cable("host", "guard", "br7", "--foreign-ports", "accept")
        wait_for(lambda: foreign(host) == {"own1": "admitted", "own2": "admitted"}, "both ports to be admitted")
        assert passes(host, "own1", "own2")
        host.cable("host", "guard", "br7", "--foreign-ports", "dark")
        wait_for(lambda: foreign(host) == {"own1": "dark", "own2": "dark"}, "both ports to be dark")
        assert not passes(host, "own1", "own2")


def test_bridge_s_choice_counts_before_the_host_s(host):
    add_bridge(host)
    add_port(host, "own1")
    host.lab.vsctl("set", "open_vswitch", ".", "external_ids:cabled-foreign-ports=dark")
    host.cable("host", "guard", "br7")
    assert foreign(host) == {"own1": "dark"}
    host.lab.vsctl("set", "bridge", "br7", "external_ids:cabled-foreign-ports=accept")
    wait_for(lambda: foreign(host) == {"own1": "admitted"}, "the port to be admitted")
    host.lab.expect("cabled", "cabled-foreign-ports is 'maybe'")
    host.lab.vsctl("set", "bridge", "br7", "external_ids:cabled-foreign-ports=maybe")
    wait_for(lambda: foreign(host) == {"own1": "dark"}, "a word that nobody knows to be dark")
    assert status(host)["error"] == "bridge br7: cabled-foreign-ports is 'maybe': write accept or dark"
    host.lab.vsctl("set", "bridge", "br7", "external_ids:cabled-foreign-ports=accept")
    wait_for(lambda: foreign(host) == {"own1": "admitted"} and not status(host)["error"], "the complaint to end")


# The status

def test_status_is_known_without_an_agent(host):
    add_bridge(host, "br7", "stp_enable=true")
    add_port(host, "own1")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0")
    with_agent = host.json("host", "status")
    host.lab.agent.stop()
    without = host.json("host", "status")
    assert with_agent["agent"] == "connected" and without["agent"] == "unreachable" and "is cabled running?" in without["agent_error"]
    for name in ("switch_version", "datapath", "bridges", "foreign_ports"):
        assert with_agent[name] == without[name], name
    assert with_agent["bridges"] == [{"bridge": "br7", "state": "guarded", "fail_mode": "secure", "foreign_ports": "accept", "vifs": 1,
                                      "spanning_tree": "stp", "error": None}]
    assert with_agent["foreign_ports"] == [{"port": "own1", "bridge": "br7", "type": None, "state": "admitted"}]
    shown = host.cable("host", "status").stdout
    assert "own1" in shown and "switch version" in shown


# Other hands

MAN = (Path(__file__).resolve().parents[2] / "man/cabled.8.in").read_text()
OFCTL = ["ovs-ofctl", "-O", "OpenFlow14"]
HANDS = {
    "fail-mode": ["ovs-vsctl", "set-fail-mode", "br7", "standalone"],
    "in-band": ["ovs-vsctl", "remove", "bridge", "br7", "other_config", "disable-in-band"],
    "fragment-mode": [*OFCTL, "set-frags", "br7", "normal"],
    "protocols": ["ovs-vsctl", "set", "bridge", "br7", "protocols=OpenFlow10"],
    "spanning-tree": ["ovs-vsctl", "set", "bridge", "br7", "stp_enable=true", "--", "set", "port", "vif1.0", "other_config:stp-enable=true"],
    "flows": [*OFCTL, "del-flows", "br7"],
    "flows (a first controller)": ["ovs-vsctl", "set-controller", "br7", "tcp:127.0.0.1:1"],
    "port-deleted": ["ovs-vsctl", "del-port", "vif1.0"],
    "port-number": ["ovs-vsctl", "set", "interface", "vif1.0", "ofport_request=77"],
    "port-row": ["ovs-vsctl", "set", "port", "vif1.0", "tag=5"],
    "port-row (identity)": ["ovs-vsctl", "remove", "interface", "vif1.0", "external_ids", "xs-network-uuid"],
    "fail-mode (emer-reset)": ["ovs-vsctl", "emer-reset"],
}


def test_every_kind_is_in_the_manual_page():
    section = MAN.partition(".Ss Other hands")[2].partition(".Ss")[0]
    described = [line.removeprefix(".It Cm ") for line in section.splitlines() if line.startswith(".It Cm ")]
    assert set(described) == {hand.partition(" ")[0] for hand in HANDS}


def put_right(host):
    """What must be as it is on a guarded bridge with a wired VIF; tells what is not."""
    port = host.row("Port", "vif1.0", "tag", "other_config") if "vif1.0" in host.ports("br7") else None
    right = {
        "secure": mode(host)["fail_mode"] == "secure", "in-band": mode(host)["in_band"] == "true",
        "protocols": not mode(host)["protocols"] or "OpenFlow14" in mode(host)["protocols"],
        "guarded": status(host)["state"] == "guarded", "wired": host.record("vif1.0", "wired") is not None,
        "port": port is not None and port["tag"] == 0 and port["other_config"] == {"rstp-enable": "false", "stp-enable": "false"},
    }
    right["fragments"] = right["guarded"] and "nx-match" in host.lab.ofctl("-O", "OpenFlow14", "get-frags", "br7")
    right["number"] = port is not None and host.interface("vif1.0")["ofport"] == host.interface("vif1.0")["ofport_request"]
    right["flows"] = right["guarded"] and len(host.flows_of("br7", host.interface("vif1.0")["ofport"])) > 30 if port else False
    return [name for name, good in right.items() if not good]


@pytest.mark.parametrize("hand", HANDS)
def test_other_hand_is_put_right_and_told(host, hand):
    what = hand.partition(" ")[0]
    add_bridge(host)
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    assert put_right(host) == [] and hands(host) == {}
    host.lab.expect("cabled", r"hands\|WARN\|bridge br7: somebody")
    host.lab.expect("cabled", "connection to ovs-vswitchd broke|connection dropped|version negotiation|peer supports version|connection failed")
    host.lab.expect("ovs-vswitchd", "version negotiation|peer supports version|Protocol error|vif1.0|tcp:127.0.0.1:1")
    host.lab.run(*HANDS[hand])
    wait_for(lambda: what in hands(host), f"{what} to be told", seen=lambda: hands(host))
    wait_for(lambda: put_right(host) == [], "everything to be put right", seen=lambda: put_right(host))
    assert hand != "fail-mode (emer-reset)" or {"fail-mode", "in-band", "spanning-tree"} <= set(hands(host))
    assert hands(host)[what].startswith("somebody")
    assert hands(host)[what] in host.lab.agent.log.read_text()
    assert hands(host)[what] in " ".join(host.cable("host", "status").stdout.split())


def test_last_controller_s_removal_is_put_right(host):
    add_bridge(host)
    host.lab.expect("ovs-vswitchd", "tcp:127.0.0.1:1|cannot find route for controller")
    host.lab.vsctl("set-controller", "br7", "tcp:127.0.0.1:1")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    host.lab.expect("cabled", "somebody else changed or deleted flows of ours")
    host.lab.vsctl("del-controller", "br7")
    wait_for(lambda: "flows" in hands(host), "the flush to be told")
    wait_for(lambda: put_right(host) == [], "everything to be put right", seen=lambda: put_right(host))


def test_what_the_agent_does_itself_is_no_other_hand(host):
    add_bridge(host)
    add_bridge(host, "br8")
    host.network("net0", "--bridge", "br7", "--unmanaged")
    host.network("net1", "--bridge", "br8", "--unmanaged")
    host.lab.expect_lost_connections()
    host.lab.expect("cabled", "connection to ovs-vswitchd broke")
    host.wired("vif1.0", "--ipv4", "10.0.0.5")
    for words in (["--add-ipv4", "10.0.0.6"], ["--trunks", "5,6"], ["--mac", "02:00:00:00:07:07"], ["--network", "net1"]):
        host.cable("vif", "set", "vif1.0", *words)
        host.cable("vif", "wait", "vif1.0")
    host.cable("vif", "unplug", "vif1.0")
    host.wait("vif1.0", "detached")
    host.cable("vif", "plug", "vif1.0")
    host.wait("vif1.0")
    host.lab.run("ip", "link", "del", "vif1.0")
    host.wait("vif1.0", "no-device")
    host.veth("vif1.0")
    host.wait("vif1.0")
    host.lab.vswitchd.stop()
    host.lab.vswitchd.start()
    wait_for(lambda: host.record("vif1.0", "wired") and status(host, "br8")["state"] == "guarded", "the VIF to be wired again")
    assert hands(host) == {} and hands(host, "br8") == {}
