# SPDX-License-Identifier: Apache-2.0
"""A real guest, a real charmuxd, and a way to wait for them: what tools/demo and the tests have in common."""

from charmux_kit.daemon import REPO, Daemon, build_dir
from charmux_kit.guest import Guest, ends_in_record, repeats_in_record, without_questions
from charmux_kit.notices import LIVE, console_bytes, notices, without_others
from charmux_kit.process import Process
from charmux_kit.qmp import Qmp, QmpError
from charmux_kit.terminal_process import TerminalProcess
from charmux_kit.waiting import Deadline, TimedOut, wait_until

__all__ = ["LIVE", "REPO", "Daemon", "Deadline", "Guest", "Process", "Qmp", "QmpError", "TerminalProcess", "TimedOut",
           "build_dir", "console_bytes", "ends_in_record", "notices", "repeats_in_record", "wait_until", "without_others",
           "without_questions"]
