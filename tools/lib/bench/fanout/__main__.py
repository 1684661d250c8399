# SPDX-License-Identifier: Apache-2.0
"""tools/bench fanout: see there. docs/performance.md is written from what it prints."""

import argparse
import pathlib
import signal
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Its own folder stands there first, which would make its modules known by a second name.
sys.path[:1] = [str(HERE.parent), str(HERE.parents[1])]

from fanout import company_rows, crowd, machine, stats  # noqa: E402  (the path comes first)
from fanout.bench import Bench  # noqa: E402
from fanout.identity_row import identity  # noqa: E402
from fanout.instructions_row import instructions  # noqa: E402
from fanout.memory_rows import console_memory, idle, tls_viewer_memory, viewer_memory  # noqa: E402
from fanout.multiplexers import Peer  # noqa: E402
from fanout.throughput_rows import latency, pty, telnet, throughput, tls  # noqa: E402

ROWS = {
    **{f"throughput-{viewers}": throughput(viewers) for viewers in (1, 10, 100, 500)},
    "identity": identity,
    "telnet-10": telnet(10), "telnet-100": telnet(100),
    **{f"tls-{viewers}": tls(viewers) for viewers in (1, 10, 100)},
    "pty": pty,
    "latency-10": latency(10, 1000), "latency-1000": latency(1000, 50),
    "stalled": company_rows.stalled,
    "crowd": company_rows.crowd,
    "storm": company_rows.storm,
    "log": company_rows.log,
    "viewer-memory-raw": viewer_memory("raw", 1 << 10), "viewer-memory-telnet": viewer_memory("telnet", 2 << 10),
    "viewer-memory-tls": tls_viewer_memory("none", 20 << 10), "viewer-memory-certificate": tls_viewer_memory("shown", 26 << 10),
    "console-memory": console_memory,
    "idle": idle,
    "instructions": instructions,
}
NOT_QUICK = {"instructions"}
SMOKE = {"throughput-1", "throughput-10", "identity", "telnet-10", "tls-10", "pty", "latency-10", "stalled", "crowd", "storm", "log",
         "viewer-memory-raw", "viewer-memory-telnet", "viewer-memory-certificate",
         "console-memory", "idle"}
PEERS = ("socat", "ser2net", "conserver")


def chosen(words, mode):
    """The rows of these names, or that begin so; without any word, those of the mode."""
    if words:
        wanted = set()
        for word in words:
            named = {word} & ROWS.keys() or {name for name in ROWS if name.startswith(word)}
            if not named:
                sys.exit(f"bench: no row {word}; there are: {', '.join(ROWS)}")
            wanted |= named
        return [name for name in ROWS if name in wanted]
    return [name for name in ROWS if mode == "full" or (name in SMOKE if mode == "smoke" else name not in NOT_QUICK)]


def main():
    parser = argparse.ArgumentParser(prog="tools/bench fanout")
    parser.add_argument("--smoke", action="store_const", dest="mode", const="smoke", default="full")
    parser.add_argument("--quick", action="store_const", dest="mode", const="quick")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C: what was started is ended
        signal.signal(number, lambda *_: sys.exit(1))
    crowd.raise_open_files()
    stats.check()
    bench = Bench(arguments.mode, arguments.peers)
    there = [Peer(name) for name in PEERS if arguments.peers and Peer(name).there()]
    bench.report.head([*machine.lines([peer.version() for peer in there]), *bench.says(), ""])
    others = machine.Others()
    failed = bench.run({name: ROWS[name] for name in chosen(arguments.rows, arguments.mode)})
    bench.report.head(["", f"{bench.seconds():.0f} s, in which others used {100 * others.share():.0f} % of the processors",
                       *(f"{what}: {word}" for what, word in bench.report.missed.items())])
    sys.exit(1 if failed else 0)


main()
