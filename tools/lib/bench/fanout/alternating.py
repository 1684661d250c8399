# SPDX-License-Identifier: Apache-2.0
"""Runs that alternate: a base, then each of those compared with it, again and again, and the base once more in the end.
So whatever else the machine does meets them all alike."""

import dataclasses
import statistics
import typing

from fanout import stats
from fanout.run import run


@dataclasses.dataclass
class Kind:
    """What is run: a multiplexer and its load. `times`: only in so many of the rounds (0: in all)."""

    label: str
    multiplexer: typing.Any
    load: typing.Any
    times: int = 0
    runner: typing.Callable = run  # how: run.run, or what takes and returns the same


@dataclasses.dataclass
class Aim:
    """A figure of `kind`'s runs, compared with the base's."""

    what: str
    kind: Kind
    figure: typing.Callable
    target: stats.Target
    shown: typing.Callable


class Rounds:
    """The results of one row's runs, by label."""

    def __init__(self, base, kinds, timing, pairs, memory=False):
        self._base, self._timing, self._memory, self.pairs = base, timing, memory, pairs
        self._results = {each.label: [] for each in (base, *kinds)}
        for number in range(pairs):
            for each in (base, *kinds):
                if not each.times or number < each.times:
                    self._run(each)
        self._run(base)

    def _run(self, kind):
        self._results[kind.label].append(kind.runner(kind.multiplexer, kind.load, self._timing, self._memory))

    def of(self, kind, figure):
        """That figure of each of its runs."""
        return [figure(result) for result in self._results[kind.label]]

    def median(self, kind, figure):
        return statistics.median(self.of(kind, figure))

    def ratio(self, aim):
        return stats.median_of(stats.pair_ratios(self.of(self._base, aim.figure), self.of(aim.kind, aim.figure)))

    def itself(self, figure):
        return stats.median_of(stats.own_ratios(self.of(self._base, figure)))


def judge(bench, base, kinds, timing, aims, memory=False, more=None):
    """Runs a row and reports a line for each aim. `more(rounds, aim)` is what else there is to say. Returns the Rounds."""
    rounds = Rounds(base, kinds, timing, bench.pairs, memory)
    for aim in aims:
        ratio, itself = rounds.ratio(aim), rounds.itself(aim.figure)
        verdict = stats.verdict(ratio, itself, aim.target)
        if verdict is stats.Verdict.TOO_NOISY:
            bench.was_noisy()
        ours, theirs = (aim.shown(rounds.median(kind, aim.figure)) for kind in (aim.kind, base))
        said = [f"{ours} beside {theirs}", f"{rounds.pairs} pair{'s' if rounds.pairs > 1 else ''} of {timing.seconds:g} s"]
        said += more(rounds, aim) if more else []
        bench.report.row(aim.what, ratio.text(), aim.target.text(), bench.word(verdict), itself.text(), "; ".join(said))
    return rounds
