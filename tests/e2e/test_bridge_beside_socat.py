# SPDX-License-Identifier: Apache-2.0
"""I have used socat for this for years. README puts `charmux bridge` beside it, line for line: each line does what it says,
socat's too, and what README says of the difference is so."""

import os
import re
import shlex

import pytest
from charmux_kit import Process
from support import Deadline, TimedOut, wait_until

LINES = ["QEMU's UNIX socket on a TCP port", "a pty at a UNIX socket", "a console on TCP for `telnet`", "a serial port on a TCP port",
         "one visit, and what passes in hex"]
PROGRAMS = ["socat", "charmux"]


class Running(Process):
    def report(self):
        yield self.name, f"{self.status()}\n{self.stderr()}"


def rows(kit):
    section = re.search(r"^## One line instead of socat$(.*?)^## ", (kit.repo / "README.md").read_text(), re.M | re.S).group(1)
    cells = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]
    return {cell[0].strip(): dict(zip(PROGRAMS, (words.strip().strip("`") for words in cell[1:]))) for cell in cells}


def start(kit, line, program, instead=("", "")):
    """Runs it as README has it, but for a device that README cannot know."""
    words = shlex.split(rows(kit)[line][program].replace(*instead))
    assert words[0] == program
    words[0] = kit.build / "charmux" if program == "charmux" else words[0]
    return kit._own(Running(program, words, kit.path(f"{program}.log")))


def connected(make, *args, **options):
    """A client, as soon as somebody listens."""
    def attempt():
        try:
            return make(*args, **options)
        except OSError:
            return None
    return wait_until(attempt, lambda: f"a listener at {args}")


def now(client):
    """What it has received so far; waits for nothing."""
    client.socket.setblocking(False)
    try:
        client.read_some(Deadline(0.001))
    except TimedOut:
        pass
    client.socket.setblocking(True)
    return client.data


def pty(kit):
    """A pty whose slave is always open to somebody, as a serial port's line is: (chardev, path of the slave)."""
    chardev = kit.pty_chardev()
    path = chardev.address.removeprefix("pty:")
    os.open(path, os.O_RDWR | os.O_NOCTTY)
    return chardev, path


def has_its_shell(client):
    """It is at the guest's shell, which calculates."""
    answer = b"\nboth-42\r\n"
    before = client.data.count(answer)
    client.send(b"\recho both-$((6 * 7))\r")
    client.wait_for(lambda data: data.count(answer) > before)


def test_readme_has_these_lines(kit):
    assert list(rows(kit)) == LINES


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_unix_socket_on_a_tcp_port(kit, program):
    guest = kit.guest({"vm": "socket,path=/run/vm1.sock,server=on,wait=off"})
    guest.wait_ready("vm")
    start(kit, LINES[0], program)
    client = connected(kit.raw, 7001)
    has_its_shell(client)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_pty_at_a_unix_socket(kit, program):
    guest = kit.guest({"vm": "pty"})
    guest.wait_ready("vm")
    start(kit, LINES[1], program, ("/dev/pts/3", guest.address("vm").removeprefix("pty:")))
    client = connected(kit.raw, "/run/vm1.console")
    has_its_shell(client)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_console_on_tcp_for_telnet(kit, program):
    """socat leaves telnet in its line mode: it shows what is typed, and so does the guest."""
    guest = kit.guest({"vm": "socket,host=127.0.0.1,port=4555,server=on,wait=off"})
    guest.wait_ready("vm")
    start(kit, LINES[2], program)
    connected(kit.raw, 2301).close()
    me = kit.terminal("telnet", "127.0.0.1", "2301")
    me.wait_for("Escape character")
    if program == "charmux":
        me.wait_for("[charmux: live]")
        before = guest.log("vm").count(b"ttyS0# ")
        me.press("Enter")
        wait_until(lambda: guest.log("vm").count(b"ttyS0# ") > before, "a prompt")
    me.type("echo both-$((6 * 7))")
    me.press("Enter")
    me.wait_for("\nboth-42")
    assert me.screen().count("echo both-") == (2 if program == "socat" else 1)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_serial_port_on_a_tcp_port(kit, program):
    port, path = pty(kit)
    start(kit, LINES[3], program, ("/dev/ttyS0", path))
    client = connected(kit.raw, 7001)
    client.send(b"typed\r")
    port.wait_for(b"typed\r")
    port.write(b"\x00printed\xff\r\n")
    client.wait_for(b"\x00printed\xff\r\n")


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_visit_and_what_passes_in_hex(kit, program):
    chardev = kit.unix_chardev("/run/vm1.sock")
    running = start(kit, LINES[4], program)
    client = connected(kit.raw, 7001)
    chardev.accept().write(b"printed\r\n")
    client.wait_for(b"printed\r\n")
    client.send(b"typed")
    chardev.wait_for(b"typed")
    wait_until(lambda: "70 72 69 6e 74 65 64" in running.stderr() and "74 79 70 65 64" in running.stderr(),
               lambda: f"both in hex; {running.stderr()}")
    client.close()
    assert running.wait() == 0


