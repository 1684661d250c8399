# SPDX-License-Identifier: Apache-2.0
"""My console is open and nothing appears: is it broken, or does the guest say nothing? The first line that I read says
whether it ever said anything, and `charmux ls` says how long ago."""

from support import LIVE, notices, wait_until


def last_output(kit, daemon):
    """What `charmux ls` says of the console's output."""
    shown = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "ls").stdout
    titles, row = shown.splitlines()[:2]
    return row[titles.index("LAST OUTPUT"):titles.index("BACKEND")].strip()


def started(kit, chardev):
    return kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")


def greeting(kit):
    with kit.telnet(7001) as viewer:
        viewer.wait_for(LIVE)
        return notices(viewer.data)[0]


def test_a_guest_that_never_said_anything(kit):
    chardev = kit.pty_chardev()
    daemon = started(kit, chardev)
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "it to be open")
    assert greeting(kit) == "vm, 1 watching, you type; ^Ec? helps; never heard"
    assert last_output(kit, daemon) == "never"

    chardev.write(b"hello\r\n")
    wait_until(lambda: daemon.consoles()["vm"]["offset"] == 7, "it to be heard")
    wait_until(lambda: greeting(kit) == "vm, 1 watching, you type; ^Ec? helps", "the one before to have left")
    assert last_output(kit, daemon).endswith("s ago")

    assert daemon.stop() == 0
    daemon = started(kit, chardev)
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "it to be open")
    assert greeting(kit) == "vm, 1 watching, you type; ^Ec? helps", "said before the restart is said"
    assert last_output(kit, daemon).endswith("s ago")


def test_a_guest_that_is_not_there(kit):
    """Then nothing is said of silence: that it is not there is why nothing comes."""
    kit.daemon("--console", f"vm=unix:{kit.path('nobody.sock')}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    wait_until(lambda: greeting(kit) == "vm, 1 watching, you type; ^Ec? helps; shut off", "it to be known")
