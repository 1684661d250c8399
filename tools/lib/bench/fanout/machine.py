# SPDX-License-Identifier: Apache-2.0
"""Where and with what the figures came about, and which processor is whose."""

import os
import pathlib
import platform
import re
import resource
import subprocess
import time

from charmux_kit import REPO, build_dir


def _processors():
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[:1], allowed[1:] or allowed


# The multiplexer has one for itself; the guest, the viewers and this have the others.
MULTIPLEXER, LOAD = _processors()


def wrap(processors):
    """What is put before a command line so that it stays on these."""
    return ("taskset", "--cpu-list", ",".join(map(str, processors)))


def open_files():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def _first(pattern, text, otherwise="unknown"):
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else otherwise


def _said(*argv):
    try:
        return subprocess.run([str(word) for word in argv], capture_output=True, text=True, cwd=REPO).stdout
    except OSError:
        return ""


def _compiler():
    cache = (build_dir() / "CMakeCache.txt").read_text()
    compiler = _first(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", cache)
    return f"{_said(compiler, '--version').partition(chr(10))[0]}, {_first(r'^CMAKE_BUILD_TYPE:[A-Z]+=(.*)$', cache)}"


def _charmux():
    version = _said(build_dir() / "charmuxd", "--version").split()[-1]
    commit = _said("git", "rev-parse", "--short", "HEAD").strip()
    changed = ", changed since" if _said("git", "status", "--porcelain", "--untracked-files=no").strip() else ""
    return f"charmux {version}" + (f" ({commit}{changed})" if commit else "")


def lines(versions):
    """For the head of a report; `versions` are those of what else was run."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    memory = int(_first(r"^MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text(), "0")) >> 20
    system = _first(r'^PRETTY_NAME="?([^"\n]*)', pathlib.Path("/etc/os-release").read_text())
    model = _first(r"^model name.*: (.*)$", info)
    yield f"{model}, {os.cpu_count()} processors, {memory} GiB; Linux {platform.release()}, {system}"
    yield f"{_compiler()}; {_charmux()}" + "".join(f"; {each}" for each in versions)
    yield (f"the multiplexer on processor {_named(MULTIPLEXER)}, guest and viewers on {_named(LOAD)}; "
           f"load average before: {os.getloadavg()[0]:.2f}")


class Others:
    """What else the machine is doing: the processor time that is neither of this program nor of what it has started."""

    def __init__(self):
        self._began, self._before = time.monotonic(), self._seconds()

    def share(self):
        """Of all processors, since this was made. Of what was started and still runs, all counts as others'."""
        return max(0.0, (self._seconds() - self._before) / ((time.monotonic() - self._began) * os.cpu_count()))

    @staticmethod
    def _seconds():
        ticks = map(int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:4])  # user, nice, system
        mine = os.times()
        return sum(ticks) / os.sysconf("SC_CLK_TCK") - (mine.user + mine.system + mine.children_user + mine.children_system)


def _named(processors):
    return ", ".join(map(str, processors))
