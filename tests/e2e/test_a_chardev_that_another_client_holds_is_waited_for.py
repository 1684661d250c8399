# SPDX-License-Identifier: Apache-2.0
"""Someone else is connected to the guest's socket chardev. QEMU serves one client and lets the next wait in the kernel's
queue without a word, so charmuxd says what it knows: connected but nothing heard, or, when the queue is full, held by
another client. When they leave, the console comes by itself."""

import socket

import pytest
from support import LIVE, notices, wait_until

UNHEARD = "connected, nothing heard yet"


def connected_to(address):
    kind, _, place = address.partition(":")
    if kind == "unix":
        client = socket.socket(socket.AF_UNIX)
        client.connect(place)
        return client
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)))


def start(kit, guest):
    config = kit.path("charmux.toml")
    config.write_text('[limits]\nconnect_timeout = "500ms"\nreopen_most = "500ms"\n')
    return kit.daemon("--config", config, "--console", f"vm={guest.address('vm')}",
                      "--listen", "telnet:127.0.0.1:7001,console=vm")


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_in_the_queue_behind_another_client_nothing_is_heard(kit, kind):
    guest = kit.guest({"boot": "null", "vm": kind})
    holder = connected_to(guest.address("vm"))
    guest.wait_ready("vm")
    daemon = start(kit, guest)
    daemon.wait_log(rf"console vm: open: {UNHEARD}$")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    assert notices(viewer.data)[0] == f"vm, 1 watching, you type; ^Ec? helps; {UNHEARD}"

    holder.close()
    viewer.type(b"echo mine-$((6 * 7))\r")
    viewer.wait_for(b"mine-42\r\n")
    viewer.command(246)  # AYT: how is it now?
    viewer.wait_for(b"[charmux: vm, 1 watching, you type; ^Ec? helps]\r\n")


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_a_full_queue_means_held_by_another_client(kit, kind):
    guest = kit.guest({"boot": "null", "vm": kind})
    # The first is served, two more wait in the kernel's queue; a fourth is refused (UNIX) or never answered (TCP).
    others = [connected_to(guest.address("vm")) for _ in range(3)]
    wait_until(lambda: guest.qmp.command("qom-get", path="/chardevs/vm", property="connected"), "the first to be served")
    guest.wait_ready("vm")
    daemon = start(kit, guest)
    daemon.wait_log(r"console vm: waiting: held by another client; trying again$")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    assert notices(viewer.data)[0] == "vm, 1 watching, you type; ^Ec? helps; held by another client"

    for other in others:
        other.close()
    viewer.wait_for(f"[charmux: vm is {UNHEARD}]\r\n".encode())
    viewer.type(b"echo mine-$((6 * 7))\r")
    viewer.wait_for(b"mine-42\r\n")
    told = notices(viewer.data)
    assert told[-2:] == [f"vm is {UNHEARD}", "vm is back"]
    assert "shut off" not in " ".join(told)
