# SPDX-License-Identifier: Apache-2.0
"""What `cable` shows: with and without pool and agent, to terminals, pipes and shells."""

import json
import os
import socket
import subprocess
import time

import pytest
from cable_pool import CABLE, DEADLINE_S, MAC, Agent, Screen, cells, empty_pool, pool  # noqa: F401 (fixtures)


# Pool and agent, there or not


def test_pool_that_is_down_is_said_at_once(empty_pool):
    empty_pool.stop()
    for words in (["vif", "list"], ["network", "create", "lan"], ["watch"], ["vif", "wait", "vif1.0"]):
        begin = time.monotonic()
        done = empty_pool.cable(*words, check=False)
        assert (done.returncode, done.stdout) == (1, "")
        assert time.monotonic() - begin < 4, "it waited for a server that is not there"
        assert done.stderr.startswith(f"cable: the pool database at {empty_pool.remote} does not answer (")
        assert "--pool or CABLED_POOL" in done.stderr


def test_pool_address_that_cannot_be_is_said(empty_pool):
    done = empty_pool.cable("vif", "list", env={"CABLED_POOL": "nonsense"}, check=False)
    assert done.returncode == 2 and "write the address like unix:PATH" in done.stderr
    done = empty_pool.cable("status", "--pool", "nonsense", check=False)
    assert done.returncode == 1 and "write the address like unix:PATH" in done.stdout
    assert "--private-key" in empty_pool.refused("vif", "list", "--pool", "ssl:127.0.0.1:1")
    assert "all three" in empty_pool.refused("vif", "list", "--private-key", "key.pem", status=2)


def test_pool_that_is_silent_is_given_up(empty_pool):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(empty_pool.folder / "silent"))
        silent.listen()
        error = empty_pool.refused("vif", "list", "--timeout", "0.2", "--pool", f"unix:{empty_pool.folder}/silent")
        assert "does not answer" in error


def test_person_without_access_is_told_so(pool):
    (pool.folder / "pool.sock").chmod(0)
    drop = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    done = subprocess.run([*drop, CABLE, "vif", "list"], env=pool.environment, capture_output=True, text=True, timeout=DEADLINE_S)
    assert (done.returncode, done.stdout) == (1, "")
    assert "(Permission denied): run cable as a user who may write to that socket" in done.stderr


def test_rules_help_and_completion_need_no_pool(empty_pool):
    empty_pool.stop()
    assert {"name", "number", "verdict", "what", "reference"} == set(empty_pool.json("rules", "list")[0])
    assert "cable vif create DEVICE --network NETWORK --mac MAC" in empty_pool.cable("help", "vif", "create").stdout
    assert empty_pool.cable("vif", "create", "--help").stdout == empty_pool.cable("help", "vif", "create").stdout
    assert "Commands of `cable vif`" in empty_pool.cable("vif", "-h").stdout
    assert empty_pool.cable("--version").stdout.startswith("cable (Cabled) ")
    nouns = {command["noun"] for command in empty_pool.json("help")["commands"]}
    assert nouns >= {"network", "vif", "status", "rules", "watch"} and "complete" not in nouns
    assert "complete -F _cable cable" in empty_pool.cable("completion", "bash").stdout
    policy = json.dumps([{"id": "a", "mode": "disabled", "mac": MAC}])
    assert empty_pool.cable("rules", "compile", "--policies", "-", input=policy).stdout == (
        "cookie=0xf17e000001008100,table=199,priority=303,send_flow_rem,in_port=1 actions=drop\n")


SHOWN = {"device": "vif1.0", "state": "wired", "error": "", "bridge": "xapi0", "ofport": 32768, "variant": "strict",
         "rules": [
    {"name": "allow-ipv4", "number": 7, "verdict": "allow", "packets": 0, "bytes": 0},
    {"name": "arp-spoof", "number": 133, "verdict": "drop", "packets": 3, "bytes": 126}]}


def test_vif_show_has_the_agent_s_packets(pool):
    with Agent(pool.folder, {("vif/show", "vif1.0"): SHOWN}) as agent:
        assert pool.json("vif", "show", "vif1.0", "--agent", agent.path)["rules"] == SHOWN["rules"]
        text = pool.cable("vif", "show", "vif1.0", env={"CABLED_AGENT": agent.path}).stdout
    assert "  arp-spoof     133  drop           3    126\n" in text
    assert "allow-ipv4" not in text and "and 1 more, where nothing has happened" in text


@pytest.mark.parametrize("waits, shown", [
    ({"waiting_for": "the next try: the kernel refused", "next_try_ms": 2940}, "the next try: the kernel refused, in 2.9 s"),
    ({"waiting_for": "the device to appear"}, "the device to appear"),
    ({"waiting_for": ""}, None), ({}, None)], ids=["backoff", "no backoff", "nothing", "older agent"])
