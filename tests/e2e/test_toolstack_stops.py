# SPDX-License-Identifier: Apache-2.0
"""cabled-xapi is killed at every step of what it does to a VM. The one that comes after it finishes it or takes it back: no domain without a
record, no record that says what is not so, no port and no device that is nobody's."""

import re
import threading

import pytest

from lab import Lab, environment, wait_for
from toolstack_host import DEADLINE_S, ToolstackHost

STEPS = re.findall(r'^STEP\(\w+, "([a-z-]+)"\)', (environment.REPO / "src/toolstack/steps.def").read_text(), re.MULTILINE)


class Scene:
    """What is there, what is asked for, and how it may end."""

    steps = ()
    ends = ("is_running",)
    call = ()

    def __init__(self, host):
        self.host = host
        self.vm = host.vm("web", 2)

    def prepare(self):
        self.vm.start()

    def act(self):
        verb, *params = self.call
        self.host.call(verb, self.vm.ref, *params)


class Start(Scene):
    """A start that no domain was begun for is taken back; otherwise it is finished."""

    steps = ("admit", "admitted", "build", "built", "unpause", "settle", "settled")
    ends = ("is_running", "is_halted")
    call = ("VM.start", False, False)

    def prepare(self):
        self.host.lab.expect("cabled-xapi", "VM.start fails: whoever began to start the VM ended")


class HardShutdown(Scene):
    steps = ("admit", "admitted", "detaching", "destroy", "gone", "settle", "settled")
    ends = ("is_halted", "is_running")
    call = ("VM.hard_shutdown",)


class CleanShutdown(Scene):
    steps = ("admitted", "press", "mark", "destroy")
    ends = ("is_halted",)
    call = ("VM.clean_shutdown",)


class HardReboot(Scene):
    steps = ("reset", "mark")
    call = ("VM.hard_reboot",)


class Unplug(Scene):
    """And plugged in again, if it was unplugged."""

    steps = ("unplug",)

    def act(self):
        self.host.call("VIF.unplug", self.vm.vifs[1])

    def judge(self):
        if not self.host.call("VIF.get_currently_attached", self.vm.vifs[1]):
            self.host.call("VIF.plug", self.vm.vifs[1])


class Plug(Scene):
    steps = ("plug",)

    def prepare(self):
        self.vm.start()
        self.host.call("VIF.unplug", self.vm.vifs[1])

    def act(self):
        self.host.call("VIF.plug", self.vm.vifs[1])


SCENES = (Start, HardShutdown, CleanShutdown, HardReboot, Unplug, Plug)


@pytest.fixture
def host():
    with Lab() as lab:
        lab.xapi.program = lab.xapi.program.with_name("cabled-xapi-stops")
        lab.xapi.start()
        yield ToolstackHost(lab)


def attempt(act):
    """Whoever waits for the reply hears nothing: the connection ends."""
    try:
        act()
    except OSError:
        pass
    except Exception as error:  # http.client's, of a connection that ends
        assert "RemoteDisconnected" in repr(error) or "BadStatusLine" in repr(error), error


def stop_at(scene, step):
    """Carry the scene out until cabled-xapi stands at the step, and kill it there."""
    xapi = scene.host.lab.xapi
    xapi.appctl("stop/at", step)
    client = threading.Thread(target=attempt, args=(scene.act,))
    client.start()
    wait_for(lambda: xapi.stopped, f"cabled-xapi to come to the step {step}", DEADLINE_S, seen=lambda: xapi.last_lines())
    xapi.kill()
    client.join(DEADLINE_S)


def await_end(scene):
    vm = scene.vm
    wait_for(lambda: any(getattr(vm, end)() for end in scene.ends), " or ".join(scene.ends), DEADLINE_S, seen=vm.seen)


@pytest.mark.parametrize("scene, step", [(scene, step) for scene in SCENES for step in scene.steps],
                         ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_server_killed_at_a_step_is_followed_by_one_that_ends_what_it_began(host, scene, step):
    scene = scene(host)
    scene.prepare()
    stop_at(scene, step)
    host.lab.xapi.program = host.lab.xapi.program.with_name("cabled-xapi")
    host.lab.xapi.start()
    host.connect()
    wait_for(lambda: not scene.vm.has_operation(), "the operation to end", DEADLINE_S, seen=scene.vm.seen)
    if hasattr(scene, "judge"):
        scene.judge()
    await_end(scene)
    if scene.vm.power_state == "Running":
        scene.vm.do("hard_shutdown")
    assert scene.vm.is_halted(), scene.vm.seen()


def test_every_step_is_one_at_which_the_server_is_killed():
    assert {step for scene in SCENES for step in scene.steps} == set(STEPS) - {"attach"}
