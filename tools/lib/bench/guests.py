# SPDX-License-Identifier: Apache-2.0
"""tools/bench guests: see there."""

import os
import pathlib
import resource
import socket
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools/lib")]

from support.kit import Kit  # noqa: E402  (the path comes first)
from charmux_kit import wait_until  # noqa: E402

EMULATED, REAL = 200, 10
IDLE_SECONDS = 20
TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """What a process has used of the processor, user and system (proc(5), stat)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def open_count(daemon):
    return sum(each["state"] == "open" for each in daemon.consoles().values())


def seconds_until(condition, what):
    began = time.monotonic()
    wait_until(condition, what)
    return time.monotonic() - began


def baseline(rounds):
    """The processor time of a bare exchange over a UNIX socket, `rounds` times, in this same run: a connected pair, a line
    each way the size of a poll. What charmuxd cannot do with less."""
    ours, theirs = socket.socketpair()
    question, answer = b"x" * 40, b"y" * 250
    began = time.process_time()
    for _ in range(rounds):
        ours.sendall(question)
        theirs.recv(4096)
        theirs.sendall(answer)
        ours.recv(4096)
    return time.process_time() - began


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    kit = Kit()
    try:
        emulation = kit.fake_qmp()
        for n in range(EMULATED):
            emulation.guest(f"emulated-{n:03}", str(kit.path(f"e{n:03}.qmp")), chardevs={"serial0": str(kit.path(f"e{n:03}.serial"))})
        for n in range(REAL):
            kit.guest({"serial0": "unix"}, name=f"dir-{n}", domain=f"real-{n}", monitor=kit.path(f"r{n}.qmp"), paused=True)
        began = time.monotonic()
        daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7999", wait_ready=False)
        wait_until(lambda: (daemon.runtime_dir / "control.sock").exists(), "charmuxd's control socket")
        wait_until(lambda: len([each for each in daemon.consoles().values() if each["number"]]) == EMULATED + REAL, "all to be listed")
        listed = time.monotonic() - began
        wait_until(lambda: open_count(daemon) == EMULATED + REAL, "all to be open")
        opened = time.monotonic() - began
        starting = cpu_seconds(daemon.pid)

        began, used, answered = time.monotonic(), cpu_seconds(daemon.pid), polls(emulation)
        wait_until(lambda: time.monotonic() - began >= IDLE_SECONDS, "an idle while", 2 * IDLE_SECONDS)
        elapsed, used, answered = time.monotonic() - began, cpu_seconds(daemon.pid) - used, polls(emulation) - answered
        bare = baseline(int(answered * (EMULATED + REAL) / EMULATED))
        status = pathlib.Path(f"/proc/{daemon.pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

        emulation.guest("late", str(kit.path("late.qmp")), chardevs={"serial0": str(kit.path("late.serial"))})
        late = seconds_until(lambda: any(each["name"] == "late" and each["state"] == "open" for each in daemon.consoles().values()), "the late one")
        print(f"{EMULATED + REAL} guests: all listed {listed:.2f} s and open {opened:.2f} s after charmuxd was started ({starting:.2f} s of processor)\n"
              f"a new one is open {late:.2f} s after its monitor is there\n"
              f"idle: {100 * used / elapsed:.2f} % of a core ({answered / elapsed:.0f} polls/s; a bare exchange of as many lines: "
              f"{100 * bare / elapsed:.2f} %), {resident} KiB resident")
    finally:
        kit.close()


def polls(emulation):
    return sum(guest.asked.get("query-chardev", 0) for guest in emulation.guests.values())


main()
