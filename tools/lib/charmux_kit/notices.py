# SPDX-License-Identifier: Apache-2.0
"""charmux's own lines in a viewer's stream, `[charmux: ...]`, apart from the console's bytes."""

import re

LIVE = b"[charmux: live]\r\n"
# A notice stands on a line of its own; where the guest was in the middle of one, CR LF comes before it, and between a CR of
# the guest's and that telnet's NUL (RFC 854).
_BEFORE = rb"(?:(?<!\n)(?:(?<=\r)\x00)?\r\n)?"
_NOTICE = re.compile(_BEFORE + rb"\[charmux: ([^\r\n]*)\]\r\n")


def notices(data):
    """Their texts, in order."""
    return [text.decode(errors="backslashreplace") for text in _NOTICE.findall(data)]


# Who else came, left, or got the pen.
_OTHERS = re.compile(_BEFORE + rb"\[charmux: [^\r\n]* (?:watching|types now)\]\r\n")


def without_others(data):
    """What there is but for the notices of who else comes, goes and types, which come when they come."""
    return _OTHERS.sub(b"", data)


def console_bytes(data):
    """The console's bytes, history and live: what follows the first notice, without the notices."""
    _, found, after = data.partition(b"[charmux: ")
    return _NOTICE.sub(b"", found + after)
