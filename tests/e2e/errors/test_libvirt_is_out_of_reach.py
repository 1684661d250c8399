# SPDX-License-Identifier: Apache-2.0
"""No libvirtd runs, or it is another host's and does not answer: charmuxd runs all the same, says so once, and finds the guests
when it is there."""

import pytest
from support import wait_until

URI = "qemu:///system"
REFUSED = "qemu+tcp://127.0.0.1:7009/system"

# What is wrong | no exit code: it runs | the log's words.
ERRORS = {
    "no libvirtd": (URI, None, f"libvirt at {URI}: out of reach: Failed to connect socket to "
                    "'/var/run/libvirt/libvirt-sock': No such file or directory; trying again"),
    "nobody listens there": (REFUSED, None, f"libvirt at {REFUSED}: out of reach: unable to connect to server at "
                             "'127.0.0.1:7009': Connection refused; trying again"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_and_the_list_say_why(kit, name):
    uri, _, in_log = ERRORS[name]
    daemon = kit.daemon("--libvirt", uri)
    line = daemon.wait_log(r"^<4>libvirt at .*$").group(0)
    assert line == f"<4>{in_log}"
    row = daemon.consoles()[uri]
    assert (row["state"], f"libvirt at {uri}: {row['reason']}; trying again") == ("waiting", in_log)
    assert daemon.log().count(in_log) == 1
    if uri == URI:
        kit.libvirtd()
        daemon.wait_log(rf"^<6>libvirt at {uri}: connected$")
        wait_until(lambda: uri not in daemon.consoles(), lambda: f"the row to go: {daemon.consoles()}")
