# SPDX-License-Identifier: Apache-2.0
"""A person of ser2net's world sits at gensiot: types at a console, sets its speed, and sends a break, by the keys known from
there."""

from support import wait_until

HELP = b"sysrq: HELP : "
KEY = b"\x1c"  # ^\


def test_gensiot_is_at_home(kit):
    guest = kit.guest({"vm": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    # At a UNIX socket: without a network gensio 2.6 finds no host, not even 127.0.0.1 (AI_ADDRCONFIG).
    doors = [kit.path("rfc2217.sock"), kit.path("telnet.sock")]
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", f"rfc2217:{doors[0]},console=alpha",
                        "--listen", f"telnet:{doors[1]},console=alpha")
    daemon.wait_log(r"console alpha: open")
    guest.wait_ready("vm")
    for door in doors:
        person = kit.on_terminal("gensiot", f"telnet(rfc2217),unix,{door}")
        person.type(f"echo at-{door.stem}-$((6 * 7))\r".encode())
        person.wait_for(f"at-{door.stem}-42\r\n".encode())
        person.type(KEY + b"s9600\r" + KEY + b"d")
        person.wait_for(b"9600")
        before = person.output.count(HELP)
        person.type(KEY + b"b")
        person.type(b"h")
        wait_until(lambda: person.output.count(HELP) > before, "the kernel's help")
        person.type(KEY + b"q")
        assert person.wait() == 0
