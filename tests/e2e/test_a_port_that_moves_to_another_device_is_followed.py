# SPDX-License-Identifier: Apache-2.0
"""A guest has two virtio consoles, a and b, and I watch both. Its administrator unplugs the first: what was the second is
the first now, so by position the guest's own name is b's. Whoever watches `alpha` reads b from then on, and types there."""

import pytest
from support import LIVE, wait_until
from support.found import wait_consoles


def unplug_first(guest):
    """QEMU takes a virtio port away at once, whether the guest agrees or not; nothing has an id, so it is named by path."""
    at = "/machine/peripheral-anon/device[1]"
    assert guest.qmp.command("qom-get", path=at, property="chardev") == "a"
    guest.qmp.command("device_del", id=at)
    guest.qmp.wait_event("DEVICE_DELETED")


@pytest.mark.parametrize("chardev_goes", [False, True], ids=["the-chardev-stays", "the-chardev-goes-too"])
def test_a_port_that_moves_to_another_device_is_followed(kit, chardev_goes):
    guest = kit.guest({}, {"a": "unix", "b": "unix"}, boot_console="b", domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    found = wait_consoles(daemon, lambda found: {n for n in found if found[n]["state"] == "open"} == {"alpha", "alpha.b"},
                          "both")
    assert {name: each["number"] for name, each in found.items() if each["number"]} == {"alpha": 1, "alpha.b": 2}
    assert (found["alpha"]["backend"], found["alpha.b"]["backend"]) == (guest.address("a"), guest.address("b"))
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    guest.wait_ready("a")
    guest.wait_ready("b")
    me.type(b"echo here-$((6 * 7))-$(tty)\r")
    me.wait_for(b"here-42-/dev/hvc0\r\n")

    unplug_first(guest)
    if chardev_goes:
        guest.qmp.command("chardev-remove", id="a")
    found = wait_consoles(daemon, lambda found: (found["alpha"]["state"], found["alpha"]["backend"]) ==
                          ("open", guest.address("b")) and found.get("alpha.b", {"state": "gone"})["state"] == "gone",
                          "alpha to be b, and alpha.b no more")
    assert (found["alpha"]["number"], found["alpha"]["ports"]) == (1, [7001])
    wait_until(lambda: guest.taken("b", daemon.process), "charmuxd at b")
    if not chardev_goes:
        wait_until(lambda: not guest.taken("a", daemon.process), "charmuxd to have left a")
    me.type(b"echo now-$((6 * 7))-$(tty)\r")
    me.wait_for(b"now-42-/dev/hvc1\r\n")
    assert b"now-" not in guest.log("a")
