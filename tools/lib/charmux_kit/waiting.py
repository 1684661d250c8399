# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, never for a time."""

import time

# Long enough for a guest to boot under emulation while two other tests do the same; a passing test never waits for it.
DEFAULT_SECONDS = 60.0
POLL_SECONDS = 0.01


class TimedOut(AssertionError):
    """A condition did not come true in time."""


class Deadline:
    """A moment until which to wait. Several waits may share one."""

    def __init__(self, seconds=None):
        self.seconds = DEFAULT_SECONDS if seconds is None else seconds
        self.at = time.monotonic() + self.seconds

    def remaining(self):
        return max(0.0, self.at - time.monotonic())

    def passed(self):
        return time.monotonic() >= self.at


def wait_until(condition, what, seconds=None):
    """Calls `condition` until it returns something true, and returns that. `what` says in a failure what was missing:
    a text, or a function that returns one (for the state at that time)."""
    deadline = Deadline(seconds)
    while True:
        value = condition()
        if value:
            return value
        if deadline.passed():
            said = what() if callable(what) else what
            raise TimedOut(f"waited {deadline.seconds:g} s for: {said}")
        time.sleep(POLL_SECONDS)
