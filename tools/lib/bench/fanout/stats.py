# SPDX-License-Identifier: Apache-2.0
"""What alternating runs say: the median ratio of a pair, how sure that is, and whether it reaches a target."""

import dataclasses
import enum
import random
import statistics

RESAMPLES = 2000
SEED = 1
QUIET = 0.05  # the interval of what is measured against itself lies so near to 1, or the machine is too noisy


class Verdict(enum.Enum):
    REACHED = "reached"
    NOT_REACHED = "not reached"
    TOO_NOISY = "too noisy"


@dataclasses.dataclass
class Estimate:
    """A median, and the interval that holds it with 95 %."""

    value: float
    low: float
    high: float

    def text(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def median_of(samples):
    """By bootstrap: medians of as many, drawn from the same with replacement; seeded, so that it can be repeated."""
    samples, source = list(samples), random.Random(SEED)
    medians = sorted(statistics.median(source.choices(samples, k=len(samples))) for _ in range(RESAMPLES))
    return Estimate(statistics.median(samples), medians[int(0.025 * RESAMPLES)], medians[int(0.975 * RESAMPLES) - 1])


@dataclasses.dataclass
class Target:
    """A ratio that is to be reached: at least, or at most, so much."""

    ratio: float
    at_least: bool

    def text(self):
        return f"{'>=' if self.at_least else '<='} {self.ratio:g}"

    def reached_by(self, estimate):
        """Whether the interval reaches it."""
        return estimate.high >= self.ratio if self.at_least else estimate.low <= self.ratio


def at_least(ratio):
    return Target(ratio, True)


def at_most(ratio):
    return Target(ratio, False)


def pair_ratios(base, ours):
    """Of runs that alternated, base[0], ours[0], base[1], ours[1]..., and one more of base in the end."""
    return [mine / theirs for theirs, mine in zip(base, ours)]


def own_ratios(base):
    """Each of the base's runs against the one before it. Every second one the other way round: a machine that only gets
    faster all the time is noisy as well."""
    return [(b / a if n % 2 else a / b) for n, (a, b) in enumerate(zip(base, base[1:]))]


def verdict(ratio, own, target):
    if max(1 - own.low, own.high - 1) > QUIET:
        return Verdict.TOO_NOISY
    return Verdict.REACHED if target.reached_by(ratio) else Verdict.NOT_REACHED


def check():
    """That the above is right, by examples; part of --smoke."""
    same = median_of([2.0] * 15)
    assert (same.value, same.low, same.high) == (2, 2, 2)
    # By theory, the median of 15 lies between the 4th and the 12th of them with 96.5 %.
    around = median_of(range(1, 16))
    assert around.value == 8 and around.low in (4, 5) and around.high in (11, 12), around
    assert median_of([*[0] * 8, *[100] * 7]).value == 0, "the median is no mean"
    many = [n ** 1.5 for n in range(400)]
    assert median_of(many) == median_of(many), "the same samples have another interval"
    assert pair_ratios([2, 4, 2], [1, 4]) == [0.5, 1.0]
    assert own_ratios([2, 4, 2]) == [0.5, 0.5]
    quiet, noisy = Estimate(1.0, 0.96, 1.04), Estimate(1.0, 0.94, 1.0)
    for target, ratio, own, expected in (
            (at_least(0.95), Estimate(0.93, 0.90, 0.95), quiet, Verdict.REACHED),
            (at_least(0.95), Estimate(0.93, 0.90, 0.949), quiet, Verdict.NOT_REACHED),
            (at_least(0.95), Estimate(1.10, 1.05, 1.20), noisy, Verdict.TOO_NOISY),
            (at_most(1.1), Estimate(1.15, 1.10, 1.20), quiet, Verdict.REACHED),
            (at_most(1.1), Estimate(1.15, 1.11, 1.20), quiet, Verdict.NOT_REACHED),
            (at_most(1.1), Estimate(1.0, 1.0, 1.0), Estimate(1.0, 1.0, 1.06), Verdict.TOO_NOISY)):
        assert verdict(ratio, own, target) == expected, (target, ratio, own, expected)
