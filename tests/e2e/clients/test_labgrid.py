# SPDX-License-Identifier: Apache-2.0
"""A test lab's boards are consoles of charmuxd, and labgrid's NetworkSerialPort is one of them: its ShellDriver logs in and
runs a command. Its port takes the pen, so that a person who looks at the board is no obstacle."""

import pytest
from labgrid import Environment
from support.dialogue import Dialogue


def shell_of(dialogue):
    """Activated, so it has logged in."""
    dialogue.write_files("env.yaml")
    target = Environment("env.yaml").get_target("main")
    return target, target.get_driver("ShellDriver")


@pytest.mark.parametrize("way", ["labgrid raw", "labgrid rfc2217"])
def test_labgrid(kit, way):
    dialogue = Dialogue(kit, way, "python3-labgrid")
    target, shell = shell_of(dialogue)
    assert shell.run_check("uname -s") == ["Linux"]
    dialogue.was_logged_in(b"Linux\r\n")
    # From here on the serial driver alone, as a test of a boot loader uses it.
    target.deactivate(shell)
    driver = target.get_driver("SerialDriver")
    port = driver.serial
    port.timeout = None
    me = kit.read_along(lambda: port.read(max(1, port.in_waiting)), driver.write, lambda: target.deactivate(driver))
    dialogue.command(me)
    dialogue.bytes_to_guest(me)
    dialogue.bytes_from_guest(me)
    if way == "labgrid raw":
        dialogue.breaks_from_outside(me)
    else:
        dialogue.breaks(me, "`driver.serial.send_break()`", port.send_break)
    dialogue.leaves(me, "`target.deactivate(driver)`", me.close)
    dialogue.log_out()

    _, other = shell_of(dialogue)
    port = other.console.serial
    port.timeout = None
    dialogue.ends_for_a_library(kit.read_along(lambda: port.read(max(1, port.in_waiting)), port.write, port.close))
    dialogue.is_in_the_docs()
