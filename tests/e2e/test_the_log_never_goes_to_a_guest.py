# SPDX-License-Identifier: Apache-2.0
"""charmuxd is started by something that closed its standard error. The next descriptors opened are the consoles' sockets:
one of them must not become number 2, where the log goes, or the guest would be typed the log."""

from support import wait_until


def test_a_daemon_without_standard_descriptors_types_nothing_into_the_guest(kit):
    chardev = kit.unix_chardev()
    closing = ("/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        wrap=closing, wait_ready=False)
    chardev.accept()
    wait_until(lambda: len(daemon.process.open_files()) > 3, "charmuxd's descriptors")
    viewer = kit.telnet(7001)
    viewer.wait_for(b"[charmux: live]")
    viewer.type(b"x")
    chardev.wait_for(b"x")
    assert bytes(chardev.received) == b"x"
