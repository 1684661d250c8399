# SPDX-License-Identifier: Apache-2.0
"""Gives each e2e test its `kit`, and each failed one the logs and screens of what it had started."""

import os
import pathlib
import signal
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]),
                str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib")]

from support import Kit, TimedOut  # noqa: E402 (the path is set above)

# Below the limit at which tests/run kills a test, so that this one's report is still printed.
LIMIT_SECONDS = 150
FULL_LIMIT_SECONDS = 500


def pytest_configure():
    if os.environ.get("CHARMUX_ISOLATED") != "1":
        pytest.exit("a test of charmux needs a network and folders of its own: tests/run e2e -k NAME", returncode=2)


def _too_long(_number, _frame):
    raise TimedOut("the test ran longer than it may (tests/e2e/conftest.py)")


@pytest.fixture
def kit(request):
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LIMIT_SECONDS if "full" not in request.path.parts else FULL_LIMIT_SECONDS)
    made = Kit()
    yield made
    made.close()
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    outcome = yield
    report = outcome.get_result()
    if report.failed and "kit" in getattr(item, "funcargs", {}):
        report.sections += [(f"{title}", text) for title, text in item.funcargs["kit"].reports()]
