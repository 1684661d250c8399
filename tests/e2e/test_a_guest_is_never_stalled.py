# SPDX-License-Identifier: Apache-2.0
"""A serial port that nobody reads stands still after a few hundred bytes, and with it what the guest does. charmuxd reads
always: the guest prints a lot with nobody attached and is done, and all of it is in the history. Then a viewer stops
reading: the guest is done all the same, the other viewer has everything, and the stopped one, when it goes on, reads how
much it missed."""

import os
import re
import signal

from support import LIVE, ends_in_record, notices, repeats_in_record, wait_until, without_others

KINDS = ("pty", "unix", "tcp")
# More than the kernel keeps for one who does not read. It ends waiting for Enter, so that the last line is the last.
LOTS = b"for n in 1 2 3 4 5; do seq 1 15000; done; echo done-$((6 * 7)); read\r"
SKIPPED = re.compile(rb"\[charmux: (\d+) bytes skipped\]\r\n")
LAST = b"\n15000\r\ndone-42\r\n"


def accounted_for(pieces, everything, at=0):
    """Whether what a viewer received, and what it was told it missed in between, are what was printed, from `at` on.
    After a skip it goes on at the beginning of a line."""
    piece, *rest = pieces
    endings = [piece]
    if rest and piece.endswith(b"\r\n") and not piece.endswith(b"\n\r\n"):
        endings.append(piece[:-2])  # the line end may be charmux's, for a notice that would else be inside a line
    for ending in endings:
        then = at + len(ending)
        if everything[at:then] != ending:
            continue
        if not rest:
            return then == len(everything)
        then += int(rest[0])
        if everything[then - 1:then] == b"\n" and accounted_for(rest[1:], everything, then):
            return True
    return False


def test_a_guest_that_nobody_watches_is_not_stalled(kit):
    guest = kit.guest({"boot": "null", **{kind: kind for kind in KINDS}}, paused=True)
    arguments = []
    for n, kind in enumerate(KINDS):
        arguments += ["--console", f"{kind}={guest.address(kind)}",
                      "--listen", f"raw:127.0.0.1:{7001 + n},console={kind},replay=1MiB"]
    daemon = kit.daemon(*arguments)
    for kind in KINDS:
        wait_until(lambda: guest.taken(kind, daemon.process), f"charmuxd to open {kind}")
    guest.resume()
    for kind in KINDS:
        guest.wait_ready(kind)
    for n, _ in enumerate(KINDS):
        with kit.raw(7001 + n) as client:
            client.send(LOTS)
            client.wait_for(b"; read\r\n")
    for n, kind in enumerate(KINDS):
        wait_until(lambda: ends_in_record(guest.log(kind), LAST), lambda: f"{kind} to be done; at {guest.log(kind)[-50:]!r}")
        kit.raw(7001 + n).wait_for(lambda data: repeats_in_record(guest.log(kind), data) is not None)


def test_a_viewer_that_stops_reading_stalls_nobody(kit):
    config = kit.path("charmux.toml")
    config.write_text('[history]\nsize = "64KiB"\nreplay = "4KiB"\n')
    guest = kit.guest({"boot": "null", "vm": "unix"})
    daemon = kit.daemon("--config", config, "--console", f"vm={guest.address('vm')}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    reader = kit.on_terminal("telnet", "127.0.0.1", "7001")
    reader.wait_for(LIVE)
    stopped, scripted = kit.on_terminal("telnet", "127.0.0.1", "7001"), kit.telnet(7001, receive_buffer=4096)
    stopped.wait_for(LIVE)
    scripted.wait_for(LIVE)
    # Whether a line end before a notice is the guest's cannot be told, so none is to fall into what follows.
    reader.wait_for(b", 3 watching]\r\n")
    os.kill(stopped.pid, signal.SIGSTOP)
    reader.type(LOTS)
    wait_until(lambda: ends_in_record(guest.log("vm"), LAST), lambda: f"the guest to be done; at {guest.log('vm')[-50:]!r}")

    wait_until(lambda: reader.output.endswith(LAST), "the reader to have the last line")
    assert "skipped" not in " ".join(notices(reader.output))
    assert repeats_in_record(guest.log("vm")[guest.log("vm").rindex(b"; read\r\n"):],
                             without_others(reader.output[reader.output.rindex(b"; read\r\n"):])) is not None
    everything = without_others(reader.output.partition(LIVE)[2])

    os.kill(stopped.pid, signal.SIGCONT)
    wait_until(lambda: stopped.output.endswith(LAST), "the stopped one to catch up")
    scripted.wait_for(lambda data: data.endswith(LAST))
    for data in (stopped.output, scripted.data):
        pieces = SKIPPED.split(without_others(data.partition(LIVE)[2]))
        assert len(pieces) > 1
        assert accounted_for(pieces, everything), SKIPPED.findall(data)
    daemon.wait_log(r"reads too slowly: \d+ bytes skipped")
