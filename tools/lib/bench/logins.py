# SPDX-License-Identifier: Apache-2.0
"""tools/bench logins: see there."""

import os
import pathlib
import statistics
import sys
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools/lib")]

from support import LIVE  # noqa: E402  (the path comes first)
from support.kit import Kit  # noqa: E402
from support.strangers import Guesser  # noqa: E402
from support.users import log_in, user  # noqa: E402

A_MINUTE = 10_000
# More than wait for a password to be looked at, so that some are always answered at once.
GUESSERS = 100
ADDRESSES = (8, 1000)
PAUSE = 0.02  # between two words of the one who is inside
# As charmux passwd makes it; a name that is nobody's costs as much.
COST = "$y$j9T$"


def show(what, times):
    cuts = statistics.quantiles(times, n=100)
    print(f"{what:33} p50 {cuts[49]:6.2f} ms   p99 {cuts[98]:6.2f} ms   longest {max(times):6.2f} ms", flush=True)


def processor_seconds(daemon):
    """What it has used: of the program's own, and of the kernel's for it."""
    fields = pathlib.Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()
    return [int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in fields[11:13]]


class Inside:
    """Ann's words to the guest and back, one after the other, until told to stop: the milliseconds of each."""

    def __init__(self, kit, chardev):
        self._chardev, self._client = chardev, kit.telnet(7001)
        log_in(self._client, "ann")
        self._client.wait_for(LIVE)
        self._number = 0

    def words_until(self, over):
        times = []
        while not over():
            word = b"%08d" % self._number
            self._number += 1
            began = time.perf_counter()
            self._client.type(word + b"\r")
            self._chardev.wait_for(word)
            self._chardev.write(word + b"\r\n")
            self._client.wait_for(word + b"\r\n")
            times.append((time.perf_counter() - began) * 1000)
            self._client.forget_data()
            threading.Event().wait(PAUSE)
        return times


def for_seconds(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() >= end


def guess(daemon, inside, spread):
    """A minute of guesses, from so many addresses."""
    addresses = [f"127.1.{at // 200}.{at % 200 + 1}" for at in range(spread)]
    before, began = processor_seconds(daemon), time.monotonic()
    guessers = [Guesser(("127.0.0.1", 7001), lambda number, at=at: b"user%d-%d" % (at, number // 60),
                        addresses[at % spread::GUESSERS], A_MINUTE // GUESSERS, rate=A_MINUTE / 60 / GUESSERS)
                for at in range(GUESSERS)]
    times = inside.words_until(lambda: not any(each.is_alive() for each in guessers))
    for each in guessers:
        each.finish()
    took, used = time.monotonic() - began, [now - then for now, then in zip(processor_seconds(daemon), before)]
    fates = sum((each.fates for each in guessers), type(guessers[0].fates)())
    print(f"{fates.total() / took * 60:.0f} guesses a minute from {spread} addresses: " +
          ", ".join(f"{number} {fate}" for fate, number in fates.items()))
    show("a word and back meanwhile", times)
    print(f"charmuxd used {sum(used) / took:.3f} of a core ({used[0]:.2f} s its own, {used[1]:.2f} s the kernel's), "
          f"{sum(used) / fates.total() * 1000:.2f} ms a guess (the aim: half a core)", flush=True)


def main():
    kit = Kit()
    try:
        kit.path("charmux.toml").write_text(user("ann", 'control = ["*"]', cost=COST))
        chardev = kit.unix_chardev()
        daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                            "--listen", "telnet:127.0.0.1:7001,console=vm")
        chardev.accept()
        inside = Inside(kit, chardev)
        show("a word and back, nobody else", inside.words_until(for_seconds(10)))
        for spread in ADDRESSES:
            guess(daemon, inside, spread)
    finally:
        kit.close()


main()
