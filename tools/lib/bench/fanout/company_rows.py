# SPDX-License-Identifier: Apache-2.0
"""Rows about viewers who are not alone: beside others that stand still, beside ten thousand, beside those that come and go,
beside a log. The base is charmux without them."""

import contextlib
import dataclasses
import pathlib
import statistics
import tempfile

from charmux_kit import wait_until
from fanout import machine
from fanout import run as runs
from fanout.alternating import Aim, Kind, judge
from fanout.multiplexers import Charmux, Limit
from fanout.report import bandwidth, size
from fanout.run import Load, LoadProcess, RunFailed, Timing
from fanout.stats import at_least, at_most
from fanout.throughput_rows import microseconds


def stalled(bench):
    """10 viewers read, 1 or 100 more have stopped before the clock starts."""
    # Long enough for whoever reads, and over before the clock starts for whoever does not.
    charmux = Charmux(options=(("on-lag", "skip"),), pause="500ms")
    alone = Kind("alone", charmux, Load(10))
    kinds = [Kind(f"{count} stalled", charmux, Load(10, stalled=count)) for count in (1, bench.many(100, 5))]
    rounds = judge(bench, alone, kinds, bench.stalled, [
        Aim(f"10 raw viewers beside {kind.label}, of alone", kind, runs.rate, at_least(0.97), bandwidth) for kind in kinds],
        memory=True)
    for kind in kinds:
        most = [rounds.median(each, lambda result: result["memory"]) for each in (kind, alone)]
        bench.report.absolute(f"memory more, {kind.label}", most[0] - most[1], 1 << 20, size,
                              f"{size(most[0])} beside {size(most[1])}")


def crowd(bench):
    """One line to 10,000 viewers."""
    viewers = min(bench.many(10_000, 300), machine.open_files() - 200)
    load = Load(viewers, records=(64, {"full": 2, "quick": 5, "smoke": 40}[bench.mode]))
    ours = Kind("charmux", Charmux(), load)
    rounds = judge(bench, Kind("limit", Limit(), load), [ours], bench.flood, [
        Aim(f"a line of 64 bytes to the last of {viewers:,} raw, of `limit`", ours, runs.last, at_most(1.2), microseconds)])
    attached = rounds.of(ours, lambda result: result["attached_s"])
    connected = rounds.median(ours, lambda result: result["connected_s"])
    bench.report.absolute(f"{viewers:,} viewers connected and attached, the longest of {len(attached)} times",
                          max(attached), 5, lambda seconds: f"{seconds:.2f} s",
                          f"half of them within {statistics.median(attached):.2f} s, "
                          f"of which connecting took {connected:.2f} s")


def log(bench):
    """The console's log on the disk beside 10 viewers."""
    logged = Charmux(log=True)
    runs.run(logged, Load(10), dataclasses.replace(bench.flood, seconds=min(bench.flood.seconds, 0.5)), after=_log_is_whole)
    ours = Kind("logged", logged, Load(10))
    judge(bench, Kind("not logged", Charmux(), Load(10)), [ours], bench.flood, [
        Aim("10 raw viewers and a log on the disk, of no log", ours, runs.rate, at_least(0.9), bandwidth)])


def _log_is_whole(running, result):
    path = running.directory / "c.log"
    wait_until(lambda: path.stat().st_size >= result["printed"],
               lambda: f"{result['printed']} bytes in the log; it has {path.stat().st_size}")
    if b"[charmux: " in path.read_bytes():
        raise RunFailed("the log has a gap")


def storm(bench):
    """So many attaches a second at another console, whose guest prints as fast as it can."""
    load, a_second = Load(10, records=(64, 1000)), bench.many(1000, 100)
    ours = Kind("storm", Charmux(), load, runner=_beside_storm(a_second, 32 << 10))

    def more(rounds, _):
        came, away = (sum(rounds.of(ours, lambda result: result["storm"][key])) for key in ("came", "turned_away"))
        served = rounds.median(ours, lambda result: result["storm"]["served_us"]["p50"])
        return [f"{came} came, {away} of them turned away, half served within {microseconds(served)}"]
    judge(bench, Kind("undisturbed", Charmux(), load), [ours], bench.storm, [
        Aim(f"latency, 64 bytes, 1000 Hz -> 10 raw, p99, beside {a_second:,} attaches/s with 32 KiB of a flood, of without",
            ours, runs.p99, at_most(2), microseconds)], more=more)


def _beside_storm(a_second, replay):
    """run.run for a console beside another that floods, and at which so many attach."""
    def runner(charmux, load, timing, memory):
        with contextlib.ExitStack() as stack:
            directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fan")))
            steady = stack.enter_context(contextlib.closing(LoadProcess(directory, load, timing)))
            longer = Timing(0, timing.warm_up + timing.seconds + 2)
            # It shares processors with those whose time is taken, who go first.
            loud = stack.enter_context(contextlib.closing(
                LoadProcess(directory, Load(0, storm=(a_second, replay)), longer, "loud", nice=10, pid_counts=False)))
            options = (("replay", f"{replay >> 10}KiB"),)
            charmux = dataclasses.replace(charmux, others=(("loud", loud.chardev, loud.port, options),))
            running = stack.enter_context(charmux.start(directory, steady.chardev, steady.port, load.viewers))
            steady.tell_pid(running.pid)
            for each in (loud, steady):
                each.wait_for("attached")
            result = steady.result()
            if not loud.running():
                raise RunFailed("the storm was over too soon")
            result["storm"] = loud.result()["storm"]
            return result
    return runner
