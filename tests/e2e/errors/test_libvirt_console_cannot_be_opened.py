# SPDX-License-Identifier: Apache-2.0
"""A libvirt guest's console is there, but is not ours to lock or to open, or somebody reads it beside us: charmuxd runs all the
same, and says in the log and on attach what is missing."""

import os
import re
import shutil

import pytest
from support import LIVE, notices
from support.alpha import NAME
from support.found import wait_states

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def no_place_for_locks(kit):
    kit.libvirtd().run_guest(NAME, bootable=False)
    shutil.rmtree("/run/lock")
    return started(kit, "refuse")


def neither_device_nor_libvirt(kit):
    libvirt = kit.libvirtd(socket_mode="0777")
    libvirt.define(NAME, bootable=False)
    kit.directory.chmod(0o755)
    kit.path("charmux").mkdir()
    os.chown(kit.path("charmux"), NOBODY, NOBODY)
    daemon = started(kit, "yield", wrap=AS_NOBODY)
    wait_states(daemon, {NAME: "shut off"})
    # The connection that there is stays; one more for the console is not let in.
    os.chmod("/run/libvirt/libvirt-sock", 0o700)
    libvirt.start(NAME)
    return daemon


def another_reader(kit):
    libvirt = kit.libvirtd()
    libvirt.run_guest(NAME, bootable=False)
    daemon = started(kit, "yield")
    wait_states(daemon, {NAME: "open"})
    kit.on_terminal("cat", libvirt.pty(NAME))
    return daemon


def started(kit, virsh, **options):
    kit.path("charmux.toml").write_text(f'[[discover]]\nlibvirt = "qemu:///system"\nvirsh = "{virsh}"\n')
    return kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1,ports=7001-7099", **options)


# What is wrong (the function returns the daemon) | no exit code: it runs | the log's words | the notice's.
ERRORS = {
    "a pty that cannot be locked": (no_place_for_locks, None, "refused: /dev/pts/N cannot be locked: /var/lock/LCK.._pts_N: No "
                                    'such file or directory; run charmuxd as root, or set virsh = "yield"; trying again',
                                    "refused: /dev/pts/N cannot be locked: /var/lock/LCK.._pts_N: No such file or directory; run "
                                    'charmuxd as root, or set virsh = "yield"'),
    "a pty that libvirt does not open either": (neither_device_nor_libvirt, None, "refused: no permission on /dev/pts/N (needs "
                                                "root or the user of QEMU); and libvirt says: Failed to connect socket to "
                                                "'/var/run/libvirt/libvirt-sock': Permission denied; trying again",
                                                "refused: no permission on /dev/pts/N (needs root or the user of QEMU); and "
                                                "libvirt says: Failed to connect socket to '/var/run/libvirt/libvirt-sock': "
                                                "Permission denied"),
    "another reader": (another_reader, None, "its pty /dev/pts/N is also read by cat, pid PID: output is torn between the two",
                       "also read by cat, pid PID"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_and_the_notice_say_why(kit, name):
    provoke, _, in_log, in_notice = ERRORS[name]
    daemon = provoke(kit)
    line = daemon.wait_log(rf"^<4>console {NAME}: (refused|its pty).*$").group(0)
    assert masked(line) == f"<4>console {NAME}: {in_log}"
    greeting = masked(notices(kit.telnet(7001).wait_for(LIVE))[0])
    assert in_notice in greeting, greeting


def masked(text):
    return re.sub(r"(?<![a-z])pts([/_])\d+", r"pts\1N", re.sub(r"pid \d+", "pid PID", text))
