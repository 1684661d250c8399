# SPDX-License-Identifier: Apache-2.0
"""I sit at a terminal and type `telnet`. What I see is a console: lines begin at the left, Enter is one Enter, what charmux
has to say stands on lines of its own, and ^] quit brings me back. The same with plink's and busybox's telnet."""

import pytest
from support import wait_until

CLIENTS = {"inetutils": ("telnet", "127.0.0.1", "7001"),
           "plink": ("plink", "-telnet", "-P", "7001", "127.0.0.1"),
           "busybox": ("busybox", "telnet", "127.0.0.1", "7001")}


def lines(terminal):
    return terminal.screen().rstrip("\n").split("\n")


def prompts(terminal):
    return [line for line in lines(terminal) if line.startswith("ttyS1#")]


def settled(terminal, last):
    wait_until(lambda: lines(terminal)[-1] == last, lambda: f"{last!r} as the last line:\n{terminal.screen()}")


def prompted(terminal, times):
    wait_until(lambda: len(prompts(terminal)) >= times and lines(terminal)[-1] == "ttyS1#",
               lambda: f"prompt {times}:\n{terminal.screen()}")


def started(kit, client, **options):
    guest = kit.guest({"boot": "null", "vm": "unix"}, **options)
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm,replay=0")
    guest.wait_ready("vm")
    me = kit.terminal(*CLIENTS[client])
    settled(me, "[charmux: live]")
    me.press("Enter")
    settled(me, "ttyS1#")
    return guest, daemon, me


@pytest.mark.parametrize("client", CLIENTS)
def test_typing_looks_as_on_a_console(kit, client):
    _, _, me = started(kit, client)
    before = prompts(me)
    me.type("seq 8 11")
    me.press("Enter")
    prompted(me, len(before) + 1)
    me.type("echo $((6 * 7))")
    me.press("Enter")
    wait_until(lambda: "42" in lines(me), lambda: f"42 on a line of its own:\n{me.screen()}")
    settled(me, "ttyS1#")
    screen = lines(me)
    # Each line at the left and none empty; one prompt for each Enter.
    at = screen.index("ttyS1# seq 8 11")
    assert screen[at:] == ["ttyS1# seq 8 11", "8", "9", "10", "11", "ttyS1# echo $((6 * 7))", "42", "ttyS1#"]
    assert len(prompts(me)) == len(before) + 2

    # Three times Enter are three prompts, not six. The shell repeats in odd places what comes before its prompt.
    for shown in range(1, 4):
        me.press("Enter")
        prompted(me, len(before) + 2 + shown)
    me.type("echo enough-$((6 * 7))")
    me.press("Enter")
    wait_until(lambda: "enough-42" in lines(me), lambda: f"the answer:\n{me.screen()}")
    settled(me, "ttyS1#")
    assert lines(me)[at + 7:] == ["ttyS1#"] * 3 + ["ttyS1# echo enough-$((6 * 7))", "enough-42", "ttyS1#"]


@pytest.mark.parametrize("client", CLIENTS)
def test_notices_stand_on_lines_of_their_own(kit, client):
    guest, _, me = started(kit, client)
    screen = lines(me)
    at = screen.index("[charmux: vm, 1 watching, you type; ^Ec? helps]")
    assert screen[at + 1:] == ["[charmux: live]", "", "ttyS1#"], me.screen()
    me.type("echo half a li")
    settled(me, "ttyS1# echo half a li")
    guest.kill()
    settled(me, "[charmux: vm is shut off; waiting]")
    assert lines(me)[-2] == "ttyS1# echo half a li"


def test_the_escape_key_leads_out(kit):
    guest, daemon, me = started(kit, "inetutils")
    typed = guest.log("vm")
    me.press("C-]")
    me.wait_for("telnet>")
    me.press("C-u")  # what the terminal itself answered to the guest may stand there already
    me.type("quit")
    me.press("Enter")
    assert me.wait() == 0
    assert "Connection closed." in lines(me)
    daemon.wait_log(r"console vm: \S+ left: it hung up$")
    # What I typed to the client was not typed into the guest.
    assert guest.log("vm") == typed
