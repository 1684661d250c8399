# SPDX-License-Identifier: Apache-2.0
"""My link has become a thin one, of 1 MB/s, and a guest prints more than a hundred times as much as that carries in a
second, until I type Ctrl-C, which gets there at once. Then I see how it stands now: what waits for me is no more than a
history's worth and a short queue, not all that the kernel had room for."""

import time

from support import LIVE, wait_until
from support.flood import Printer, Reader

MB = 1_000_000
BEFORE, FLOOD = 32 * MB, 100 * MB


def test_output_is_prompt_on_a_thin_link(kit):
    link = kit.link()
    chardev = kit.unix_chardev()
    kit.path("charmux.toml").write_text('[history]\nsize = "128KiB"\n')
    kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
               "--listen", f"telnet:{link.here}:7001,console=vm,insecure")
    chardev.accept()
    me = link.there(kit.telnet, (link.here, 7001))
    me.wait_for(LIVE)
    me.forget_data()
    reader = Reader(me)
    # The kernel makes a queue of megabytes for who reads fast, where it is let.
    Printer(chardev, 0, BEFORE).finish()
    wait_until(lambda: reader.tally.at == BEFORE, "me to have all of it")
    link.thin_out("8mbit")

    printer = Printer(chardev, BEFORE, 100 * FLOOD)
    wait_until(lambda: printer.position > BEFORE + FLOOD and reader.tally.received > BEFORE + 1.5 * MB,
               "the guest to be in the middle of it, and the queues to be what they are on such a link")
    typed = time.monotonic()
    me.type(b"\x03")
    chardev.wait_for(b"\x03", seconds=2.5)
    there = time.monotonic()
    end = printer.interrupt()
    done, shown = time.monotonic(), reader.tally.received
    tally = reader.read_to(end, seconds=20)
    shown_late = tally.received - shown
    print(f"Ctrl-C came in {(there - typed) * 1000:.0f} ms; live output came {time.monotonic() - done:.2f} s after",
          f"the flood's end, behind {shown_late} bytes; {tally.skipped} were skipped")
    assert tally.received + tally.skipped == end
    assert shown_late < 0.6 * MB
