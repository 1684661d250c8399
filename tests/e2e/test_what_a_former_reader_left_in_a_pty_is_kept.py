# SPDX-License-Identifier: Apache-2.0
"""Someone had the guest's pty open and did not read it, so output piled up in the kernel. They left, charmuxd is started:
what piled up is the guest's output and is shown, after a line that says it may be old."""

import os
import re

from support import LIVE, console_bytes, ends_in_record, notices, wait_until, without_questions

LEFTOVER = re.compile(r"the next (\d+) bytes were there already at \d\d:\d\d:\d\d, and may be older")


def test_what_a_former_reader_left_in_a_pty_is_kept(kit):
    guest = kit.guest({"boot": "null", "vm": "pty"}, paused=True)
    address = guest.address("vm")
    former_reader = os.open(address.removeprefix("pty:"), os.O_RDWR | os.O_NOCTTY)
    guest.resume()
    guest.wait_ready("vm")
    os.write(former_reader, b"read -p piled-up-$((6 * 7)) answer\r")  # and waits for Enter
    wait_until(lambda: ends_in_record(guest.log("vm"), b"piled-up-42"), "the answer")
    os.close(former_reader)

    kit.daemon("--console", f"vm={address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
               "--listen", "raw:127.0.0.1:7002,console=vm,replay=64KiB")
    viewer = kit.telnet(7001)
    piled_up = guest.log("vm")
    shown = without_questions(piled_up)
    viewer.wait_for(lambda data: shown in console_bytes(data) and LIVE in data)
    assert console_bytes(viewer.data) == shown
    marks = [int(found.group(1)) for text in notices(viewer.data) if (found := LEFTOVER.fullmatch(text))]
    assert marks == [len(piled_up)]
    assert viewer.data.index(b" bytes were there already") < viewer.data.index(b"charmux guest ready on")
    kit.raw(7002).wait_for(lambda data: data == piled_up)

    viewer.type(b"\r")
    viewer.wait_for(b"ttyS1# ")
    viewer.type(b"echo now-$((6 * 7))\r")
    viewer.wait_for(b"now-42\r\n")
    assert [text for text in notices(viewer.data) if "there already" in text] == [
        text for text in notices(viewer.data) if LEFTOVER.fullmatch(text)]
