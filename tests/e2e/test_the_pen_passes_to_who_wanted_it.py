# SPDX-License-Identifier: Apache-2.0
"""I came first, so I type and the others watch; what they type goes nowhere, and they are told who types. When I leave,
the one who had wanted to type is told that now they may."""

from support import LIVE, notices, wait_until

YOU_TYPE = "the pen is free: you type now"
KINDS = ("pty", "unix", "tcp")


def test_the_pen_passes_to_who_wanted_it(kit):
    guest = kit.guest({"boot": "null", **{kind: kind for kind in KINDS}})
    arguments = []
    for n, kind in enumerate(KINDS):
        arguments += ["--console", f"{kind}={guest.address(kind)}", "--listen", f"telnet:127.0.0.1:{7001 + n},console={kind}"]
    daemon = kit.daemon(*arguments)
    for n, kind in enumerate(KINDS):
        guest.wait_ready(kind)
        first = kit.telnet(7001 + n)
        first.wait_for(LIVE)
        others = [kit.telnet(7001 + n) for _ in range(3)]
        for count, other in enumerate(others, start=2):
            other.wait_for(LIVE)
            assert notices(other.data)[0] == f"{kind}, {count} watching, 127.0.0.1:{first.local_port} types; read-only: ^Ecf takes over, ^Ec? helps"

        idle, keen, keener = others
        for wanting in (keen, keener):
            wanting.type(b"echo not-mine\r")
            wanting.wait_for(f"[charmux: read-only: 127.0.0.1:{first.local_port} types; ^Ecf takes over, ^Eca asks]\r\n".encode())
        first.type(b"echo first-$((6 * 7))\r")
        for client in (first, *others):
            client.wait_for(b"first-42\r\n")

        first.close()
        keen.wait_for(YOU_TYPE.encode())
        keen.type(b"echo keen-$((6 * 7))\r")
        for client in others:
            client.wait_for(b"keen-42\r\n")
            assert b"not-mine" not in client.data
        keen.close()
        keener.wait_for(YOU_TYPE.encode())
        # Nobody else wanted it, so it is free for whoever types next.
        port = keener.local_port
        keener.close()
        daemon.wait_log(rf"console {kind}: 127\.0\.0\.1:{port} left")
        idle.type(b"echo idle-$((6 * 7))\r")
        idle.wait_for(b"idle-42\r\n")
        assert YOU_TYPE not in notices(idle.data)
        idle.close()
        wait_until(lambda: b"idle-42\r\n" in guest.log(kind), "QEMU's record")
        assert b"not-mine" not in guest.log(kind)
