# SPDX-License-Identifier: Apache-2.0
"""Somebody loses a right while they are inside: a line of the configuration says so, a certificate is revoked, a password
is another one. They lose it at once, are told, and the guest gets not one more byte of theirs; others notice nothing."""

import contextlib
import os
import socket
import ssl

import pytest
from support import LIVE, wait_until
from support.pki import Authority
from support.reloading import Configured, console, listen
from support.users import log_in, user

ANN = user("ann", 'control = ["*"]')
BOB = user("bob", 'control = ["*"]', 'certificate = "CN=bob"')


class House:
    """ann by her password, bob by his certificate, and somebody whom nothing here is about by the door."""

    def __init__(self, kit):
        self.kit, self.chardev, self.authority = kit, kit.unix_chardev(), Authority(kit.path("pki"))
        cert, key = self.cert, self.key = self.authority.issue("server")
        self.crl = self.authority.crl()
        self.rest = (f'[tls.lab]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{self.authority.cert}"\nclient = "optional"\n'
                     f'crl = "{self.crl}"\n' + user("eve", 'watch = ["*"]') + console("vm", self.chardev.address) +
                     listen("telnet:127.0.0.1:7001", tls='"lab"') + listen("telnet:127.0.0.1:7002", user='"eve"', console='"vm"'))
        self.configured = Configured(kit, ANN + BOB + self.rest)
        self.daemon = self.configured.daemon
        self.chardev.accept()
        self.bobs = self.authority.issue("bob")
        self.eve = kit.telnet(7002)
        self.eve.wait_for(LIVE)

    def come(self, who, password="correct horse"):
        client = self.kit.telnet(7001, tls=self.authority.client(self.bobs if who == "bob" else None))
        if who == "ann":
            log_in(client, "ann", password)
        client.wait_for(b"> ")
        client.type(b"vm\r")
        client.wait_for(LIVE)
        return client

    def reload(self, users):
        return self.configured.reload(users + self.rest)

    def check_turned_out(self, client, why):
        """It reads that, and nothing behind it; eve goes on."""
        assert client.wait_closed().endswith(f"\r\n[charmux: {why}]\r\n".encode())
        assert client.alert is None  # the end was said, too
        self.chardev.write(b"eve sees this\r\n")
        self.eve.wait_for(b"eve sees this\r\n")
        assert [each["user"] for each in self.daemon.api("/consoles/vm")["viewers"]] == ["eve"]


@pytest.mark.parametrize("users, told", [
    (BOB, "there is no user ann any more"),
    (user("ann") + BOB, "ann may not watch this console any more"),
    (user("ann", 'control = ["other"]') + BOB, "ann may not watch this console any more"),
    (user("ann", 'control = ["*"]', password="another") + BOB, "the password of ann has changed"),
], ids=["no user", "no right", "a right elsewhere", "another password"])
def test_who_logged_in(kit, users, told):
    house = House(kit)
    ann = house.come("ann")
    ann.type(b"before")
    house.chardev.wait_for(b"before")
    house.reload(users)
    house.check_turned_out(ann, told)


def test_who_is_in_the_menu(kit):
    house = House(kit)
    ann = kit.telnet(7001, tls=house.authority.client())
    log_in(ann, "ann")
    ann.wait_for(b"> ")
    house.reload(user("ann") + BOB)
    ann.type(b"vm\r")
    ann.wait_for(b"no console")
    house.reload(BOB)
    assert ann.wait_closed().endswith(b"\r\n[charmux: there is no user ann any more]\r\n")


def test_who_may_only_watch_from_now_on(kit):
    house = House(kit)
    ann = house.come("ann")
    ann.type(b"x" * 300_000)  # which the guest does not read
    wait_until(lambda: house.daemon.consoles()["vm"]["bytes_in"] > 100_000, "the guest's buffer to be full")
    log = house.reload(user("ann", 'watch = ["*"]') + BOB)
    assert "bytes of input did not reach the guest: ann may only watch from now on\n" in log
    ann.wait_for(b"[charmux: you may only watch from now on]\r\n")
    assert house.daemon.consoles()["vm"]["writer"] is None
    house.reload(ANN + BOB)
    ann.wait_for(b"[charmux: you may type from now on]\r\n")


