# SPDX-License-Identifier: Apache-2.0
"""My switch hangs at a terminal server whose port somebody left at another speed. The address says what the port has to be
(telnet:...,rfc2217,9600,8n1): so it is set, again when the server was restarted, and a break gets through; each byte passes. A
server or a guest that knows no RFC 2217 is told of in the log, and works all the same."""

import os
import re
import signal

from support import LIVE, wait_until
from support.terminal_server import TerminalServer

PAIRS = b"".join(bytes((special, value)) for special in (255, 13, 10, 0) for value in range(256))
BREAK = 243


def start(kit, options=",rfc2217,9600,8n2,rtscts"):
    return kit.daemon("--console", f"switch=telnet:127.0.0.1:4666{options}",
                      "--listen", "telnet:127.0.0.1:7001,console=switch")


def attached(kit, daemon):
    wait_until(lambda: daemon.consoles()["switch"]["state"] == "open", "the server")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    return me


def passes_all_pairs(server, me):
    me.type(PAIRS)
    assert server.read_exactly(len(PAIRS)) == PAIRS
    os.write(server.device, PAIRS + b"done")
    me.wait_for(PAIRS + b"done")


def test_speed_framing_and_flow_control_reach_the_port_and_do_so_again(kit):
    server = TerminalServer(kit)
    first = server.start()
    assert "speed 9600 baud" not in server.settings()
    daemon = start(kit)
    me = attached(kit, daemon)
    for word in ("speed 9600 baud", " cstopb", " crtscts"):
        wait_until(lambda: word in server.settings(), f"stty says {word}")
    passes_all_pairs(server, me)

    os.kill(first.pid, signal.SIGTERM)
    me.wait_for(b"[charmux: switch is shut off; waiting]")
    first.wait()
    assert kit.run("stty", "-F", server.port, "300").returncode == 0
    server.start()
    me.wait_for(b"[charmux: switch is back]")
    wait_until(lambda: "speed 9600 baud" in server.settings(), "the speed is set again")
    passes_all_pairs(server, me)
    assert "RFC 2217" not in daemon.log()


def test_a_break_is_begun_and_ended_at_the_port(kit):
    server = TerminalServer(kit)
    server.start(traced=True)
    me = attached(kit, start(kit, ",rfc2217"))
    me.type(b"x")
    assert server.read_exactly(1) == b"x"
    me.command(BREAK)
    wait_until(lambda: re.search(r"TIOCSBRK.*TIOCCBRK", server.ioctls(), re.S), "the break, as ser2net makes it")
    me.type(b"after it")
    assert server.read_exactly(8) == b"after it"
    # ser2net's own for telnet's BREAK, which has no length that we choose.
    assert "TCSBRK" not in server.ioctls()


def test_a_server_that_refuses_is_told_of_and_works_with_telnets_break(kit):
    server = TerminalServer(kit, accepter="telnet")
    server.start(traced=True)
    daemon = start(kit)
    daemon.wait_log(r"console switch: telnet:127.0.0.1:4666: it refuses RFC 2217: the settings of its port cannot be changed, "
                    "and a break is telnet's$")
    me = attached(kit, daemon)
    passes_all_pairs(server, me)
    me.command(BREAK)
    wait_until(lambda: "BRK" in server.ioctls().split("TIOCCBRK")[-1], "telnet's break")
    assert "speed 9600 baud" not in server.settings()


def test_qemus_telnet_is_told_of_and_nothing_is_typed_into_its_guest(kit):
    guest = kit.guest({"vm": "socket,host=127.0.0.1,port=4666,server=on,wait=off,telnet=on"})
    daemon = start(kit)
    daemon.wait_log(r"console switch: telnet:127.0.0.1:4666: it is QEMU's telnet, not RFC 2217's: the settings of its port cannot "
                    "be changed, and a break is telnet's$")
    guest.wait_ready("vm")
    me = attached(kit, daemon)
    me.type(b"echo mine-$((6 * 7))\r")
    me.wait_for(b"\nmine-42\r\n")
    me.command(BREAK)
    me.type(b"h")
    me.wait_for(b"sysrq: HELP : ")
