# SPDX-License-Identifier: Apache-2.0
"""What the README and the manual pages say is so: their examples run, their tables and lists are complete."""

import json
import os
import re
import shutil
import socket
import subprocess
import uuid
from pathlib import Path

import pytest

from conftest import Host
from lab import Lab, wait_for
from lab.environment import programs_folder

REPO = Path(__file__).resolve().parents[2]
PAGES = ("cable.1", "cable-libvirt.8", "cable-vif.8", "cabled-guest.8", "cabled-rules.7", "cabled-xapi.8", "cabled.8")
README = (REPO / "README.md").read_text()


# The README

def tour():
    """The commands of the README's console blocks with what they print: (prompt, command, lines)."""
    steps = []
    for block in re.findall(r"^```console\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            prompt = re.match(r"(lab\$|\$) (.*)", line)
            if prompt:
                steps.append((prompt[1], prompt[2], []))
            else:
                steps[-1][2].append(line)
    return steps


def run_step(prompt, command, name):
    """One command of the tour, in the lab `name` instead of the default one."""
    if prompt == "lab$":
        return subprocess.run(["lab/lab", "exec", "--name", name, "--", "sh", "-c", command], cwd=REPO, text=True, env=environment(),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    words = command.split()
    at = 3 if words[1] == "guest" else 2
    return subprocess.run([*words[:at], "--name", name, *words[at:]], cwd=REPO, text=True, env=environment(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)


def environment():
    return os.environ | {"CABLED_BIN": str(programs_folder())}


def shape(line):
    """A line without what differs from run to run: numbers, uuids, widths, bars, how far a guest is, the machine's name."""
    line = re.sub(r"█|(?<=from the request until ).*", "", line)
    line = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID", line)
    line = re.sub(rf"\b{re.escape(socket.gethostname())}\b", "vm", line)
    line = re.sub(r"Lab '[^']*'", "Lab", line)
    return re.sub(r"\d+", "N", " ".join(line.split()))


def shows(output, expected):
    """Whether all expected lines are there, in their order; but stages that run beside each other end in any."""
    if any(line.startswith("unpaused ") for line in expected):
        output, expected = "\n".join(sorted(map(shape, output.splitlines()))), sorted(map(shape, expected))
    actual = iter([shape(line) for line in output.splitlines()])
    return all(shape(line) in actual for line in expected)


def fails(expected):
    """Whether a command that prints this is meant to fail."""
    return any(line.startswith("cable: ") or "100% packet loss" in line for line in expected)


def test_tour_of_the_readme():
    name = f"tour-{uuid.uuid4().hex[:8]}"
    done = subprocess.run(["lab/lab", "up", "--name", name], cwd=REPO, text=True, capture_output=True, env=environment())
    assert done.returncode == 0, done.stderr
    try:
        for prompt, command, expected in tour():
            follow(prompt, command, expected, name)
    finally:
        subprocess.run(["lab/lab", "down", "--name", name], cwd=REPO, capture_output=True, env=environment())


def follow(prompt, command, expected, name):
    done = run_step(prompt, command, name)
    assert bool(done.returncode) == fails(expected), f"{command}: exit status {done.returncode}: {done.stdout}"
    if command.startswith("cable vif show"):        # its counters lag behind the packets, and guests speak when they like
        wait_for(lambda: shows(run_step(prompt, command, name).stdout, expected), f"`{command}` to show what the README shows", 30,
                 seen=lambda: run_step(prompt, command, name).stdout)
    else:
        assert shows(done.stdout, expected), f"{command} printed:\n{done.stdout}"


def test_readme_lists_every_folder():
    def folders(inside):
        return {f"{path.relative_to(REPO)}/" for path in (REPO / inside).iterdir()
                if path.is_dir() and (path.name == ".ci" or not re.match(r"\.|__|build", path.name))}
    there = (folders(".") | folders("src") | folders("tests")) - {"src/", "tests/"}
    assert set(re.findall(r"^\| `([^`]+/)` \|", README, re.MULTILINE)) == there


def test_commands_of_the_readme_are_targets():
    targets = set(re.findall(r"^([\w-]+):", (REPO / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)", README)) <= targets


# The manual pages

@pytest.fixture(scope="module")
def pages():
    """The pages as they are installed."""
    programs = [programs_folder() / "cable", programs_folder() / "cabled-xapi"]
    return {page: subprocess.run(["man/generate", f"man/{page}.in", *programs], cwd=REPO, check=True, text=True,
                                 stdout=subprocess.PIPE).stdout for page in PAGES}


def plain(mdoc):
    """mdoc(7) as it looks."""
    for escape, character in (("\\(aq", "'"), ("\\(ga", "`"), ("\\(dq", '"'), ("\\-", "-"), ("\\e", "\\")):
        mdoc = mdoc.replace(escape, character)
    return mdoc


def examples(page):
    """The command lines of a page: what stands behind `$ ` or `# `, with its continuations."""
    lines = [plain(re.sub(r"^\.Dl ", "", line)) for line in page.splitlines()]
    for i, line in enumerate(lines):
        if line.startswith(("$ ", "# ")):
            command = line[2:]
            for more in lines[i + 1:]:
                if command.endswith("\\"):
                    command = command[:-1] + more.strip()
                elif more.startswith("> "):
                    command += "\n" + more[2:]
                else:
                    break
            yield command


def literal_json(page):
    """The policies file that a page shows."""
    block = re.search(r"^(\[\{.*?\}\])$", page, re.MULTILINE | re.DOTALL)
    return json.loads(plain(block[1]))


@pytest.mark.parametrize("page", PAGES)
def test_manual_page_is_clean(pages, page, tmp_path):
    (tmp_path / page).write_text(pages[page])
    said = subprocess.run(["mandoc", "-T", "lint", tmp_path / page], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    # Whether other pages are installed is the machine's business.
    assert [line for line in said.splitlines() if "referenced manual not found" not in line] == []


@pytest.mark.parametrize("page", PAGES)
def test_manual_page_has_all_its_tables(pages, page):
    assert re.findall(r"^@.*", pages[page], re.MULTILINE) == []


def test_every_command_has_an_example(pages):
    cable = programs_folder() / "cable"
    table = json.loads(subprocess.run([cable, "--json", "help"], check=True, stdout=subprocess.PIPE).stdout)
    commands = {" ".join(filter(None, ["cable", command["noun"], command["verb"]])) for command in table["commands"]}
    lines = list(examples(pages["cable.1"]))
    assert [command for command in sorted(commands) if not any(command in line for line in lines)] == []


def turn(command):
    """Examples stand in the order of the command table; they work in the order of a VIF's life, and a VM's."""
    if " create" in command:
        return 0 if "network create" in command else 1
    if " destroy" in command:
        return 6 if "network" in command else 5
    noun, verb = (*command.split()[1:], "")[:2]
    lives = {"start": 2, "pause": 2.1, "unpause": 2.2, "reboot": 2.3, "shutdown": 4}
    return lives.get(verb, 3) if noun == "vm" else {"wait": 2, "unplug": 4}.get(verb, 3)


@pytest.fixture
def toolstack_host():
    with Lab(xapi=True) as lab:
        yield Host(lab)


def test_examples_of_cable_1(toolstack_host, pages, tmp_path):
    host = toolstack_host
    (tmp_path / "policies.json").write_text(json.dumps(literal_json(pages["cable.1"])))
    run_examples(host, sorted(examples(pages["cable.1"]), key=turn), tmp_path)


def test_examples_of_cabled_8(host, pages, tmp_path):
    run_examples(host, [line for line in examples(pages["cabled.8"]) if line.startswith("cable ")], tmp_path)


def run_examples(host, commands, folder):
    """All in one lab, where the devices and the bridge are that they speak of."""
    assert commands
    host.lab.vsctl("add-br", "br7", "--", "set", "bridge", "br7", f"datapath_type={host.lab.datapath_type}")
    host.lab.run("ip", "link", "add", "eth1", "up", "type", "veth", "peer", "name", "eth1-peer")
    host.lab.run("ip", "link", "set", "eth1-peer", "up")
    for command in commands:
        if command == "cable watch":
            see_watch(host.lab)
            continue
        if command.startswith("cable vm console"):
            see_console(host.lab, command)
            continue
        host.lab.run("bash", "-c", f"cd {folder} && {command}")
        created = re.match(r"cable vif create (\S+)", command)
        if created:
            host.veth(created[1])
            host.wait(created[1])


def see_watch(lab):
    """`cable watch` goes on for ever: it is ended when it has said something."""
    watch = lab.spawn("cable", "watch", stdout=subprocess.PIPE, text=True)
    assert "connected" in watch.stdout.readline()
    watch.terminate()
    watch.wait(5)
    watch.stdout.close()


def see_console(lab, command):
    """So does a console, to somebody who types nothing and does not leave."""
    console = lab.spawn("script", "-qec", command, "/dev/null", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert "Ctrl-] leaves it" in console.stdout.readline()
    console.stdin.write("\x1d")
    console.stdin.flush()
    assert console.wait(20) == 0
    console.stdin.close()
    console.stdout.close()


def test_cabled_8_tells_all_settings_and_control_commands(pages):
    settings = re.findall(r'"(cabled-[a-z-]+)"', (REPO / "src/agent/settings.c").read_text())
    assert set(settings) == set(re.findall(r"^\.It Cm (cabled-\S+)$", pages["cabled.8"], re.MULTILINE))
    keys = re.findall(r'"(cabled-[a-z0-9-]+)"', (REPO / "src/vif/description.c").read_text())
    assert keys and all(re.search(rf"^\.It Va.* {key}\b", pages["cabled.8"], re.MULTILINE) for key in keys)
    product = [path for path in (REPO / "src/agent").glob("*.c") if path.name != "stop.c"]     # that is for tests
    sources = [*product, REPO / "src/bin/cabled.c"]
    commands = {name for path in sources for name in re.findall(r'unixctl_command_register\("([^"]+)"', path.read_text())}
    assert commands and all(re.search(rf"^\.It Cm {name}\b", pages["cabled.8"], re.MULTILINE) for name in commands)


def test_cabled_xapi_8_tells_all_options_and_verbs(pages):
    def printed(option):
        return subprocess.run([programs_folder() / "cabled-xapi", option], check=True, text=True, stdout=subprocess.PIPE).stdout

    page = plain(pages["cabled-xapi.8"]).replace("\\&", "")
    own = printed("--help").split("\nActive")[0]
    for option in re.findall(r"^  --([\w-]+)", own, re.MULTILINE):
        assert re.search(rf"Fl -{option}\b", page), option
    for verb in printed("--verbs").splitlines():
        assert verb in " ".join(page.split()), verb


def test_rules_page_tells_every_rule(pages):
    cable = programs_folder() / "cable"
    rules = json.loads(subprocess.run([cable, "--json", "rules", "list"], check=True, stdout=subprocess.PIPE).stdout)
    assert all(f".It Cm {rule['name']} Pq {rule['number']}" in plain(pages["cabled-rules.7"]) for rule in rules)


# The plan

@pytest.mark.parametrize("file, line, complaint", [
    ("src/rules/table.c", '#include "switch/db.h"', 'rules includes "switch/db.h"'),
    ("src/wiring/vif.c", "#include <unistd.h>", "wiring is pure and includes <unistd.h>"),
    ("src/bin/cabled.c", '#include "agent/agent-private.h"', "is private to agent"),
])
def test_include_against_the_plan_is_found(tmp_path, file, line, complaint):
    for folder in ("src", "docs", "scripts"):
        shutil.copytree(REPO / folder, tmp_path / folder)
    with open(tmp_path / file, "a") as source:
        source.write(f"{line}\n")
    number = (tmp_path / file).read_text().count("\n")
    done = subprocess.run([tmp_path / "scripts/check-includes"], text=True, capture_output=True)
    assert done.returncode == 1
    assert any(error.startswith(f"{file}:{number}: ") and complaint in error for error in done.stderr.splitlines())
