# SPDX-License-Identifier: Apache-2.0
"""Somebody edits the configuration and sends SIGHUP. What is new is there, what is gone has gone and its viewers are told,
what has changed is as it says now; and what has not been touched is not: its viewers go on without a gap."""

import pytest
from support import LIVE, notices, wait_until
from support.reloading import Configured, console, listen
from support.users import user


class House:
    """One console, and a viewer of it at one listener, whom nothing that follows is about."""

    def __init__(self, kit):
        self.kit, self.chardev = kit, kit.unix_chardev()
        self.text = console("vm", self.chardev.address) + listen("telnet:127.0.0.1:7001", console='"vm"')
        self.configured = Configured(kit, self.text)
        self.daemon = self.configured.daemon
        self.chardev.accept()
        self.viewer = kit.telnet(7001)
        self.viewer.wait_for(LIVE)

    def reload(self, more="", text=None):
        return self.configured.reload((self.text if text is None else text) + more)

    def check_untouched(self):
        """The viewer has been told of nothing but others who came, and is where it was."""
        self.chardev.write(b"still here\r\n")
        self.viewer.wait_for(b"still here\r\n")
        assert not [told for told in notices(self.viewer.data)[2:] if "watching" not in told]
        assert self.daemon.log().count("console vm: open") == 1


def test_nothing_has_changed(kit):
    house = House(kit)
    assert house.reload() == "<6>SIGHUP: 0 logs reopened; reloading\n<6>reloaded: nothing has changed\n"
    house.check_untouched()


def test_charmux_reload_says_what_came_of_it(kit):
    house = House(kit)

    def reload(more):
        house.configured.file.write_text(house.text + more)
        ended = kit.run("charmux", "reload", "--socket", house.daemon.runtime_dir / "control.sock")
        return ended.returncode, ended.stdout, ended.stderr.replace(str(house.configured.file), "FILE")
    assert reload(listen("raw:127.0.0.1:7002", console='"vm"')) == (0, "", "")
    kit.raw(7002)
    assert reload('acces = "watch"\n[limits]\nviewer = 3\n') == (75, "", "charmux: FILE:7:1: unknown key 'acces' in [[listen]]: did you mean "
                                                             "'access'?\nFILE:9:1: unknown key 'viewer' in [limits]: did you mean "
                                                             "'viewers'?\nnot reloaded: nothing has changed\n")
    kit.raw(7002)
    house.check_untouched()


def test_a_new_listener_and_one_that_is_no_more(kit):
    house = House(kit)
    assert "<6>listening: raw:127.0.0.1:7002 for console vm\n" in house.reload(listen("raw:127.0.0.1:7002", console='"vm"'))
    inside = kit.raw(7002)
    house.chardev.write(b"to all\r\n")
    inside.wait_for(b"to all\r\n")
    assert "<6>listening no more: raw:127.0.0.1:7002\n" in house.reload()
    inside.wait_closed()
    house.daemon.wait_log(r"console vm: 127\.0\.0\.1:\d+ left: this listener is no more$")
    with pytest.raises(ConnectionRefusedError):
        kit.raw(7002)
    house.check_untouched()


def test_who_is_at_a_telnet_listener_that_is_no_more_is_told(kit):
    house = House(kit)
    house.reload(listen("telnet:127.0.0.1:7002", console='"vm"') + listen("telnet:127.0.0.1:7003"))
    inside, choosing = kit.telnet(7002), kit.telnet(7003)
    inside.wait_for(LIVE)
    choosing.wait_for(b"> ")
    house.reload()
    assert inside.wait_closed().endswith(b"\r\n[charmux: this listener is no more]\r\n")
    assert choosing.wait_closed().endswith(b"\r\n[charmux: this listener is no more]\r\n")
    house.check_untouched()


def test_a_listener_at_all_addresses_takes_the_place_of_one_at_loopback(kit):
    house = House(kit)
    house.reload(text=house.text.replace("127.0.0.1:7001", "0.0.0.0:7001") + "insecure = true\n")
    assert house.viewer.wait_closed().endswith(b"[charmux: this listener is no more]\r\n")
    again = kit.telnet(7001)
    again.wait_for(LIVE)
    assert house.daemon.api("/status")["listeners"] == [{"address": "telnet:0.0.0.0:7001", "serves": "vm"}]


def test_what_a_listener_gives_changes_for_who_is_inside(kit):
    house = House(kit)
    log = house.reload('access = "watch"\n')
    assert "<6>changed: listener telnet:127.0.0.1:7001\n" in log
    house.viewer.wait_for(b"[charmux: you may only watch from now on]\r\n")
    house.viewer.type(b"in vain")
    house.viewer.wait_for(b"[charmux: read-only: ")
    other = kit.unix_chardev("other.sock")
    house.reload(console("other", other.address))
    house.viewer.wait_for(b"[charmux: you may type from now on]\r\n")
    house.viewer.type(b"typed")
    house.chardev.wait_for(b"typed")
    assert b"in vain" not in house.chardev.received


