# SPDX-License-Identifier: Apache-2.0
"""Rows about memory: of a further viewer, of a further console, of a daemon with nothing to do; and how soon many consoles
are open."""

import contextlib
import pathlib
import statistics
import tempfile
import time

import peers
from charmux_kit import Daemon, wait_until
from fanout import certificates, crowd, machine, smaps
from fanout.report import size


@contextlib.contextmanager
def _directory():
    # The daemon is killed before; what it has still on its way to the disk may keep the folder.
    with tempfile.TemporaryDirectory(prefix="fan", ignore_cleanup_errors=True) as name:
        yield pathlib.Path(name)


def _daemon(directory, *arguments):
    return Daemon(directory, *arguments, wait_ready=False, wrap=machine.wrap(machine.MULTIPLEXER))


def _count(daemon, wanted, count):
    """Until so many of its consoles are `wanted`; it may only just have been started."""
    def as_many():
        with contextlib.suppress(ConnectionRefusedError, FileNotFoundError):
            return sum(wanted(each) for each in daemon.consoles().values()) == count
    wait_until(as_many, lambda: f"{count} of the consoles; {daemon.status()}")


def viewer_memory(kind, most):
    """A row: each of 10,000 viewers of one console."""
    def row(bench):
        _measure_viewers(bench, f"{kind} viewer", min(bench.many(10_000, 200), machine.open_files() - 200), most, kind)
    return row


def tls_viewer_memory(certificate, most):
    """A row: each of 1,000 telnet viewers in TLS; with a certificate "shown", or with "none"."""
    def row(bench):
        with certificates.lab() as lab:
            cert, key = lab.server()
            shown = lab.client("bench") if certificate == "shown" else ()
            lines = ["[tls.bench]", f'cert = "{cert}"', f'key = "{key}"', f'client_ca = "{lab.ca}"', 'client = "optional"']
            if shown:
                lines += ["[[user]]", 'name = "bench"', 'certificate = "CN=bench"', 'control = ["*"]']
            config = peers.write(lab.ca.parent, "charmux.toml", "\n".join(lines) + "\n")
            what = "telnet viewer in TLS" + (" with a certificate" if shown else "")
            _measure_viewers(bench, what, bench.many(1000, 100), most, "telnet", ",tls=bench", ("--config", config),
                             crowd.InTls(shown))
    return row


def _measure_viewers(bench, what, viewers, most, kind, options="", arguments=(), tls=None):
    with _directory() as directory, contextlib.ExitStack() as stack:
        chardev = stack.enter_context(contextlib.closing(crowd.Chardevs([directory / "guest"])))
        port = peers.free_port()
        daemon = stack.enter_context(_daemon(directory / "charmux", *arguments, "--console", f"c=unix:{directory / 'guest'}",
                                             "--listen", f"{kind}:127.0.0.1:{port},console=c{options}"))
        _count(daemon, lambda each: each["state"] == "open", 1)
        wait_until(lambda: peers.listens(port), "the viewers' port")
        clients = stack.enter_context(contextlib.closing(crowd.Viewers(port, kind == "telnet", tls)))
        memory = []
        for count in (1, viewers):
            clients.connect(count)
            wait_until(lambda: daemon.consoles()["c"]["viewers"] == count, f"{count} viewers")
            clients.wait_for_line(chardev, b"line %d\r\n" % count)
            memory.append(smaps.own(daemon.pid))
        each = (memory[1] - memory[0]) / (viewers - 1)
        bench.report.absolute(f"memory of a further {what} (1 -> {viewers:,})", each, most, size,
                              f"{size(memory[1])} with all of them")


def console_memory(bench):
    """Each of 2,000 consoles that has printed less than 4 KiB, before and after a restart; how soon all are open."""
    consoles = bench.many(2000, 20)
    with _directory() as directory, contextlib.ExitStack() as stack:
        paths = [directory / f"guest{n}" for n in range(consoles)]
        chardevs = stack.enter_context(contextlib.closing(crowd.Chardevs(paths)))
        one = _memory_of(directory, "one", paths[:1], chardevs)
        many = _memory_of(directory, "many", paths, chardevs)
        for when, first, all_of_them in zip(("fresh", "after a restart"), one, many):
            each = (all_of_them["own"] - first["own"]) / (consoles - 1)
            kinds = ", ".join(f"{kind} {size((all_of_them[kind] - first[kind]) / (consoles - 1))}"
                              for kind in ("heap", "histories"))
            bench.report.absolute(f"memory of a further console (1 -> {consoles:,}), {when}", each, 24 << 10, size, kinds)
        fresh, again = [], []
        for _ in range(bench.starts):
            with _directory() as new:
                fresh.append(_start(new, paths, chardevs)[1])
            again.append(_start(directory / "many", paths, chardevs)[1])
        for when, times in (("fresh", fresh), ("after a restart", again)):
            bench.report.absolute(f"start to all {consoles:,} open, {when}", max(times), 3,
                                  lambda seconds: f"{seconds:.2f} s",
                                  f"the longest of {len(times)}; half of them within {statistics.median(times):.2f} s")


def _memory_of(directory, name, paths, chardevs):
    """What it has with these consoles, each of which has printed 3 KiB: fresh, and after a restart 3 KiB more."""
    found = []
    for _ in range(2):
        daemon, _ = _start(directory / name, paths, chardevs, keep=True)
        with daemon:
            chardevs.print(b"x" * 3070 + b"\r\n")
            _count(daemon, lambda each: each["bytes_out"] >= 3072, len(paths))
            kinds = smaps.by_kind(daemon.pid)
            found.append({**kinds, "own": smaps.own(daemon.pid)})
            daemon.stop(60)
    return found


def _start(directory, paths, chardevs, keep=False):
    """charmuxd with a console for each path, and the seconds until all were open. Ended again, unless it is to be kept."""
    directory.mkdir(exist_ok=True)
    config = peers.write(directory, "charmux.toml", "".join(
        f'[[console]]\nname = "c{n}"\nbackend = "unix:{path}"\n' for n, path in enumerate(paths)))
    began = time.monotonic()
    with contextlib.ExitStack() as stack:
        daemon = stack.enter_context(_daemon(directory, "--config", config))
        _count(daemon, lambda each: each["state"] == "open", len(paths))
        seconds = time.monotonic() - began
        if keep:
            stack.pop_all()
        else:
            daemon.stop(60)
    return daemon, seconds


def idle(bench):
    """What a charmuxd with one console is resident with, and what of it comes with the libraries."""
    with _directory() as directory, contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.closing(crowd.Chardevs([directory / "guest"])))
        daemon = stack.enter_context(_daemon(directory / "charmux", "--console", f"c=unix:{directory / 'guest'}"))
        _count(daemon, lambda each: each["state"] == "open", 1)
        kinds = smaps.by_kind(daemon.pid, "Rss")
        bench.report.absolute("resident (RSS), idle with one console", kinds["all"], 16 << 20, size,
                              f"libraries {size(kinds['libraries'])}, program {size(kinds['program'])}, "
                              f"its own {size(kinds['all'] - kinds['libraries'] - kinds['program'])}")
