# SPDX-License-Identifier: Apache-2.0
"""tools/demo, once everything is installed and built: the guest, charmuxd in front of it, and the lines to type."""

import contextlib
import pathlib
import signal
import socket
import sys
import tempfile

import demo_check
from charmux_kit import Daemon, Guest

# The console's name, the kind of its chardev, and the port to find it at.
CONSOLES = [("guest-pty", "pty", 7001), ("guest-unix", "unix", 7002), ("guest-tcp", "tcp", 7003)]


class Stopped(Exception):
    """The user, or whoever sends signals here, wants the demo to end."""


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop(number, _frame):
    for other in STOPPING:  # an impatient second Ctrl-C must not interrupt the tidying up
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(signal.Signals(number).name)


def refuse_taken_ports():
    """charmuxd would say it too, but later and with less to do about it."""
    for _, _, port in CONSOLES:
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
        serials = {name: kind for name, kind, _ in CONSOLES}
        guest = stack.enter_context(Guest(directory / "guest", serials, paused=paused, boot_console=boot_console))
        arguments = []
        for name, _, port in CONSOLES:
            arguments += ["--console", f"{name}={guest.address(name)}",
                          "--listen", f"telnet:127.0.0.1:{port},console={name}"]
        daemon = stack.enter_context(Daemon(directory / "charmux", *arguments))
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
    with guest_and_daemon("guest-pty", paused=False) as (guest, daemon):
        print("A Linux guest is booting. Look at it from as many other terminals as you like:\n")
        for name, kind, port in CONSOLES:
            print(f"  telnet 127.0.0.1 {port}     # {name}, a {kind} chardev")
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
                with guest_and_daemon(name, paused=True) as (guest, daemon):
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
