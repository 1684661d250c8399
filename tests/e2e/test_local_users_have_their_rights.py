# SPDX-License-Identifier: Apache-2.0
"""Colleagues who log in at the host itself use `charmux` without being root: the group charmux opens the socket to them,
and the file says which consoles each may watch, type at and administer. Whatever somebody may not, the guest, the other
viewers and the daemon notice nothing of, and the log and the audit say who tried."""

import json
import stat

import pytest
from support import LIVE, wait_until
from support.local_people import LocalPeople

# Everybody is in the group charmux but tom. In eng is ward.
PEOPLE = {"adam": ["charmux"], "carl": ["charmux"], "ward": ["charmux", "eng"], "eve": ["charmux", "users"], "tom": ["eng"]}
RULES = """
[[user]]
name = "adam"
admin = ["*"]
[[user]]
name = "carl"
control = ["vm"]
[[group]]
name = "eng"
watch = ["vm"]
"""
NOT_THERE = "charmux: there is no console 'vm'; `charmux ls` lists them\n"
WATCH_ONLY = "charmux: ward may only watch console vm; that takes `control` of it in a [[user]] or [[group]]\n"
WITH_WATCH = "charmux: ward may only watch console vm; attach with --watch (mode=watch)\n"
NO_FORCE = ("charmux: carl may not reopen console vm by force; reopen it without force; that takes `admin` of it in a [[user]] "
            "or [[group]]\n")


class House:
    def __init__(self, kit, rules=RULES, limits="", people=None):
        self.kit = kit
        self.people = LocalPeople(kit, people or PEOPLE)
        self.audit = kit.path("audit.log")
        kit.path("charmux.toml").write_text(f'[limits]\n{limits}\n[audit]\nfile = "{self.audit}"\n{rules}')
        chardev = kit.unix_chardev()
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                                 "--console", f"other=unix:{kit.path('nobody.sock')}")
        self.chardev = chardev
        chardev.accept().write(b"hello\r\n")
        self.control = self.daemon.runtime_dir / "control.sock"
        wait_until(lambda: self.daemon.consoles()["vm"]["bytes_out"] == 7, "the guest's word")

    def charmux(self, name, *words):
        ended = self.people.run(name, "charmux", *words, "--socket", self.control)
        return ended.returncode, ended.stdout, ended.stderr

    def connected(self, name):
        if name == "root":
            return self.kit.raw(self.control)
        with self.people.being(name):
            return self.kit.raw(self.control)

    def inside(self, name):
        """A connection of that user's that has been let in; those before it may still be leaving."""
        last = []

        def is_let_in():
            last[:] = [self.ask(name, "GET /api/v1/status HTTP/1.1")]
            last[0].wait_for(b"\r\n")
            return last[0].data.startswith(b"HTTP/1.1 200 ")
        wait_until(is_let_in, f"{name} to be let in")
        return last[0]

    def ask(self, name, request):
        """That user's connection, which has asked this."""
        client = self.connected(name)
        client.send(request.encode() + b"\r\nHost: h\r\n\r\n")
        return client

    def noted(self, act):
        """Who did it, as the audit says."""
        lines = self.audit.read_text().splitlines() if self.audit.exists() else []
        return [each["who"] for each in map(json.loads, lines) if each["act"] == act]


def test_the_socket_is_the_groups(kit):
    house = House(kit)
    about = house.control.stat()
    assert (stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid) == (0o660, 0, house.people.gids["charmux"])
    for name in ("ls", "status"):
        code, out, err = house.charmux("tom", name)
        assert (code, out) == (77, "")
        assert err == (f"charmux: {house.control}: Permission denied; run charmux as root, as the user that charmuxd runs as, "
                       "or as one of the group charmux\n")


