# SPDX-License-Identifier: Apache-2.0
"""Of two thousand consoles most print nothing for months: their histories cost no file. The first byte makes it, whatever
came before: viewers, a chardev that went and came again, an orderly stop. From then on it is there, also after a kill."""

import json

from support import LIVE, notices, wait_until


def charmux(kit, daemon, *words):
    return kit.run("charmux", *words, env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")})


def kept(daemon):
    return sorted(path.name for path in (daemon.state_dir / "history").iterdir())


def start(kit, chardev):
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    daemon.wait_log("console vm: open")
    return daemon


def test_a_console_that_never_printed_has_no_file(kit):
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev)
    chardev.accept()
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    viewer.type(b"x")
    chardev.wait_for(b"x")
    tail = charmux(kit, daemon, "tail", "vm")
    assert (tail.returncode, tail.stdout) == (0, "")
    assert [(each["offset"], each["reason"]) for each in json.loads(charmux(kit, daemon, "ls", "--json").stdout)] == [(0, "")]
    chardev.hang_up()
    chardev.accept()
    viewer.wait_for(lambda data: any(text.startswith("not recorded ") for text in notices(data)))
    assert kept(daemon) == []
    assert daemon.stop() == 0
    assert kept(daemon) == []


def test_the_first_byte_makes_it_and_a_killed_charmuxd_leaves_it(kit):
    chardev = kit.unix_chardev()
    daemon = start(kit, chardev)
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.accept().write(b"@")
    viewer.wait_for(b"@")
    assert kept(daemon) == ["vm.ring", "vm.times"]
    daemon.kill()
    daemon = start(kit, chardev)
    assert json.loads(charmux(kit, daemon, "ls", "--json").stdout)[0]["offset"] == 1
    chardev.accept().write(b"#\r\n")
    wait_until(lambda: charmux(kit, daemon, "tail", "vm").stdout.endswith("#\n"), lambda: "the second byte to be kept")
    viewer = kit.telnet(7001)
    assert viewer.wait_for(LIVE).count(b"not recorded") == 1
    assert charmux(kit, daemon, "tail", "vm").stdout.startswith("@")
    assert kept(daemon) == ["vm.ring", "vm.times"]