def test_who_is_just_typing_his_password(kit):
    house = House(kit)
    ann = kit.telnet(7001, tls=house.authority.client())
    ann.wait_for(b"login: ")
    ann.type(b"ann\r")
    ann.wait_for(b"Password: ")
    house.configured.reload(ANN + BOB + house.rest.replace('address = "telnet:127.0.0.1:7001"',
                                                           'address = "telnet:127.0.0.1:7001"\nallow = ["192.0.2.0/24"]'))
    ann.type(b"correct horse\r")
    assert ann.wait_closed().endswith(b"\r\n[charmux: your network is not allowed here any more]\r\n")


def test_who_is_just_shaking_hands(kit):
    """What was true when he came is not what he is let in by."""
    house = House(kit)
    coming = socket.create_connection(("127.0.0.1", 7001))
    house.daemon.api("/status")  # so he has been taken notice of
    house.authority.revoke(house.bobs[0])
    house.authority.crl()
    house.reload(ANN + BOB)
    with contextlib.suppress(ssl.SSLError, ConnectionResetError), coming:
        tls = house.authority.client(house.bobs).wrap_socket(coming, server_hostname="127.0.0.1")
        assert tls.recv(1000) == b""
    house.daemon.wait_log(r"is refused: the configuration has changed while it came; it may come again$")


def test_whose_certificate_is_another_users_now(kit):
    house = House(kit)
    bob = house.come("bob")
    house.reload(ANN + user("bob", 'control = ["*"]', 'certificate = "CN=robert"'))
    house.check_turned_out(bob, "your certificate is not that of bob any more")


def test_whose_certificate_is_revoked(kit):
    """Without a reload: the file has changed."""
    house = House(kit)
    bob, ann = house.come("bob"), house.come("ann")
    house.authority.revoke(house.bobs[0])
    house.authority.crl()
    house.daemon.wait_log("^<6>certificates read again: their files have changed$")
    assert b"\r\n[charmux: your certificate is not taken any more: its certificate was revoked" in bob.wait_closed()
    ann.forget_data()
    house.chardev.write(b"ann sees this\r\n")
    ann.wait_for(b"ann sees this\r\n")
    with contextlib.suppress(ssl.SSLError, ConnectionResetError):  # it depends on who is sooner
        assert kit.raw(7001, tls=house.authority.client(house.bobs)).wait_closed() == b""
    house.daemon.wait_log(r"is refused: its certificate was revoked on ")


def test_a_renewed_certificate_of_ours_touches_nobody(kit):
    house = House(kit)
    ann = house.come("ann")
    before = ann.socket.getpeercert(binary_form=True)
    new = house.authority.issue("renewed")
    for fresh, old in zip(new, (house.cert, house.key)):
        os.rename(fresh, old)
    house.daemon.wait_log("^<6>certificates read again: their files have changed$")
    later = house.come("ann")
    assert later.socket.getpeercert(binary_form=True) != before
    ann.forget_data()
    house.chardev.write(b"both see this\r\n")
    ann.wait_for(b"both see this\r\n")
    later.wait_for(b"both see this\r\n")


def test_a_renewed_certificate_that_cannot_be_used(kit):
    house = House(kit)
    key = house.key.read_text()
    house.key.write_text("half a key")
    house.daemon.wait_log(r"^<3>\[tls\.lab\]: key file .* holds no private key: .*; what there was before is used on$")
    house.come("ann")
    house.key.write_text(key)
    house.daemon.wait_log("^<6>certificates read again: their files have changed$")
    house.come("ann")
