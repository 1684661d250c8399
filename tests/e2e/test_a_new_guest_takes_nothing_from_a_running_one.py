# SPDX-License-Identifier: Apache-2.0
"""Two guests are named alpha, and charmuxd knows them as alpha and alpha~2. While it is restarted somebody sits at the
first one's monitor, so that for a while it sees the other alone, or even a third: that one is not taken for the first, and
when the first can be seen again it is what it was, with its name, number and history."""

import pytest
from support import wait_until
from support.found import histories, history, numbers, says, wait_consoles, wait_states


def started(kit):
    return kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")


def two_alphas(kit, emulation):
    daemon = started(kit)
    first = emulation.guest("alpha", kit.path("one.qmp"))
    wait_states(daemon, {"alpha": "open"})
    second = emulation.guest("alpha", kit.path("two.qmp"))
    found = wait_states(daemon, {"alpha": "open", "alpha~2": "open"})
    assert numbers(found) == {"alpha": (1, [7001]), "alpha~2": (2, [7002])}
    says(daemon, first, "alpha", b"I was first\r\n")
    says(daemon, second, "alpha~2", b"second is what I am\r\n")
    assert histories(daemon) == {"alpha": (0, b"I was first\r\n"), "alpha~2": (0, b"second is what I am\r\n")}
    return daemon, first, second


def monitor_states(daemon):
    return {each["address"]: each["state"] for each in daemon.api("/status")["sources"]}


def restarted_beside(kit, daemon, first, end):
    """charmuxd anew, while another client is on the monitor of `first`; that client, too."""
    assert end(daemon) in (0, None)
    wait_until(lambda: not first.monitored, "the monitor to be free")
    other = kit.raw(first.path)
    other.wait_for(b'"QMP"')
    daemon = started(kit)
    wait_until(lambda: monitor_states(daemon).get(f"qmp:{first.path}") == "monitor busy",
               lambda: f"the monitor to be busy: {monitor_states(daemon)}")
    return daemon, other


@pytest.mark.parametrize("end", [lambda daemon: daemon.stop(), lambda daemon: daemon.kill()], ids=["stop", "kill"])
def test_the_second_of_one_name_is_not_taken_for_the_first(kit, end):
    daemon, first, second = two_alphas(kit, kit.fake_qmp())
    daemon, other = restarted_beside(kit, daemon, first, end)
    found = wait_consoles(daemon, lambda found: found.get("alpha~2", {}).get("state") == "open", "the second")
    assert (found["alpha~2"]["number"], found["alpha~2"]["ports"]) == (2, [7002])
    assert history(daemon, "alpha~2") == (0, b"second is what I am\r\n")
    other.close()
    found = wait_states(daemon, {"alpha": "open", "alpha~2": "open"})
    assert numbers(found) == {"alpha": (1, [7001]), "alpha~2": (2, [7002])}
    says(daemon, first, "alpha", b"still first\r\n")
    says(daemon, second, "alpha~2", b"still second\r\n")
    assert histories(daemon) == {"alpha": (0, b"I was first\r\nstill first\r\n"),
                                 "alpha~2": (0, b"second is what I am\r\nstill second\r\n")}


@pytest.mark.parametrize("when", ["before-charmuxd", "after-it"])
def test_a_third_of_that_name_inherits_nothing_from_one_that_cannot_be_seen(kit, when):
    """Whether the third is seen while nobody knows yet what is behind the first one's monitor, or when that is busy."""
    emulation = kit.fake_qmp()
    daemon, first, second = two_alphas(kit, emulation)

    def end(daemon):
        code = daemon.stop()
        if when == "before-charmuxd":
            emulation.guest("alpha", kit.path("three.qmp"))
        return code
    daemon, other = restarted_beside(kit, daemon, first, end)
    if when != "before-charmuxd":
        emulation.guest("alpha", kit.path("three.qmp"))
    third = emulation.guests["alpha"]
    found = wait_consoles(daemon, lambda found: found.get("alpha~3", {}).get("state") == "open", "the third")
    assert (found["alpha~3"]["number"], found["alpha~3"]["ports"]) == (3, [7003])
    says(daemon, third, "alpha~3", b"a third\r\n")
    other.close()
    found = wait_states(daemon, {"alpha": "open", "alpha~2": "open", "alpha~3": "open"})
    assert numbers(found) == {"alpha": (1, [7001]), "alpha~2": (2, [7002]), "alpha~3": (3, [7003])}
    says(daemon, first, "alpha", b"still first\r\n")
    says(daemon, second, "alpha~2", b"still second\r\n")
    assert histories(daemon) == {"alpha": (0, b"I was first\r\nstill first\r\n"),
                                 "alpha~2": (0, b"second is what I am\r\nstill second\r\n"), "alpha~3": (0, b"a third\r\n")}
