# SPDX-License-Identifier: Apache-2.0
"""tools/check, once everything is installed: the phases of each level, one after the other."""

import sys

from check_phases import (Check, bench, build, clang_format, clang_tidy, demo, fuzz, layers, replay_corpora, tests)

FIVE_TIMES = 5
TEN_TIMES = 10


def quick(check):
    layers(check)
    clang_format(check)
    build(check, "debug")
    tests(check, "debug", ["unit"])


def default(check):
    layers(check)
    clang_format(check)
    build(check, "release")
    build(check, "asan")
    tests(check, "release", ["unit", "integration"])
    tests(check, "asan", ["unit", "integration", "e2e"])
    demo(check)
    bench(check)
    replay_corpora(check, "asan")


def plain(check):
    default(check)
    check.shown_in_readme()


def full(check):
    default(check)
    build(check, "tsan")
    build(check, "clang")
    clang_tidy(check, "clang")
    tests(check, "clang", ["unit"])
    build(check, "fuzz")
    fuzz(check, "fuzz")
    tests(check, "asan", ["unit", "integration"], FIVE_TIMES)
    tests(check, "tsan", ["unit", "integration"], FIVE_TIMES)
    tests(check, "release", ["full"])
    # Ten kills each.
    tests(check, "asan", ["e2e"], TEN_TIMES, only="killed_at_any_point")


def main():
    check = Check()
    {"": plain, "--quick": quick, "--full": full}[sys.argv[1]](check)
    return check.finish()


sys.exit(main())