def test_where_there_is_no_group_it_is_roots(kit):
    house = House(kit, people={"ward": ["eng"]})
    about = house.control.stat()
    assert (stat.S_IMODE(about.st_mode), about.st_uid, about.st_gid) == (0o600, 0, 0)
    assert house.charmux("ward", "ls")[0] == 77


# What each may do: exit code and, where it is refused, what he reads.
@pytest.mark.parametrize("words, told, refused", [
    (["tail", "vm"], "", {"eve": (68, NOT_THERE)}),
    (["who", "vm"], "", {"eve": (68, NOT_THERE)}),
    (["break", "vm"], "break", {"ward": (77, WATCH_ONLY), "eve": (68, NOT_THERE)}),
    (["down", "vm"], "down", {"ward": (77, WATCH_ONLY), "eve": (68, NOT_THERE)}),
    (["reopen", "vm"], "reopen", {"ward": (77, WATCH_ONLY), "eve": (68, NOT_THERE)}),
    (["reopen", "vm", "--force"], "reopen", {"carl": (77, NO_FORCE), "ward": (77, WATCH_ONLY), "eve": (68, NOT_THERE)}),
    (["attach", "vm"], None, {"ward": (77, WITH_WATCH), "eve": (68, NOT_THERE)}),
    (["attach", "vm", "--force"], None, {"ward": (77, WITH_WATCH), "eve": (68, NOT_THERE)}),
    (["attach", "vm", "--watch"], None, {"eve": (68, NOT_THERE)}),
])
def test_each_may_do_what_the_rules_say(kit, words, told, refused):
    house = House(kit)
    for name in ("ward", "eve", "carl", "adam"):
        if name in refused:
            assert house.charmux(name, *words) == (refused[name][0], "", refused[name][1])
        elif told is not None:
            code, _, err = house.charmux(name, *words)
            # A guest on a bare socket can be sent no break, which says that it was tried.
            assert code == (75 if told == "break" else 0), err
            assert told != "break" or "no break" in err
    forbidden = [name for name in ("ward", "carl") if refused.get(name, (0,))[0] == 77]
    wait_until(lambda: house.noted("refused") == forbidden, lambda: f"{forbidden} to be noted: {house.audit.read_text()}")
    for name in forbidden:
        house.daemon.wait_log(rf"^<6>control\.sock: uid {house.people.uids[name]} is refused as {name}: {name} may ")
    if told:
        allowed = [name for name in ("carl", "adam") if name not in refused]
        wait_until(lambda: house.noted(told) == allowed, lambda: f"{allowed} to be noted: {house.audit.read_text()}")


def test_lists_show_what_each_may_watch(kit):
    house = House(kit)
    seen = {name: [each["name"] for each in json.loads(house.charmux(name, "ls", "--json")[1])] for name in PEOPLE if name != "tom"}
    assert seen == {"adam": ["vm", "other"], "carl": ["vm"], "ward": ["vm"], "eve": []}
    assert house.charmux("eve", "ls")[0] == 0
    # What he mistypes is looked for among his own.
    assert house.charmux("ward", "tail", "othr")[2] == "charmux: there is no console 'othr'; `charmux ls` lists them\n"
    assert house.charmux("adam", "tail", "othr")[2] == "charmux: there is no console 'othr'; did you mean 'other'?\n"
    counted = {name: json.loads(house.charmux(name, "status", "--json")[1]) for name in seen}
    assert {name: each["consoles"] for name, each in counted.items()} == {"adam": 2, "carl": 1, "ward": 1, "eve": 0}
    assert "libvirt" not in json.dumps(counted["eve"]) and counted["eve"]["listeners"] == counted["eve"]["sources"] == []


