# SPDX-License-Identifier: Apache-2.0
"""charmuxd is killed, ten times, in the middle of a guest's output: after each, every byte of the history is one that
the guest printed, in its place, and a mark stands where output is missing. A `charmux tail --since OFFSET -f` that I
begin again where the one before it was when charmuxd died goes on there, and misses what is overwritten, of which it is
told, and nothing else."""

import random
import re
import struct
import subprocess
import threading

from support import LIVE, wait_until
from support.found import history

RECORD = 16
# Nothing ends a line, so each notice brings its own CR LF.
NOTICE = re.compile(rb"(?:\r\n)?\[charmux: ([^\r\n]*)\]\r\n")


def stream(begin, end):
    records = b"".join(b"%015d " % number for number in range(begin // RECORD, end // RECORD + 1))
    return records[begin % RECORD:begin % RECORD + end - begin]


class Printer(threading.Thread):
    """The guest: prints the stream from `position` on until charmuxd is gone."""

    def __init__(self, chardev, position):
        super().__init__(daemon=True)
        self.chardev, self.position = chardev.accept(), position

    def run(self):
        try:
            while True:
                self.chardev.write(stream(self.position, self.position + 1000))
                self.position += 1000
        except OSError:
            self.position += 1000  # some of it may have been taken


class Follower:
    """`charmux tail --since OFFSET -f`, begun again for each charmuxd, at the offset that it has come to."""

    # On stderr, which goes where the output goes, so that it is known what came before what.
    SKIPPED = re.compile(rb"charmux: console vm: (\d+) bytes skipped\n")
    LAST_WORDS = re.compile(rb"charmux: (?!console vm: \d+ bytes skipped)[^\n]*\n\Z")

    def __init__(self, kit):
        self.program, self.directory = kit.build / "charmux", kit.directory
        self.offset = 0
        self.lives = []  # where each charmuxd's output begins: in the console's bytes, and in the stream

    def begin(self, daemon, position):
        """Once it has what this charmuxd knows of what was printed before."""
        kept_from, kept = history(daemon, "vm")
        end = kept_from + len(kept)
        self.lives.append((end, position))
        self.path = self.directory / f"followed-{len(self.lives)}"
        with open(self.path, "ab") as output:
            self.child = subprocess.Popen(
                [self.program, "tail", "vm", "--since", str(self.offset), "-f",
                 "--socket", daemon.runtime_dir / "control.sock"],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_until(lambda: self.pieces()[-1][1] >= end, lambda: f"it to come to {end}: {self.path.read_bytes()[-300:]}")
        text = kept[max(0, self.offset - kept_from):]
        assert self.pieces()[-1] == (end - len(text), end, text)
        assert len(self.pieces()) == (1 if self.offset >= kept_from else 2)

    def pieces(self):
        """What it has printed: (begin, end, bytes) each, parted where it says that it was skipped."""
        first, *rest = self.SKIPPED.split(self.LAST_WORDS.sub(b"", self.path.read_bytes()))
        found = [(self.offset, self.offset + len(first), first)]
        for skipped, text in zip(rest[::2], rest[1::2]):
            begin = found[-1][1] + int(skipped)
            found.append((begin, begin + len(text), text))
        return found

    def end(self):
        """After charmuxd's death."""
        assert self.child.wait(60) == 69, self.path.read_bytes()[-300:]
        found = self.pieces()
        for begin, end, text in found:
            assert text == self.printed(begin, end), f"from {begin} to {end} it has other bytes than were printed"
        self.offset = found[-1][1]
        print(f"followed to {self.offset}, skipped {[then[0] - before[1] for before, then in zip(found, found[1:])]}")

    def printed(self, begin, end):
        """The console's bytes from `begin` to `end`."""
        text = b""
        for (at, position), (until, _) in zip(self.lives, [*self.lives[1:], (end, 0)]):
            first, last = max(begin, at), min(end, until)
            text += stream(position + first - at, position + last - at) if first < last else b""
        return text


def recorded(daemon):
    ring = daemon.state_dir / "history/vm.ring"
    if not ring.exists():
        return 0  # nothing was printed yet
    header = ring.read_bytes()[:128]
    return struct.unpack_from("<Q", header, 64)[0]


def pieces(history):
    """The history's bytes, parted where a mark stands."""
    parts, at = [b""], 0
    for found in NOTICE.finditer(history):
        parts[-1] += history[at:found.start()]
        if found.group(1).startswith(b"not recorded "):
            parts.append(b"")
        at = found.end()
    parts[-1] += history[at:]
    return parts


def check(parts):
    """Each is a run of the stream, and begins behind the end of the one before. Returns where the last one ends."""
    end = 0
    for part in parts:
        whole = re.search(rb"(\d{15}) ", part)
        if not whole or len(part) < 2 * RECORD:
            assert not part.strip(b"0123456789 "), part
            continue
        begin = int(whole.group(1)) * RECORD - whole.start()
        assert begin >= end, f"a run that begins at {begin} stands behind one that ends at {end}"
        end = begin + len(part)
        assert part == stream(begin, end), f"the run of the stream from {begin} to {end} holds other bytes"
    return end


def test_killed_at_any_point_the_history_is_right(kit):
    seed = random.SystemRandom().randrange(1 << 32)
    print("seed", seed)
    dice = random.Random(seed)
    chardev = kit.unix_chardev()
    kit.path("charmux.toml").write_text('[history]\nsize = "64KiB"\nreplay = "64KiB"\n')
    arguments = ("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                 "--listen", "telnet:127.0.0.1:7001,console=vm", "--listen", "raw:127.0.0.1:7002,console=vm")
    daemon = kit.daemon(*arguments)
    position, follower = 0, Follower(kit)
    follower.begin(daemon, position)
    for _ in range(10):
        printer = Printer(chardev, position)
        target = recorded(daemon) + dice.randrange(1, 300_000)
        printer.start()
        wait_until(lambda: recorded(daemon) >= target, f"the history to reach {target}")
        before = recorded(daemon)
        daemon.kill()
        printer.join()
        follower.end()
        position = printer.position

        daemon = kit.daemon(*arguments)
        viewer = kit.telnet(7001)
        viewer.wait_for(lambda data: b"[charmux: not recorded " in data.partition(LIVE)[2] and data.endswith(b"\r\n"))
        history = viewer.data.replace(LIVE, b"")
        assert recorded(daemon) >= before
        parts = pieces(history)
        assert parts[-1] == b"" and len(parts[-2]) > 0, "no mark at the end"
        assert check(parts) <= position
        viewer.close()
        follower.begin(daemon, position)
