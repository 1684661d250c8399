# SPDX-License-Identifier: Apache-2.0
"""A program asks for the history of a console that keeps much: no answer is so long that others wait for it, and it gets
all of it by asking on."""

import re

KEPT = b"".join(b"line %08d\r\n" % n for n in range(170_000))
MOST = 1024 * 1024


def ask(kit, daemon, query):
    """The answer's offset and bytes."""
    client = kit.raw(daemon.runtime_dir / "control.sock")
    client.send(f"GET /api/v1/consoles/vm/history{query} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
    head, body = client.wait_closed().split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 200 "), head
    return int(re.search(rb"\r\nX-Charmux-Offset: (\d+)", head).group(1)), body


def test_a_long_history_is_given_in_pieces(kit):
    kit.path("charmux.toml").write_text('[history]\nsize = "4MiB"\n')
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", "raw:127.0.0.1:7001,console=vm,replay=0")
    viewer = kit.raw(7001)
    daemon.wait_log("attached")
    chardev.accept().write(KEPT)
    viewer.wait_for(KEPT[-15:])
    size = len(KEPT)
    assert 2 * MOST < size < 3 * MOST

    for query in ("", f"?bytes={2 * MOST}", "?bytes=18446744073709551615"):
        assert ask(kit, daemon, query) == (size - MOST, KEPT[-MOST:])
    assert ask(kit, daemon, "?bytes=10") == (size - 10, KEPT[-10:])
    pieces = b""
    while len(pieces) < size:
        offset, piece = ask(kit, daemon, f"?since={len(pieces)}")
        assert offset == len(pieces) and 0 < len(piece) <= MOST
        pieces += piece
    assert pieces == KEPT
