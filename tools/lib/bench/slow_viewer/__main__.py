# SPDX-License-Identifier: Apache-2.0
"""tools/bench slow-viewer [PEER...]: see there. docs/loss.md says what the figures mean."""

import pathlib
import shutil
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Its own folder stands there first, which would make its modules known by a second name.
sys.path[:1] = [str(HERE.parent), str(HERE.parents[1])]

from slow_viewer import qemu  # noqa: E402  (the path comes first)
from slow_viewer.peers import PEERS  # noqa: E402
from slow_viewer.run import run  # noqa: E402
from slow_viewer.stream import size  # noqa: E402

FLOOD = 64 << 20
PACE, PACED = 1 << 20, 10 << 20
HEAD = ["", "guest, both read", "guest, one stopped", "its longest wait", "the reader got", "memory grew", "the stopped one, once it read on"]
ALONE = ["", "guest, client reads", "guest, client stopped", "its longest wait", "the client, once it read on"]


def rate(seen):
    return "stands still" if seen.stands else f"{size(seen.rate)}/s"


def wait(seen):
    return f"{seen.wait:.0f} s, till it read on" if seen.stands else f"{1000 * seen.wait:.0f} ms"


def row(name, free, seen):
    """`free` is the run in which both read; None where there was none."""
    after = " (program ended)" if seen.ended else "" if seen.finished else " (guest never went on)"
    late = "all, late" if seen.stands and seen.reader.whole else seen.reader.text()
    return [name, rate(free) if free else "-", rate(seen), wait(seen), late, size(seen.grown), seen.other.text() + after]


def rows(names, total, pace):
    for name in names:
        peer = PEERS[name]
        if name != "charmux" and not shutil.which(peer.name()):
            yield [f"{name}: not installed"]
            continue
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        try:
            free = None if pace else run(peer, total, stop=False)
            yield row(f"{name} {peer.version()}", free, run(peer, total, pace))
        except (AssertionError, OSError, RuntimeError) as error:
            yield [f"{name}: not measured: {error}"]


def table(title, head, lines):
    lines = [head, *lines]
    widths = [max(len(line[n]) for line in lines if len(line) > 1) for n in range(len(head))]
    print(f"\n{title}\n")
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    sys.stdout.flush()


def main():
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: what was started is ended
        signal.signal(number, lambda *_: sys.exit(1))
    names = sys.argv[1:] or [*PEERS, "qemu"]
    multiplexers = [name for name in names if name in PEERS]
    if multiplexers:
        table(f"A guest prints {size(FLOOD)} as fast as it is taken; of two clients one stops reading before.", HEAD, rows(multiplexers, FLOOD, 0))
        table(f"The same, {size(PACED)} at {size(PACE)}/s.", HEAD, rows(multiplexers, PACED, PACE))
    if "qemu" in names:
        table(f"QEMU alone: a Linux guest prints {qemu.LINES} numbers; the one client that a socket chardev has stops reading.",
              ALONE, qemu.rows())
        print(f"\nQEMU's hub (chardev `hub`) needs QEMU 10.0; this is {qemu.version()}, so it is not shown.")


main()
