# SPDX-License-Identifier: Apache-2.0
"""charmuxd is told to stop, by systemd (SIGTERM) or by a Ctrl-C (SIGINT): nobody new comes in, those inside read what was
on its way to them and why it ends, and nothing is left behind but the histories."""

import signal
import socket

import pytest
from support import LIVE

STOPPING = b"[charmux: charmuxd is stopping]\r\n"
LAST_WORDS = b"the guest's last words\r\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_viewers_read_what_was_queued_and_why_it_ends(kit, number):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm")
    # Small buffers: most of what follows still waits in charmuxd when it is told to stop.
    viewer, program = kit.telnet(7001, receive_buffer=4096), kit.raw(7002, receive_buffer=4096)
    witness = kit.telnet(7001)
    for each in (viewer, witness):
        each.wait_for(LIVE)
    daemon.wait_log(r"attached by raw:")
    output = b"".join(b"%06d\r\n" % n for n in range(60_000)) + LAST_WORDS
    chardev.accept().write(output)
    witness.wait_for(LAST_WORDS)

    daemon.process.signal(number)
    daemon.wait_log(r"^<6>stopping$")
    assert viewer.wait_closed().endswith(output + STOPPING)
    assert program.wait_closed() == output
    assert daemon.wait_exit() == 0
    assert daemon.log().splitlines()[-1] == "<6>stopped"


def test_one_that_does_not_read_keeps_it_no_longer_than_the_contract_says(kit):
    """Its bytes get 2 s, the whole stop 5 s; meanwhile the listeners are closed already."""
    chardev = kit.unix_chardev()
    door = kit.path("door")
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", f"raw:{door},console=vm")
    stuck, witness = kit.telnet(7001, receive_buffer=4096), kit.telnet(7001)
    stuck.wait_for(LIVE)
    witness.wait_for(LIVE)
    chardev.accept().write(b"x" * 900_000 + LAST_WORDS)
    witness.wait_for(LAST_WORDS)
    assert door.exists()

    daemon.process.signal(signal.SIGTERM)
    assert witness.wait_closed().endswith(STOPPING)
    assert daemon.process.running()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 7001))
    assert not door.exists()
    assert daemon.wait_exit(5) == 0
    assert "it did not take its last bytes before charmuxd stopped" in daemon.log()


def test_nothing_is_left_but_the_histories(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", f"raw:{kit.path('door')},console=vm")
    assert (daemon.state_dir / "charmuxd.pid").read_text() == f"{daemon.pid}\n"
    assert (daemon.runtime_dir / "charmuxd.pid").read_text() == f"{daemon.pid}\n"
    assert kit.path("door").exists()

    assert daemon.stop() == 0
    assert not kit.path("door").exists()
    assert list(daemon.runtime_dir.iterdir()) == []
    assert [path.name for path in daemon.state_dir.iterdir()] == ["consoles.json", "history"]
    chardev.accept().wait_disconnected()


def test_a_second_signal_changes_nothing(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    stuck, witness = kit.telnet(7001, receive_buffer=4096), kit.telnet(7001)
    stuck.wait_for(LIVE)
    witness.wait_for(LIVE)
    chardev.accept().write(b"x" * 900_000 + LAST_WORDS)
    witness.wait_for(LAST_WORDS)
    daemon.process.signal(signal.SIGTERM)
    witness.wait_closed()
    daemon.process.signal(signal.SIGTERM)
    daemon.process.signal(signal.SIGINT)
    assert daemon.wait_exit(5) == 0
    assert daemon.log().count("<6>stopping\n") == 1
