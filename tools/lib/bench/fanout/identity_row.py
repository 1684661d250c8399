# SPDX-License-Identifier: Apache-2.0
"""With the default pause a viewer of a flood may miss bytes. What each had and what it is said to have missed is what was
printed."""

import re

from charmux_kit import wait_until
from fanout.multiplexers import Charmux
from fanout.run import Load, RunFailed, run

_LEFT = re.compile(r"^<6>console c: \S+ left: [^;\n]*(?:; it was not given (\d+) bytes)?$", re.MULTILINE)


def identity(bench):
    charmux = Charmux(options=(("on-lag", "skip"),), pause="")
    for viewers in (1, 10) if bench.smoke else (1, 10, 100, 500):
        shares = []
        run(charmux, Load(viewers, gaps=True), bench.flood,
            after=lambda running, result: shares.append(_compare(running.daemon, result)))
        bench.report.row(f"default pause, {viewers} raw: received + skipped = printed", "for each", "for each", "reached",
                         more=f"{100 * shares[0]:.2f} % skipped")


def _compare(daemon, result):
    """What charmuxd says of each viewer, and of all, against what they had. The share of what was printed to all."""
    viewers = result["viewers"]
    told = wait_until(lambda: _told(daemon, viewers), lambda: f"{viewers} viewers, there or gone: {daemon.log()[-500:]}")
    lacking = sorted(result["printed"] - received for received in result["received"])
    if told != lacking:
        raise RunFailed(f"viewers lack {sum(lacking)} bytes, one of them {lacking[-1]}, and are said to lack {sum(told)}, "
                        f"one of them {told[-1]}")
    in_all = daemon.consoles()["c"]["skipped"]
    if in_all != sum(told):
        raise RunFailed(f"the console says {in_all} bytes skipped, its viewers together {sum(told)}")
    return sum(told) / max(viewers * result["printed"], 1)


def _told(daemon, viewers):
    """What each was not given, in order; nothing while one is just leaving. Of who has gone the log says it; who has closed
    its connection is there until something is sent to it."""
    there = [viewer["skipped"] for viewer in daemon.api("/consoles/c")["viewers"]]
    gone = [int(count or 0) for count in _LEFT.findall(daemon.log())]
    return sorted(there + gone) if len(there) + len(gone) == viewers else None
