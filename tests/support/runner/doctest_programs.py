# SPDX-License-Identifier: Apache-2.0
"""doctest programs: a unit program runs whole, an integration program once for each of its test cases."""

import os
import re
import subprocess
import xml.etree.ElementTree

from runner.jobs import Job, Outcome

UNIT_LIMIT_SECONDS = 300
CASE_LIMIT_SECONDS = 120
SUMMARY = re.compile(r"^\[doctest\] test cases:\s*\d+ \|\s*\d+ passed \|\s*(\d+) failed \|", re.MULTILINE)
# With --duration, a line for each test case that did run: a case outside --first and --last counts as passed, too.
RAN = re.compile(r"^[0-9.]+ s: ", re.MULTILINE)
# doctest lets a test case fail on purpose (should_fail, may_fail, expected_failures) and then counts it as passed.
EXCUSED = re.compile(r"(should have failed|Failed as expected|Allowed to fail|Didn't fail exactly|Failed exactly \d+ times)")


# A scenario that does not apply to what is tested says so, with the reason; it is neither passed nor skipped.
NOT_APPLICABLE = re.compile(r"^n/a:(.*)$", re.MULTILINE)


def programs(kind, build):
    """The kind's executables, wherever below the build's folder CMake has put them."""
    found = [path for path in build.rglob(f"{kind}_*")
             if path.is_file() and os.access(path, os.X_OK) and "CMakeFiles" not in path.parts and not path.suffix]
    return sorted(found, key=lambda path: path.name)


def cases(program, surroundings):
    """(name, skipped) of each test case, in the order in which --first and --last count them."""
    listing = subprocess.run([*surroundings.fixed_layout, program, "--list-test-cases", "--no-skip", "--reporters=xml"],
                             capture_output=True, text=True, env=surroundings.environment, check=True).stdout
    root = xml.etree.ElementTree.fromstring(listing)
    return [(case.get("name"), case.get("skipped") == "true") for case in root.iter("TestCase")]


def judge(name, expected):
    """A judge for a run that has to pass exactly `expected` test cases."""
    def look(code, output):
        summary = SUMMARY.search(output)
        if not summary:
            return Outcome(name, failed=1, why=f"ended with {code} before doctest's summary", output=output)
        failed = int(summary.group(1))
        passed = len(RAN.findall(output)) - failed
        if failed or code != 0:
            return Outcome(name, passed, max(failed, 1), why=f"{failed} test cases failed, exit code {code}", output=output)
        if EXCUSED.search(output):
            return Outcome(name, 0, expected, why="a test case that may fail is no test", output=output)
        if passed != expected:
            return Outcome(name, passed, 1, why=f"{passed} of {expected} test cases ran", output=output)
        if said := NOT_APPLICABLE.search(output):
            if expected != 1 or not said.group(1).strip():
                return Outcome(name, failed=1, why="what is n/a is a test of its own, and says why", output=output)
            return Outcome(name, not_applicable=1, why=said.group(1).strip())
        return Outcome(name, passed)
    return look


def collect(kind, surroundings):
    jobs, outcomes = [], []
    for program in programs(kind, surroundings.build):
        try:
            found = cases(program, surroundings)
        except (subprocess.CalledProcessError, xml.etree.ElementTree.ParseError) as error:
            outcomes.append(Outcome(program.name, failed=1, why=f"does not list its test cases: {error}"))
            continue
        if not found:
            outcomes.append(Outcome(program.name, failed=1, why="has no test case"))
        skipped = [name for name, is_skipped in found if is_skipped]
        outcomes += [Outcome(f"{program.name}: {name}", skipped=1, why="marked to be skipped") for name in skipped]
        if kind == "unit":
            argv = [program, "--no-colors", "--duration=true"]
            jobs.append(Job(program.name, argv, UNIT_LIMIT_SECONDS, judge(program.name, len(found) - len(skipped)),
                            isolated=False))
            continue
        for number, (name, is_skipped) in enumerate(found, start=1):
            if not is_skipped:
                title = f"{program.name}: {name}"
                argv = [program, "--no-colors", "--duration=true", "--no-skip", f"--first={number}", f"--last={number}"]
                jobs.append(Job(title, argv, CASE_LIMIT_SECONDS, judge(title, 1)))
    if not jobs and not outcomes:
        outcomes.append(Outcome(kind, failed=1, why=f"there is no {kind} program in {surroundings.build}"))
    for outcome in outcomes:
        print(f"{'SKIPPED' if outcome.skipped else 'FAILED'} {outcome.name}: {outcome.why}")
    return jobs, outcomes
