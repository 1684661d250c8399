# SPDX-License-Identifier: Apache-2.0
"""A hundred colleagues have left a window open and stopped what runs in it, and a guest prints a gigabyte. charmuxd
needs no more memory for that, and I who read have every byte. When they come back, those on telnet read how much they
missed, to the byte; the scripts on raw sockets, which can be told nothing, were closed; and how much each missed stands
where I look for it: in the log, in the API, and in `charmux who`."""

import os
import re
import signal

from support import LIVE, wait_until
from support.flood import LINE, Printer, Reader, Tally, stream
from support.memory import freed_at_once

MIB = 1 << 20
PROGRAMS, TELNETS, RAWS = 4, 76, 20
FIRST = 4 * MIB  # printed before anything is measured: the ring's pages are all there
ALL = 1024 * MIB


def started(kit):
    # A stopped viewer costs the guest this pause, once. A busy machine makes none of a second for one who reads.
    kit.path("charmux.toml").write_text('[history]\nmax_guest_pause = "1s"\nreplay = "4KiB"\n')
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm", "--listen", "raw:127.0.0.1:7002,console=vm",
                        env=freed_at_once())
    return daemon, chardev.accept()


def live(client):
    """Once it is at live output; what it had so far is not looked at."""
    client.wait_for(LIVE)
    client.forget_data()
    return client


class Stopped:
    """Those who do not read: programs that are stopped, and sockets that nobody asks for what came."""

    def __init__(self, kit, daemon):
        self.daemon = daemon
        self.programs = [kit.on_terminal("telnet", "127.0.0.1", "7001") for _ in range(PROGRAMS)]
        for program in self.programs:
            program.wait_for(LIVE)
            os.kill(program.pid, signal.SIGSTOP)
        self.telnets = [live(kit.telnet(7001)) for _ in range(TELNETS)]
        self.raws = [kit.raw(7002) for _ in range(RAWS)]

    def told_on_return(self):
        """How many bytes each on telnet was told that it missed. With what it had they are all that was printed."""
        told = [Reader(client, FIRST).read_to(ALL).skipped for client in self.telnets]
        for program in self.programs:
            os.kill(program.pid, signal.SIGCONT)
            wait_until(lambda: program.output.endswith(stream(ALL - LINE, ALL)),
                       lambda: f"the end; so far {program.output[-300:]!r}")
            tally = Tally(FIRST)
            tally.take(program.output.partition(LIVE)[2])
            assert tally.at == ALL
            told.append(tally.skipped)
        return told

    def not_given(self):
        """How many bytes each on a raw socket was not given when it was closed, by the log."""
        counts = []
        for client in self.raws:
            received = client.wait_closed()
            assert received == stream(FIRST, FIRST + len(received))
            left = self.daemon.wait_log(rf"console vm: 127\.0\.0\.1:{client.local_port} left: it read too slowly "
                                        r".*; it was not given (\d+) bytes$")
            counts.append(int(left.group(1)))
        return counts

    def leave(self):
        for program in self.programs:
            os.kill(program.pid, signal.SIGKILL)
        for client in self.telnets:
            client.close()


def skipped_by_viewer(daemon):
    return {viewer["from"]: viewer["skipped"] for viewer in daemon.api("/consoles/vm")["viewers"]}


def test_a_stopped_viewer_costs_nobody_anything(kit):
    daemon, chardev = started(kit)
    reader = Reader(live(kit.telnet(7001)))
    Printer(chardev, 0, FIRST).finish()
    wait_until(lambda: reader.tally.at == FIRST, "the reader to have what was printed")
    stopped = Stopped(kit, daemon)
    wait_until(lambda: len(skipped_by_viewer(daemon)) == 1 + PROGRAMS + TELNETS + RAWS, "all to be at the console")

    # All that is resident; the history's pages were all there before.
    before = daemon.resident_kib()
    printer = Printer(chardev, FIRST, ALL)
    printer.finish(120)
    after = daemon.resident_kib()
    print(f"charmuxd had {before} KiB, then {after}; the guest waited {printer.waited:.1f} s")
    tally = reader.read_to(ALL)
    assert (tally.received, tally.skips) == (ALL, [])
    assert after - before <= 1024

    told, not_given = stopped.told_on_return(), stopped.not_given()
    assert min(told) > 0 and min(not_given) > 0
    assert daemon.consoles()["vm"]["skipped"] == sum(told) + sum(not_given)
    listed = skipped_by_viewer(daemon)
    assert sorted(listed.values()) == sorted([0, *told])
    table = kit.run("charmux", "who", "vm", "--socket", daemon.runtime_dir / "control.sock").stdout
    for viewer, count in listed.items():
        assert re.search(rf"\b{viewer}\b.*\b{count}$", table, re.MULTILINE), table
        assert count == 0 or f"console vm: {viewer} reads too slowly: " in daemon.log()
    stopped.leave()
    for viewer, count in listed.items():
        if count:
            daemon.wait_log(rf"console vm: {viewer} left: .*; it was not given {count} bytes$")
