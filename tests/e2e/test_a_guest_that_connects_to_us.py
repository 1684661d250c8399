# SPDX-License-Identifier: Apache-2.0
"""QEMU is told to connect to charmuxd (server=off, reconnect=1), and not the other way round: I see it boot, type, see it
die and come back; another that connects meanwhile is turned away, and the log says so."""

import pytest
from support import LIVE, console_bytes, notices, repeats_in_record, wait_until

PLACES = {"unix": ("unix-listen:{directory}/vm.sock", "socket,path={directory}/vm.sock,server=off,reconnect=1"),
          "tcp": ("tcp-listen:127.0.0.1:4555", "socket,host=127.0.0.1,port=4555,server=off,reconnect=1")}


def started(kit, kind):
    backend, chardev = (text.format(directory=kit.path("")) for text in PLACES[kind])
    daemon = kit.daemon("--console", f"vm={backend}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    return backend, chardev, daemon


@pytest.mark.parametrize("kind", PLACES)
def test_it_boots_is_typed_at_dies_and_comes_back(kit, kind):
    backend, chardev, daemon = started(kit, kind)
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    assert daemon.consoles()["vm"]["state"] == "shut off"
    first = kit.guest({"vm": chardev})
    me.wait_for(b"ttyS0# ")
    me.type(b"echo once-$((6 * 7))\r")
    me.wait_for(b"\nonce-42\r\n")
    me.wait_for(lambda data: repeats_in_record(first.log("vm"), console_bytes(data)) is not None)

    first.kill()
    me.wait_for(b"[charmux: vm is shut off; waiting]")
    second = kit.guest({"vm": chardev})
    me.wait_for(b"[charmux: vm is back]")
    second.wait_ready("vm")
    me.type(b"\recho again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")


@pytest.mark.parametrize("kind", PLACES)
def test_it_finds_a_charmuxd_that_was_killed_and_started_again(kit, kind):
    backend, chardev, daemon = started(kit, kind)
    guest = kit.guest({"vm": chardev})
    guest.wait_ready("vm")
    daemon.kill()
    daemon = kit.daemon("--console", f"vm={backend}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    daemon.wait_log(r"console vm: open$")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    me.type(b"echo again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")
    assert any("not recorded" in text for text in notices(me.data))


@pytest.mark.parametrize("kind", PLACES)
def test_another_is_turned_away(kit, kind):
    backend, chardev, daemon = started(kit, kind)
    guest = kit.guest({"vm": chardev})
    guest.wait_ready("vm")
    place = backend.replace("unix-listen:", "UNIX-CONNECT:").replace("tcp-listen:", "TCP:")
    stranger = kit.run("socat", "-u", place, "STDOUT")
    assert stranger.stdout == ""
    daemon.wait_log(rf"console vm: {backend}: another connection was closed: one is there already$")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    me.type(b"echo still-$((6 * 7))\r")
    me.wait_for(b"\nstill-42\r\n")
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "the console to be open")


@pytest.mark.parametrize("kind", PLACES)
def test_one_that_is_found_by_its_monitor_is_listed_as_what_it_is(kit, kind):
    backend, chardev = (text.format(directory=kit.path("")) for text in PLACES[kind])
    guest = kit.guest({"ser0": chardev}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("*.qmp"))
    wait_until(lambda: "alpha" in daemon.consoles(), "the guest to be found")
    assert daemon.consoles()["alpha"]["reason"] == f"it calls a server; to be that: --console NAME={backend}"
    assert daemon.stop() == 0
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--console", f"vm={backend}")
    guest.wait_ready("ser0")
    wait_until(lambda: daemon.consoles()["vm"]["state"] == "open", "it to connect")
    wait_until(lambda: daemon.consoles().get("alpha", {}).get("reason") == "it calls console vm", "it to be found")
