# SPDX-License-Identifier: Apache-2.0
"""tools/demo, once everything is installed and built: the guest, charmuxd in front of it, and the lines to type."""

import contextlib
import os
import pathlib
import re
import signal
import socket
import sys
import tempfile

import demo_check
from charmux_kit import REPO, Daemon, Guest, build_dir

# A console's name, its chardev (label and kind in one), and its port: charmuxd finds and names them itself.
CONSOLES = [("guest", "pty", 7001), ("guest.unix", "unix", 7002), ("guest.tcp", "tcp", 7003)]
MENU = 2300


class Stopped(Exception):
    """The user, or whoever sends signals here, wants the demo to end."""


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop(number, _frame):
    for other in STOPPING:  # an impatient second Ctrl-C must not interrupt the tidying up
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def refuse_taken_ports():
    """charmuxd would say it too, but later and with less to do about it."""
    for port in [MENU, *(port for _, _, port in CONSOLES)]:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise SystemExit(f"demo: 127.0.0.1:{port}: {error.strerror}. Another demo, or `ss -ltnp sport = :{port}` "
                                 "names who has it; end that first.") from error


@contextlib.contextmanager
def guest_and_daemon(boot_console, *, paused):
    """One guest with a console of each kind and charmuxd in front; nothing of it is left afterwards."""
    refuse_taken_ports()
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="charmux-demo-")))
        serials = {kind: kind for _, kind, _ in CONSOLES}
        guest = stack.enter_context(Guest(directory / "guest", serials, paused=paused, boot_console=boot_console,
                                          domain="guest", monitor=directory / "guest.qmp"))
        daemon = stack.enter_context(Daemon(directory / "charmux", "--qmp", directory / "*.qmp",
                                            "--listen", f"telnet:127.0.0.1:{MENU}",
                                            "--listen", "telnet:127.0.0.1,ports=7001-7999"))
        for name, _, _ in CONSOLES:
            daemon.wait_log(rf"console {re.escape(name)}: open")
        try:
            yield guest, daemon
        except AssertionError:
            for title, text in [*daemon.report(), *guest.report()]:
                print(f"--- {title}\n{text}", file=sys.stderr)
            raise
        finally:
            if daemon.process.running():
                daemon.stop()


def show():
    with guest_and_daemon("pty", paused=False) as (guest, daemon):
        print("A Linux guest is booting. Look at it from as many other terminals as you like:\n")
        print(f"  telnet 127.0.0.1 {MENU}     # the menu: every console of every guest")
        for name, kind, port in CONSOLES:
            print(f"  telnet 127.0.0.1 {port}     # {name}, a {kind} chardev")
        print("\ncharmux lists them, attaches and shows their history; it asks at charmuxd's control socket:\n\n"
              f"  export CHARMUX_SOCKET={daemon.runtime_dir / 'control.sock'}\n"
              f"  {os.path.relpath(build_dir(), REPO)}/charmux ls")
        print("\nThe first to come may type, the others watch. Ctrl-] and then `quit` leaves telnet.\n"
              "Ctrl-C here ends the demo.", flush=True)
        while guest.process.running() and daemon.process.running():
            signal.sigtimedwait([], 1)  # a signal raises Stopped
        # Nobody asked for an end, so one of the two has failed.
        for title, text in [*guest.report(), *daemon.report()]:
            print(f"--- {title}\n{text}", file=sys.stderr)
        return 1


def main():
    for number in STOPPING:
        signal.signal(number, stop)
    try:
        if sys.argv[1:] == ["--check"]:
            for name, kind, port in CONSOLES:
                with guest_and_daemon(kind, paused=True) as (guest, daemon):
                    demo_check.check(guest, daemon, name, kind, port)
            print("demo: every check passed")
            return 0
        return show()
    except Stopped:
        print("\ndemo: stopped, nothing is left behind")
        return 0 if sys.argv[1:] == [] else 1
    except AssertionError as error:
        print(f"demo: FAILED: {error}", file=sys.stderr)
        return 1


sys.exit(main())
