# SPDX-License-Identifier: Apache-2.0
"""The runner's promise is that nothing passes but what has run and passed. Each test gives it a test that looks green to
its framework and is not, and wants it counted as such."""

import re
import subprocess
import sys

import pytest

PYTEST_CASES = {
    "passes": ("def test_it(): assert True", (1, 0, 0)),
    "fails": ("def test_it(): assert False", (0, 1, 0)),
    "is skipped": ("import pytest\ndef test_it(): pytest.skip('no')", (0, 0, 1)),
    "is expected to fail": ("import pytest\n@pytest.mark.xfail\ndef test_it(): assert False", (0, 0, 1)),
    "passes though expected to fail": ("import pytest\n@pytest.mark.xfail\ndef test_it(): assert True", (0, 0, 1)),
    "is not there": ("", (0, 1, 0)),
    "fails in its teardown": (
        "import pytest\n@pytest.fixture\ndef f():\n  yield\n  assert False\ndef test_it(f): pass", (0, 1, 0)),
    "cannot be imported": ("import no_such_module\ndef test_it(): pass", (0, 1, 0)),
    "ends the process": ("import os\ndef test_it(): os._exit(0)", (0, 1, 0)),
}

DOCTEST_PROGRAM = r"""
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>
TEST_CASE("passes, with a comma * and a star") { CHECK(1 == 1); }
TEST_CASE("fails") { CHECK(1 == 2); }
TEST_CASE("is skipped" * doctest::skip()) { CHECK(1 == 1); }
TEST_CASE("may fail" * doctest::may_fail()) { CHECK(1 == 2); }
TEST_CASE("should fail" * doctest::should_fail()) { CHECK(1 == 2); }
TEST_CASE("aborts") { std::abort(); }
TEST_CASE("ends the process") { _exit(0); }
TEST_CASE("does not apply") { std::puts("n/a: a file takes no input"); }
TEST_CASE("does not apply, and does not say why") { std::puts("n/a: "); CHECK(1 == 1); }
TEST_CASE("does not apply, and fails") { std::puts("n/a: because"); CHECK(1 == 2); }
"""
TOTAL = re.compile(r"^(\d+) passed, (\d+) failed, (\d+) skipped$")


@pytest.fixture
def runner(kit):
    """The runner's own modules."""
    sys.path.insert(0, str(kit.repo / "tests/support"))
    import runner.doctest_programs  # noqa: F401
    import runner.pytest_tests
    return runner


def counts(outcome):
    return outcome.passed, outcome.failed, outcome.skipped


@pytest.mark.parametrize("what", PYTEST_CASES)
def test_pytest_test_that(kit, runner, what):
    text, expected = PYTEST_CASES[what]
    kit.path("test_planted.py").write_text(text + "\n")
    ended = subprocess.run([*runner.pytest_tests.PYTEST, "test_planted.py::test_it"], cwd=kit.directory, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert counts(runner.pytest_tests.judge("it")(ended.returncode, ended.stdout)) == expected, ended.stdout


def run(kit, *args):
    """tests/run on the planted build; its total, its exit code and its output."""
    ended = kit.run(kit.repo / "tests/run", "--build", kit.directory, *args)
    total = TOTAL.match(ended.stdout.splitlines()[-1])
    return tuple(int(number) for number in total.groups()), ended.returncode, ended.stdout


def test_doctest_programs(kit):
    kit.path("planted.cpp").write_text(DOCTEST_PROGRAM)
    subprocess.run(["g++", "-std=c++20", kit.path("planted.cpp"), "-o", kit.path("integration_planted")], check=True)
    total, code, said = run(kit, "integration", "-k", "integration_")
    assert (total, code) == ((1, 7, 0), 1), said
    assert "1 passed, 7 failed, 0 skipped, 1 n/a, " in said
    assert "n/a integration_planted: does not apply: a file takes no input\n" in said
    for name in ("fails", "may fail", "should fail", "aborts", "ends the process",
                 "does not apply, and does not say why", "does not apply, and fails"):
        assert f"FAILED integration_planted: {name}:" in said

    total, code, said = run(kit, "integration")
    assert total[2] == 1 and "SKIPPED integration_planted: is skipped: marked to be skipped" in said

    total, code, said = run(kit, "integration", "-k", "passes, with a comma * and a star")
    assert (total, code) == ((1, 0, 0), 0), said

    total, code, said = run(kit, "unit")
    assert (total, code) == ((0, 2, 0), 1), said
    assert f"there is no unit program in {kit.directory}" in said


def test_fewer_tests_than_the_floor_asks_for_fail(kit):
    kit.path("planted.cpp").write_text(DOCTEST_PROGRAM.replace("1 == 2", "1 == 1").replace("std::abort()", "CHECK(1 == 1)")
                                       .replace("_exit(0)", "CHECK(1 == 1)"))
    subprocess.run(["g++", "-std=c++20", kit.path("planted.cpp"), "-o", kit.path("unit_planted")], check=True)
    floor = next(line.split()[1] for line in (kit.repo / "tests/floor").read_text().splitlines() if line.startswith("unit "))
    _, code, said = run(kit, "unit")
    assert code == 1
    assert re.search(rf"FAILED unit: \d passed, but tests/floor asks for {floor}\n", said), said
