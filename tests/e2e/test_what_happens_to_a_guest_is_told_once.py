# SPDX-License-Identifier: Apache-2.0
"""Two people watch a guest's consoles while it is paused, resumed and reset, and then ends. Each reads one line for each
thing that happens, on every console of the guest, although QEMU says RESET twice for a reboot; the guest that comes
back is the same console, and the programs at raw doors get none of it. Nor does anybody have to guess why a guest fell
silent: its kernel panicked, or it hung and its watchdog saw that."""

import pytest

from support import LIVE, notices, wait_until


def told(data):
    return [text for text in notices(data) if text.startswith("alpha")][1:]  # the first is the greeting


def wait_told(clients, expected):
    for name, client in clients.items():
        client.wait_for(lambda data, n=name: told(data) == [f"{n} {words}" for words in expected])


def wait_told_the_end(clients, before):
    """The end is heard on two connections, the monitor's and the console's own, in either order."""
    for name, client in clients.items():
        expected = sorted(f"{name} {words}" for words in [*before, "is shutting down", "is shut off; waiting"])
        client.wait_for(lambda data, e=expected: sorted(told(data)) == e)


def test_what_happens_to_a_guest_is_told_once(kit):
    def start(name):
        return kit.guest({"pty": "pty", "unix": "unix"}, name=name, domain="alpha", monitor=kit.path("alpha.qmp"))
    guest = start("first")
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009",
                        "--listen", "raw:127.0.0.1,ports=8001-8009")
    daemon.wait_log(r"console alpha: open")
    daemon.wait_log(r"console alpha\.unix: open")
    one, other, raw = kit.telnet(7001), kit.telnet(7002), kit.raw(8001)
    watched = {"alpha": one, "alpha.unix": other}
    for client in watched.values():
        client.wait_for(LIVE)
    guest.wait_ready("pty")
    guest.wait_ready("unix")

    expected = []
    for act, words in ((guest.pause, "is paused"), (guest.resume, "runs again"),
                       (lambda: guest.qmp.command("system_reset"), "was reset")):
        act()
        expected.append(words)
        wait_told(watched, expected)
    # A reboot that the guest asks for itself: two RESETs.
    wait_until(lambda: guest.log("pty").count(b"charmux guest ready on ") == 2, "the guest to be up again")
    one.type(b"reboot -f\r")
    expected.append("was reset")
    wait_until(lambda: guest.log("pty").count(b"charmux guest ready on ") == 3, "the guest to be up once more")
    wait_told(watched, expected)

    guest.quit()
    wait_told_the_end(watched, expected)
    start("second")
    one.wait_for(b"[charmux: alpha is back]\r\n")
    other.wait_for(b"[charmux: alpha.unix is back]\r\n")
    raw.wait_for(lambda data: data.count(b"charmux guest ready on ") == 4)
    assert b"charmux:" not in raw.data


def test_a_guest_that_is_killed_is_shut_off_without_a_word_before(kit):
    guest = kit.guest({"vm": "unix"}, domain="alpha", monitor=kit.path("alpha.qmp"))
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon.wait_log(r"console alpha: open")
    client = kit.telnet(7001)
    client.wait_for(LIVE)
    guest.kill()
    client.wait_for(b"[charmux: alpha is shut off; waiting]\r\n")
    assert told(client.data) == ["alpha is shut off; waiting"]
    # Its port still takes people in, who wait with the others.
    late = kit.telnet(7001)
    late.wait_for(b"; shut off]\r\n")


# The kernel itself tells the pvpanic device. For this watchdog it has no driver, so the shell is one: both stages take
# 1 ms once it runs, and nobody feeds it.
PANIC = b"echo c >/proc/sysrq-trigger\r"
WATCHDOG = rb"""cd /sys/bus/pci/devices/0000:00:1e.0; echo 1 >enable; read bar end flags <resource
unlock() { devmem $((bar + 12)) 16 0x80; devmem $((bar + 12)) 16 0x86; }
unlock; devmem $((bar)) 32 1; unlock; devmem $((bar + 4)) 32 1
printf '\2' | dd of=config bs=1 seek=104 conv=notrunc
""".replace(b"\n", b"\r")

FAILURES = {
    "panic=none": (PANIC, ["has panicked"]),
    "panic=pause": (PANIC, ["has panicked", "is paused"]),
    "panic=shutdown": (PANIC, ["has panicked"]),
    "watchdog=none": (WATCHDOG, ["did not feed its watchdog"]),
    "watchdog=pause": (WATCHDOG, ["did not feed its watchdog", "is paused"]),
    "watchdog=reset": (WATCHDOG, ["did not feed its watchdog", "was reset"]),
}


@pytest.mark.parametrize("action", FAILURES)
def test_a_guest_that_fails_is_told_once_and_what_qemu_makes_of_it(kit, action):
    typed, words = FAILURES[action]
    guest = kit.guest({"unix": "unix", "pty": "pty"}, domain="alpha", monitor=kit.path("alpha.qmp"), qemu_args=[
        "-device", "pvpanic", "-device", "i6300esb,addr=1e.0", "-action", action])
    daemon = kit.daemon("--qmp", kit.path("alpha.qmp"), "--listen", "telnet:127.0.0.1,ports=7001-7009")
    daemon.wait_log(r"console alpha: open")
    daemon.wait_log(r"console alpha\.pty: open")
    watched = {"alpha": kit.telnet(7001), "alpha.pty": kit.telnet(7002)}
    for client in watched.values():
        client.wait_for(LIVE)
    guest.wait_ready("unix")
    watched["alpha"].type(typed)
    if action == "panic=shutdown":
        guest.process.wait()
    else:
        wait_told(watched, words)
        guest.quit()
    wait_told_the_end(watched, words)
    if typed is PANIC:
        watched["alpha"].wait_for(b"Kernel panic - not syncing: sysrq triggered crash")
