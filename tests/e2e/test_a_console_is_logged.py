# SPDX-License-Identifier: Apache-2.0
"""Someone wants each console in a file, as conserver and ConMan had it, and to type at it all the same. The file has what
the guest printed, byte for byte; logrotate takes it away and nothing is lost between the old one and the new; and a disk
that takes no more stops the log alone, which is said, and told in the file when it goes on."""

import os
import re
import stat
import subprocess
import uuid as uuids

import pytest
from support import LIVE, wait_until
from support.found import says, wait_states


def lines(first, last):
    return b"".join(b"%08d\n" % number for number in range(first, last))


def configured(kit, *tables):
    path = kit.path("charmux.toml")
    path.write_text("\n".join(tables))
    return "--config", path


def console(name, chardev, log):
    return f'[[console]]\nname = "{name}"\nbackend = "{chardev.address}"\nlog = "{log}"\n'


def ends_with(path, end):
    """Waits until the file does."""
    wait_until(lambda: path.exists() and path.read_bytes().endswith(end), lambda: f"{end!r} at the end of {path}")


def test_the_file_has_all_while_somebody_types(kit):
    logs = kit.path("logs")
    logs.mkdir()
    chardev = kit.unix_chardev()
    daemon = kit.daemon(*configured(kit, console("a/b", chardev, logs / "%n.log")), "--listen",
                        "telnet:127.0.0.1:7001,console=a/b")
    chardev.accept()
    path = logs / "a%2Fb.log"
    typist = kit.telnet(7001)
    typist.wait_for(LIVE)
    assert b"1 watching" in typist.data  # a log is nobody who watches
    assert daemon.consoles()["a/b"]["viewers"] == 1
    typist.type(b"typed\r")
    chardev.wait_for(b"typed")
    output = bytes(range(256)) * 16 + lines(0, 300_000)
    for at in range(0, len(output), 1 << 16):
        chardev.write(output[at:at + (1 << 16)])
        typist.wait_for(lambda data, end=output[at:at + (1 << 16)][-9:]: end in data)
    ends_with(path, b"00299999\n")
    assert path.read_bytes() == output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    # What is on its way at a stop is in it too, and the next charmuxd goes on behind it.
    chardev.write(lines(0, 20_000))
    typist.wait_for(lambda data: data.endswith(b"00019999\n"))
    assert daemon.stop() == 0
    assert path.read_bytes() == output + lines(0, 20_000)
    kit.daemon(*configured(kit, console("a/b", chardev, logs / "%n.log")))
    chardev.accept().write(b"after the restart\n")
    ends_with(path, b"after the restart\n")
    gap = path.read_bytes()[len(output) + 20_000 * 9:]
    assert re.fullmatch(rb"\[charmux: not recorded [\d:]+ - [\d:]+\]\r\nafter the restart\n", gap), gap


@pytest.mark.parametrize("taken_away", [False, True])
def test_a_killed_charmuxd_leaves_a_mark_at_that_place_and_nothing_is_written_twice(kit, taken_away):
    log = kit.path("vm.log")
    chardev = kit.unix_chardev()
    arguments = configured(kit, console("vm", chardev, log))
    daemon = kit.daemon(*arguments)
    chardev.accept().write(b"before\n")
    ends_with(log, b"before\n")
    daemon.kill()
    if taken_away:
        os.rename(log, kit.path("vm.log.1"))
    kit.daemon(*arguments)
    chardev.accept().write(b"after\n")
    ends_with(log, b"after\n")
    before = b"" if taken_away else b"before\n"
    assert re.fullmatch(before + rb"\[charmux: not recorded [\d:]+ - [\d:]+\]\r\nafter\n", log.read_bytes())


def test_logrotate_takes_it_away(kit):
    """The rules that are installed, for the files of this test."""
    logs = kit.path("logs")
    logs.mkdir(mode=0o700)
    log = logs / "vm.log"
    chardev = kit.unix_chardev()
    daemon = kit.daemon(*configured(kit, console("vm", chardev, logs / "%n.log")))
    rules = (kit.repo / "conf/charmux.logrotate").read_text()
    assert "/var/log/charmux/*.log" in rules and "systemctl kill --kill-whom=main --signal=SIGHUP charmux.service" in rules
    ours = kit.path("logrotate.conf")
    ours.write_text(rules.replace("/var/log/charmux", str(logs)).replace("systemctl --quiet is-active charmux.service", "true")
                    .replace("systemctl kill --kill-whom=main --signal=SIGHUP charmux.service", f"kill -HUP {daemon.pid}"))
    chardev.accept()
    for n in range(3):
        chardev.write(lines(n * 10_000, (n + 1) * 10_000))
        ends_with(log, b"%08d\n" % ((n + 1) * 10_000 - 1))
        done = kit.run("/usr/sbin/logrotate", "--force", "--state", kit.path("logrotate.state"), ours)
        assert (done.returncode, done.stderr) == (0, ""), done
        wait_until(lambda: log.exists() and log.read_bytes() == b"", "a new file under the old name")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    kept = [subprocess.run(["zcat", "-f", logs / name], check=True, capture_output=True).stdout
            for name in ("vm.log.3.gz", "vm.log.2.gz", "vm.log.1")]
    assert kept == [lines(0, 10_000), lines(10_000, 20_000), lines(20_000, 30_000)]
    said = "<6>SIGHUP: 1 log reopened; reloading\n"
    assert daemon.log().count(said) == 3


