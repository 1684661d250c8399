# SPDX-License-Identifier: Apache-2.0
"""The guest is not there when I start the bridge, or goes away and comes back: the bridge says so in one line and waits,
and those at it stay."""

from support import LIVE


def test_a_guest_that_comes_later_and_returns(kit):
    place = kit.path("guest") / "vm.sock"
    bridge = kit.bridge(f"unix:{place}", "telnet:127.0.0.1:7001")
    line = bridge.wait_log(r"^charmux: console .*: closed: .*$").group(0)
    assert line == f"charmux: console unix:{place}: closed: unix:{place}: No such file or directory; trying again"
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    first = kit.guest({"vm": "unix"})
    me.wait_for(b"ttyS0# ")
    assert bridge.log().count("closed:") == 1
    first.kill()
    me.wait_for(b"is shut off; waiting]")
    me.forget_data()
    kit.guest({"vm": "unix"})
    me.wait_for(b"is back]")
    me.wait_for(b"ttyS0# ")
    me.type(b"echo again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")
