# SPDX-License-Identifier: Apache-2.0
"""A thousand clients come to a charmuxd that may open 256 files: those who got in miss nothing, the others are told why
and closed, nothing spins, and when some leave new ones get in."""

import re
import resource
import select
import socket
import subprocess
import time

import pytest
from support import LIVE, wait_until

FULL = b"[charmux: full, try later]\r\n"
CROWD = 1000


@pytest.fixture(autouse=True)
def many_files():
    """For this test's own end of the connections."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    assert hard > 2 * CROWD


class Stream:
    """A numbered stream, a line at a time, so that whoever misses or doubles one is found out."""

    def __init__(self, chardev):
        self.chardev, self.number = chardev, 0

    def go_on(self, lines=1):
        self.chardev.write(self.lines(self.number, self.number + lines))
        self.number += lines

    @staticmethod
    def lines(begin, end):
        return b"".join(b"line %08d\r\n" % n for n in range(begin, end))


def crowd(stream):
    """CROWD telnet clients, one after the other, while the guest prints."""
    clients = []
    for _ in range(CROWD):
        clients.append(socket.create_connection(("127.0.0.1", 7001)))
        stream.go_on()
    return clients


def read_all(clients, is_done):
    """What each has received, reading until is_done(data, closed)."""
    data = {client: b"" for client in clients}
    waiting = select.poll()
    by_fd = {client.fileno(): client for client in clients}
    for fd in by_fd:
        waiting.register(fd, select.POLLIN)
    while by_fd:
        ready = waiting.poll(60_000)
        assert ready, f"{len(by_fd)} clients wait for more; one has {data[next(iter(by_fd.values()))][-200:]!r}"
        for fd, _ in ready:
            client = by_fd[fd]
            try:
                received = client.recv(65536)
            except ConnectionResetError:
                received = b""
            data[client] += received
            if is_done(data[client], not received):
                waiting.unregister(fd)
                del by_fd[fd]
            else:
                assert received, data[client]
    return data


def console_part(data):
    """The lines of the stream that a viewer has, whatever stands between them."""
    return b"".join(re.findall(rb"line \d{8}\r\n", data))


def ticks(daemon):
    fields = open(f"/proc/{daemon.pid}/stat").read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def burned_while_we_burn(daemon, own_seconds=0.5):
    """How many ticks of CPU charmuxd takes, unasked, while this process takes 0.5 s of it."""
    before, until = ticks(daemon), time.process_time() + own_seconds
    while time.process_time() < until:
        pass
    return ticks(daemon) - before


def start(kit, *arguments, wrap):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm", *arguments,
                        wrap=wrap)
    return daemon, Stream(chardev.accept())


def check(daemon, stream, clients):
    """Who is in has the whole stream; who is not has the one line. Returns the two groups."""
    stream.go_on()
    end = Stream.lines(stream.number - 1, stream.number)
    data = read_all(clients, lambda data, closed: closed or (end in data and LIVE in data))
    inside = [client for client in clients if FULL not in data[client]]
    for client in inside:
        assert console_part(data[client]) == stream.lines(0, stream.number)
    outside = [client for client in clients if FULL in data[client]]
    for client in outside:
        assert data[client] == FULL and client.recv(1) == b""
    assert burned_while_we_burn(daemon) <= 5
    return inside, outside


def new_ones_get_in(kit, stream, leaving):
    for client in leaving:
        client.close()

    def is_let_in():
        with kit.telnet(7001) as again:
            again.wait_for(lambda data: FULL in data or LIVE in data)
            return LIVE in again.data
    wait_until(is_let_in, "a new client to be let in")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    stream.go_on()
    viewer.wait_for(Stream.lines(stream.number - 1, stream.number))


def test_the_thousandth_is_told_and_nobody_inside_notices(kit):
    daemon, stream = start(kit, wrap=("prlimit", "--nofile=256:256"))
    inside, outside = check(daemon, stream, crowd(stream))
    # 256, less the reserve of 80, six for the console and one for the listener.
    assert (len(inside), len(outside)) == (169, 831)
    new_ones_get_in(kit, stream, inside[:10])


def test_when_files_run_out_after_all(kit):
    """The limit is lowered under a running charmuxd, as an operator or the whole system's table would do it."""
    daemon, stream = start(kit, wrap=())
    # UBSan's look at a type it has not met yet takes a pipe, and without one it reports the object as broken: so all that
    # the crowd will do has been done once before.
    with kit.telnet(7001) as early:
        early.wait_for(LIVE)
    daemon.wait_log(" left: ")
    subprocess.run(["prlimit", f"--pid={daemon.pid}", "--nofile=100:100"], check=True)
    inside, outside = check(daemon, stream, crowd(stream))
    assert len(inside) + len(outside) == CROWD
    assert 50 < len(inside) < 100
    assert len(daemon.process.open_files()) == 100
    new_ones_get_in(kit, stream, inside[:10])


def test_the_administrator_gets_in_when_strangers_have_all_the_room(kit):
    kit.path("charmux.toml").write_text("[limits]\nviewers = 2\n")
    daemon, _ = start(kit, "--config", kit.path("charmux.toml"), wrap=())
    control = daemon.runtime_dir / "control.sock"
    inside = [kit.telnet(7001) for _ in range(2)]
    for viewer in inside:
        viewer.wait_for(LIVE)
    assert kit.telnet(7001).wait_closed() == FULL

    def who():
        return kit.run("charmux", "who", env={"CHARMUX_SOCKET": str(control)})
    told = who()
    assert (told.returncode, told.stderr) == (0, "")
    assert all(f"127.0.0.1:{viewer.local_port} " in told.stdout for viewer in inside)
    # That room has an end, too.
    idle = [kit.raw(control) for _ in range(16)]
    assert kit.raw(control).wait_closed().startswith(b"HTTP/1.1 503 ")
    idle[0].close()
    wait_until(lambda: who().returncode == 0, "there to be room again")


def test_a_raw_client_is_told_nothing_in_band(kit):
    kit.path("charmux.toml").write_text("[limits]\nviewers = 1\n")
    daemon, _ = start(kit, "--config", kit.path("charmux.toml"), "--listen", "raw:127.0.0.1:7002,console=vm", wrap=())
    inside = kit.telnet(7001)
    inside.wait_for(LIVE)
    assert kit.raw(7002).wait_closed() == b""
    assert kit.telnet(7001).wait_closed() == FULL
    assert daemon.process.running()


def test_the_soft_limit_is_raised_to_the_hard_one(kit):
    daemon, _ = start(kit, wrap=("prlimit", "--nofile=64:4096"))
    limits = open(f"/proc/{daemon.pid}/limits").read()
    assert re.search(r"^Max open files +4096 +4096 ", limits, re.MULTILINE), limits
