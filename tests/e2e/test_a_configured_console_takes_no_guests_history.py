# SPDX-License-Identifier: Apache-2.0
"""A guest alpha was found by itself and has printed something; then I configure a console that I call alpha, too. Mine has
that name and a history of its own; the guest is alpha~2 from now on, with its number and all it ever printed, and the log
says what became of it."""

from support import LIVE
from support.found import histories, numbers, says, wait_states


def test_a_configured_console_takes_no_guests_history(kit):
    guest, chardev = kit.fake_qmp().guest("alpha", kit.path("alpha.qmp")), kit.unix_chardev()
    found = ("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    configured = ("--console", f"alpha={chardev.address}", *found)
    daemon = kit.daemon(*found)
    wait_states(daemon, {"alpha": "open"})
    says(daemon, guest, "alpha", b"the guest's secret\r\n")
    assert numbers(daemon.consoles()) == {"alpha": (1, [7001])}
    assert daemon.stop() == 0

    daemon = kit.daemon(*configured)
    both = wait_states(daemon, {"alpha": "open", "alpha~2": "open"})
    assert numbers(both) == {"alpha": (2, [7002]), "alpha~2": (1, [7001])}
    assert both["alpha"]["backend"] == chardev.address
    assert histories(daemon) == {"alpha": (0, b""), "alpha~2": (0, b"the guest's secret\r\n")}
    daemon.wait_log(r"alpha.*alpha~2", seconds=10)
    mine = kit.telnet(7002)
    assert b"secret" not in mine.wait_for(LIVE)
    chardev.accept().write(b"what I configured\r\n")
    mine.wait_for(b"what I configured\r\n")
    says(daemon, guest, "alpha~2", b"the guest again\r\n")
    kept = {"alpha": (0, b"what I configured\r\n"), "alpha~2": (0, b"the guest's secret\r\nthe guest again\r\n")}
    assert histories(daemon) == kept

    # And so it stays.
    assert daemon.stop() == 0
    daemon = kit.daemon(*configured)
    assert numbers(wait_states(daemon, {"alpha": "open", "alpha~2": "open"})) == numbers(both)
    assert histories(daemon) == kept


def test_nor_does_it_while_the_guest_is_off(kit):
    """The history is the guest's, although nobody has it open."""
    guest, chardev = kit.fake_qmp().guest("alpha", kit.path("alpha.qmp")), kit.unix_chardev()
    found = ("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon = kit.daemon(*found)
    wait_states(daemon, {"alpha": "open"})
    says(daemon, guest, "alpha", b"the guest's secret\r\n")
    guest.stop()
    wait_states(daemon, {"alpha": "shut off"})
    assert daemon.stop() == 0

    daemon = kit.daemon("--console", f"alpha={chardev.address}", *found)
    wait_states(daemon, {"alpha": "open", "alpha~2": "shut off"})
    assert histories(daemon) == {"alpha": (0, b""), "alpha~2": (0, b"the guest's secret\r\n")}
    guest.start()
    assert numbers(wait_states(daemon, {"alpha": "open", "alpha~2": "open"})) == {"alpha": (2, [7002]), "alpha~2": (1, [7001])}
    says(daemon, guest, "alpha~2", b"the guest again\r\n")
    assert histories(daemon) == {"alpha": (0, b""), "alpha~2": (0, b"the guest's secret\r\nthe guest again\r\n")}
