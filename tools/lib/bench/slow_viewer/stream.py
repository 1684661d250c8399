# SPDX-License-Identifier: Apache-2.0
"""What the guest prints: numbered lines, so that of whatever a client received it can be said what is missing."""

import functools
import operator
import re

LINE_BYTES = 64
READY = b"the guest is there\r\n"
_FILL = b"abcdefghijklmnopqrstuvwxyz0123456789ABCD"
# The number stands at both ends: of the beginning of one line and the end of another no third is made.
_LINE = re.compile(rb"(\d{10}) " + _FILL + rb" \1\r\n")
_TELNET = re.compile(rb"\xff(?:[\xfb-\xfe].|[\xf0-\xf9])", re.DOTALL)
_CHARMUX = re.compile(rb"(?:(?<!\n)\r\n)?\[charmux: ([^\r\n]*)\]\r\n")
_SKIPPED = re.compile(rb"(\d+) bytes skipped")


@functools.cache
def stream(total):
    """The first `total` bytes of what the guest prints."""
    return b"".join(b"%010d %s %010d\r\n" % (n, _FILL, n) for n in range(total // LINE_BYTES))


def _without_notice(match):
    """The CR LF before a notice is charmux's, unless it ends a line of the guest's. Where the guest's output was cut
    right before a line's end it looks the same; but behind a skip it goes on at a line's start, so that the number of
    bytes skipped shows whether that end is among them."""
    line_ended = _LINE.fullmatch(match.string, max(0, match.start() - LINE_BYTES + 2), match.start() + 2)
    skipped = _SKIPPED.match(match[1])
    end_is_skipped = skipped and int(skipped[1]) % LINE_BYTES == 2
    return b"\r\n" if line_ended and not end_is_skipped else b""


class Judgement:
    """What became of the stream on its way to one client."""

    def __init__(self, received, total):
        # What came before the guest printed (banners, history) is not part of it.
        _, _, data = received.rpartition(READY)
        data = _TELNET.sub(b"", bytes(data))
        self.total = total
        self.told = sum(int(count) for text in _CHARMUX.findall(data) for count in _SKIPPED.findall(text))
        data = _CHARMUX.sub(_without_notice, data).replace(b"\r\0", b"\r")
        self.missing = total - len(data)
        self.whole = data == stream(total)
        numbers = [] if self.whole else [int(match[1]) for match in _LINE.finditer(data)]
        # What is not whole lacks something; otherwise something was repeated, or changed.
        self.in_order = self.whole or self.missing > 0 and all(map(operator.lt, numbers, numbers[1:]))

    def text(self):
        """In words, for the table."""
        if self.whole:
            return "all, in order"
        said = f"{size(self.missing)} missing{'' if self.in_order else ', not in order'}"
        if self.told == 0:
            return f"{said}, not told"
        if self.told == self.missing:
            return f"{said}, told exactly"
        return f"{said}, told {size(self.told)} ({self.told - self.missing:+d} bytes)"


def size(count):
    """For people."""
    for unit, name in (1 << 20, "MiB"), (1 << 10, "KiB"):
        if count >= 0.95 * unit:
            return f"{count / unit:.{1 if count < 100 * unit else 0}f} {name}"
    return f"{count:.0f} bytes"
