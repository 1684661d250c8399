# SPDX-License-Identifier: Apache-2.0
"""`charmux bridge --once` is for one visit, as socat is without `fork`: it ends when whoever came has left, or when the
guest has ended and everybody has read its last words."""

import time

import pytest
from support import LIVE, console_bytes

LAST_WORDS = b"the guest's last words\r\n"


def test_it_ends_when_its_client_has_left(kit):
    guest = kit.guest({"vm": "unix"})
    guest.wait_ready("vm")
    bridge = kit.bridge(guest.address("vm"), f"raw:{kit.path('door')}", "--once")
    bridge.wait_log(": open")
    visit = f"printf 'echo visit-$((6 * 7))\\r' | socat -t9 - UNIX-CONNECT:{kit.path('door')} | grep -m1 ^visit-42"
    assert kit.run("sh", "-c", visit).stdout.startswith("visit-42")
    assert bridge.wait_exit() == 0
    assert guest.process.running()


def test_a_tcp_client_that_says_nothing_when_it_goes_is_gone_after_a_silence(kit):
    """It looks like one that has closed its sending side and reads on; as long as the guest prints it is given that."""
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001", "--once")
    script = kit.raw(7001)
    script.send(b"report\r")
    script.stop_sending()
    chardev.accept().wait_for(b"report\r")
    began = time.monotonic()
    lines = 0
    while time.monotonic() < began + 4:  # longer than the silence would be
        chardev.write(b"%04d\r\n" % lines)
        script.wait_for(b"%04d\r\n" % lines)
        lines += 1
    assert script.wait_closed() == b"".join(b"%04d\r\n" % n for n in range(lines))
    assert bridge.wait_exit() == 0


def test_while_another_is_there_it_goes_on(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "telnet:127.0.0.1:7001", "--once")
    chardev.accept()
    first, second = kit.telnet(7001), kit.telnet(7001)
    first.wait_for(LIVE)
    second.wait_for(LIVE)
    first.close()
    bridge.wait_log(r" left: ")
    chardev.write(b"still here\r\n")
    second.wait_for(b"still here\r\n")
    second.close()
    assert bridge.wait_exit() == 0


@pytest.mark.parametrize("kind", ["unix", "pty"])
def test_it_ends_with_the_guest(kit, kind):
    guest = kit.guest({"vm": kind})
    bridge = kit.bridge(guest.address("vm"), "telnet:127.0.0.1:7001", "--once")
    bridge.wait_log(": open")
    viewer = kit.telnet(7001)
    guest.wait_ready("vm")
    viewer.wait_for(b"ttyS0# ")
    guest.kill()
    said = viewer.wait_closed()
    assert said.endswith(b"[charmux: charmux bridge is stopping]\r\n") and b"waiting" not in said
    assert bridge.wait_exit() == 0


def test_all_that_was_printed_is_delivered_first(kit):
    """However slowly it is read: more than the 2 s of a stop, since nobody has asked for one."""
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001,on-lag=skip", "telnet:127.0.0.1:7002", "--once")
    slow, witness = kit.raw(7001, receive_buffer=4096), kit.telnet(7002)
    witness.wait_for(LIVE)
    bridge.wait_log(r"attached by raw:")
    output = b"".join(b"%06d\r\n" % n for n in range(60_000)) + LAST_WORDS
    chardev.accept().write(output)
    witness.wait_for(LAST_WORDS)
    chardev.hang_up()
    witness.wait_closed()
    witness.close()
    # It has not read a byte yet, and the bridge has nothing else to do.
    with pytest.raises(Exception, match="the end of charmux bridge"):
        bridge.process.wait(2.5)
    assert slow.wait_closed() == output
    slow.close()
    assert bridge.wait_exit() == 0


def test_one_that_reads_no_more_is_not_waited_for_after_a_signal(kit):
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001,on-lag=skip", "telnet:127.0.0.1:7002", "--once")
    kit.raw(7001, receive_buffer=4096)
    witness = kit.telnet(7002)
    witness.wait_for(LIVE)
    bridge.wait_log(r"attached by raw:")
    chardev.accept().write(b"x" * 900_000 + LAST_WORDS)
    witness.wait_for(LAST_WORDS)
    chardev.hang_up()
    witness.wait_closed()
    assert bridge.stop(5) == 0
    assert "it did not take its last bytes before charmux bridge stopped" in bridge.log()


def test_a_client_that_keeps_its_side_open_is_waited_for_2_s(kit):
    """As netcat does, which ends with its own input only."""
    chardev = kit.unix_chardev()
    bridge = kit.bridge(chardev.address, "raw:127.0.0.1:7001", "--once")
    client = kit.raw(7001)
    bridge.wait_log(r"attached by raw:")
    chardev.accept().write(LAST_WORDS)
    client.wait_for(LAST_WORDS)
    chardev.hang_up()
    client.wait_closed()
    assert bridge.wait_exit(5) == 0


def test_where_the_guest_connects_it_is_waited_for(kit):
    """Nobody being there is how such a backend begins; it ends when the one that came has gone."""
    place = kit.path("vm.sock")
    bridge = kit.bridge(f"unix-listen:{place}", "telnet:127.0.0.1:7001", "--once")
    bridge.wait_log("closed: .* nobody is connected; trying again$")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    ended = kit.run("sh", "-c", f"echo hello | socat -u - UNIX-CONNECT:{place}")
    assert ended.returncode == 0
    assert b"hello\n" in console_bytes(viewer.wait_closed())
    assert bridge.wait_exit() == 0
