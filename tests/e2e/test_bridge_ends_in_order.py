# SPDX-License-Identifier: Apache-2.0
"""I end `charmux bridge` with Ctrl-C, or the machine ends it: those inside read what was on its way to them and why it
ends, and its socket is gone. Who does not read keeps it 2 s, and a second Ctrl-C ends it at once."""

import signal

import pytest
from support import LIVE

STOPPING = b"[charmux: charmux bridge is stopping]\r\n"
LAST_WORDS = b"the guest's last words\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_viewers_read_what_was_queued_and_why_it_ends(kit, number):
    chardev, door = kit.unix_chardev(), kit.path("door")
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", f"raw:{door}")
    viewer, program, witness = kit.telnet(7001, receive_buffer=4096), kit.raw(door), kit.telnet(7001)
    for each in (viewer, witness):
        each.wait_for(LIVE)
    bridge.wait_log(r"attached by raw:")
    output = b"".join(b"%06d\r\n" % n for n in range(60_000)) + LAST_WORDS
    chardev.accept().write(output)
    witness.wait_for(LAST_WORDS)
    assert door.exists()

    bridge.process.signal(number)
    bridge.wait_log(r"^charmux: stopping$")
    assert viewer.wait_closed().endswith(output + STOPPING)
    assert program.wait_closed() == output
    assert bridge.wait_exit() == 0
    assert not door.exists()


def stuck(kit, **options):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", **options)
    one, witness = kit.telnet(7001, receive_buffer=4096), kit.telnet(7001)
    one.wait_for(LIVE)
    witness.wait_for(LIVE)
    chardev.accept().write(b"x" * 900_000 + LAST_WORDS)
    witness.wait_for(LAST_WORDS)
    return bridge, witness


def test_one_that_does_not_read_keeps_it_for_2_s(kit):
    bridge, _ = stuck(kit)
    assert bridge.stop(5) == 0
    assert "it did not take its last bytes before charmux bridge stopped" in bridge.log()


def test_a_second_signal_ends_it_at_once(kit):
    bridge, witness = stuck(kit)
    bridge.process.signal(signal.SIGINT)
    assert witness.wait_closed().endswith(STOPPING)
    bridge.process.signal(signal.SIGINT)
    assert bridge.wait_exit() == -signal.SIGINT
    assert "it did not take its last bytes" not in bridge.log()


def test_what_the_shell_has_set_to_be_ignored_stays_ignored(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", wrap=("nohup",))
    chardev.accept()
    bridge.process.signal(signal.SIGHUP)
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    chardev.write(b"still here\r\n")
    viewer.wait_for(b"still here\r\n")


def test_what_was_typed_last_reaches_the_guest(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001")
    me = kit.raw(7001)
    chardev.accept()
    me.send(b"sync\r")
    chardev.wait_for(b"sync\r")
    bridge.process.signal(signal.SIGTERM)
    chardev.wait_disconnected()
    assert bridge.wait_exit() == 0
