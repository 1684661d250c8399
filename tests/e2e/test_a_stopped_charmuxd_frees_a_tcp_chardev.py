# SPDX-License-Identifier: Apache-2.0
"""charmuxd is stopped while the guest is paused. QEMU would not notice an orderly close then, and whoever connects next
would wait for ever; charmuxd resets the connection instead, so the next client is served at once."""

import socket

from support import LIVE, wait_until


def test_a_stopped_charmuxd_frees_a_tcp_chardev(kit):
    guest = kit.guest({"boot": "null", "vm": "tcp"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    guest.pause()
    # More than a UART takes: QEMU reads no more from the connection, and so would not see it end.
    viewer.type(b"#" * 100)
    viewer.command(246)  # AYT: when it is answered, what came before has been passed on
    viewer.wait_for(lambda data: data.count(b", you type; ^Ec? helps]") == 2)
    assert daemon.stop() == 0
    assert viewer.wait_closed().endswith(b"[charmux: charmuxd is stopping]\r\n")

    host, _, port = guest.address("vm").removeprefix("tcp:").rpartition(":")
    with socket.create_connection((host, int(port))) as successor:
        us = f"<-> 127.0.0.1:{successor.getsockname()[1]}"
        wait_until(lambda: any(chardev["label"] == "vm" and chardev["filename"].endswith(us)
                               for chardev in guest.qmp.command("query-chardev")),
                   lambda: f"QEMU to serve the next client ({us}):\n{guest.status()}")
        guest.resume()
        successor.sendall(b"\recho next-$((6 * 7))\r")
        received = b""
        while b"next-42\r\n" not in received:
            received += successor.recv(65536)


def test_what_was_typed_just_before_a_stop_reaches_the_guest(kit):
    guest = kit.guest({"boot": "null", "vm": "tcp"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--log-level", "debug")
    guest.wait_ready("vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    viewer.type(b"echo last-$((6 * 7))\r")
    # The guest's first echo: charmuxd has read and passed on all of it.
    viewer.wait_for(LIVE + b"e")
    assert daemon.stop() == 0
    wait_until(lambda: b"last-42\r\n" in guest.log("vm"), "the guest to run what was typed")
