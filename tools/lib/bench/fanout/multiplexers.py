# SPDX-License-Identifier: Apache-2.0
"""What stands between a chardev and the viewers in a run: charmuxd, the least that can be done, other people's. Each has
start(directory, chardev, port, viewers), which returns a Running, and a name."""

import dataclasses
import importlib
import shutil

import peers
from charmux_kit import Daemon, Process, build_dir
from fanout import machine


class Running:
    """One that was started; `daemon` is its Daemon where it is charmuxd."""

    def __init__(self, directory, process, end, daemon=None):
        self.directory, self.process, self.pid, self.daemon = directory, process, process.pid, daemon
        self._end = end

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()


@dataclasses.dataclass(frozen=True)
class Charmux:
    """charmuxd with one console at one door. It is killed in the end: what it would do at a stop is not measured here."""

    door: str = "raw"
    options: tuple = ()  # of the listener: (("replay", "32KiB"), ...)
    pause: str = "2s"  # max_guest_pause: who reads gets all, even on a machine that is busy; "": the default
    tls: tuple = ()  # certificate and key: its door speaks TLS
    log: bool = False
    query: str = ""  # "pass": what asks a terminal reaches them all, so that each can compare every byte; "": the default
    others: tuple = ()  # more consoles: (name, chardev, port, options)
    wrap: tuple = ()  # what it is started through; {directory} is that of the run
    name: str = "charmux"
    pid_counts = True

    def start(self, directory, chardev, port, viewers):
        lines = ["[history]", *([f'max_guest_pause = "{self.pause}"'] if self.pause else [])]
        own = (*self.options, *([("tls", "bench")] if self.tls else []))
        if self.tls:
            lines += ["[tls.bench]", f'cert = "{self.tls[0]}"', f'key = "{self.tls[1]}"']
        for name, place, its_port, options in (("c", chardev, port, own), *self.others):
            lines += ["[[console]]", f'name = "{name}"', f'backend = "{place}"']
            if self.query:
                lines.append(f'query = "{self.query}"')
            if self.log:
                lines.append(f'log = "{directory}/%n.log"')
            lines += ["[[listen]]", f'address = "{self.door}:127.0.0.1:{its_port}"', f'console = "{name}"']
            lines += [f'{key} = "{value}"' for key, value in options]
        config = peers.write(directory, "charmux.toml", "\n".join(lines) + "\n")
        daemon = Daemon(directory / "charmux", "--config", config, wait_ready=False,
                        wrap=_wrap(self.wrap, directory))
        return Running(directory, daemon.process, daemon.kill, daemon)


@dataclasses.dataclass(frozen=True)
class Limit:
    """The least that a fan-out can do."""

    default_sockets: bool = False
    tls: tuple = ()  # certificate and key
    wrap: tuple = ()
    name: str = "limit"
    pid_counts = True

    def start(self, directory, chardev, port, viewers):
        argv = [build_dir() / "tools/lib/bench/bench_limit", chardev, port]
        argv += ["--default-sockets"] if self.default_sockets else []
        argv += ["--tls", *self.tls] if self.tls else []
        process = Process("bench_limit", argv, directory / "limit.log", wrap=_wrap(self.wrap, directory))
        return Running(directory, process, process.kill)


def _wrap(words, directory):
    return (*machine.wrap(machine.MULTIPLEXER), *(word.format(directory=directory) for word in words))


class Peer:
    """One of peers/."""

    pid_counts = False  # some are several processes

    def __init__(self, name):
        self.name, self.kind = name, importlib.import_module(f"peers.{name}")

    def there(self):
        return shutil.which(self.kind.command) is not None

    def version(self):
        return f"{self.name} {peers.package_version(self.kind.package)}"

    def start(self, directory, chardev, port, viewers):
        process = Process(self.name, self.kind.argv(directory, chardev, port, viewers), directory / f"{self.name}.log",
                          cwd=directory, wrap=machine.wrap(machine.MULTIPLEXER))
        return Running(directory, process, lambda: peers.end_family(process))
