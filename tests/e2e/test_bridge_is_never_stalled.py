# SPDX-License-Identifier: Apache-2.0
"""Somebody at the bridge stops reading. The guest goes on all the same, and whoever reads has every byte, as with
charmuxd."""

from support import LIVE
from support.flood import Printer, Reader

ALL = 64 << 20


def test_a_viewer_that_stops_stops_nobody(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", "raw:127.0.0.1:7002")
    me, stopped = kit.telnet(7001), kit.telnet(7001)
    script = kit.raw(7002)
    for each in (me, stopped):
        each.wait_for(LIVE)
        each.forget_data()
    bridge.wait_log(r"attached by raw:")
    reader = Reader(me)
    printer = Printer(chardev.accept(), 0, ALL)
    printer.finish()
    tally = reader.read_to(ALL)
    assert tally.at == ALL
    # Who reads is let go only if this machine is too busy to let it read.
    assert Reader(stopped).read_to(ALL).skipped > ALL // 2
    script.wait_closed()
    bridge.wait_log(r"left: it read too slowly")