def test_vif_show_tells_what_is_waited_for(pool, waits, shown):
    with Agent(pool.folder, {("vif/show", "vif1.0"): SHOWN | waits}) as agent:
        assert pool.json("vif", "show", "vif1.0", "--agent", agent.path)["waiting_for"] == shown


def test_vif_show_has_everything_else_without_an_agent(pool):
    pool.update_vif("vif1.0", wire_state="failed", wire_error="bridge xapi0 is missing", ofport=32768,
                    wired_since=1763878443120)
    record = pool.json("vif", "show", "vif1.0")
    assert cells(record, "rules", "state", "error", "ofport", "wired_since") == (
        None, "failed", "bridge xapi0 is missing", 32768, 1763878443120)
    assert "packets are not known: no agent runs on this machine" in record["note"]
    lines = [line.split(maxsplit=2) for line in pool.cable("vif", "show", "vif1.0").stdout.splitlines()]
    assert ["policy", "locked", "to 02:00:00:00:01:02 and 10.0.0.5"] in lines
    assert any(words[2].startswith("2025-11-23 06:14:03 (for ") for words in lines if words[:2] == ["wired", "since"])


def test_vif_show_has_the_last_counts_without_an_agent(pool):
    pool.update_vif("vif1.0", rule_packets=["map", [["arp-spoof", 3], ["allow-ipv4", 12], ["of-tomorrow", 1]]],
                    rule_bytes=["map", [["arp-spoof", 126]]], rule_packets_base=["map", [["arp-spoof", 2]]])
    record = pool.json("vif", "show", "vif1.0")
    assert record["rules"] == [
        {"name": "allow-ipv4", "number": 7, "verdict": "allow", "packets": 12, "bytes": 0},
        {"name": "arp-spoof", "number": 133, "verdict": "drop", "packets": 3, "bytes": 126}]
    assert "packets are as last counted: no agent runs on this machine" in record["note"]
    assert not [name for name in record if "base" in name or name.startswith("rule_")]
    with Agent(pool.folder, {("vif/show", "vif1.0"): SHOWN}) as agent:
        assert pool.json("vif", "show", "vif1.0", "--agent", agent.path)["rules"] == SHOWN["rules"]
    assert "  arp-spoof      133  drop           3    126\n" in pool.cable("vif", "show", "vif1.0").stdout


@pytest.mark.parametrize("answer, wanted", [
    (RuntimeError("no VIF of this host is on device vif1.0\n"), "the agent says: no VIF of this host"),
    ("{}", "no rules of this VIF"), ("[]", "another version"), ("not JSON", "another version"),
    (None, "does not answer in time")],
    ids=["refusal", "no rules", "list", "no JSON", "silence"])
def test_agent_that_cannot_tell_is_a_note(pool, answer, wanted):
    with Agent(pool.folder, {("vif/show", "vif1.0"): answer}) as agent:
        assert wanted in pool.json("vif", "show", "vif1.0", "--agent", agent.path, "--timeout", "0.3")["note"]


def test_agent_socket_that_is_not_there_is_a_note(pool):
    assert "--agent or CABLED_AGENT" in pool.json("vif", "show", "vif1.0", "--agent", "/nonexistent")["note"]


def test_status_tells_what_is_wrong(pool):
    status = {"version": "1", "pool": {"remote": pool.remote, "connected": True}, "switch": {
        "connected": True, "datapath": "netdev", "lock": True, "error": "cabled-tables is 'many'"},
        "bridges": [{"name": "xapi0", "guarded": True, "state": "guarded", "error": ""}], "vifs": []}
    pool.update_vif("vif1.0", wire_state="failed", wire_error="bridge xapi0 is missing")
    with Agent(pool.folder, {("status",): status}) as agent:
        record = pool.json("status", "--agent", agent.path)
        assert "xapi0  yes" in pool.cable("status", "--agent", agent.path).stdout
    assert cells(record, "pool", "agent", "switch", "datapath") == ("connected", "connected", "connected", "netdev")
    assert cells(record, "hosts", "networks", "vifs", "wired") == (1, 3, 1, 0)
    assert record["unwired"] == [
        {"device": "vif1.0", "host": "node1", "state": "failed", "error": "bridge xapi0 is missing"}]
    assert record["switch_error"] == "cabled-tables is 'many'"
    assert record["bridges"] == [{"name": "xapi0", "guarded": True, "state": "guarded", "error": None}]


def test_status_shows_what_answers(pool):
    done = pool.cable("status", "--json", check=False)
    record = json.loads(done.stdout)
    assert (done.returncode, *cells(record, "pool", "vifs", "agent")) == (1, "connected", 1, "unreachable")
    pool.stop()
    with Agent(pool.folder, {("status",): {"version": "1"}}) as agent:
        done = pool.cable("status", "--json", "--agent", agent.path, check=False)
    record = json.loads(done.stdout)
    assert (done.returncode, *cells(record, "pool", "agent", "agent_version")) == (1, "unreachable", "connected", "1")


