# SPDX-License-Identifier: Apache-2.0
"""One run: bench_load plays the guest and the viewers, a multiplexer stands between, and what was measured of it."""

import contextlib
import dataclasses
import json
import os
import pathlib
import select
import subprocess
import tempfile
import time

import peers
from charmux_kit import build_dir
from charmux_kit.process import die_with_parent
from fanout import machine, smaps

SECONDS = 240  # nothing that a run waits for takes longer


class RunFailed(Exception):
    """What was to be measured did not happen: not whole, or not at all."""


@dataclasses.dataclass(frozen=True)
class Timing:
    """How long is printed before the clock starts, and while it runs."""

    warm_up: float
    seconds: float


@dataclasses.dataclass(frozen=True)
class Load:
    """What the guest prints, and who reads it; see bench_load."""

    viewers: int = 10
    telnet: bool = False
    tls: bool = False
    output: str = "text"
    records: tuple = ()  # (bytes, a second); else a flood
    stalled: int = 0
    gaps: bool = False
    storm: tuple = ()  # (a second, bytes)
    chardev: str = "unix"

    def argv(self, chardev, port, timing):
        yield from (build_dir() / "tools/lib/bench/bench_load", "--chardev", chardev, "--port", port)
        yield from ("--viewers", self.viewers, "--output", self.output)
        yield from ("--warm-up", timing.warm_up, "--seconds", timing.seconds)
        yield from ("--records", *self.records) if self.records else ("--flood",)
        yield from ("--stalled", self.stalled) if self.stalled else ()
        yield from ("--storm", *self.storm) if self.storm else ()
        yield from ["--telnet"] if self.telnet else []
        yield from ["--tls"] if self.tls else []
        yield from ["--gaps"] if self.gaps else []


class LoadProcess:
    """bench_load at work: begun when its chardev is there."""

    def __init__(self, directory, load, timing, name="guest", nice=0, pid_counts=True):
        self.port, self._path = peers.free_port(), directory / name
        argv = [*load.argv(f"{load.chardev}:{self._path}", self.port, timing), *(["--pid", "-"] if pid_counts else [])]
        self._stderr = open(directory / f"{name}.stderr", "w+b")
        self._pid_counts = pid_counts

        def before_exec():
            die_with_parent()
            os.nice(nice)
        self._child = subprocess.Popen([str(word) for word in (*machine.wrap(machine.LOAD), *argv)], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=self._stderr, preexec_fn=before_exec)
        self._kind = load.chardev
        self.wait_for("listening")

    @property
    def chardev(self):
        """As a multiplexer takes it. The path of a pty is that of the slave itself."""
        return f"{self._kind}:{os.path.realpath(self._path) if self._kind == 'pty' else self._path}"

    def tell_pid(self, pid):
        if self._pid_counts:
            self._child.stdin.write(b"%d\n" % pid)
            self._child.stdin.flush()

    def wait_for(self, word):
        line = self._line()
        if line != word:
            raise RunFailed(self._said() or f"bench_load says {line!r} instead of {word!r}")

    def _line(self):
        if not select.select([self._child.stdout], [], [], SECONDS)[0]:
            raise RunFailed(f"bench_load says nothing for {SECONDS} s")
        return self._child.stdout.readline().decode().rstrip()

    def _said(self):
        self._stderr.seek(0)
        return self._stderr.read().decode(errors="replace").strip()

    def running(self):
        return self._child.poll() is None

    def result(self):
        line = self._line()
        self._child.stdout.read()
        if self._child.wait() != 0 or not line.startswith("{"):
            raise RunFailed(self._said() or f"bench_load says {line!r}")
        return json.loads(line)

    def close(self):
        self._child.kill()
        self._child.wait()
        for file in (self._child.stdin, self._child.stdout, self._stderr):
            with contextlib.suppress(BrokenPipeError):
                file.close()


def run(multiplexer, load, timing, memory=False, after=None):
    """What bench_load measured. `memory`: also "memory", the most that the multiplexer had while it printed. `after` is
    called with the Running and the result when the viewers have gone."""
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fan")))
        guest = LoadProcess(directory, load, timing, pid_counts=multiplexer.pid_counts)
        stack.callback(guest.close)
        running = stack.enter_context(multiplexer.start(directory, guest.chardev, guest.port, load.viewers + load.stalled))
        try:
            guest.tell_pid(running.pid)
            guest.wait_for("attached")
            most = _watch(running.pid, guest) if memory else 0
            result = guest.result()
        except RunFailed as error:
            said = running.process.stderr()[-500:]
            raise RunFailed(f"{multiplexer.name}: {error}; {running.process.status()}; {said}") from None
        if not load.gaps and not result["whole"]:
            raise RunFailed(f"{multiplexer.name}: a viewer lacks bytes")
        if memory:
            result["memory"] = most
        if after:
            after(running, result)
        return result


def _watch(pid, guest):
    """The most memory that it has, looked at four times a second."""
    most = 0
    while guest.running():
        most = max(most, smaps.own(pid))
        time.sleep(0.25)
    return most


def rate(result):
    """Bytes a second that reached viewers."""
    return result["delivered"] / result["seconds"]


def cpu(result):
    """Nanoseconds of the multiplexer's processor for each byte that reached a viewer."""
    return result["cpu_ns"] / max(result["delivered"], 1)


def p50(result):
    return result["latency_us"]["p50"]


def p99(result):
    return result["latency_us"]["p99"]


def last(result):
    """Until the last viewer had a record, microseconds."""
    return result["last_us"]["p50"]
