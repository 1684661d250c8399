# SPDX-License-Identifier: Apache-2.0
"""Nothing happens on three consoles with viewers, and charmuxd does nothing: it is not even woken. When QEMU is gone it
looks for it now and then, but does not turn in circles on what the kernel keeps reporting."""

import os
import pathlib
import re
import time

from support import LIVE

KINDS = ("pty", "unix", "tcp")
ROUND_TRIPS = 300
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def switches(daemon):
    text = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
    return int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)$", text, re.MULTILINE).group(1))


def ticks(daemon):
    """Processor time that it has used."""
    fields = pathlib.Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def work_for_a_second():
    """A second of this process's own processor time: a process that turns in circles gets as much meanwhile."""
    end = time.process_time() + 1
    while time.process_time() < end:
        sum(range(10000))


def start(kit):
    guest = kit.guest({"boot": "null", **{kind: kind for kind in KINDS}})
    arguments = []
    for n, kind in enumerate(KINDS):
        arguments += ["--console", f"{kind}={guest.address(kind)}", "--listen", f"telnet:127.0.0.1:{7001 + n},console={kind}",
                      "--listen", f"raw:127.0.0.1:{7011 + n},console={kind},access=watch,replay=1KiB"]
    daemon = kit.daemon(*arguments)
    for n, kind in enumerate(KINDS):
        guest.wait_ready(kind)
        viewer = kit.telnet(7001 + n)
        viewer.wait_for(LIVE)
        viewer.type(b"echo idle-$((6 * 7)); read\r")  # and waits for Enter
        viewer.wait_for(b"idle-42\r\n")
        half_closed = kit.raw(7011 + n)
        half_closed.wait_for(b"idle-42\r\n")
        half_closed.stop_sending()  # its end of input stays readable for ever
        viewer.command(246)  # AYT: when it is answered, what came before has been dealt with
        viewer.wait_for(lambda data: data.endswith(b", you type; ^Ec? helps]\r\n"))
    return guest, daemon


def test_idle_costs_nothing(kit):
    guest, daemon = start(kit)
    before_switches, before_ticks = switches(daemon), ticks(daemon)
    for _ in range(ROUND_TRIPS):
        guest.qmp.command("query-chardev")
    work_for_a_second()
    assert switches(daemon) - before_switches <= 5
    assert ticks(daemon) - before_ticks <= TICKS_PER_SECOND // 10


def test_a_guest_that_is_gone_costs_nothing(kit):
    guest, daemon = start(kit)
    guest.kill()
    for kind in KINDS:
        daemon.wait_log(rf"console {kind}: closed: ")
    before = ticks(daemon)
    work_for_a_second()
    assert ticks(daemon) - before <= TICKS_PER_SECOND // 10