def test_a_second_client_of_a_socket_waits_with_socat_until_the_first_has_left(kit):
    guest = kit.guest({"vm": "socket,path=/run/vm1.sock,server=on,wait=off"})
    guest.wait_ready("vm")
    start(kit, LINES[0], "socat")
    first = connected(kit.raw, 7001)
    has_its_shell(first)
    second = kit.raw(7001)
    second.send(b"\recho second-$((6 * 7))\r")
    has_its_shell(first)
    assert now(second) == b""
    first.close()
    second.wait_for(b"\nsecond-42\r\n")


def test_with_charmux_it_reads_all_that_the_first_one_reads(kit):
    guest = kit.guest({"vm": "socket,path=/run/vm1.sock,server=on,wait=off"})
    guest.wait_ready("vm")
    bridge = start(kit, LINES[0], "charmux")
    first, second = connected(kit.raw, 7001), kit.raw(7001)
    wait_until(lambda: bridge.stderr().count(" attached by ") == 2, "both to be attached")
    has_its_shell(first)
    second.wait_for(b"\nboth-42\r\n")


def two_at_a_pty(kit, program):
    """200 lines that its guest prints while two are there: what each got of them."""
    chardev, path = pty(kit)
    running = start(kit, LINES[1], program, ("/dev/pts/3", path))
    clients = [connected(kit.raw, "/run/vm1.console"), kit.raw("/run/vm1.console")]
    if program == "charmux":
        wait_until(lambda: running.stderr().count(" attached by ") == 2, "both to be attached")
    else:
        for client in clients:
            client.send(b"here")
        chardev.wait_for(b"herehere")
    lines = [b"%04d\r\n" % n for n in range(200)]
    for line in lines:
        chardev.write(line)
        wait_until(lambda line=line: any(now(client).endswith(line) for client in clients), lambda: f"{line} at one of them")
    return b"".join(lines), clients


def test_two_clients_of_a_pty_share_its_bytes_with_socat(kit):
    printed, clients = two_at_a_pty(kit, "socat")
    assert sum(len(now(client)) for client in clients) == len(printed)


def test_with_charmux_each_has_all_of_them(kit):
    printed, clients = two_at_a_pty(kit, "charmux")
    for client in clients:
        client.wait_for(printed)
        assert client.data == printed


@pytest.mark.parametrize("program", PROGRAMS)
def test_when_the_guest_ends(kit, program):
    """socat cuts its client off; charmux's stays, and reads on when the guest is back."""
    chardev = kit.unix_chardev("/run/vm1.sock")
    start(kit, LINES[0], program)
    client = connected(kit.raw, 7001)
    chardev.accept().write(b"printed\r\n")
    client.wait_for(b"printed\r\n")
    chardev.hang_up()
    if program == "socat":
        client.wait_closed()
        return
    kit.path("/run/vm1.sock").unlink()
    kit.unix_chardev("/run/vm1.sock").accept().write(b"again\r\n")
    client.wait_for(b"again\r\n")
