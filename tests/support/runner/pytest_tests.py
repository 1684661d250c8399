# SPDX-License-Identifier: Apache-2.0
"""e2e tests: pytest collects them once and then runs each in a process of its own. Those in e2e/full are a kind of their
own: they want the whole machine, so they run one after the other, and only where they are asked for."""

import re
import subprocess

from runner.jobs import Job, Outcome, report

LIMIT_SECONDS = {"e2e": 180, "full": 530}
PYTEST = ["/usr/bin/python3", "-m", "pytest", "--quiet"]
PASSED = re.compile(r"^1 passed(, \d+ warnings?)? in ")
NOT_RUN = re.compile(r"^1 (skipped|xfailed|xpassed|deselected)\b")


def judge(name):
    def look(code, output):
        last = (output.strip().splitlines() or [""])[-1]
        if code == 0 and PASSED.search(last):
            return Outcome(name, passed=1)
        if NOT_RUN.search(last):
            return Outcome(name, skipped=1, why=last, output=output)
        return Outcome(name, failed=1, why=f"exit code {code}", output=output)
    return look


def collect(kind, surroundings):
    tests = surroundings.repo / "tests"
    which = ["e2e", "--ignore=e2e/full"] if kind == "e2e" else ["e2e/full"]
    listing = subprocess.run([*surroundings.isolated, *PYTEST, "--collect-only", *which], cwd=tests, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=surroundings.environment)
    names = [line for line in listing.stdout.splitlines() if re.match(r"\S+\.py::", line)]
    outcomes = []
    if listing.returncode != 0 or not names:
        outcomes.append(Outcome(kind, failed=1, why="could not be collected", output=listing.stdout))
        report(outcomes[0])
    # pytest's own limit comes first, so that it can still print the logs (tests/e2e/conftest.py).
    return [Job(name, [*PYTEST, name], LIMIT_SECONDS[kind], judge(name), cwd=tests) for name in names], outcomes
