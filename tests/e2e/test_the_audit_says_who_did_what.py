# SPDX-License-Identifier: Apache-2.0
"""Who was at that console last night? With an [audit] file each act is a line of JSON: who came and went, had the pen, sent
a break, put the console down. What was typed is there only where that is switched on. logrotate takes the file away, and
SIGHUP goes on in a new one; at a stop the last who leaves is in it too."""

import datetime
import json
import signal
import stat

import pytest
from support import LIVE, wait_until


def start(kit, typed):
    chardev = kit.unix_chardev()
    audit = kit.path("audit.log")
    config = kit.path("charmux.toml")
    config.write_text(f'[audit]\nfile = "{audit}"\ntyped = {typed}\n[[console]]\nname = "vm"\nbackend = "{chardev.address}"\n')
    daemon = kit.daemon("--config", config, "--listen", "telnet:127.0.0.1:7001,console=vm", "--listen",
                        "telnet:127.0.0.1:7002,console=vm,writer=force")
    chardev.accept()
    return chardev, audit, daemon


def acts(audit):
    return [json.loads(line) for line in audit.read_text().splitlines()] if audit.exists() else []


def wait_acts(audit, expected):
    wait_until(lambda: [each["act"] for each in acts(audit)] == expected, lambda: f"{expected} in {acts(audit)}")
    return acts(audit)


@pytest.mark.parametrize("typed", ("false", "true"))
def test_the_audit_says_who_did_what(kit, typed):
    chardev, audit, daemon = start(kit, typed)
    first = kit.telnet(7001)
    first.wait_for(LIVE)
    first.type(b"secret\r")
    chardev.wait_for(b"secret\r")
    first.type(b"\xff")
    chardev.wait_for(b"\xff")
    robot = kit.telnet(7002)
    first.wait_for(b"took the pen")
    kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "break", "vm")
    kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "down", "vm")
    robot_port = robot.local_port
    robot.close()
    keys = ["typed", "typed"] if typed == "true" else []
    lines = wait_acts(audit, ["attach", "pen", *keys, "attach", "pen lost", "pen", "break", "down", "detach", "pen"])
    assert {each["console"] for each in lines} == {"vm"}
    assert lines[0]["from"] == f"127.0.0.1:{first.local_port}" and lines[0]["who"] is None
    assert lines[0]["door"].startswith("telnet:127.0.0.1:7001")
    for each in lines:
        datetime.datetime.strptime(each["time"], "%Y-%m-%dT%H:%M:%S.%fZ")
    lost, won = lines[-6], lines[-5]
    assert lost["why"] == f"127.0.0.1:{robot_port} took it" and won["how"] == "by attaching"
    assert lines[-4]["result"].startswith("no break: ") and lines[-4]["who"] == "root"
    assert lines[-1]["how"] == "in line" and lines[-1]["from"] == f"127.0.0.1:{first.local_port}"
    if typed == "true":
        assert [lines[2]["bytes"], lines[3]["bytes"]] == ["secret\r", "\\xff"]
    else:
        assert "secret" not in audit.read_text()
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600

    aside = kit.path("audit.log.1")
    audit.rename(aside)
    daemon.process.signal(signal.SIGHUP)
    wait_until(audit.exists, "a new file")
    assert daemon.stop() == 0
    assert [each["act"] for each in acts(audit)] == ["detach"]
    assert len(acts(aside)) == len(lines)
