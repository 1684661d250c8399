# SPDX-License-Identifier: Apache-2.0
"""How thoroughly is measured: all, --quick, or --smoke, which only looks whether it works."""

import time

from fanout.report import Report
from fanout.run import RunFailed, Timing

SECONDS_IN_ALL = 60 * 60  # what would take longer is not repeated


class Bench:
    """What a row is given: how long, how often, how many; and where it reports."""

    def __init__(self, mode, with_peers):
        self.mode, self.with_peers, self.smoke = mode, with_peers, mode == "smoke"
        self.report = Report(judges=not self.smoke)
        self.pairs = {"full": 15, "quick": 3, "smoke": 1}[mode]
        self.starts = 3 if mode == "full" else 1
        self.flood = {"full": Timing(1, 3), "quick": Timing(0.2, 0.8), "smoke": Timing(0.05, 0.15)}[mode]
        # By then whoever stopped reading before the clock started has been given up.
        self.stalled = {"full": Timing(2.5, 10), "quick": Timing(1.5, 2), "smoke": Timing(0.05, 0.15)}[mode]
        self.storm = {"full": Timing(1, 3), "quick": Timing(0.5, 2), "smoke": Timing(0.05, 0.3)}[mode]
        self._began, self._noisy = time.monotonic(), False

    def says(self):
        """How to read the report."""
        if self.smoke:
            return ["--smoke: everything once and briefly; only that all is whole is looked at, no figure means anything"]
        quick = ["--quick: few and short pairs; the figures show an order, not a verdict"] if self.mode == "quick" else []
        return [*quick,
                "ratios are medians over pairs of runs that alternate, with an interval of 95 %; reached: the interval reaches",
                "the target, and that of the base beside itself lies within 5 % of 1; otherwise that was too noisy to say"]

    def many(self, full, smoke):
        """So many, or for --smoke so few."""
        return smoke if self.smoke else full

    def seconds(self):
        return time.monotonic() - self._began

    def word(self, verdict):
        """On a ratio: only where there were pairs enough for one."""
        return verdict.value if self.mode == "full" else ""

    def was_noisy(self):
        """Something of the row that is being run."""
        self._noisy = True

    def run(self, rows):
        """All of them, and once more those for which it was too noisy, as far as the time goes. The names of those that
        failed."""
        failed, again = [], {}
        for name, row in rows.items():
            began = self.seconds()
            failed += [] if self._run(name, row) else [name]
            if self._noisy and self.mode == "full":
                again[name] = self.seconds() - began
        for name, took in again.items():
            if self.seconds() + took > SECONDS_IN_ALL:
                self.report.doing(f"no time to repeat {name}")
                continue
            self.report.again = True
            failed += [] if self._run(name, rows[name]) else [name]
        return failed

    def _run(self, name, row):
        self._noisy = False
        self.report.doing(name)
        try:
            row(self)
            return True
        except (RunFailed, AssertionError, OSError, TimeoutError) as error:
            self.report.failed(name, error)
            return False
