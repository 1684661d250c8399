# SPDX-License-Identifier: Apache-2.0
"""Instructions of the program itself, not of the kernel, for each byte that reached a viewer, as callgrind counts them."""

import re
import shutil
import signal

from fanout.multiplexers import Charmux, Limit
from fanout.run import Load, Timing, run

WRAP = ("valgrind", "--tool=callgrind", "--callgrind-out-file={directory}/callgrind.out")


def instructions(bench):
    if not shutil.which("valgrind"):
        bench.report.row("instructions a delivered byte", "-", more="valgrind is not installed")
        return
    for viewers in (1, 10, 100):
        ours, theirs = (_each_byte(make, viewers) for make in (Charmux, Limit))
        bench.report.row(f"instructions a delivered byte, unix -> {viewers} raw", f"{ours:.4f}",
                         more=f"`limit` {theirs:.4f}; without the kernel's")


def _each_byte(make, viewers):
    """From two runs, one longer: their start and end is in both."""
    (few, short), (many, long) = (_counted(make, viewers, seconds) for seconds in (1, 5))
    return (many - few) / (long - short)


def _counted(make, viewers, seconds):
    """(instructions, bytes delivered in all)."""
    found = []

    def read(running, result):
        running.process.signal(signal.SIGTERM)
        running.process.wait(60)
        counts = (running.directory / "callgrind.out").read_text()
        found.append(int(re.search(r"^(?:totals|summary): (\d+)", counts, re.MULTILINE)[1]))
        found.append(viewers * result["printed"])
    run(make(wrap=WRAP), Load(viewers), Timing(0.5, seconds), after=read)
    return found
