# SPDX-License-Identifier: Apache-2.0
"""Out again: ^Ec. ends my telnet, ^Ec; brings me back to the menu I came from; and ^Ece makes other keys of these, where ^E
is the guest's own."""

from support import wait_until
from support.keys import console, press, pressed, typed_by, watching

MENU = "telnet:127.0.0.1:2300"


def test_a_person_disconnects_and_goes_back_to_the_menu(kit):
    chardev, daemon = console(kit, MENU)
    me = kit.terminal("telnet", "127.0.0.1", "2300")
    me.wait_for("charmux>")
    me.type("vm")
    me.press("Enter")
    me.wait_for("[charmux: live]")
    me.press("C-e")
    me.type("c;")
    me.wait_for("[charmux: left vm]")
    wait_until(lambda: me.screen().rstrip("\n").split("\n")[-1] == "charmux>", me.screen)
    assert daemon.consoles()["vm"]["viewers"] == 0
    me.type("vm")
    me.press("Enter")
    wait_until(lambda: me.screen().count("[charmux: live]") == 2, me.screen)
    me.type("x")
    assert chardev.wait_for(b"x") == b"x"
    me.press("C-e")
    me.type("c.")
    me.wait_for("[charmux: disconnected]")
    me.wait_for("Connection closed by foreign host.")
    me.wait()
    assert chardev.received == b"x"


def test_a_script_types_ahead_through_all_of_it(kit):
    chardev, _ = console(kit, MENU)
    me = kit.telnet(2300)
    me.type(b"vm\rone\x05c;vm\rtwo\x05c;q\r")
    me.wait_closed()
    assert chardev.wait_for(b"two") == b"onetwo"
    assert me.data.count(b"[charmux: left vm]\r\n") == 2


def test_who_waits_for_the_pen_gets_it_when_its_holder_goes_to_the_menu(kit):
    console(kit, MENU)
    me = kit.telnet(2300)
    me.type(b"vm\r")
    me.wait_for(b"[charmux: live]")
    other = watching(kit)
    press(other, b"a")
    other.wait_for(b"and is asked")
    press(me, b";")
    other.wait_for(b"[charmux: the pen is free: you type now]\r\n")


def test_where_there_was_no_menu_there_is_none_to_go_back_to(kit):
    console(kit)
    pressed(watching(kit), b";", b"[charmux: this door has one console, and no menu]\r\n")


def test_a_new_escape_sequence(kit):
    chardev, _ = console(kit)
    me, other = watching(kit), watching(kit)
    pressed(me, b"e~~", b"[charmux: keys begin with ~~ now]\r\n")
    typed_by(me, chardev, b"\x05c.x")
    me.type(b"~~w")
    me.wait_for(b"[charmux: vm, 2 watching]\r\n")
    me.type(b"~~e\x1d\x01")
    me.wait_for(b"[charmux: keys begin with ^]^A now]\r\n")
    me.type(b"\x1d\x01?")
    me.wait_for(b"[charmux: keys, each behind ^]^A]\r\n")
    # It is this session's, and no other's.
    pressed(other, b"?", b"[charmux: keys, each behind ^Ec]\r\n")
    me.type(b"\x1d\x01.")
    me.wait_closed()
    assert chardev.received == b"\x05c.x"
