# SPDX-License-Identifier: Apache-2.0
"""All I have of a guest's console is a log file that QEMU writes: I watch it as I would watch the console, from the last
lines that stood in it, while logrotate takes it away or cuts it, and when it is not there yet."""

import re

import pytest
from support import LIVE, console_bytes, notices, wait_until, without_questions


def followed(kit, guest_log, *more):
    return kit.daemon("--console", f"vm=file:{guest_log}", "--listen", "telnet:127.0.0.1:7001,console=vm", *more)


def watched(kit, guest, log):
    """A guest with a shell at `ctl` to make it print, a charmuxd, and one who watches."""
    daemon = followed(kit, log, "--console", f"ctl={guest.address('ctl')}", "--listen", "raw:127.0.0.1:7002,console=ctl")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    return daemon, viewer, kit.raw(7002)


def all_received(viewer, guest):
    viewer.wait_for(lambda data: without_questions(console_bytes(data)) == without_questions(guest.log("vm")))


def logrotate(kit, log, how):
    rules = kit.path("logrotate.conf")
    rules.write_text(f"{log} {{\n  {how}\n  rotate 5\n}}\n")
    done = kit.run("/usr/sbin/logrotate", "--force", "--state", kit.path("logrotate.state"), rules)
    assert (done.returncode, done.stderr) == (0, ""), done


def say(ctl, what):
    ctl.send(b"for n in $(seq 200); do echo %s-$n; done > /dev/ttyS1\r" % what)


@pytest.mark.parametrize("how", ["create", "nocreate"])
def test_logrotate_takes_it_away(kit, how):
    """QEMU goes on in the file that was renamed until it is started again, and so does charmuxd."""
    (kit.path("logs")).mkdir(mode=0o700)
    log = kit.path("logs") / "vm.log"
    guest = kit.guest({"ctl": "unix", "vm": f"file,path={log}"})
    guest.wait_ready("vm")
    daemon, viewer, ctl = watched(kit, guest, log)
    all_received(viewer, guest)
    assert any(re.fullmatch(r"the next \d+ bytes were there already at [\d:]+, and may be older", each)
               for each in notices(viewer.data))

    say(ctl, b"across")
    viewer.wait_for(b"across-20\r\n")
    logrotate(kit, log, how)
    viewer.wait_for(b"across-200\r\n")
    say(ctl, b"behind")
    viewer.wait_for(b"behind-200\r\n")
    all_received(viewer, guest)
    assert not log.exists() or log.read_bytes() == b""

    before = console_bytes(viewer.data)
    guest.kill()
    again = kit.guest({"ctl": "unix", "vm": f"file,path={log}"}, name="again")
    again.wait_ready("vm")
    viewer.wait_for(lambda data: without_questions(console_bytes(data)) == without_questions(before + again.log("vm")))
    assert not any("not recorded" in each for each in notices(viewer.data))
    assert "truncated" not in daemon.log()


@pytest.mark.parametrize("append", ["on", "off"])
def test_logrotate_cuts_it(kit, append):
    """copytruncate. Without append=on QEMU writes on far behind the end of an empty file: that is no NUL bytes to me."""
    (kit.path("logs")).mkdir(mode=0o700)
    log = kit.path("logs") / "vm.log"
    guest = kit.guest({"ctl": "unix", "vm": f"file,path={log},append={append}"})
    guest.wait_ready("vm")
    daemon, viewer, ctl = watched(kit, guest, log)
    for n in range(3):
        say(ctl, b"round%d" % n)
        viewer.wait_for(b"round%d-200\r\n" % n)
        all_received(viewer, guest)
        logrotate(kit, log, "copytruncate")
        wait_until(lambda: daemon.log().count(" was truncated: read from its beginning") == n + 1, "that it is said")
    say(ctl, b"end")
    viewer.wait_for(b"end-200\r\n")
    all_received(viewer, guest)
    assert b"\0" not in console_bytes(viewer.data)


def test_it_is_not_there_yet(kit):
    log = kit.path("vm.log")
    daemon = followed(kit, log)
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    assert daemon.consoles()["vm"]["state"] == "shut off"
    guest = kit.guest({"ctl": "unix", "vm": f"file,path={log}"})
    viewer.wait_for(b"[charmux: vm is back]")
    guest.wait_ready("vm")
    all_received(viewer, guest)
    assert not any("may be older" in each for each in notices(viewer.data))


def test_a_charmuxd_that_was_away_says_so_and_goes_on(kit):
    log = kit.path("vm.log")
    guest = kit.guest({"ctl": "unix", "vm": f"file,path={log}"})
    guest.wait_ready("vm")
    daemon, viewer, ctl = watched(kit, guest, log)
    all_received(viewer, guest)
    daemon.stop()
    with log.open("ab") as file:
        file.write(b"written while it was away\n")
    daemon, viewer, ctl = watched(kit, guest, log)
    viewer.wait_for(b"[charmux: not recorded ")
    with log.open("ab") as file:
        file.write(b"and now\n")
    viewer.wait_for(b"and now\n")
    assert b"written while it was away" not in viewer.data


def test_whoever_types_is_told_that_a_file_takes_nothing(kit):
    log = kit.path("vm.log")
    log.write_bytes(b"it was here\r\n")
    daemon = kit.daemon("--console", f"vm=file:{log}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm")
    daemon.wait_log("console vm: open$")
    viewer, program = kit.telnet(7001), kit.raw(7002)
    viewer.wait_for(b"[charmux: vm, 1 watching, nobody types; read-only: ^Ec? helps]\r\n")
    viewer.wait_for(LIVE)
    viewer.type(b"ls\r")
    viewer.wait_for(b"[charmux: read-only: a file takes no input]\r\n")
    program.send(b"ls\r")
    program.wait_closed()
    daemon.wait_log(r"left: it typed, and a file takes no input$")
    assert log.read_bytes() == b"it was here\r\n"
