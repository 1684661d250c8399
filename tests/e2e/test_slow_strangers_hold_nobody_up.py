# SPDX-License-Identifier: Apache-2.0
"""Strangers come who send a byte now and then, as many as may be strangers at once: in the midst of a TLS handshake, or of
a name at the login dialogue. Those who are inside notice nothing, the slow ones are let go at their deadline whatever
they go on sending, and then the next comes in. Who is merely slow at typing comes in, too."""

import contextlib
import itertools
import threading

import pytest
from support import LIVE, wait_until
from support.pki import Authority
from support.strangers import Drippers
from support.users import PASSWORD, log_in, user

MANY = 20
TLS_PORT, LOGIN_PORT = 7001, 7002
# A record of 4 KiB with a ClientHello in it, which would take seven minutes to come.
HELLO = b"\x16\x03\x01\x10\x00\x01\x00\x0f\xfc\x03\x03"


class House:
    """A listener with TLS for certificates, one with the login dialogue; ann is at one of them already."""

    def __init__(self, kit, limits):
        self.kit, self.authority = kit, Authority(kit.path("pki"))
        cert, key = self.authority.issue("server")
        self.certificate = self.authority.issue("ann")
        kit.path("charmux.toml").write_text(
            f"[limits]\n{limits}\n" + user("ann", 'certificate = "CN=ann"', 'control = ["*"]') +
            f'[tls.lab]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{self.authority.cert}"\n')
        self.chardev = kit.unix_chardev()
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={self.chardev.address}",
                                 "--listen", f"telnet:127.0.0.1:{TLS_PORT},console=vm,tls=lab",
                                 "--listen", f"telnet:127.0.0.1:{LOGIN_PORT},console=vm")
        self.chardev.accept()
        self.inside = self.come(TLS_PORT)
        self.inside.wait_for(LIVE)

    def come(self, port):
        tls = self.authority.client(self.certificate) if port == TLS_PORT else None
        return self.kit.telnet(port, tls=tls)

    def gets_in(self, port):
        """Whether ann does now."""
        if port == TLS_PORT:
            with contextlib.suppress(OSError):  # refused in the midst of the handshake
                return self.come(port).wait_for(LIVE)
            return None
        with contextlib.suppress(AssertionError, OSError):  # closed before she was asked anything
            client = self.come(port)
            client.wait_for(b"charmux login: ")
            log_in(client, "ann")
            return client.wait_for(LIVE)
        return None

    def round_trip(self, number):
        self.inside.type(b"typed %d\r" % number)
        self.chardev.wait_for(b"typed %d\r" % number)
        self.chardev.write(b"printed %d\r\n" % number)
        self.inside.wait_for(b"printed %d\r\n" % number)


@pytest.mark.parametrize("port, limits, text, why", [
    (TLS_PORT, f'handshake = "2s"\nlogin = "10min"\nstrangers = {MANY}', HELLO,
     r"is refused: its TLS handshake took more than 2s \(limits\.handshake\)$"),
    (LOGIN_PORT, f'handshake = "10min"\nlogin = "2s"\nstrangers = {MANY}', b"a na",
     r"left: "),
], ids=["handshake", "login"])
def test_they_are_let_go_at_their_deadline(kit, port, limits, text, why):
    house = House(kit, limits)
    with contextlib.closing(Drippers(("127.0.0.1", port), MANY, text)) as slow:
        if port == LOGIN_PORT:
            wait_until(lambda: all(b"charmux login: " in each for each in slow.received), "all to be asked")
        numbers = itertools.count()

        def all_are_let_go():
            house.round_trip(next(numbers))
            return slow.let_go() == MANY
        wait_until(all_are_let_go, lambda: f"the slow ones to be let go, not {slow.let_go()} of {MANY}")
        house.daemon.wait_log(why)
        # They have closed nothing yet, and hold no place.
        wait_until(lambda: house.gets_in(port), "the next to come in")
        house.round_trip(next(numbers))


def test_one_who_is_asked_again_has_no_more_time(kit):
    """Each wrong password and each empty line is an answer; none of them begins the time anew."""
    house = House(kit, 'login = "2s"\nlogin_tries = 100\nlogin_address = 10000\nlogin_user = 10000')
    with contextlib.closing(Drippers(("127.0.0.1", LOGIN_PORT), 3, b"", again=b"\r\0a\r\0b\r\0")) as slow:
        wait_until(lambda: slow.let_go() == 3, "all to be let go")
        assert all(b"nobody has logged in; good-bye" in each and b"Login incorrect" in each for each in slow.received)


def test_one_who_types_slowly_comes_in(kit):
    house = House(kit, 'login = "50s"')
    me = kit.telnet(LOGIN_PORT)
    me.wait_for(b"charmux login: ")
    for number, key in enumerate(b"ann"):
        me.type(bytes([key]))
        me.wait_for(b"charmux login: " + b"ann"[:number + 1])
    me.type(b"\r")
    me.wait_for(b"Password: ")
    for key in PASSWORD.encode():
        me.type(bytes([key]))
        threading.Event().wait(0.2)
    assert me.data.endswith(b"Password: ")
    me.type(b"\r")
    me.wait_for(LIVE)
    house.daemon.wait_log(r"127\.0\.0\.1:\d+ is ann by password$")
