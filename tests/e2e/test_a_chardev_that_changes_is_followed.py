# SPDX-License-Identifier: Apache-2.0
"""An engineer swaps the chardev under a running guest's port, from a pty to a socket and back, and another guest gets the
pty's number: viewers stay at the guest they were watching. A socket that somebody else is connected to is waited for,
without a connection that would sit in its queue."""

import socket

from support import LIVE, wait_until


def state(daemon, name):
    console = daemon.consoles().get(name, {})
    return console.get("state"), console.get("reason"), console.get("backend")


def wait_state(daemon, name, expected):
    wait_until(lambda: state(daemon, name)[:len(expected)] == expected, lambda: f"{name} to be {expected}: {state(daemon, name)}")


def test_a_swapped_chardev_keeps_its_viewers_and_a_recycled_pty_is_not_followed(kit):
    guest = kit.guest({"boot": "null", "vm": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    wait_state(daemon, "alpha.vm", ("open", ""))
    guest.wait_ready("vm")
    port = daemon.consoles()["alpha.vm"]["ports"][0]
    viewer = kit.telnet(port)
    viewer.wait_for(LIVE)
    old = guest.address("vm").removeprefix("pty:")
    path = str(kit.path("swapped.sock"))
    guest.qmp.command("chardev-change", id="vm", backend={"type": "socket", "data": {
        "addr": {"type": "unix", "data": {"path": path}}, "server": True, "wait": False}})
    wait_state(daemon, "alpha.vm", ("open", "", f"unix:{path}"))
    viewer.type(b"echo swapped-$((6 * 7))\r")
    viewer.wait_for(b"swapped-42\r\n")

    # Its old number goes to another guest, which has a console of its own.
    other = kit.guest({"vm": "pty"}, name="other", domain="beta", monitor=kit.path("beta.qmp"), paused=True)
    assert other.address("vm") == f"pty:{old}"
    wait_state(daemon, "beta", ("open", "", f"pty:{old}"))
    answer = guest.qmp.command("chardev-change", id="vm", backend={"type": "pty", "data": {}})
    assert answer["pty"] != old
    wait_state(daemon, "alpha.vm", ("open", "", f"pty:{answer['pty']}"))
    viewer.type(b"echo back-$((6 * 7))\r")
    viewer.wait_for(b"back-42\r\n")
    assert daemon.consoles()["alpha.vm"]["ports"] == [port]


def test_what_is_swapped_to_something_that_is_no_console_is_refused_until_it_is_one_again(kit):
    guest = kit.guest({"vm": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"), paused=True)
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    wait_state(daemon, "alpha", ("open",))
    guest.qmp.command("chardev-change", id="vm", backend={"type": "null", "data": {}})
    wait_state(daemon, "alpha", ("refused",))
    assert daemon.consoles()["alpha"]["number"] == 1
    guest.qmp.command("chardev-change", id="vm", backend={"type": "pty", "data": {}})
    wait_state(daemon, "alpha", ("open",))


def test_a_console_comes_and_goes_with_its_device(kit):
    guest = kit.guest({"vm": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"),
                      qemu_args=["-device", "virtio-serial-pci,id=bus"])
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    wait_state(daemon, "alpha", ("open",))
    guest.wait_ready("vm")
    guest.qmp.command("chardev-add", id="late", backend={"type": "pty", "data": {}})
    guest.qmp.command("device_add", driver="virtconsole", id="port", chardev="late", bus="bus.0")
    wait_state(daemon, "alpha.late", ("open",))
    viewer = kit.telnet(daemon.consoles()["alpha.late"]["ports"][0])
    viewer.wait_for(LIVE)
    guest.qmp.command("device_del", id="port")
    viewer.wait_for(b"[charmux: alpha.late is gone; waiting]\r\n")
    wait_until(lambda: daemon.consoles()["alpha.late"]["ports"] == [], "its port to close")


def test_a_socket_that_another_client_has_is_waited_for(kit):
    guest = kit.guest({"vm": "unix"}, domain="alpha", monitor=kit.path("alpha.qmp"), paused=True)
    path = guest.address("vm").removeprefix("unix:")
    with socket.socket(socket.AF_UNIX) as other:
        other.connect(path)
        wait_until(lambda: guest.qmp.command("qom-get", path="/chardevs/vm", property="connected"), "QEMU to serve it")
        daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
        wait_state(daemon, "alpha", ("waiting", "held by another client"))
        viewer = kit.telnet(7001)
        viewer.wait_for(b"; held by another client]\r\n")
        # Nobody waits in the queue behind it: QEMU would serve that one next, whoever wants to be.
        queued = [line for line in open("/proc/net/unix", encoding="ascii") if line.rstrip().endswith(path)]
        assert len(queued) == 2, queued  # the listener, and the other's connection
    viewer.wait_for(b"[charmux: alpha is back]\r\n")
    wait_state(daemon, "alpha", ("open", ""))
