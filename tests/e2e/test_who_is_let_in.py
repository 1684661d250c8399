# SPDX-License-Identifier: Apache-2.0
"""Who somebody is (a password, a certificate, the door, a UNIX user) and what the rules say of him decide what he gets
at each kind of door: the console to type at, to watch, or not a byte of it. Each cell is looked at from both sides: what
the client sees, and what the guest, the log and the audit know."""

import itertools
import json

import pytest
from support import LIVE, wait_until
from support.pki import Authority
from support.users import log_in, user as user_table

RULES = {"ann": 'control = ["v*"]', "ward": 'watch = ["vm"]', "nona": 'control = ["other"]', "adam": 'admin = ["*"]'}
#        door: (kind and options, how it knows people)
DOORS = {
    "telnet": ("telnet:127.0.0.1:7001,console=vm", {"password"}),
    "telnet, tls": ("telnet:127.0.0.1:7002,console=vm,tls=any", {"password", "certificate"}),
    "telnet, certificates": ("telnet:127.0.0.1:7003,console=vm,tls=lab", {"certificate"}),
    "telnet, user=": ("telnet:127.0.0.1:{},console=vm,user={}", {"door"}),
    "raw, certificates": ("raw:127.0.0.1:7004,console=vm,tls=lab", {"certificate"}),
    "raw, user=": ("raw:127.0.0.1:{},console=vm,user={}", {"door"}),
    "rfc2217, certificates": ("rfc2217:127.0.0.1:7005,console=vm,tls=lab", {"certificate"}),
    "to watch": ("telnet:127.0.0.1:7006,console=vm,access=watch", {"password"}),
}


class House:
    """All doors at once, and a guest that is the test."""

    def __init__(self, kit):
        self.kit = kit
        self.authority = Authority(kit.path("pki"))
        stranger = Authority(kit.path("stranger"), "another ca")
        cert, key = self.authority.issue("server")
        users = [*RULES, "eve"]
        self.certificates = {name: self.authority.issue(name) for name in users}
        self.certificates["ann of another ca"] = stranger.issue("ann")
        text = "".join(user_table(name, f'certificate = "CN={name}"', rule) for name, rule in RULES.items())
        for profile, client in (("lab", "required"), ("any", "optional")):
            text += (f'[tls.{profile}]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{self.authority.cert}"\n'
                     f'client = "{client}"\n')
        self.audit = kit.path("audit.log")
        text += f'[audit]\nfile = "{self.audit}"\n'
        kit.path("charmux.toml").write_text(text)
        self.chardev = kit.unix_chardev()
        listens, self.user_ports = [], {}
        for door, (address, knows) in DOORS.items():
            if knows != {"door"}:
                listens += ["--listen", address]
                continue
            for user in RULES:
                port = self.user_ports[door, user] = 7010 + len(self.user_ports)
                listens += ["--listen", address.format(port, user)]
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={self.chardev.address}", *listens)
        self.chardev.accept()
        self.chardev.write(b"printed\r\n")

    def come(self, door, user, credential):
        """A client at that door, with that credential; after the login dialogue, where there is one."""
        address, knows = DOORS[door]
        port = self.user_ports[door, user] if knows == {"door"} else int(address.split(":")[2].split(",")[0])
        tls = None
        if ",tls=" in address:
            tls = self.authority.client(self.certificates[user] if credential == "certificate" else None)
        client = (self.kit.raw if address.startswith("raw") else self.kit.telnet)(port, tls=tls)
        if credential == "password":
            log_in(client, user)
        return client

    def acts(self):
        """What the audit says, a line each."""
        return [json.loads(line) for line in self.audit.read_text().splitlines()] if self.audit.exists() else []


@pytest.fixture(name="house", scope="function")
def made_house(kit):
    return House(kit)


def may(user, door):
    """What the rules and the door give."""
    right = RULES.get(user, "").partition(" ")[0]
    if user == "nona" or not right:
        return "nothing"
    return "watch" if right == "watch" or door == "to watch" else "type"


def typed(client, keys):
    client.type(keys) if hasattr(client, "type") else client.send(keys)


def check(house, door, user, credential):
    """One cell of the matrix."""
    expected = may(user, door)
    raw = door.startswith("raw")
    shows = raw or door.startswith("rfc2217")  # no replay, no notices
    client = house.come(door, user, credential)
    if expected == "nothing":
        assert b"printed" not in client.wait_closed()
        return
    if not shows:
        client.wait_for(LIVE)
        assert b"printed" in client.data
    else:
        house.daemon.wait_log(rf"console vm: {user} attached by {door.partition(',')[0]}:127\.0\.0\.1:{client.place[1]}$")
    word = f"{user}-{door.replace(' ', '')}\r".encode()
    if expected == "watch" and shows:
        typed(client, word)
        client.wait_closed()
    elif expected == "watch":
        typed(client, word)
        client.wait_for(b"[charmux: read-only")
    else:
        typed(client, word)
        house.chardev.wait_for(word)
    client.reset()
    assert (word in house.chardev.received) == (expected == "type")
    wait_until(lambda: not house.daemon.api("/consoles/vm")["viewers"], "everybody to have left")


@pytest.mark.parametrize("door", [door for door in DOORS if "user=" not in door])
def test_each_credential_gives_what_the_rules_give(kit, house, door):
    for user, credential in itertools.product(RULES, sorted(DOORS[door][1])):
        check(house, door, user, credential)


@pytest.mark.parametrize("door", [door for door in DOORS if "user=" in door])
def test_a_door_with_a_user_is_that_users(kit, house, door):
    for user in RULES:
        check(house, door, user, "door")
