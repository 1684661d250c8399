# SPDX-License-Identifier: Apache-2.0
"""QEMU hangs: a host's file system stalls, or somebody has stopped the process. A break that is asked for then is not
waited for in vain, the reason is said; the console stays open, and its history is served. When QEMU goes on, so does all."""

import signal

from support import LIVE, wait_until

HELP = b"sysrq: HELP : "


def test_a_break_that_a_frozen_qemu_does_not_send_is_answered(kit):
    guest = kit.guest({"vm": "unix"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")

    def send_break():
        return kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", "alpha")

    daemon.wait_log(r"console alpha: open")
    guest.wait_ready("vm")
    writer = kit.telnet(7001)
    writer.wait_for(LIVE)
    writer.type(b"echo mine-$((6 * 7))\r")
    writer.wait_for(b"mine-42\r\n")

    guest.process.signal(signal.SIGSTOP)
    refused = send_break()
    assert refused.returncode == 75, refused
    assert "no break: QEMU does not answer" in refused.stderr
    assert daemon.consoles()["alpha"]["state"] == "open"
    another = kit.telnet(7001)
    another.wait_for(b"mine-42\r\n")
    another.wait_for(LIVE)

    guest.process.signal(signal.SIGCONT)
    # The break that was not waited for comes late, QEMU having had it all the time; and Linux takes two in a row for none.

    def helped():
        if HELP in guest.log("vm"):
            return True
        assert send_break().returncode == 0
        writer.type(b"h")
        return False

    wait_until(helped, "a break to reach the guest")
    writer.wait_for(HELP)
    assert b"is shut off" not in writer.data
