# SPDX-License-Identifier: Apache-2.0
""""What did ann do last night?" is one question to journald: `journalctl CHARMUX_USER=ann`. Under systemd each act of the
audit is one event of the journal, with fields to ask by, whether or not there is an audit file; and nobody can make up a
field by the name of a console. What was typed never stands there: it may be a password, and many may read the journal."""

import json

import pytest
from support import LIVE, wait_until
from support.journald import Journald

FIELDS = ("EVENT", "CONSOLE", "USER", "FROM", "DOOR", "HOW", "WHY", "RESULT", "TEXT", "BYTES")


@pytest.fixture
def journald(kit):
    return kit.own(Journald(kit.directory))


def start(kit, journald, name="vm", audit=""):
    chardev, config = kit.unix_chardev(), kit.path("charmux.toml")
    config.write_text(f'{audit}\n[[user]]\nname = "ann"\ncontrol = ["*"]\n'
                      f'[[console]]\nname = {json.dumps(name)}\nbackend = "{chardev.address}"\n')
    daemon = kit.daemon("--config", config, "--listen", f"telnet:127.0.0.1:7001,console={name},user=ann", wait_ready=False,
                        wrap=journald.service)
    chardev.accept()
    assert journald.wait_for("MESSAGE=ready: 1 console, 1 listener")["PRIORITY"] == "6"
    return chardev, daemon


def fields(entry):
    return {name: entry[f"CHARMUX_{name}"] for name in FIELDS if f"CHARMUX_{name}" in entry}


def events(journald, *matches):
    return [entry["CHARMUX_EVENT"] for entry in journald.entries(*matches) if "CHARMUX_EVENT" in entry]


def wait_events(journald, expected, *matches):
    wait_until(lambda: events(journald, *matches) == expected, lambda: f"{expected} in {events(journald, *matches)}")


def test_each_act_is_an_event_that_can_be_asked_for(kit, journald):
    chardev, daemon = start(kit, journald, audit=f'[audit]\nfile = "{kit.path("audit.log")}"\ntyped = true')
    ann = kit.telnet(7001)
    ann.wait_for(LIVE)
    ann.type(b"secret\r")
    chardev.wait_for(b"secret\r")
    other = kit.telnet(7001)
    other.wait_for(LIVE)
    ann.type(b"\x05cbhello\r")
    other.wait_for(b"hello]")
    kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", "vm")
    kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "down", "vm")
    who = {"CONSOLE": "vm", "USER": "ann", "FROM": f"127.0.0.1:{ann.local_port}"}
    ann.close()

    wait_events(journald, ["attach", "pen", "broadcast", "detach"], f"CHARMUX_FROM={who['FROM']}")
    wait_events(journald, ["attach", "pen", "attach", "broadcast", "detach"], "CHARMUX_USER=ann")
    wait_events(journald, ["attach", "pen", "attach", "broadcast", "break", "down", "detach"], "CHARMUX_CONSOLE=vm")
    attach = fields(journald.entries("CHARMUX_EVENT=attach")[0])
    assert attach.pop("DOOR").startswith("telnet:127.0.0.1:7001") and attach == {"EVENT": "attach", **who}
    assert fields(journald.entries("CHARMUX_EVENT=pen")[0])["HOW"] == "by attaching"
    assert fields(journald.entries("CHARMUX_EVENT=broadcast")[0])["TEXT"] == "hello"
    assert fields(journald.entries("CHARMUX_EVENT=break")[0])["RESULT"].startswith("no break: ")
    assert fields(journald.entries("CHARMUX_EVENT=down")[0])["USER"] == "root"
    assert {entry["PRIORITY"] for entry in journald.entries("CHARMUX_CONSOLE=vm")} == {"6"}
    left = journald.entries("CHARMUX_EVENT=detach")[0]
    assert left["MESSAGE"].startswith("console vm: ann left: ")
    assert "secret" in kit.path("audit.log").read_text()
    assert not any("secret" in str(entry) for entry in journald.entries())


def test_without_an_audit_file_too_and_whoever_leaves_is_said_to_once(kit, journald):
    _, daemon = start(kit, journald)
    by_keys, until_the_end = kit.telnet(7001), kit.telnet(7001)
    until_the_end.wait_for(LIVE)
    by_keys.wait_for(LIVE)
    its_address = f"CHARMUX_FROM=127.0.0.1:{by_keys.local_port}"
    by_keys.type(b"\x05c.")
    by_keys.wait_for(b"disconnected]")
    by_keys.close()
    assert journald.wait_for(its_address, "CHARMUX_EVENT=detach")["MESSAGE"] == "console vm: ann disconnects by its keys"
    assert daemon.stop() == 0
    wait_events(journald, ["attach", "attach"], "CHARMUX_EVENT=attach")
    wait_events(journald, ["detach", "detach"], "CHARMUX_EVENT=detach")


def test_a_name_makes_no_field(kit, journald):
    name = "a\nCHARMUX_USER=root"
    start(kit, journald, name)
    kit.telnet(7001).wait_for(LIVE)
    attach = journald.wait_for("CHARMUX_EVENT=attach")
    assert attach["CHARMUX_CONSOLE"] == "a\\x0aCHARMUX_USER=root"
    assert attach["CHARMUX_USER"] == "ann"
