# SPDX-License-Identifier: Apache-2.0
"""A `charmux bridge` in the foreground."""

import re

from charmux_kit import Daemon, Process, build_dir


class Bridge(Daemon):
    """Starts `charmux bridge` with `args` and waits until it listens wherever it was told to. Log and end are as a
    Daemon's, but it has no directories and no API."""

    def __init__(self, log, *args, wait_ready=True, wrap=()):
        self.process = Process("charmux bridge", [build_dir() / "charmux", "bridge", *args], log, wrap=wrap)
        self.end_expected = False
        self._doors = [word for word in map(str, args[1:]) if not word.startswith("-")]
        if wait_ready:
            self.wait_ready()

    def wait_ready(self, seconds=None):
        for door in self._doors:
            self.wait_log(rf"^charmux: listening: {re.escape(door.split(',')[0])} for console ", seconds)

    def hex_blocks(self):
        """What -v has shown: (direction, offset, bytes), and that each block is as `hexdump -C` prints such bytes."""
        blocks = []
        for line in self.log().splitlines():
            if head := re.fullmatch(r"([<>]) \d\d:\d\d:\d\d\.\d{6} offset (\d+), (\d+) bytes?", line):
                blocks.append([head.group(1), int(head.group(2)), int(head.group(3)), b""])
            elif row := re.fullmatch(r"([0-9a-f]{8,})  ((?:[0-9a-f]{2} {1,2}|   )+) *\|(.{1,16})\|", line):
                block = blocks[-1]
                assert int(row.group(1), 16) == block[1] + len(block[3])
                data = bytes.fromhex(row.group(2))
                assert row.group(3) == "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data)
                block[3] += data
        return [(direction, offset, data) for direction, offset, size, data in blocks if len(data) == size]

    def passed(self, direction):
        """All bytes that it has shown to have gone that way."""
        data = b""
        for way, offset, block in self.hex_blocks():
            if way == direction:
                assert offset == len(data)
                data += block
        return data

    def status(self):
        return self.process.status()

    def report(self):
        yield "charmux bridge", self.status()
        yield "what it said", self.log()