def test_a_session_is_its_users(kit):
    house = House(kit)
    attach = "GET /api/v1/consoles/vm/attach?mode={} HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: telnet"
    ward = house.ask("ward", attach.format("watch"))
    carl = house.ask("carl", attach.format("control"))
    ward.wait_for(LIVE)
    carl.wait_for(LIVE)
    viewers = house.daemon.api("/consoles/vm")["viewers"]
    assert sorted((each["user"], each["mode"]) for each in viewers) == [("carl", "control"), ("ward", "watch")]
    ward.send(b"\x05cfrm -rf /\r")
    ward.wait_for(b"read-only")
    carl.send(b"from carl\r")
    house.chardev.wait_for(b"from carl\r")
    assert b"rm" not in house.chardev.received


def test_a_reload_is_for_who_administers_all(kit):
    house = House(kit)
    for name in ("carl", "ward", "eve"):
        assert house.charmux(name, "reload") == (77, "", f"charmux: {name} may not reload the configuration; it takes root, or "
                                                         'admin = ["*"] in a [[user]] or [[group]]\n')
    assert "refused as adam" not in house.daemon.log() and house.charmux("adam", "reload")[0] != 77


def test_a_reload_takes_a_right_away_from_who_is_inside(kit):
    house = House(kit)
    carl, ward = (house.ask(name, f"GET /api/v1/consoles/vm/attach?mode={mode} HTTP/1.1\r\nConnection: upgrade\r\n"
                            "Upgrade: telnet") for name, mode in (("carl", "control"), ("ward", "watch")))
    carl.wait_for(LIVE)
    ward.wait_for(LIVE)
    file = kit.path("charmux.toml")
    file.write_text(file.read_text().replace('control = ["vm"]', "").replace('watch = ["vm"]', ""))
    assert house.charmux("adam", "reload") == (0, "", "")
    assert carl.wait_closed().endswith(b"\r\n[charmux: carl may not watch this console any more]\r\n")
    assert ward.wait_closed().endswith(b"\r\n[charmux: ward may not watch this console any more]\r\n")
    assert "vm" not in house.charmux("carl", "ls")[1]


def test_without_rules_the_group_is_the_gate(kit):
    house = House(kit, rules="")
    assert house.charmux("eve", "reopen", "vm", "--force") == (0, "", "")
    house.daemon.wait_log("<6>console vm: reopened by eve, by force\n")
    assert house.charmux("tom", "ls")[0] == 77


def test_one_user_does_not_take_all_the_room(kit):
    house = House(kit, limits="per_user = 2\nviewers = 4")
    inside = [house.inside("eve") for _ in range(2)]
    uid = house.people.uids["eve"]
    assert f"uid {uid} is here too often already".encode() in house.connected("eve").wait_closed()
    house.daemon.wait_log(rf"^<6>.*: uid {uid} is refused: that user is here too often already \(limits\.per_user\)$")
    # The others are not kept out by that, until there is no more room; and then root is not.
    inside += [house.inside("ward") for _ in range(2)]
    assert b"charmuxd is full" in house.connected("carl").wait_closed()
    own = [house.inside("root") for _ in range(16)]
    assert b"charmuxd is full" in house.connected("root").wait_closed()
    own[0].close()
    house.inside("root")
    assert len(inside) == 4


def test_a_session_counts_as_its_users_as_long_as_it_lasts(kit):
    house = House(kit, limits="per_user = 1")
    session = house.ask("ward", "GET /api/v1/consoles/vm/attach?mode=watch HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: raw")
    session.wait_for(b"101 ")
    assert b"is here too often already" in house.connected("ward").wait_closed()
    session.close()
    house.inside("ward")


def test_a_name_service_that_hangs_holds_nobody_else_and_no_stop(kit):
    house = House(kit)
    house.people.hang_groups()
    waiting = [house.ask(name, "GET /api/v1/consoles HTTP/1.1") for name in ("ward", "eve", "ward", "carl", "adam", "eve")]
    assert kit.run("charmux", "ls", "--socket", house.control).returncode == 0
    assert house.daemon.stop(5) == 0
    for client in waiting:
        assert b"charmuxd is stopping" in client.wait_closed()
    assert not house.control.exists()
