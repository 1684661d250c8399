# SPDX-License-Identifier: Apache-2.0
"""A kernel hangs, or a key does not come through: ^Ecl0 is a break, ^Ecl1 to l4 are conserver's break sequences, and
^Ec\\ooo sends any character. A real kernel takes them for what they are."""

from support import LIVE
from support.keys import console, press, pressed, typed_by, watching

HELP = b"sysrq: HELP : "
BREAK = bytes([255, 243])


def at_guest(kit):
    guest = kit.guest({"vm": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon.wait_log("console alpha: open")
    guest.wait_ready("vm")
    return guest, daemon


def test_l0_and_the_key_after_it_are_sysrq(kit):
    guest, _ = at_guest(kit)
    me, other = watching(kit), watching(kit)
    press(other, b"l0")
    other.wait_for(b"[charmux: ^Ecl0 needs the pen: ")
    assert HELP not in guest.log("vm")
    press(me, b"l0h")
    me.wait_for(HELP)
    other.wait_for(HELP)


def test_an_octal_character_interrupts(kit):
    at_guest(kit)
    me = kit.terminal("telnet", "127.0.0.1", "7001")
    me.wait_for(LIVE.decode().strip())
    me.type("sleep 1000; echo slept")
    me.press("Enter")
    me.wait_for("echo slept")
    me.press("C-e")
    me.type("c\\003")
    me.type("echo interrupted-$((6*7))")
    me.press("Enter")
    me.wait_for("interrupted-42")


def test_octal_characters_are_three_digits(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    press(me, b"\\000")
    press(me, b"\\377")
    press(me, b"\\005")
    me.type(b"c.")
    chardev.wait_for(b"c.")
    for times, digits in enumerate((b"\\400", b"\\777", b"\\1x", b"\\9"), 1):
        pressed(me, digits, b"[charmux: ^Ec\\ takes three octal digits, \\000 to \\377; nothing was sent]\r\n", times)
    typed_by(me, chardev, b"z")
    assert chardev.received == b"\x00\xff\x05c.z"


def over_telnet(kit):
    """A chardev that speaks telnet, where a break stands among the characters."""
    chardev = kit.tcp_chardev()
    daemon = kit.daemon("--console", f"vm=telnet:{chardev.address.removeprefix('tcp:')}", "--listen",
                        "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    chardev.write(bytes([255, 251, 3]) + b"hello\r\n")  # WILL SGA
    daemon.wait_log("console vm: open")
    me = watching(kit)
    me.wait_for(b"hello")
    return chardev, me


def test_the_break_sequences_are_conservers(kit):
    chardev, me = over_telnet(kit)
    sent = {b"l0": BREAK, b"l1": BREAK, b"l2": b"\r\0~\x02", b"l3": b"#.", b"l4": b"\r\0~\x02"}
    for number, (keys, bytes_sent) in enumerate(sent.items()):
        # What is typed behind a sequence comes after all of it, its pauses too.
        press(me, keys + b"<%d>" % number)
        assert chardev.wait_for(b"<%d>" % number).endswith(bytes_sent + b"<%d>" % number)


def test_those_that_are_not_set_are_said_to_be(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    pressed(me, b"l9", b"[charmux: no break: l9 is not set; ^Ecl? lists those that are]\r\n")
    pressed(me, b"lx", b"[charmux: ^Ecl takes a digit; ^Ecl? lists the break sequences]\r\n")
    pressed(me, b"l?", b"  l0  \\z\r\n  l1  \\z\r\n  l2  \\r~^b\r\n  l3  #.\r\n  l4  \\r\\d~\\d^b  (600ms each pause)\r\n")
    pressed(me, b"l0", b"[charmux: no break: ")
    assert chardev.received == b""


def test_the_client_may_leave_in_the_middle_of_a_sequence(kit):
    chardev, me = over_telnet(kit)
    press(me, b"l4")
    chardev.wait_for(b"\r\0")
    press(me, b".never")
    me.wait_closed()
    assert chardev.wait_for(b"~\x02").endswith(b"\r\0~\x02"), "the sequence went on to its end"


def test_d_puts_the_backend_down_and_o_opens_it_again(kit):
    guest, daemon = at_guest(kit)
    me, other = watching(kit), watching(kit)
    pressed(me, b"d", f"[charmux: alpha is put down by 127.0.0.1:{me.local_port}; waiting]\r\n".encode())
    me.wait_for(b"[charmux: alpha is put down; ^Eco opens it again]\r\n")
    other.wait_for(b"[charmux: alpha is put down by ")
    assert daemon.consoles()["alpha"]["state"] == "waiting"
    assert not guest.taken("vm", daemon.process)
    pressed(me, b"o", b"[charmux: alpha is back]\r\n")
    other.wait_for(b"[charmux: alpha is back]\r\n")
    me.type(b"echo open-$((6 * 7))\r")
    me.wait_for(b"open-42\r\n")
