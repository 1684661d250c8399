# SPDX-License-Identifier: Apache-2.0
"""Each value that a byte has, and the pairs that telnet or a terminal might take for something else, framed so that what
was lost or changed on the way can be told: bin/emit and bin/receive of the guest (tools/lib/guest) are the other side."""

PIECES = [bytes([value]) for value in range(256)] + [b"\r\n", b"\r\0", b"\xff\xff", b"\xff\xf0"]
END = b"-end-"


def framed(without=()):
    """All pieces, but for those that hold a byte of `without`."""
    return b"".join(b"%03o%s." % (n, piece) for n, piece in enumerate(PIECES)
                    if not any(byte in without for byte in piece))


def arrived(data, without=()):
    """What became of each piece, by the piece; None where even its frame is gone."""
    numbers = [n for n, piece in enumerate(PIECES) if not any(byte in without for byte in piece)]
    found, rest = {}, data.partition(END)[0] + b"."
    for n, following in zip(numbers, [*numbers[1:], None]):
        stop = b"." if following is None else b".%03o" % following
        head = b"%03o" % n
        at = rest.find(head)
        end = rest.find(stop, at + 3 + (PIECES[n].startswith(b"."))) if at >= 0 else -1
        if end < 0:
            found[PIECES[n]] = None
            continue
        found[PIECES[n]] = rest[at + 3:end]
        rest = rest[end + 1:]
    return found


def _ranges(pieces):
    """In hexadecimal; single bytes that follow each other as a range."""
    spans = []
    for piece in pieces:
        if len(piece) == 1 and spans and len(spans[-1][-1]) == 1 and piece[0] == spans[-1][-1][0] + 1:
            spans[-1] = (spans[-1][0], piece)
        else:
            spans.append((piece, piece))
    return ", ".join(first.hex(" ") if first == last else f"{first.hex()}-{last.hex()}" for first, last in spans)


def in_words(found, kept):
    """For the table. `kept` says of bytes that were not sent what keeps them."""
    unlike = {}
    for byte, reason in sorted(kept.items()):
        unlike.setdefault(reason, []).append(bytes([byte]))
    for piece, became in found.items():
        # Of a pair only what its bytes do not suffer alone.
        apart = b"".join(found.get(bytes([byte])) or b"" for byte in piece)
        if became != piece and (len(piece) == 1 or became != apart):
            utf8 = became == piece.decode("latin-1").encode()
            why = "arrives as its UTF-8" if utf8 else f"arrives as {became.hex(' ')}" if became else "lost"
            unlike.setdefault(why, []).append(piece)
    return "all" if not unlike else "all but " + "; ".join(f"{_ranges(pieces)} ({why})" for why, pieces in unlike.items())
