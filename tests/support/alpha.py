# SPDX-License-Identifier: Apache-2.0
"""charmux-test-alpha, the one guest of most tests beside virsh, and what is done with it."""

from support import LIVE, wait_until
from support.domain_xml import Chardev
from support.found import wait_consoles, wait_states
from support.shell import wait_booted_by_log

NAME = "charmux-test-alpha"
IN_USE = f"[charmux: {NAME} is in use by a libvirt console; waiting]\r\n".encode()
OFF = f"[charmux: {NAME} is shut off; waiting]\r\n".encode()
BACK = f"[charmux: {NAME} is back]\r\n".encode()


def started(kit, uri="qemu:///system", virsh="yield", **options):
    """A charmuxd for that libvirt."""
    kit.path("charmux.toml").write_text(f'[[discover]]\nlibvirt = "{uri}"\nvirsh = "{virsh}"\n')
    return kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1,ports=7001-7099", **options)


def running(kit, **options):
    """A libvirtd with the guest, which has booted."""
    libvirt = kit.libvirtd(**options)
    libvirt.run_guest(NAME, [Chardev(log=kit.path("guest.log"))])
    wait_booted_by_log(kit.path("guest.log"))
    return libvirt


def watched(kit, daemon):
    """A viewer of its console, which is open."""
    wait_states(daemon, {NAME: "open"})
    client = kit.telnet(7001)
    client.wait_for(LIVE)
    return client


def charmux(kit, daemon, *words):
    return kit.run("charmux", "--socket", daemon.runtime_dir / "control.sock", *words)


def wait_waiting(daemon, word=""):
    """Until its console waits for somebody who has it, for a reason with that word in it."""
    wait_consoles(daemon, lambda found: found.get(NAME, {}).get("state") == "waiting" and word in found[NAME]["reason"],
                  f"the console to wait {word and f'for {word!r}'}")


def has_open(daemon, path):
    return path in daemon.process.open_files()


def wait_free(daemon, path):
    wait_until(lambda: not has_open(daemon, path), f"charmuxd to close {path}")
