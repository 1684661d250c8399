# SPDX-License-Identifier: Apache-2.0
"""An old start script gives the guest's console as telnet (-chardev socket,telnet=on). QEMU's telnet is telnet in name
only, and all the same: each byte arrives as it was printed or typed, a break is one, and nothing else reaches the guest."""

from support import LIVE, repeats_in_record, console_bytes

CHARDEV = "socket,host=127.0.0.1,port=4555,server=on,wait=off,telnet=on"
ALL = bytes(range(256))
PRINT_ALL = (b"stty -opost; i=0; while [ $i -lt 256 ]; do printf \"\\\\$(printf %03o $i)\\\\377\"; i=$((i + 1)); done; "
             b"stty opost; echo; echo done-$((6 * 7))\r")
BREAK = 243


def start(kit):
    guest = kit.guest({"vm": CHARDEV})
    daemon = kit.daemon("--console", "vm=telnet:127.0.0.1:4555", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm,access=watch,replay=1MiB")
    guest.wait_ready("vm")
    return guest, daemon


def test_what_the_guest_prints_arrives_byte_for_byte(kit):
    guest, _ = start(kit)
    me, raw = kit.telnet(7001), kit.raw(7002)
    me.wait_for(LIVE)
    me.type(PRINT_ALL)
    for client in (me, raw):
        client.wait_for(b"done-42\r\n")
        # Each value before an 0xFF, which QEMU does not double.
        assert b"".join(bytes((value, 255)) for value in ALL) in client.data
    me.wait_for(lambda data: repeats_in_record(guest.log("vm"), console_bytes(data)) is not None)


def test_what_is_typed_arrives_byte_for_byte(kit):
    guest, _ = start(kit)
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    # What the kernel's line discipline would act on is quoted by raw mode; od shows what came.
    me.type(b"stty raw -echo; echo ready-$((6 * 7)); head -c 512 | od -v -An -tx1; stty sane\r")
    me.wait_for(b"ready-42")
    me.type(b"".join(bytes((value, 255 - value)) for value in ALL))
    rows = [b"".join(b" %02x %02x" % (value, 255 - value) for value in range(at, at + 8)) for at in range(0, 256, 8)]
    for row in rows:
        me.wait_for(row)


def test_a_break_is_sysrq(kit):
    guest, _ = start(kit)
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    me.command(BREAK)
    me.type(b"h")
    me.wait_for(b"sysrq: HELP : ")


def test_it_is_found_by_its_monitor_and_broken_through_it(kit):
    guest = kit.guest({"vm": CHARDEV}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon.wait_log(r"console alpha: open$")
    guest.wait_ready("vm")
    assert daemon.consoles()["alpha"]["backend"] == "telnet:127.0.0.1:4555"
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    me.command(BREAK)
    me.type(b"h")
    me.wait_for(b"sysrq: HELP : ")


def test_it_is_held_by_another_then_free_then_gone_then_back(kit):
    guest = kit.guest({"vm": CHARDEV})
    other = kit.telnet(4555)
    other.wait_for(b"ttyS0# ")
    daemon = kit.daemon("--console", "vm=telnet:127.0.0.1:4555", "--listen", "telnet:127.0.0.1:7001,console=vm")
    daemon.wait_log(r"console vm: open: connected, nothing heard yet$")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    other.close()
    me.type(b"echo mine-$((6 * 7))\r")
    me.wait_for(b"\nmine-42\r\n")
    guest.kill()
    me.wait_for(b"[charmux: vm is shut off; waiting]")
    again = kit.guest({"vm": CHARDEV})
    me.wait_for(b"[charmux: vm is back]")
    again.wait_ready("vm")
    me.type(b"\recho again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")
