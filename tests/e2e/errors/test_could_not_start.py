# SPDX-License-Identifier: Apache-2.0
"""The configuration is good, but something is in the way on this machine: charmuxd says in one line what, where and what
to do about it, and ends with exit code 2; whatever was in the way is left as it was."""

import os
import re
import socket
import subprocess

import pytest

NOBODY = 65534
VM = ("--console", "vm=unix:/run/nothing.sock")


def listen(address):
    return (*VM, "--listen", f"{address},console=vm")


def taken_port(kit):
    kit.in_the_way = socket.create_server(("127.0.0.1", 7001))
    return listen("telnet:127.0.0.1:7001")


def taken_socket(kit):
    kit.in_the_way = socket.socket(socket.AF_UNIX)
    kit.in_the_way.bind(str(kit.path("door")))
    kit.in_the_way.listen()
    return listen(f"raw:{kit.path('door')}")


def file_at_the_socket(kit):
    kit.path("door").write_text("mine")
    return listen(f"raw:{kit.path('door')}")


def no_folder_for_the_socket(kit):
    return listen(f"raw:{kit.path('nothing')}/door")


def port_of_root(kit):
    let_nobody_have(kit, kit.path("charmux"))
    return listen("telnet:127.0.0.1:23")


def address_of_another(_kit):
    return listen("telnet:192.0.2.7:7001,insecure")


def unknown_host(kit):
    """No name service but /etc/hosts, so that what it answers does not depend on the machine."""
    kit.path("nsswitch.conf").write_text("hosts: files\n")
    subprocess.run(["mount", "--bind", kit.path("nsswitch.conf"), "/etc/nsswitch.conf"], check=True)
    return listen("telnet:no-such-host.invalid:7001")


def state_in_use(kit):
    """The pid is that of the first charmuxd, whatever runtime directory the second has."""
    kit.daemon(*VM, name="first")
    return (*VM, "--state-dir", kit.path("first/state"), "--runtime-dir", kit.path("charmux/run"))


def runtime_in_use(kit):
    kit.daemon(*VM, name="first")
    return (*VM, "--state-dir", kit.path("charmux/state"), "--runtime-dir", kit.path("first/run"))


def file_above_the_folder(kit):
    kit.path("charmux").write_text("mine")
    return VM


def file_as_the_folder(kit):
    kit.path("charmux").mkdir()
    kit.path("charmux/state").write_text("mine")
    return VM


def shared_folder(kit):
    kit.path("charmux/state").mkdir(parents=True)
    kit.path("charmux/state").chmod(0o777)
    kit.path("charmux/state/mine").write_text("mine")
    return VM


def no_right_above_the_folder(kit):
    kit.path("charmux").mkdir()
    kit.directory.chmod(0o755)
    return VM


def open_folder_of_another(kit):
    kit.path("charmux/state").mkdir(parents=True, mode=0o755)
    kit.directory.chmod(0o755)
    return VM


def let_nobody_have(kit, *paths):
    kit.directory.chmod(0o755)
    for path in paths:
        path.mkdir()
        os.chown(path, NOBODY, NOBODY)


ANOTHER = "choose another with --state-dir and --runtime-dir"
OTHER_PORT = "another process listens there; stop it or choose another port"

# What is put in its way (the function returns charmuxd's arguments) | exit code | the exact line.
ERRORS = {
    "a taken port": (taken_port, 2, f"<3>cannot listen on 127.0.0.1:7001: {OTHER_PORT}"),
    "a taken socket": (taken_socket, 2, "<3>cannot listen on DIR/door: another process listens there; stop it or choose "
                       "another path"),
    "a file at the socket's path": (file_at_the_socket, 2, "<3>cannot listen on DIR/door: a file that is not a socket is "
                                    "there; remove it or choose another path"),
    "no folder for the socket": (no_folder_for_the_socket, 2, "<3>cannot listen on DIR/nothing/door: its directory does not "
                                 "exist; make it first"),
    "a port of root": (port_of_root, 2, "<3>cannot listen on 127.0.0.1:23: no permission; run as root, or choose a port "
                       "above 1023 or a path you may write to"),
    "an address of another machine": (address_of_another, 2, "<3>cannot listen on 192.0.2.7:7001: no interface of this "
                                      "machine has that address; see `ip addr`"),
    "an unknown host": (unknown_host, 2, "<3>cannot listen on telnet:no-such-host.invalid:7001: host no-such-host.invalid "
                        "cannot be found: Name or service not known; correct it or use an address"),
    "a state directory in use": (state_in_use, 2, "<3>DIR/first/state is in use by another charmuxd, pid PID; stop it, or "
                                 "give this one its own --state-dir and --runtime-dir"),
    "a runtime directory in use": (runtime_in_use, 2, "<3>DIR/first/run is in use by another charmuxd, pid PID; stop it, or "
                                   "give this one its own --state-dir and --runtime-dir"),
    "a file above the directory": (file_above_the_folder, 2, f"<3>cannot make directory DIR/charmux: Not a directory; {ANOTHER}"),
    "a file as the directory": (file_as_the_folder, 2, f"<3>DIR/charmux/state is not a directory; {ANOTHER}"),
    "a shared directory": (shared_folder, 2, "<3>DIR/charmux/state is open to others (mode 0777) and holds more than "
                           f"charmux's files; `chmod 700` it or {ANOTHER}"),
    "no right to make a directory": (no_right_above_the_folder, 2, "<3>cannot make directory DIR/charmux/state: Permission "
                                     f"denied; {ANOTHER}"),
    "a directory of another user": (open_folder_of_another, 2, "<3>DIR/charmux/state is open to others (mode 0755) and "
                                    "cannot be closed to them: Operation not permitted; run charmuxd as its owner or "
                                    f"{ANOTHER}"),
}
AS_NOBODY = {"a port of root", "no right to make a directory", "a directory of another user"}


def tree(kit):
    """Every file with its kind and text, but for what a charmuxd keeps in directories of its own."""
    return {str(path): path.read_text() if path.is_file() else path.stat().st_mode for path in kit.directory.rglob("*")
            if not {"first", "run", "history"} & set(path.parts) and path.name != "history"}


@pytest.mark.parametrize("name", ERRORS)
def test_could_not_start(kit, name):
    provoke, exit_code, text = ERRORS[name]
    arguments = provoke(kit)
    before = tree(kit)
    directories = () if "--state-dir" in arguments else ("--state-dir", kit.path("charmux/state"), "--runtime-dir",
                                                         kit.path("charmux/run"))
    wrap = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups") if name in AS_NOBODY else ()
    ended = kit.run(*wrap, kit.build / "charmuxd", *directories, *arguments)
    said = re.sub(r"pid \d+", "pid PID", ended.stderr.replace(str(kit.directory), "DIR"))
    last = said.splitlines()[-1]
    assert (ended.returncode, ended.stdout, last) == (exit_code, "", text)
    assert before.items() <= tree(kit).items()


def test_the_pid_is_the_first_ones(kit):
    first = kit.daemon(*VM)
    second = kit.run("charmuxd", "--state-dir", first.state_dir, "--runtime-dir", kit.path("other"), *VM)
    assert second.returncode == 2
    assert f"in use by another charmuxd, pid {first.pid};" in second.stderr
    assert first.process.running()
