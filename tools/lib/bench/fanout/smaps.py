# SPDX-License-Identifier: Apache-2.0
"""What a process has of memory, as the kernel counts it. Proportional (Pss), since a history is mapped twice and RSS
counts its pages twice."""

import collections
import pathlib
import re

_HEAD = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)$")


def by_kind(pid, key="Pss"):
    """Bytes of each kind of mapping: "heap", "libraries", "program", "histories", "other"; and their sum, "all"."""
    found, kind = collections.Counter(), "other"
    program = str(pathlib.Path(f"/proc/{pid}/exe").readlink())
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head = _HEAD.match(line)
        if head:
            kind = _kind(head[1], program)
        elif line.startswith(f"{key}:"):
            found[kind] += int(line.split()[1]) << 10
            found["all"] += int(line.split()[1]) << 10
    return found


def _kind(path, program):
    if ".so" in path.rpartition("/")[2]:
        return "libraries"
    if path == program:
        return "program"
    if "/state/" in path or path.startswith("/memfd:"):
        return "histories"
    if path == "[heap]" or not path:
        return "heap"  # what malloc got by brk or mmap
    return "other"


def own(pid):
    """What is the process's own doing: without its program and libraries, of which the Pss depends on who else runs them."""
    kinds = by_kind(pid)
    return kinds["all"] - kinds["libraries"] - kinds["program"]