# Terminals, pipes, shells


@pytest.mark.parametrize("noun", ["network", "vif"])
def test_help_tells_defaults_where_they_hold(empty_pool, noun):
    create, change = (" ".join(empty_pool.cable("help", noun, verb).stdout.split()) for verb in ("create", "set"))
    assert "if nothing is said" in create and "by default" in create
    assert "if nothing is said" not in change and "by default" not in change


def test_pipe_gets_plain_text_in_full(pool):
    name = "a network with a name that is longer than a terminal is wide, as some people like them"
    pool.cable("network", "set", "lan", "--name", name)
    text = pool.cable("vif", "list").stdout
    assert name in text and "\033" not in text
    assert "\033" in pool.cable("vif", "list", "--color", "always").stdout
    assert "\033" not in pool.cable("vif", "list", "--json", "--color=always").stdout


def test_terminal_gets_colour_and_no_line_that_is_too_wide(pool):
    pool.cable("network", "set", "lan", "--name", "x" * 100)
    pool.update_vif("vif1.0", wire_state="wired")
    for words in (["vif", "list"], ["network", "list"], ["vif", "show", "vif1.0"], ["rules", "list"], ["status"], ["help"]):
        with Screen(pool, *words, env={"NO_COLOR": "1"}) as screen:
            text = screen.read_all()
        assert "\033" not in text
        assert max(map(len, text.splitlines())) <= (80 if words[1:2] != ["show"] else 117), text
    with Screen(pool, "vif", "list") as screen:
        assert "\033[32mwired\033[0m" in screen.read_all()
    with Screen(pool, "vif", "show", "vif1.0") as screen:
        assert "\033[32mwired\033[0m\r\n" in screen.read_all()


def test_person_is_told_that_a_list_is_empty(empty_pool):
    with Screen(empty_pool, "vif", "list") as screen:
        assert "`cable vif create` makes one" in screen.read_all()
    assert empty_pool.cable("vif", "list").stdout == ""


def test_waiting_person_sees_what_for(pool):
    with Screen(pool, "vif", "wait", "vif1.0") as screen:
        screen.read_until("vif1.0: no report, waiting for wired (1 s)")
        pool.wire("vif1.0")
        assert screen.read_until("VIF vif1.0 is wired\r\n")
        assert screen.status() == 0


def test_reader_that_has_seen_enough_is_no_failure(pool):
    process = pool.spawn("rules", "list")
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(DEADLINE_S) == 0


def test_output_that_cannot_be_written_is_a_failure(pool):
    with open("/dev/full", "w") as full:
        done = subprocess.run([CABLE, "vif", "list"], env=pool.environment, stdout=full, stderr=subprocess.PIPE, text=True,
                              timeout=DEADLINE_S)
    assert (done.returncode, done.stderr) == (
        1, "cable: standard output: No space left on device: the command has been carried out\n")


@pytest.mark.parametrize("fd", [0, 1, 2], ids=["stdin", "stdout", "stderr"])
def test_closed_standard_file_is_not_taken_for_a_socket(pool, fd):
    done = subprocess.run(["sh", "-c", f'exec "$@" {fd}>&-', "sh", CABLE, "vif", "list"], env=pool.environment,
                          capture_output=True, text=True, timeout=DEADLINE_S)
    if fd == 1:
        assert (done.returncode, done.stderr) == (
            1, "cable: standard output: Bad file descriptor: the command has been carried out\n")
    else:
        assert (done.returncode, done.stderr) == (0, "") and "vif1.0" in done.stdout


COMPLETE = """
source <("$CABLE" completion bash)
cable() { "$CABLE" "$@"; }
compopt() { echo ":compopt $*"; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_cable
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("line, wanted", [
    (["cable", "vi"], "vif"),
    (["cable", "vif", "sh"], "show"),
    (["cable", "vif", "show", ""], "vif1.0"),
    (["cable", "vif", "list", "--network", "w"], "wan"),
    (["cable", "vif", "list", "--network", "=", "w"], "wan"),
    (["cable", "vif", "list", "--network", "="], "lan\nmy\\ net\nthird\nwan"),
    (["cable", "vif", "list", "--network", "my\\ n"], "my\\ net"),
    (["cable", "--pool", "unix", ":", "/nowhere", "vif", "show", ""], ""),
    (["cable", "rules", "compile", "--policies", ""], ":compopt -o default"),
    (["cable", "network", "set", "lan", "--default-locking-mode", ""], "unlocked\ndisabled")], ids=repr)
def test_bash_completes(pool, line, wanted):
    pool.cable("network", "create", "my net")
    done = subprocess.run(["bash", "-c", COMPLETE, "bash", *line], env=pool.environment | {"CABLE": str(CABLE)},
                          capture_output=True, text=True, timeout=DEADLINE_S)
    assert (done.stdout.strip(), done.stderr) == (wanted, "")
