# SPDX-License-Identifier: Apache-2.0
"""I telnet to the one port that I remember and see every console there is: a number, a name or the beginning of one and
Enter, and I am there. Typing ahead works, also for my script; two thousand consoles are as easy as three."""

import re

import pytest
from support import LIVE, wait_until

MENU = ("telnet", "127.0.0.1", "2300")
PROMPT = b"\r\ncharmux> "


def lines(terminal):
    return terminal.screen().rstrip("\n").split("\n")


def settled(terminal, last):
    wait_until(lambda: lines(terminal)[-1] == last, lambda: f"{last!r} as the last line:\n{terminal.screen()}")


@pytest.fixture
def three(kit):
    """charmuxd with a menu of alpha, beta (both open) and beta.aux (dead)."""
    alpha, beta = kit.unix_chardev("alpha.sock"), kit.unix_chardev("beta.sock")
    daemon = kit.daemon("--console", f"alpha={alpha.address}", "--console", f"beta={beta.address}",
                        "--console", f"beta.aux=unix:{kit.path('nobody.sock')}", "--listen", "telnet:127.0.0.1:2300")
    for chardev, text in (alpha, b"hello from alpha\r\n"), (beta, b"hello from beta\r\n"):
        chardev.accept().write(text)
    wait_until(lambda: all(daemon.consoles()[name]["bytes_out"] for name in ("alpha", "beta")), "both hellos")
    return alpha, beta, daemon


def test_what_a_person_sees_and_does(kit, three):
    alpha, _, _ = three
    me = kit.terminal(*MENU)
    settled(me, "charmux>")
    screen = lines(me)
    at = screen.index("[charmux: 3 consoles; a number or a name opens, /text filters, ? helps]")
    for line, shown in zip(screen[at + 1:], ("1 +alpha +open +- +0", "2 +beta +open +- +0", r"3 +beta\.aux +.+ +- +0")):
        assert re.fullmatch(shown, line), me.screen()

    # The line is edited as everywhere; keys without a character do nothing.
    me.press("Up", "Left", "F1", "PageDown")
    me.type("alphx beto")
    me.press("BSpace", "Left")
    settled(me, "charmux> alphx bet")
    me.press("C-w", "BSpace", "BSpace")
    settled(me, "charmux> alph")
    me.press("C-u")
    settled(me, "charmux>")
    me.type("be")
    me.press("Enter")
    me.wait_for('[charmux: 2 consoles begin with "be"]')
    settled(me, "charmux>")
    me.type("alhpa")
    me.press("Enter")
    me.wait_for('[charmux: no console "alhpa"; did you mean alpha?]')
    me.type("/AUX")
    me.press("Enter")
    me.wait_for('[charmux: 1 of 3 consoles contain "aux"; / drops the filter]')
    settled(me, "charmux>")
    me.type("al")
    me.press("Enter")
    settled(me, "[charmux: live]")
    screen = lines(me)
    at = screen.index("charmux> al")
    assert screen[at + 1:] == ["[charmux: alpha, 1 watching, you type; ^Ec? helps]", "hello from alpha", "[charmux: live]"]
    me.type("ls")
    me.press("Enter")
    # The guest gets what I typed at it, and nothing of the menu.
    assert alpha.wait_for(b"\r") == b"ls\r"

    other = kit.terminal(*MENU)
    settled(other, "charmux>")
    assert re.search(r"^1 +alpha +open +127\.0\.0\.1:\d+ +1$", other.screen(), re.MULTILINE), other.screen()


@pytest.mark.parametrize("leaving", ["q Enter", "C-d"])
def test_a_person_leaves(kit, three, leaving):
    me = kit.terminal(*MENU)
    settled(me, "charmux>")
    me.press(*leaving.split())
    me.wait()
    me.wait_for("Connection closed by foreign host.")


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\0"])
@pytest.mark.parametrize("client", ["telnet", "no telnet"])
def test_what_is_typed_ahead_goes_to_the_console(kit, three, client, end):
    _, beta, _ = three
    me = kit.telnet(2300, **({"agree": None} if client == "no telnet" else {}))
    me.type(b"beta" + end + b"root" + b"\r")
    assert beta.wait_for(b"\r") == b"root\r"
    shown = me.wait_for(LIVE)
    assert b"[charmux: beta, 1 watching, you type; ^Ec? helps]\r\n" in shown and b"hello from beta\r\n" in shown


def test_a_stop_is_told_in_the_menu_too(kit, three):
    daemon = three[-1]
    me = kit.telnet(2300)
    me.wait_for(PROMPT)
    assert daemon.stop() == 0
    assert b"\r\n[charmux: charmuxd is stopping]\r\n" in me.wait_closed()


def test_two_thousand_consoles(kit):
    alive = kit.unix_chardev("alive.sock")
    consoles = [f'[[console]]\nname = "vm-{n:04}"\nbackend = "unix:{kit.path("dead")}/{n}.sock"\n' if n != 1234 else
                f'[[console]]\nname = "vm-1234"\nbackend = "{alive.address}"\n' for n in range(1, 2001)]
    kit.path("charmux.toml").write_text('[history]\nsize = "64KiB"\n' + "".join(consoles))
    kit.daemon("--config", kit.path("charmux.toml"), "--listen", "telnet:127.0.0.1:2300")
    alive.accept().write(b"I am alive\r\n")

    # Page by page each is shown once, in order.
    script = kit.telnet(2300)
    pages = 1
    script.wait_for(PROMPT)
    while b"; Enter: more)" in script.data.rpartition(b"vm-")[2]:
        script.type(b"\r")
        pages += 1
        script.wait_for(lambda data, n=pages: data.count(PROMPT) == n)
    assert pages == 100
    assert re.findall(rb"^(\d+) +vm-(\d{4}) ", script.data, re.MULTILINE) == [
        (b"%d" % n, b"%04d" % n) for n in range(1, 2001)]

    me = kit.terminal(*MENU)
    settled(me, "charmux>")
    assert lines(me)[-2] == "(1-20 of 2000; Enter: more)"
    me.press("Enter")
    me.wait_for("(21-40 of 2000; Enter: more)")
    me.type("/99")
    me.press("Enter")
    me.wait_for('[charmux: 38 of 2000 consoles contain "99"; / drops the filter]')
    me.wait_for("(1-20 of 38; Enter: more)")
    settled(me, "charmux>")
    me.type("vm-12")
    me.press("Enter")
    me.wait_for("and 80 more")
    settled(me, "charmux>")
    me.type("1234")
    me.press("Enter")
    me.wait_for("I am alive")
    settled(me, "[charmux: live]")
    assert "[charmux: vm-1234, 1 watching, you type; ^Ec? helps]" in lines(me)
