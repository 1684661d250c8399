# SPDX-License-Identifier: Apache-2.0
"""The phases of tools/check. Each is timed, says what failed, and adds to the three numbers; a phase that is not a test
run counts as one. A phase goes on after another has failed, but for the tests of a build that does not build."""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from runner.jobs import read_floor

TOP = pathlib.Path(__file__).resolve().parents[2]
FUZZ_SECONDS = 60
PYTHON = "/usr/bin/python3"


class Check:
    """The three numbers, and how long each phase took."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.broken = set()  # the presets that did not build
        self._phases = []

    def phase(self, title, work):
        """Runs `work`, which returns (passed, failed, skipped)."""
        print(f"== {title}", flush=True)
        began = time.monotonic()
        passed, failed, skipped = work()
        seconds = time.monotonic() - began
        self.passed += passed
        self.failed += failed
        self.skipped += skipped
        word = "ok" if not failed and not skipped else "FAILED"
        self._phases.append((title, seconds, word))
        print(f"== {title}: {word}, {seconds:.1f} s\n", flush=True)

    def finish(self):
        """Prints the summary; the exit code."""
        print("\n".join(self.summary()))
        return 0 if self.passed and not self.failed and not self.skipped else 1

    def summary(self):
        return [*(f"{seconds:8.1f} s  {word:6}  {title}" for title, seconds, word in self._phases),
                f"{sum(seconds for _, seconds, _ in self._phases):8.1f} s  in all",
                f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"]

    def shown_in_readme(self):
        """That README's picture of this run is true, but for its numbers. Before the summary is complete: this phase's own
        line is added as it will be."""
        self.phase("README shows this", lambda: one(self._matches_readme()))

    def _matches_readme(self):
        lines = self.summary()
        lines.insert(-2, f"{0:8.1f} s  ok      README shows this")
        shown = re.search(r"^\$ tools/check\n(.*?)^```", (TOP / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        masked = [re.sub(r" *\d+(\.\d)?( s)?", " N", text) for text in ("\n".join(lines) + "\n", shown.group(1) if shown else "")]
        if masked[0] == masked[1]:
            return True
        print("README.md shows another end of tools/check than this, numbers apart:\n" + "\n".join(lines))
        return False


def run(argv, show=False, **options):
    """Whether the command succeeds. Its output is shown when it does not, or always with `show`."""
    argv = [str(word) for word in argv]
    if show:
        return subprocess.run(argv, cwd=TOP, check=False, **options).returncode == 0
    ended = subprocess.run(argv, cwd=TOP, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if ended.returncode != 0:
        sys.stdout.write(f"$ {' '.join(argv)}\n{ended.stdout.decode(errors='replace')}\n")
    return ended.returncode == 0


def one(ok):
    return (1, 0, 0) if ok else (0, 1, 0)


def sources():
    """Every C++ source, whether or not git knows it yet."""
    return sorted(path for folder in ("include", "src", "tests", "tools/lib/bench") for path in (TOP / folder).rglob("*.[ch]pp"))


def layers(check):
    check.phase("layers", lambda: one(run(["tools/check_layers"])))


def clang_format(check):
    def work():
        ended = subprocess.run(["clang-format-14", "--dry-run", "--Werror", *sources()], cwd=TOP, check=False, text=True,
                               stderr=subprocess.PIPE)
        files = dict.fromkeys(re.findall(r"^(\S+?):\d+:\d+: error", ended.stderr, re.MULTILINE))
        if ended.returncode != 0:
            print(f"not as .clang-format says: {len(files)} files; this mends them:\n  clang-format-14 -i "
                  + " ".join(os.path.relpath(path, TOP) for path in files) + ("" if files else ended.stderr))
        return one(ended.returncode == 0)
    check.phase("format", work)


def build(check, preset):
    def work():
        ok = run(["cmake", "--preset", preset]) and run(["cmake", "--build", "--preset", preset])
        if not ok:
            check.broken.add(preset)
        return one(ok)
    check.phase(f"build {preset}", work)


def tests(check, preset, kinds, times=1, only=None):
    """tests/run on that build, of tests whose names contain `only`; of a build that failed, one failure."""
    title = f"{only or ' and '.join(kinds)} on {preset}" + (f", {times} times" if times > 1 else "")

    def work():
        if preset in check.broken:
            print(f"the {preset} build failed")
            return one(False)
        with tempfile.NamedTemporaryFile() as result:
            run(["tests/run", "--build", f"build/{preset}", "--repeat", times, "--result", result.name,
                 *(["-k", only] if only else []), *kinds], show=True)
            text = pathlib.Path(result.name).read_text()
        if not text:
            return one(False)
        counts = json.loads(text)
        return counts["passed"], counts["failed"], counts["skipped"]
    check.phase(title, work)


def demo(check):
    check.phase("tools/demo --check", lambda: one(run(["tools/demo", "--check"], show=True)))


def bench(check):
    """That it works and nothing is lost in it, not how fast."""
    check.phase("tools/bench fanout --smoke", lambda: one(run(["tools/bench", "fanout", "--smoke"])))


def each_fuzzer(work):
    """(passed, failed, 0) over `work(name, corpus)`: a fuzzer is tests/fuzz/NAME_fuzz.cpp, its corpus tests/fuzz/corpus/NAME."""
    names = sorted(path.name.removesuffix("_fuzz.cpp") for path in (TOP / "tests/fuzz").glob("*_fuzz.cpp"))

    def has_passed(name):
        corpus = TOP / "tests/fuzz/corpus" / name
        if not corpus.is_dir() or not any(corpus.iterdir()):
            print(f"tests/fuzz/corpus/{name} is empty or missing")
            return False
        return work(name, corpus)
    # A fuzzer is one thread: as many at once as there are cores.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = sum(pool.map(has_passed, names))
    floor = read_floor(TOP / "tests/floor").get("fuzz", 1)
    if passed < floor:
        print(f"{passed} fuzzers passed, but tests/floor asks for {floor}")
    return passed, max(len(names) - passed, passed < floor), 0


def replay_corpora(check, preset):
    def replay(name, corpus):
        return run([TOP / f"build/{preset}/tests/fuzz/fuzz_replay_{name}", corpus])
    check.phase("fuzz corpora replayed", lambda: each_fuzzer(replay))


def fuzz(check, preset):
    def one_minute(name, corpus):
        # New inputs go into a scratch folder; the corpus changes only by a commit.
        with tempfile.TemporaryDirectory() as found:
            ok = run([TOP / f"build/{preset}/tests/fuzz/fuzz_{name}", f"-max_total_time={FUZZ_SECONDS}", "-timeout=10",
                      f"-artifact_prefix={found}/", found, corpus])
            for crash in pathlib.Path(found).glob("*-*"):
                kept = shutil.copy(crash, TOP / "build" / f"{name}-{crash.name}")
                print(f"the input that failed: {os.path.relpath(kept, TOP)}")
            return ok
    check.phase(f"fuzz, {FUZZ_SECONDS} s each", lambda: each_fuzzer(one_minute))


def clang_tidy(check, preset):
    check.phase("clang-tidy", lambda: one(run(
        [PYTHON, "/usr/bin/run-clang-tidy-14", "-p", f"build/{preset}", "-quiet", f"-j{os.cpu_count()}", f"^{TOP}/(src|tests|tools)/"])))