@pytest.mark.parametrize("key, told", [('allow = ["192.0.2.0/24"]', "your network is not allowed here any more"),
                                       ('user = "ann"', "how one comes in here has changed; come again")])
def test_who_may_not_come_in_by_it_any_more_goes(kit, key, told):
    house = House(kit)
    house.reload(key + "\n" + (user("ann", 'control = ["*"]') if "user" in key else ""))
    assert house.viewer.wait_closed().endswith(f"\r\n[charmux: {told}]\r\n".encode())


def test_a_row_of_ports(kit):
    house = House(kit)
    house.reload(listen("raw:127.0.0.1", ports='"7010-7019"'))
    inside = kit.raw(7010)
    house.chardev.write(b"one\r\n")
    inside.wait_for(b"one\r\n")
    house.reload(listen("raw:127.0.0.1", ports='"7010-7012"'))
    inside.wait_closed()
    again = kit.raw(7010)
    house.chardev.write(b"two\r\n")
    again.wait_for(b"two\r\n")
    house.reload(listen("raw:127.0.0.1", ports='"7010-7012"', access='"watch"'))
    wait_until(lambda: [each["mode"] for each in house.daemon.api("/consoles/vm")["viewers"]] == ["control", "watch"],
               "the raw viewer to watch only")
    house.check_untouched()


# --- consoles ---

def test_a_new_console_and_one_that_is_no_more(kit):
    house = House(kit)
    other = kit.unix_chardev("other.sock")
    more = console("other", other.address)
    door = listen("telnet:127.0.0.1:7002")
    house.reload(more + door)
    other.accept()
    other.write(b"kept of it\r\n")
    inside = kit.telnet(7002)
    inside.wait_for(b"> ")
    inside.type(b"other\r")
    inside.wait_for(b"kept of it\r\n")
    number = house.daemon.consoles()["other"]["number"]
    log = house.reload(door)
    assert "<6>console other: closed: other is not configured any more\n" in log
    assert inside.wait_closed().endswith(b"[charmux: other is not configured any more]\r\n")
    assert list(house.daemon.consoles()) == ["vm"]
    other.wait_disconnected()
    # It comes back with its number and its history.
    house.reload(more + door)
    other.accept()
    assert house.daemon.consoles()["other"]["number"] == number
    assert b"kept of it\r\n" in house.daemon.get("/consoles/other/history")[1]
    house.check_untouched()


def test_a_console_that_is_elsewhere_now_keeps_its_viewers(kit):
    house = House(kit)
    other = kit.unix_chardev("other.sock")
    log = house.reload(text=house.text.replace("chardev.sock", "other.sock"))
    assert "<6>console vm: changed\n" in log
    other.accept()
    other.write(b"from elsewhere\r\n")
    house.viewer.wait_for(b"from elsewhere\r\n")
    house.viewer.type(b"typed")
    other.wait_for(b"typed")
    assert house.daemon.consoles()["vm"]["backend"] == other.address


def test_what_a_console_says_of_itself_changes(kit):
    house = House(kit)
    log = kit.path("vm.log")
    text = house.text.replace(f'"{house.chardev.address}"\n', f'"{house.chardev.address}"\nreplay = "1KiB"\nlog = "{log}"\n'
                              'writer = "shared"\nsize = "2MiB"\n')
    said = house.reload(text=text)
    assert "<4>'size' of console 'vm' has changed, which holds after a restart only\n" in said
    house.chardev.write(b"".join(b"line %04d\r\n" % i for i in range(1000)) + b"logged\r\n")
    wait_until(lambda: log.exists() and b"logged" in log.read_bytes(), "its log")
    late = kit.telnet(7001)
    late.wait_for(LIVE)
    assert len(late.data) < 1300
    late.type(b"both type")
    house.chardev.wait_for(b"both type")


# --- what is found ---

def test_where_guests_are_looked_for(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"}, monitor=kit.path("guest.qmp"))
    guest.wait_ready("vm")
    house = House(kit)
    discover = f'[[discover]]\nqmp = "{guest.monitor}"\n'
    house.reload(discover)
    wait_until(lambda: any(name.startswith("guest") for name in house.daemon.consoles()), "its consoles to be found")
    name = next(name for name, each in house.daemon.consoles().items() if name != "vm" and each["state"] == "open")
    opened = f"console {name}: open"
    inside = kit.telnet(7001)
    inside.wait_for(LIVE)
    # Another setting of it changes nothing of what is open.
    house.reload(discover + f'[[match]]\nconsole = "{name}"\nreplay = "0"\n')
    wait_until(lambda: house.daemon.consoles()[name]["state"] == "open", "it to be there still")
    assert house.daemon.log().count(opened) == 1
    house.reload(discover + f'[[match]]\nconsole = "{name}"\nhide = true\n')
    wait_until(lambda: name not in house.daemon.consoles(), "it to be hidden")
    house.reload(discover)
    wait_until(lambda: house.daemon.consoles().get(name, {}).get("state") == "open", "it to be there again")
    house.reload()
    wait_until(lambda: list(house.daemon.consoles()) == ["vm"], "all of the guest to be gone")
    house.check_untouched()
