# SPDX-License-Identifier: Apache-2.0
"""charmuxd runs as a user who may talk to libvirt but not open the guests' devices: pseudoterminals are had through libvirt,
and of what cannot be had that way it is said what is missing."""

import os

from support import LIVE
from support.alpha import NAME, charmux
from support.domain_xml import Chardev, of_path, unix
from support.found import wait_consoles, wait_states
from support.shell import answers, wait_booted_by_log

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def started(kit, *args):
    kit.directory.chmod(0o755)
    kit.path("charmux").mkdir(exist_ok=True)
    os.chown(kit.path("charmux"), NOBODY, NOBODY)
    return kit.daemon("--libvirt", "qemu:///system", *args, "--listen", "telnet:127.0.0.1,ports=7001-7099", wrap=AS_NOBODY)


def test_a_pty_of_root_is_had_through_libvirt(kit):
    libvirt = kit.libvirtd(socket_mode="0777")
    libvirt.run_guest(NAME, [Chardev(log=kit.path("guest.log"))])
    wait_booted_by_log(kit.path("guest.log"))
    daemon = started(kit)
    wait_states(daemon, {NAME: "open"})
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    answers(me, "mine")
    assert libvirt.has_open(NAME)
    # As with any stream, libvirt lets one in.
    assert "Active console session exists" in kit.virsh_console(libvirt, NAME).refused()
    theirs = kit.virsh_console(libvirt, NAME, "--force")
    wait_consoles(daemon, lambda found: found[NAME]["state"] == "waiting", "us to wait")
    theirs.answers("theirs")
    theirs.leave()
    wait_states(daemon, {NAME: "open"})
    answers(me, "mine-again")
    # A guest that ends and returns is the same to us.
    libvirt.destroy(NAME)
    me.wait_for(f"[charmux: {NAME} is shut off; waiting]\r\n".encode())
    libvirt.start(NAME)
    me.wait_for(lambda data: data.count(b"charmux guest ready on") == 1)
    assert charmux(kit, daemon, "break", NAME).returncode == 0


def test_what_is_missing_is_said(kit):
    kit.path("console.log").touch(mode=0o600)
    libvirt = kit.libvirtd(socket_mode="0777")
    libvirt.run_guest(NAME, ["pty", of_path("file", kit.path("console.log")), unix(kit.path("serial.sock"))], bootable=False)
    daemon = started(kit)
    found = wait_consoles(
        daemon, lambda found: [found.get(name, {}).get("state") for name in (NAME, f"{NAME}.serial1", f"{NAME}.serial2")] ==
        ["open", "refused", "refused"], "one to be open and two refused")
    for name, path in ((f"{NAME}.serial1", kit.path("console.log")), (f"{NAME}.serial2", kit.path("serial.sock"))):
        assert "permission" in found[name]["reason"].lower() and str(path) in found[name]["reason"], found[name]


def test_a_libvirtd_that_lets_nobody_in_is_said_to(kit):
    libvirt = kit.libvirtd(socket_mode="0700")
    libvirt.define(NAME, bootable=False)
    daemon = started(kit)
    assert "denied" in daemon.wait_log(r".*qemu:///system.*ermission.*").group(0).lower()
    os.chmod("/run/libvirt/libvirt-sock", 0o777)
    wait_states(daemon, {NAME: "shut off"})
