# SPDX-License-Identifier: Apache-2.0
"""Somebody comes who may not, or not so: he gets nothing, or one line that says no more than he may know, and the log says
why."""

import re

import pytest
from support import LIVE
from support.pki import Authority
from support.users import log_in, user

WHO = r"127.0.0.1:40312"


class House:
    """ann may type and nona nothing; TLS with certificates, optional at telnet."""

    def __init__(self, kit, listen, limits=""):
        self.kit, self.authority = kit, Authority(kit.path("pki"))
        cert, key = self.authority.issue("server")
        kit.path("charmux.toml").write_text(
            f"[limits]\n{limits}\n" + user("ann", 'certificate = "CN=ann"', 'control = ["*"]') + user("nona") +
            f'[tls.lab]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{self.authority.cert}"\n')
        chardev = kit.unix_chardev()
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                                 "--listen", f"{listen},console=vm")
        chardev.accept()


def another_network(kit):
    house = House(kit, "telnet:127.0.0.1:7001,allow=192.0.2.0/24")
    assert kit.telnet(7001).wait_closed() == b""
    return house


def no_certificate_that_counts(kit):
    house = House(kit, "raw:127.0.0.1:7001,tls=lab")
    tls = house.authority.client(house.authority.issue("eve"))
    assert kit.raw(7001, tls=tls).wait_closed() == b""
    return house


def no_certificate(kit):
    house = House(kit, "raw:127.0.0.1:7001,tls=lab")
    assert kit.raw(7001, tls=house.authority.client()).wait_closed() == b""
    return house


def plain_text(kit):
    house = House(kit, "telnet:127.0.0.1:7001,tls=lab")
    client = kit.raw(7001)
    client.send(b"root\r\n")
    client.wait_closed()
    return house


def no_handshake(kit):
    house = House(kit, "telnet:127.0.0.1:7001,tls=lab", 'handshake = "200ms"')
    assert kit.raw(7001).wait_closed() == b""
    return house


def no_right(kit):
    house = House(kit, "telnet:127.0.0.1:7001")
    client = kit.telnet(7001)
    log_in(client, "nona")
    assert client.wait_closed().endswith(b"\r\n[charmux: nona may not watch this console]\r\n")
    return house


def too_many(limit):
    def provoke(kit):
        house = House(kit, "telnet:127.0.0.1:7001,user=ann", f"{limit} = 1")
        kit.telnet(7001).wait_for(LIVE)
        answer = kit.telnet(7001).wait_closed()
        assert answer.endswith(b"[charmux: ann is here too often already]\r\n" if limit == "per_user"
                               else b"[charmux: full, try later]\r\n")
        return house
    return provoke


def too_many_strangers(kit):
    house = House(kit, "telnet:127.0.0.1:7001", "strangers = 1")
    kit.telnet(7001).wait_for(b"charmux login: ")
    assert kit.telnet(7001).wait_closed() == b""
    return house


ERRORS = {
    "another network": (another_network, 6, f"{WHO} is refused: it comes from a network that is not allowed here (allow=)"),
    "a certificate of nobody": (no_certificate_that_counts, 6, f"{WHO} is refused: its certificate is no user's: CN=eve"),
    "no certificate": (no_certificate, 6, f"{WHO} is refused: it showed no certificate, which this listener wants"),
    "no TLS": (plain_text, 6, f"{WHO} is refused: it does not speak TLS"),
    "no handshake": (no_handshake, 6, f"{WHO} is refused: its TLS handshake took more than 200ms (limits.handshake)"),
    "no right": (no_right, 6, f"{WHO} is refused as nona: no rule lets this user watch the console"),
    "many of a user": (too_many("per_user"), 6, f"{WHO} is refused as ann: that user is here too often already "
                                                "(limits.per_user)"),
    "many of an address": (too_many("per_address"), 6, f"{WHO} is refused: too many from there (limits.per_address)"),
    "many of a listener": (too_many("per_listener"), 6, f"{WHO} is refused: this listener is full (limits.per_listener)"),
    "many strangers": (too_many_strangers, 6, f"{WHO} is refused: too many are logging in (limits.strangers)"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_it_is_refused_and_the_log_says_why(kit, name):
    provoke, level, text = ERRORS[name]
    house = provoke(kit)
    line = re.escape(text).replace(re.escape(WHO), r"127\.0\.0\.1:\d+")
    house.daemon.wait_log(rf"^<{level}>(telnet|raw):127\.0\.0\.1:7001: {line}$")
