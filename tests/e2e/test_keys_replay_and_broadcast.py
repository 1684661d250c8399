# SPDX-License-Identifier: Apache-2.0
"""What scrolled away is shown to me again, by the line, and to nobody else; and a word to my colleagues at the same console
reaches them and not the guest."""

from support import notices
from support.keys import console, press, pressed, typed_by, watching


def numbered(first, end):
    return b"".join(b"line %05d\r\n" % number for number in range(first, end))


def framed(title, text):
    return b"[charmux: " + title + b"]\r\n" + text + b"[charmux: live]\r\n"


def test_r_and_p_and_the_last_line(kit):
    chardev, daemon = console(kit, "telnet:127.0.0.1:7002,console=vm,replay=0")
    chardev.write(numbered(0, 100) + b"login: ")
    me, other = watching(kit, 7002), watching(kit, 7002)
    pressed(me, b"r", framed(b"the last 20 lines", numbered(81, 100) + b"login: \r\n"))
    pressed(me, b"p", framed(b"the last 60 lines", numbered(41, 100) + b"login: \r\n"))
    pressed(me, b"\x12", framed(b"the last line", b"login: \r\n"))
    chardev.write(b"root\r\n")
    me.wait_for(b"root\r\n")
    pressed(me, b"\x12", framed(b"the last line", b"login: root\r\n"))
    other.wait_for(b"root\r\n")
    assert b"line" not in other.data and b"the last" not in other.data


def test_of_a_guest_that_has_said_less_all_is_shown(kit):
    chardev, _ = console(kit)
    pressed(watching(kit), b"p", framed(b"the last 60 lines", b"hello\r\n"))


def test_a_line_without_end_is_shown_in_part_and_that_is_said(kit):
    chardev, daemon = console(kit, "telnet:127.0.0.1:7002,console=vm,replay=0")
    chardev.write(b"x" * 200_000)
    daemon.wait_log("console vm: open")
    me = watching(kit, 7002)
    pressed(me, b"\x12", framed(b"the last 32768 bytes of the last line", b"x" * 32768 + b"\r\n"))


def test_a_sequence_that_is_open_is_not_shown_again_and_an_answer_waits_for_its_end(kit):
    chardev, _ = console(kit)
    me = watching(kit)
    chardev.write(b"a\r\nb\x1b]0;ti")
    me.wait_for(b"b\x1b]0;ti")
    press(me, b"\x12")
    press(me, b"v")
    typed_by(me, chardev, b"x")
    chardev.write(b"tle\x07c")
    me.wait_for(b"charmuxd")
    assert b"b\x1b]0;title\x07\r\n" + framed(b"the last line", b"b\r\n") in me.data
    me.wait_for(b"c")


def test_a_line_to_the_others(kit):
    chardev, _ = console(kit)
    me, one, two = watching(kit), watching(kit), watching(kit)
    press(me, b"b")
    me.wait_for(b"[charmux: a line to the 2 others; Enter sends it, ^C drops it]\r\n")
    me.type(b"rebott\x7f\x7f")
    # Its echo is mine alone; what the guest says meanwhile is seen.
    me.wait_for(b"rebott\b \b\b \b")
    chardev.write(b"tick\r\n")
    me.wait_for(b"tick\r\n")
    me.type(b"ot in 5\r")
    me.wait_for(b"ot in 5\r\n[charmux: told to 2 others]\r\n")
    told = f"127.0.0.1:{me.local_port}: reboot in 5"
    for other in (one, two):
        other.wait_for(f"[charmux: {told}]\r\n".encode())
        assert b"rebo" not in other.data.replace(told.encode(), b"")
    assert told.encode() not in me.data
    typed_by(me, chardev, b"x")
    assert chardev.received == b"x"


def test_a_line_is_dropped_by_ctrl_c_and_by_escape(kit):
    chardev, _ = console(kit)
    me, other = watching(kit), watching(kit)
    for times, key in enumerate((b"\x03", b"\x1b", b"\x1b[A"), 1):
        pressed(me, b"bnever" + key, b"never\r\n[charmux: nothing was told]\r\n", times)
    typed_by(me, chardev, b"x")
    press(me, b"bdone\r")
    other.wait_for(b"done]")
    assert chardev.received == b"x"
    assert [text for text in notices(other.data) if "never" in text] == []


def test_alone_there_is_nobody_to_tell(kit):
    console(kit, "raw:127.0.0.1:7002,console=vm")
    kit.raw(7002)
    pressed(watching(kit), b"banyone?\r", b"[charmux: nobody else is here to be told]\r\n")


def test_watchers_and_spies_may_speak_too(kit):
    console(kit, "telnet:127.0.0.1:7002,console=vm,access=watch")
    me, watcher = watching(kit), watching(kit, 7002)
    press(watcher, b"bI see it\r")
    me.wait_for(f"[charmux: 127.0.0.1:{watcher.local_port}: I see it]\r\n".encode())
