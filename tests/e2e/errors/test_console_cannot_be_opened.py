# SPDX-License-Identifier: Apache-2.0
"""A console's chardev is not there, is not what it should be, is not ours to open, or is somebody else's: charmuxd runs
all the same and tries again; the log says why in one line, and so does the notice that a viewer reads on attach."""

import os
import re
import socket
import subprocess

import pytest
from support import LIVE, notices, wait_until

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def not_a_tty(kit):
    kit.path("file").write_text("")
    return f"pty:{kit.path('file')}"


def no_such_pty(_kit):
    return "pty:/dev/pts/7"


def device_of_another(kit):
    kit.path("tty").touch(mode=0o600)
    return f"pty:{kit.path('tty')}"


def terminal_of_somebody(kit):
    shell = kit.on_terminal("cat")
    return f"pty:{os.readlink(f'/proc/{shell.pid}/fd/0')}"


def hung_up(kind):
    def provoke(kit):
        chardev = getattr(kit, f"{kind}_chardev")()
        kit.when_open = lambda: (kind == "pty" or chardev.accept()) and chardev.hang_up()
        return chardev.address
    return provoke


def reset(kit):
    chardev = kit.tcp_chardev(port=7999)
    kit.when_open = lambda: chardev.accept().reset()
    return chardev.address


def unknown_host(kit):
    """No name service but /etc/hosts, so that what it answers does not depend on the machine."""
    kit.path("nsswitch.conf").write_text("hosts: files\n")
    subprocess.run(["mount", "--bind", kit.path("nsswitch.conf"), "/etc/nsswitch.conf"], check=True)
    return "tcp:no-such-host.invalid:7999"


def nobody_listens(kit):
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(kit.path("gone.sock")))
    return f"unix:{kit.path('gone.sock')}"


def no_such_socket(kit):
    return f"unix:{kit.path('nothing.sock')}"


def socket_of_another(kit):
    address = kit.unix_chardev("vm.sock").address
    kit.path("vm.sock").chmod(0o600)
    return address


def tcp_refused(_kit):
    return "tcp:127.0.0.1:7999"


def tcp_not_answered(kit):
    """The kernel drops what it has no room for in a full backlog, as a firewall would."""
    listener = kit.tcp_chardev(port=7999)
    while fill(socket.AF_INET, ("127.0.0.1", 7999), kit):
        pass
    return listener.address


def backlog_full(kit):
    """A chardev of QEMU has one client; who comes later waits in its backlog and is told nothing."""
    guest = kit.guest({"vm": "unix"}, paused=True)
    place = guest.address("vm").removeprefix("unix:")
    assert fill(socket.AF_UNIX, place, kit)
    wait_until(lambda: guest.qmp.command("qom-get", path="/chardevs/vm", property="connected"), "QEMU to take its client")
    while fill(socket.AF_UNIX, place, kit):
        pass
    return guest.address("vm")


def fill(family, place, kit):
    """One more client that stays; False when there is no room for it."""
    client = socket.socket(family)
    client.settimeout(0.2 if family == socket.AF_INET else 0)
    kit.clients = [*getattr(kit, "clients", []), client]
    try:
        client.connect(place)
    except (TimeoutError, BlockingIOError):
        return False
    return True


def nobody_connects(kit):
    return f"unix-listen:{kit.path('vm.sock')}"


def port_of_another(kit):
    return kit.tcp_chardev(port=7999).address.replace("tcp:", "tcp-listen:")


# What is at its address (the function returns that) | no exit code: it runs | the log's words | the notice's.
ERRORS = {
    "not a tty": (not_a_tty, None, "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows; "
                  "trying again",
                  "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows"),
    "no such pty": (no_such_pty, None, "closed: /dev/pts/7: No such file or directory; trying again", "shut off"),
    "a device of another user": (device_of_another, None, "refused: DIR/tty: Permission denied; run charmuxd as root or as the "
                                 "owner of the device; trying again",
                                 "refused: DIR/tty: Permission denied; run charmuxd as root or as the owner of the device"),
    "a terminal of somebody": (terminal_of_somebody, None, "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; "
                               "give the path that QEMU has now; trying again",
                               "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; give the path that QEMU has "
                               "now"),
    "a pty hung up": (hung_up("pty"), None, "closed: /dev/pts/N: its other side was closed; trying again", "shut off"),
    "a socket hung up": (hung_up("unix"), None, "closed: unix:DIR/chardev.sock: the other side closed it; trying again",
                         "connected, nothing heard yet"),
    "a connection reset": (reset, None, "closed: tcp:127.0.0.1:7999: Connection reset by peer; trying again",
                           "connected, nothing heard yet"),
    "an unknown host": (unknown_host, None, "closed: host no-such-host.invalid cannot be found: Name or service not known; trying "
                        "again", "shut off"),
    "nobody listens": (nobody_listens, None, "closed: unix:DIR/gone.sock: Connection refused; trying again", "shut off"),
    "no such socket": (no_such_socket, None, "closed: unix:DIR/nothing.sock: No such file or directory; trying again",
                       "shut off"),
    "a socket of another user": (socket_of_another, None, "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root "
                                 "or as the owner of the socket; trying again",
                                 "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root or as the owner of the "
                                 "socket"),
    "tcp refused": (tcp_refused, None, "closed: tcp:127.0.0.1:7999: Connection refused; trying again", "shut off"),
    "tcp not answered": (tcp_not_answered, None, "waiting: held by another client; trying again", "held by another client"),
    "a chardev that has its client": (backlog_full, None, "waiting: held by another client; trying again",
                                      "held by another client"),
    "nobody connects": (nobody_connects, None, "closed: unix-listen:DIR/vm.sock: nobody is connected; trying again", "shut off"),
    "a port of another": (port_of_another, None, "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop "
                          "it or choose another port; trying again",
                          "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop it or choose another "
                          "port"),
}
OF_ANOTHER = {"a device of another user", "a socket of another user"}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_and_the_notice_say_why(kit, name):
    provoke, _, in_log, in_notice = ERRORS[name]
    address = provoke(kit)
    kit.path("charmux.toml").write_text('[limits]\nconnect_timeout = "200ms"\n')
    kit.path("charmux").mkdir()
    kit.directory.chmod(0o755)
    os.chown(kit.path("charmux"), NOBODY, NOBODY)
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={address}", "--listen",
                        "telnet:127.0.0.1:7001,console=vm", wrap=AS_NOBODY if name in OF_ANOTHER else ())
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    if hasattr(kit, "when_open"):
        daemon.wait_log("console vm: open")
        kit.when_open()
    line = daemon.wait_log(r"^<4>console vm: (closed|waiting|refused): .*$").group(0)
    assert masked(kit, line) == f"<4>console vm: {in_log}"
    if "heard" in in_notice:  # it listens still, and so was opened again
        viewer.wait_for(b"[charmux: vm is connected, nothing heard yet]")
    late = kit.telnet(7001)
    assert masked(kit, notices(late.wait_for(LIVE))[0]).endswith(f"types; read-only; {in_notice}")


def masked(kit, text):
    text = re.sub(r"pid \d+", "pid PID", text.replace(str(kit.directory), "DIR"))
    return re.sub(r"/dev/pts/(?!7:)\d+", "/dev/pts/N", text)
