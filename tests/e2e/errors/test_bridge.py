# SPDX-License-Identifier: Apache-2.0
"""`charmux bridge` is told something that cannot be: it says in one line what, where and what to do, ends with an exit code
that a script can tell apart, and leaves whatever was in the way as it was."""

import os
import socket
import subprocess

import pytest
from support import wait_until

NOBODY = 65534
VM = "unix:/run/nothing.sock"


def taken_port(kit):
    kit.in_the_way = socket.create_server(("127.0.0.1", 7001))
    return VM, "telnet:127.0.0.1:7001"


def taken_socket(kit):
    kit.in_the_way = socket.socket(socket.AF_UNIX)
    kit.in_the_way.bind(str(kit.path("door")))
    kit.in_the_way.listen()
    return VM, f"raw:{kit.path('door')}"


def file_at_the_socket(kit):
    kit.path("door").write_text("mine")
    return VM, f"raw:{kit.path('door')}"


def no_folder_for_the_socket(kit):
    return VM, f"raw:{kit.path('nothing')}/door"


def port_of_root(_kit):
    return VM, "telnet:127.0.0.1:23"


def address_of_another(_kit):
    return VM, "telnet:192.0.2.7:7001,insecure"


def nothing_there(_kit):
    return VM, "raw:127.0.0.1:7001", "--once"


def not_a_tty(kit):
    kit.path("file").write_text("")
    return f"pty:{kit.path('file')}", "raw:127.0.0.1:7001", "--once"


def held_by_another(kit):
    """A client has it, and another waits in its backlog."""
    guest = kit.guest({"vm": "unix"}, paused=True)
    place = guest.address("vm").removeprefix("unix:")
    kit.clients = []
    while True:
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        kit.clients.append(client)
        try:
            client.connect(place)
        except BlockingIOError:
            return f"unix:{place}", "raw:127.0.0.1:7001", "--once"
        if len(kit.clients) == 1:
            wait_until(lambda: guest.qmp.command("qom-get", path="/chardevs/vm", property="connected"), "QEMU to take it")


def name_off_loopback(kit):
    kit.path("hosts").write_text("192.0.2.7 console-host\n")
    kit.path("nsswitch.conf").write_text("hosts: files\n")
    for name in ("hosts", "nsswitch.conf"):
        subprocess.run(["mount", "--bind", kit.path(name), f"/etc/{name}"], check=True)
    return VM, "telnet:console-host:7001"


def words(*given):
    return lambda _kit: given


EXPOSED = ("would let anyone who reaches it in: it has neither TLS nor names for its clients; bind it to 127.0.0.1 or "
           "[::1], use a UNIX socket, or add ,insecure on purpose")

# What it is told (the function returns that) | exit code | its last line.
ERRORS = {
    "a taken port": (taken_port, 75, "charmux: bridge: cannot listen on 127.0.0.1:7001: another process listens there; stop it "
                     "or choose another port"),
    "a taken socket": (taken_socket, 75, "charmux: bridge: cannot listen on DIR/door: another process listens there; stop it or "
                       "choose another path"),
    "a file at the socket": (file_at_the_socket, 73, "charmux: bridge: cannot listen on DIR/door: a file that is not a socket is "
                             "there; remove it or choose another path"),
    "no folder for the socket": (no_folder_for_the_socket, 73, "charmux: bridge: cannot listen on DIR/nothing/door: its "
                                 "directory does not exist; make it first"),
    "a port of root": (port_of_root, 77, "charmux: bridge: cannot listen on 127.0.0.1:23: no permission; run as root, or choose "
                       "a port above 1023 or a path you may write to"),
    "an address of another": (address_of_another, 73, "charmux: bridge: cannot listen on 192.0.2.7:7001: no interface of this "
                              "machine has that address; see `ip addr`"),
    "off loopback": (words(VM, "raw:0.0.0.0:7001"), 64, f"charmux: bridge: raw:0.0.0.0:7001 {EXPOSED}"),
    "a name off loopback": (name_off_loopback, 64,
                            f"charmux: bridge: telnet:console-host:7001 leads to 192.0.2.7:7001 and {EXPOSED}"),
    "a path that is not absolute": (words("unix:vm.sock", "raw:127.0.0.1:7001"), 64, "charmux: bridge: unix:vm.sock: path "
                                    "'vm.sock' is not absolute: write /PATH, or @NAME for an abstract socket"),
    "a port left out": (words(VM, "raw:127.0.0.1"), 64, "charmux: bridge: raw:127.0.0.1: '127.0.0.1' has no port: write "
                        "HOST:PORT, such as 127.0.0.1:7001"),
    "a console named": (words(VM, "raw:127.0.0.1:7001,console=vm"), 64,
                        "charmux: bridge: raw:127.0.0.1:7001,console=vm: a bridge has one console: leave console= and ports= "
                        "out"),
    "a TLS profile": (words(VM, "raw:127.0.0.1:7001,tls=lab"), 64,
                      "charmux: bridge: raw:127.0.0.1:7001,tls=lab: a bridge reads no file, where profiles and users are: leave "
                      "tls= and user= out"),
    "a range of ports": (words(VM, "telnet:127.0.0.1,ports=7001-7009"), 64,
                         "charmux: bridge: telnet:127.0.0.1,ports=7001-7009: a bridge has one console: leave console= and "
                         "ports= out"),
    "two at one place": (words(VM, "raw:127.0.0.1:7001", "telnet:127.0.0.1:7001"), 64,
                         "charmux: bridge: telnet:127.0.0.1:7001 is where raw:127.0.0.1:7001 listens already (bridge): give "
                         "each its own place"),
    "nothing there": (nothing_there, 69, "charmux: bridge: unix:/run/nothing.sock: No such file or directory; leave --once out "
                      "to wait for it"),
    "held by another": (held_by_another, 75, "charmux: bridge: held by another client; leave --once out to wait for it"),
    "not a tty": (not_a_tty, 69, "charmux: bridge: refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev "
                  "shows"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_it_says_why_and_ends(kit, name):
    provoke, exit_code, text = ERRORS[name]
    arguments = provoke(kit)
    before = set(os.listdir(kit.directory))
    wrap = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if name == "a port of root" else ()
    ended = kit.run(*wrap, kit.build / "charmux", "bridge", *arguments)
    last = ended.stderr.replace(str(kit.directory), "DIR").splitlines()[-1]
    assert (ended.returncode, ended.stdout, last) == (exit_code, "", text)
    assert set(os.listdir(kit.directory)) == before


def test_all_that_is_wrong_is_said_at_once(kit):
    ended = kit.run("charmux", "bridge", "pty:pts3", "raw:127.0.0.1", "telnet:0.0.0.0:7001")
    assert ended.returncode == 64
    assert [line.split(": ")[2] for line in ended.stderr.splitlines()] == ["pty:pts3", "raw:127.0.0.1",
                                                                           f"telnet:0.0.0.0:7001 {EXPOSED.split(': ')[0]}"]
