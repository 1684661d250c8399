# SPDX-License-Identifier: Apache-2.0
"""Somebody has gone home with the pen in their pocket. With `writer_idle` it lies free after a while: they are told, who
waits for it gets it, and they have it again by typing."""

from support import LIVE


def test_an_idle_writer_loses_the_pen(kit):
    chardev = kit.unix_chardev()
    config = kit.path("charmux.toml")
    config.write_text(f'[[console]]\nname = "vm"\nbackend = "{chardev.address}"\nwriter_idle = "2s"\n')
    kit.daemon("--config", config, "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    gone, other = kit.telnet(7001), kit.telnet(7001)
    gone.wait_for(b"[charmux: you typed nothing for 2s: typing takes the pen again]\r\n")
    other.wait_for(LIVE)
    other.type(b"other")
    chardev.wait_for(b"other")
    # Who types in vain waits for it, and gets it when the other idles.
    gone.type(b"x")
    other.wait_for(f"[charmux: you typed nothing for 2s: 127.0.0.1:{gone.local_port} types now]\r\n".encode())
    gone.wait_for(b"[charmux: the pen is free: you type now]\r\n")
    gone.type(b"back")
    chardev.wait_for(b"back")
    assert b"x" not in chardev.received
