# SPDX-License-Identifier: Apache-2.0
"""A kernel hangs, and somebody wants its SysRq help: telnet's break, or `charmux break`, and the key after it. The break
goes through QEMU's monitor, to the port that was meant; a virtio console has none, which is said."""

import json

import pytest
from support import LIVE, wait_until

BREAK = 243
HELP = b"sysrq: HELP : "


def start(kit):
    guest = kit.guest({"vm": "pty", "other": "unix"}, {"hvc": "unix"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    for name in ("alpha", "alpha.other", "alpha.hvc"):
        daemon.wait_log(rf"console {name}: open")
    guest.wait_ready("vm")
    return guest, daemon


def test_a_telnet_clients_break_is_sysrq(kit):
    guest, daemon = start(kit)
    writer, watcher = kit.telnet(7001), kit.telnet(7001)
    writer.wait_for(LIVE)
    watcher.wait_for(LIVE)
    # One who only watches sends none.
    watcher.command(BREAK)
    watcher.wait_for(f"[charmux: read-only: 127.0.0.1:{writer.local_port} types; ^Ecf takes over, ^Eca asks]\r\n".encode())
    watcher.type(b"h")
    assert HELP not in guest.log("vm")
    writer.command(BREAK)
    writer.type(b"h")
    for client in (writer, watcher):
        client.wait_for(HELP)
    assert b"no break" not in writer.data


def test_charmux_break_is_sysrq(kit):
    guest, daemon = start(kit)
    writer = kit.telnet(7001)
    writer.wait_for(LIVE)
    # Where the break is on its way through QEMU when the key comes, the key comes first: the kernel waits 5 s for one.
    sent = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", "alpha")
    assert (sent.returncode, sent.stdout, sent.stderr) == (0, "", "")
    writer.type(b"h")
    writer.wait_for(HELP)


@pytest.mark.parametrize("name, reason", [("alpha.hvc", "virtio consoles have none")])
def test_where_there_is_none_the_reason_is_said(kit, name, reason):
    guest, daemon = start(kit)
    client = kit.telnet(7003)
    client.wait_for(LIVE)
    client.command(BREAK)
    client.wait_for(f"[charmux: no break: {reason}]\r\n".encode())
    refused = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", name)
    assert refused.returncode != 0
    assert f"no break: {reason}" in refused.stderr
    guest.kill()
    client.wait_for(b"is shut off; waiting]\r\n")

    def why():
        answer = kit.run("curl", "-s", "-X", "POST", "--unix-socket", daemon.runtime_dir / "control.sock",
                         "http://localhost/api/v1/consoles/alpha/break")
        return json.loads(answer.stdout)["error"]
    wait_until(lambda: why() == "no break: its guest is not running", lambda: f"the reason: {why()}")
