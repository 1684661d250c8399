# SPDX-License-Identifier: Apache-2.0
"""The guest is reset. Its chardevs stay, so nothing has happened to us who watch: we see it boot a second time."""

from support import LIVE, console_bytes, notices, repeats_in_record, wait_until

KINDS = ("pty", "unix", "tcp")


def test_a_guest_that_reboots_keeps_its_viewers(kit):
    guest = kit.guest({kind: kind for kind in KINDS}, paused=True)
    arguments = []
    for n, kind in enumerate(KINDS):
        arguments += ["--console", f"{kind}={guest.address(kind)}", "--listen", f"telnet:127.0.0.1:{7001 + n},console={kind}"]
    daemon = kit.daemon(*arguments)
    for kind in KINDS:  # who attaches before that is told that it is there only now
        daemon.wait_log(rf"console {kind}: open")
        wait_until(lambda: guest.taken(kind, daemon.process), f"charmuxd to open {kind}")
    viewers = {kind: kit.telnet(7001 + n) for n, kind in enumerate(KINDS)}
    for viewer in viewers.values():
        viewer.wait_for(LIVE)
    guest.resume()
    for n, kind in enumerate(KINDS):
        viewers[kind].wait_for(f"ttyS{n}# ".encode())

    guest.qmp.command("system_reset")
    guest.qmp.wait_event("RESET")
    for n, kind in enumerate(KINDS):
        ready = f"charmux guest ready on ttyS{n}\r\n".encode()
        viewers[kind].wait_for(lambda data: data.count(ready) == 2)
        viewers[kind].wait_for(lambda data: repeats_in_record(guest.log(kind), console_bytes(data)) is not None)
        assert notices(viewers[kind].data)[1:] == ["live"]
        viewers[kind].type(b"echo still-$((6 * 7))\r")
        viewers[kind].wait_for(b"still-42")  # the kernel may speak right behind it
