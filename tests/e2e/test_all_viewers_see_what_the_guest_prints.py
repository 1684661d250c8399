# SPDX-License-Identifier: Apache-2.0
"""Three of us watch a guest from its first byte, one by telnet on a terminal, one by a telnet client that refuses every
option, one by a raw connection: each sees, byte for byte, what QEMU itself has recorded. A fourth comes late and is shown
the end of it, from the beginning of a line."""

import pytest
from support import LIVE, console_bytes, ends_in_record, repeats_in_record, wait_until, without_questions

# The kernel says no more, and the shell waits for Enter: this is the last for now.
BE_QUIET, LAST = b"dmesg -n 1; read -p quiet-$((6 * 7)) answer\r", b"quiet-42"


@pytest.mark.parametrize("kind", ["pty", "unix", "tcp"])
def test_all_viewers_see_what_the_guest_prints(kit, kind):
    guest = kit.guest({"vm": kind}, paused=True)
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm,access=watch",
                        "--listen", "telnet:127.0.0.1:7003,console=vm,replay=1KiB")
    wait_until(lambda: guest.taken("vm", daemon.process), "charmuxd to open the chardev")
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    person.wait_for(LIVE)
    plain, program = kit.telnet(7001, agree=()), kit.raw(7002)
    plain.wait_for(LIVE)
    daemon.wait_log(r"attached by raw:")
    for client in (person, plain):
        client.wait_for(b", 3 watching]\r\n")  # so that no notice falls into what follows
    guest.resume()
    guest.wait_ready("vm")
    person.type(BE_QUIET)
    wait_until(lambda: ends_in_record(guest.log("vm"), LAST), "the last that it prints")

    program.wait_for(lambda data: data.endswith(LAST))
    all_of_it = program.data
    assert len(all_of_it) > 10_000 and repeats_in_record(guest.log("vm"), all_of_it) is not None
    # Of telnet viewers only the one that types is asked what the shell asks of its terminal, and none from the history.
    shown_to_all = without_questions(all_of_it)
    wait_until(lambda: without_questions(console_bytes(person.output)) == shown_to_all, "the person to see all")
    # Without BINARY, a CR that ends no line goes as CR NUL (RFC 854).
    plain.wait_for(lambda data: console_bytes(data).replace(b"\r\0", b"\r") == shown_to_all)

    late = kit.telnet(7003)
    shown = console_bytes(late.wait_for(LIVE))
    assert late.data.endswith(LIVE)
    # The window of 1 KiB begins within the first of the lines that are shown.
    assert len(shown.partition(b"\n")[2]) < 1024 <= len(shown) + len(all_of_it) - len(shown_to_all)
    assert shown_to_all.endswith(shown) and shown_to_all[:-len(shown)].endswith(b"\n")