def test_nothing_is_lost_where_it_is_reopened_under_a_flood(kit):
    log = kit.path("vm.log")
    chardev = kit.unix_chardev()
    daemon = kit.daemon(*configured(kit, console("vm", chardev, log)))
    chardev.accept()
    parts = []
    for n in range(20):
        chardev.write(lines(n * 10_000, (n + 1) * 10_000))
        if log.exists():
            parts.append(kit.path(f"vm.log.{n}"))
            os.rename(log, parts[-1])
            daemon.process.signal(1)
            wait_until(log.exists, "a new file under the old name")
    chardev.write(b"the end\n")
    ends_with(log, b"the end\n")
    assert b"".join(path.read_bytes() for path in [*parts, log]) == lines(0, 200_000) + b"the end\n"


def test_whenever_charmuxd_is_killed_the_file_goes_on_at_the_very_byte(kit):
    """Each time in the middle of a flood: what the history has and the file had not yet is appended, once."""
    log = kit.path("vm.log")
    chardev = kit.unix_chardev()
    arguments = configured(kit, '[history]\nsize = "4MiB"\n', console("vm", chardev, log))
    for life in range(8):
        daemon = kit.daemon(*arguments)
        chardev.accept()
        chardev.write(lines(life * 40_000, (life + 1) * 40_000))
        daemon.kill()
    daemon = kit.daemon(*arguments)
    chardev.accept().write(b"the end\n")
    ends_with(log, b"the end\n")
    told = kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", "tail", "vm", "--since", "0").stdout
    marks = re.compile(rb"(?:\r\n)?\[charmux: not recorded [\d:]+ - [\d:]+\]\r\n")
    assert len(marks.findall(log.read_bytes())) >= 8
    assert marks.sub(b"", log.read_bytes()) == told.encode()


def test_a_guest_that_has_to_be_called_otherwise_is_logged_under_that_name(kit):
    """What it printed stays where it is, and nothing of it is said twice."""
    logs = kit.path("logs")
    logs.mkdir()
    guest, chardev = kit.fake_qmp().guest("alpha", kit.path("alpha.qmp")), kit.unix_chardev()
    match = f'[[match]]\nconsole = "alpha"\nlog = "{logs}/%n.log"\n'
    daemon = kit.daemon(*configured(kit, match), "--qmp", kit.path("*.qmp"))
    wait_states(daemon, {"alpha": "open"})
    says(daemon, guest, "alpha", b"of the guest\n")
    ends_with(logs / "alpha.log", b"of the guest\n")
    assert daemon.stop() == 0

    daemon = kit.daemon(*configured(kit, match, console("alpha", chardev, logs / "mine.log")), "--qmp", kit.path("*.qmp"))
    wait_states(daemon, {"alpha": "open", "alpha~2": "open"})
    chardev.accept().write(b"of mine\n")
    says(daemon, guest, "alpha~2", b"again of the guest\n")
    ends_with(logs / "mine.log", b"of mine\n")
    ends_with(logs / "alpha~2.log", b"]\r\nagain of the guest\n")
    assert (logs / "mine.log").read_bytes() == b"of mine\n"
    assert (logs / "alpha.log").read_bytes() == b"of the guest\n"
    assert b"\nof the guest" not in (logs / "alpha~2.log").read_bytes()


def test_a_guest_that_is_renamed_leaves_its_log_to_the_next_of_that_name(kit):
    logs = kit.path("logs")
    logs.mkdir()
    emulation, uuid = kit.fake_qmp(), uuids.uuid4()
    guest = emulation.guest("lab-a", kit.path("first.qmp"), uuid)
    daemon = kit.daemon(*configured(kit, f'[[match]]\nconsole = "lab-*"\nlog = "{logs}/%n.log"\n'),
                        "--qmp", kit.path("*.qmp"))
    wait_states(daemon, {"lab-a": "open"})
    says(daemon, guest, "lab-a", b"of the lab\n")
    ends_with(logs / "lab-a.log", b"of the lab\n")
    guest.stop()
    guest = emulation.guest("prod-a", kit.path("first.qmp"), uuid)
    wait_states(daemon, {"prod-a": "open"})
    newcomer = emulation.guest("lab-a", kit.path("second.qmp"))
    wait_states(daemon, {"prod-a": "open", "lab-a": "open"})
    says(daemon, guest, "prod-a", b"a secret\n")
    says(daemon, newcomer, "lab-a", b"of the newcomer\n")
    ends_with(logs / "lab-a.log", b"of the newcomer\n")
    assert b"secret" not in (logs / "lab-a.log").read_bytes()
    assert os.listdir(logs) == ["lab-a.log"]
