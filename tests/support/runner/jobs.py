# SPDX-License-Identifier: Apache-2.0
"""A job is one process that runs one or more tests; its outcome is how many of them passed."""

import concurrent.futures
import dataclasses
import os
import pathlib
import signal
import subprocess
import time
import typing


@dataclasses.dataclass
class Outcome:
    """What came of a job. Whatever is failed or skipped is not good; what is not applicable is no test at all."""
    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    not_applicable: int = 0
    why: str = ""
    output: str = ""


@dataclasses.dataclass
class Job:
    """`judge` makes the outcome of the exit code and the output; `limit` is in seconds, and what exceeds it is killed."""
    name: str
    argv: list
    limit: float
    judge: typing.Callable[[int, str], Outcome]
    cwd: pathlib.Path | None = None
    isolated: bool = True


class Surroundings:
    """Where tests run: the checkout, one build, and the environment that both give them."""

    def __init__(self, repo, build):
        self.repo = repo
        self.build = build.resolve()
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        kept = [str(repo), str(self.build), os.path.join(cache, "charmux")]
        self.isolated = [str(repo / "tests/support/isolated"), *(word for path in kept if os.path.isdir(path)
                                                                   for word in ("--keep", path)), "--"]
        self.environment = {
            **os.environ,
            "CHARMUX_BUILD": str(self.build),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "LC_ALL": "C.UTF-8",
            "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1",
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
            "TSAN_OPTIONS": f"halt_on_error=1:second_deadlock_stack=1:suppressions={repo}/tests/support/tsan.supp",
        }
        # The sanitizers of these compilers do not find their shadow memory under every address space layout that a
        # newer kernel chooses (vm.mmap_rnd_bits=32), so it chooses none.
        self.fixed_layout = ["setarch", "--addr-no-randomize"]

    def argv(self, job):
        return [str(word) for word in (*(self.isolated if job.isolated else []), *self.fixed_layout, *job.argv)]


def run(job, surroundings):
    """Runs it to its end or its limit. Nothing that it started lives on."""
    began = time.monotonic()
    child = subprocess.Popen(surroundings.argv(job), cwd=job.cwd or surroundings.repo, env=surroundings.environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             start_new_session=True)
    try:
        output, _ = child.communicate(timeout=job.limit)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        output, _ = child.communicate()
        text = output.decode(errors="backslashreplace")
        return Outcome(job.name, failed=1, why=f"still running after {time.monotonic() - began:.0f} s, killed", output=text)
    return job.judge(child.returncode, output.decode(errors="backslashreplace"))


def run_all(jobs, at_once, surroundings):
    """Runs them, prints each that did not pass with its whole output, and each that does not apply with its reason."""
    outcomes = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=at_once) as pool:
        for future in concurrent.futures.as_completed([pool.submit(run, job, surroundings) for job in jobs]):
            outcome = future.result()
            outcomes.append(outcome)
            if outcome.failed or outcome.skipped:
                report(outcome)
            if outcome.not_applicable:
                print(f"n/a {outcome.name}: {outcome.why}", flush=True)
    return outcomes


def report(outcome):
    word = "FAILED" if outcome.failed else "SKIPPED"
    print(f"{word} {outcome.name}: {outcome.why}\n{outcome.output.rstrip()}\n", flush=True)


def read_floor(path):
    """tests/floor: lines `KIND NUMBER`, `#` begins a comment."""
    floor = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        words = line.split("#")[0].split()
        if words:
            floor[words[0]] = int(words[1])
    return floor
