# SPDX-License-Identifier: Apache-2.0
"""charmuxd is restarted, for an update say: the next viewer finds what the guest printed before, a mark where output may
be missing, and offsets that go on."""

import re
import struct

from support import LIVE, notices

BEFORE, AFTER = b"printed before\r\n", b"printed after\r\n"


def offset(daemon):
    """The offset of the next byte, as the history's header has it (history/ring_header.hpp)."""
    header = (daemon.state_dir / "history/vm.ring").read_bytes()[:128]
    base, head = struct.unpack_from("<QQ", header, 56)
    return base + head


def charmux(kit, daemon, *words):
    return kit.run("charmux", *words, env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")}).stdout


def test_a_restart_goes_on_where_it_stopped(kit):
    chardev = kit.unix_chardev()
    arguments = ("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                 "--listen", "raw:127.0.0.1:7002,console=vm,replay=64KiB")
    first = kit.daemon(*arguments)
    viewer = kit.telnet(7001)
    chardev.accept().write(BEFORE)
    viewer.wait_for(BEFORE)
    assert first.stop() == 0
    assert offset(first) == len(BEFORE)

    second = kit.daemon(*arguments)
    guest = chardev.accept()
    assert re.search(r'"last_output":"20[^"]+Z"', charmux(kit, second, "ls", "--json")), "known though nothing came yet"
    guest.write(AFTER)
    viewer = kit.telnet(7001)
    data = viewer.wait_for(lambda data: AFTER in data and LIVE in data)
    assert re.search(rb"\r\n" + BEFORE + rb"(\[charmux: live\]\r\n)?\[charmux: not recorded \d\d:\d\d:\d\d - \d\d:\d\d:\d\d\]"
                     rb"\r\n(\[charmux: [^\r\n]*\]\r\n)*" + AFTER, data), data
    program = kit.raw(7002)
    assert program.wait_for(AFTER) == BEFORE + AFTER
    assert offset(second) == len(BEFORE + AFTER)


def test_without_output_between_there_is_one_mark(kit):
    """Three restarts of a guest that says nothing are one gap, not four."""
    chardev = kit.unix_chardev()
    arguments = ("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    daemon = kit.daemon(*arguments)
    viewer = kit.telnet(7001)
    chardev.accept().write(BEFORE)
    viewer.wait_for(BEFORE)
    for _ in range(3):
        assert daemon.stop() == 0
        daemon = kit.daemon(*arguments)
        daemon.wait_log("console vm: open")
        chardev.accept()
    chardev.write(AFTER)
    viewer = kit.telnet(7001)
    viewer.wait_for(lambda data: AFTER in data and LIVE in data)
    assert sum(text.startswith("not recorded ") for text in notices(viewer.data)) == 1
