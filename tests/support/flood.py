# SPDX-License-Identifier: Apache-2.0
"""A guest that prints without end, clients that read as fast or as slowly as they are told, and what became of each
byte."""

import functools
import re
import threading
import time

from charmux_kit import Deadline

LINE = 16
_LINES = 4096
_BLOCK = LINE * _LINES
# Neither CR nor a bracket is in it: those are charmux's own.
_TEMPLATE = b"".join(b"########## %04x\n" % line for line in range(_LINES))
_NOTICE = re.compile(rb"(?:\r\n)?\[charmux: ([^\r\n]*)\]\r\n")
_LOOK_SECONDS = 0.05  # how often one who waits for output looks whether it is to go on
_SKIPPED = re.compile(rb"(\d+) bytes skipped")


@functools.lru_cache(64)
def _block(number):
    return _TEMPLATE.replace(b"##########", b"%010d" % number)


def stream(begin, end):
    """Bytes `begin` to `end` of what the guest prints: lines of 16 bytes, no two alike."""
    blocks = b"".join(map(_block, range(begin // _BLOCK, (end - 1) // _BLOCK + 1))) if end > begin else b""
    return blocks[begin % _BLOCK:begin % _BLOCK + end - begin]


class Tally:
    """Compares what a client is given, as it comes, with the stream. What it received and what it was told it missed
    have to be, byte for byte, what was printed from its first to its last; `at` is where it has come to."""

    def __init__(self, at=0):
        self.at = at
        self.received = 0
        self.skips = []  # bytes, each as it was told
        self.notices = []  # all, the skips among them
        self._rest = b""  # may be the beginning of a notice

    @property
    def skipped(self):
        return sum(self.skips)

    def take(self, data):
        data = self._rest + data
        self._rest = b""
        while data:
            plain = min((place for place in (data.find(b"\r"), data.find(b"[")) if place >= 0), default=len(data))
            self._plain(data[:plain])
            data = data[plain:]
            notice = _NOTICE.match(data)
            if data and not notice:
                assert len(data) < 300 and b"]\r\n" not in data, f"{data[:300]!r} stands behind byte {self.at}"
                self._rest = data
                return
            if notice:
                self._notice(notice.group(1))
                data = data[notice.end():]

    def _plain(self, data):
        expected = stream(self.at, self.at + len(data))
        assert data == expected, f"behind byte {self.at} stand {data[:100]!r}..., printed were {expected[:100]!r}..."
        self.at += len(data)
        self.received += len(data)

    def _notice(self, text):
        self.notices.append(text.decode())
        skip = _SKIPPED.fullmatch(text)
        if skip:
            self.skips.append(int(skip.group(1)))
            self.at += self.skips[-1]
            assert self.at % LINE == 0, f"it goes on inside a line, at {self.at}"


class Worker(threading.Thread):
    """A thread whose failure is its owner's: finish() raises it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.failure = None
        self._stop_asked = threading.Event()

    def run(self):
        try:
            self.work()
        except BaseException as failure:  # whatever it is, the test has to fail of it
            self.failure = failure

    def finish(self, seconds=None):
        self.join(Deadline(seconds).remaining())
        if self.failure:
            raise self.failure
        assert not self.is_alive(), f"{self.describe()} goes on and on"


class Printer(Worker):
    """The guest prints the stream's bytes from `begin` to `end`, as fast as charmuxd takes them."""

    def __init__(self, chardev, begin, end):
        super().__init__()
        self.chardev, self.position, self.end = chardev, begin, end
        self.waited = self.longest_wait = 0.0  # seconds in which charmuxd took nothing, in all and at a stretch
        self.start()

    def work(self):
        while self.position < self.end:
            piece = stream(self.position, min(self.end, self.position + _BLOCK))
            began = time.monotonic()
            self.chardev.write(piece)
            wait = time.monotonic() - began
            self.position += len(piece)
            self.waited += wait
            self.longest_wait = max(self.longest_wait, wait)

    def interrupt(self):
        """It stops; returns where."""
        self.end = 0
        self.finish()
        return self.position

    def describe(self):
        return f"the guest, at byte {self.position} of {self.end},"


class Reader(Worker):
    """Reads `client`, which is at live output, and compares what comes with the stream, whose byte `at` comes next. It
    takes `piece` bytes at once, and `rate` bytes a second; without a rate, as they come."""

    def __init__(self, client, at=0, rate=None, piece=1 << 16):
        super().__init__()
        self.client, self.rate, self.piece = client, rate, piece
        self.tally = Tally(at)
        self.ends_at = None
        self.start()

    def work(self):
        moment = time.monotonic()
        while self.ends_at is None or self.tally.at < self.ends_at:
            if self.rate:
                # Where nothing came for a while, it does not make up for that.
                moment = max(moment + self.piece / self.rate, time.monotonic())
                self._pace(moment)
            if self.client.ready(_LOOK_SECONDS):
                self.client.read_some(Deadline(), self.piece)
                self.tally.take(self.client.forget_data())
                assert not self.client.closed, f"{self.describe()} was closed"

    def _pace(self, moment):
        """Until then, or until all may be read at once."""
        self._stop_asked.wait(max(0.0, moment - time.monotonic()))

    def read_to(self, end, seconds=None):
        """From now on it reads as fast as it can, and ends there."""
        self.ends_at, self.rate, self.piece = end, None, 1 << 16
        self._stop_asked.set()
        self.finish(seconds)
        assert self.tally.at == end, f"{self.tally.at} bytes were received or told to be skipped, {end} printed"
        return self.tally

    def describe(self):
        return f"{self.client.place}'s viewer, at byte {self.tally.at},"
