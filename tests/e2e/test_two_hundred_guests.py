# SPDX-License-Identifier: Apache-2.0
"""A host with 210 guests: all their consoles are found, numbered and listed, and watching over them costs next to nothing.
200 of the guests are emulated (support/fake_qmp.py: monitors and chardevs that answer as QEMU does), ten are real QEMUs that
stand still."""

from support import wait_until

EMULATED, REAL = 200, 10


def test_two_hundred_guests(kit):
    emulation = kit.fake_qmp()
    for n in range(EMULATED):
        emulation.guest(f"emulated-{n:03}", str(kit.path(f"e{n:03}.qmp")), chardevs={"serial0": str(kit.path(f"e{n:03}.serial"))})
    for n in range(REAL):
        kit.guest({"serial0": "unix"}, name=f"dir-{n}", domain=f"real-{n}", monitor=kit.path(f"r{n}.qmp"), paused=True)
    daemon = kit.daemon("--qmp", kit.path("*.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7999",
                        "--listen", "telnet:127.0.0.1:2300")
    found = []

    def all_open():
        found[:] = [each for each in daemon.consoles().values() if each["state"] == "open"]
        return len(found) == EMULATED + REAL
    wait_until(all_open, lambda: f"all to be open; {len(found)} are")
    assert sorted(each["number"] for each in found) == list(range(1, EMULATED + REAL + 1))
    assert sorted(each["ports"] for each in found) == [[7000 + n] for n in range(1, EMULATED + REAL + 1)]
    assert {each["name"] for each in found} == {f"emulated-{n:03}" for n in range(EMULATED)} | {f"real-{n}" for n in range(REAL)}

    # While nothing happens little is asked of a monitor, again and again: the chardevs, not the devices. The first looks
    # still see what charmuxd's own connections have changed.
    def asked():
        return {name: dict(guest.asked) for name, guest in emulation.guests.items()}

    def wait_looks(number):
        before = asked()
        wait_until(lambda: all(now["query-chardev"] >= before[name]["query-chardev"] + number for name, now in asked().items()),
                   f"{number} looks at each guest")
    wait_looks(3)
    before = asked()
    wait_looks(3)
    assert {command for name, now in asked().items() for command in now if now[command] > before[name].get(command, 0)} == \
        {"query-chardev"}

    person = kit.telnet(2300)
    person.wait_for(b"(1-20 of 210; Enter: more)")
    person.type(b"/real\r")
    person.wait_for(lambda data: all(f" real-{n} ".encode() in data for n in range(REAL)))
