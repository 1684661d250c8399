# SPDX-License-Identifier: Apache-2.0
"""One run: a guest prints, two clients are attached, one of them may stop reading. What was seen of it."""

import contextlib
import pathlib
import tempfile
import time
import types

from charmux_kit import Deadline, wait_until
from slow_viewer.stream import READY, Judgement

QUIET = 1.5  # so long without a byte, and a client has received all it will
STANDS = 10  # so long without a byte taken, and the guest stands still
SECONDS = 60  # no part of a run takes longer


def run(make_peer, total, rate=0, stop=True):
    """The guest prints `total` bytes (see Guest.print for `rate`); with `stop`, one of the two clients stops reading
    before it does, and reads on when the guest has printed all, or stood still."""
    with contextlib.ExitStack() as stack:
        directory = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slow-")))
        peer = make_peer(directory)
        peer.guest.start(total)
        stack.callback(peer.guest.close)
        peer.start()
        stack.callback(peer.close)
        reader, other = clients = [stack.enter_context(contextlib.closing(peer.client())) for _ in range(2)]
        attach(peer.guest, clients)
        if stop:
            other.stop_reading()
        seen = watch(peer, reader, rate)
        if stop:
            other.read_on()
        settle(peer.guest, clients)
        seen.finished, seen.ended = peer.guest.finished(), not peer.process.running()
        seen.reader, seen.other = (Judgement(each.received, total) for each in clients)
        return seen


def attach(guest, clients):
    """Until both clients have read a line of the guest, and nothing more comes."""
    for client in clients:
        client.read_on()

    def both_hear():
        guest.hello()
        time.sleep(0.05)
        return all(READY in client.received for client in clients)
    wait_until(both_hear, lambda: f"both clients to hear the guest; so far {[bytes(each.received[-300:]) for each in clients]}", 15)
    wait_until(lambda: all(client.quiet(0.3) for client in clients), "the guest's lines to have passed", 15)


def watch(peer, reader, rate):
    """The guest prints, until it has, or stands still."""
    guest = peer.guest
    before = peak = peer.memory()
    guest.print(rate)
    deadline = Deadline(SECONDS)
    while not deadline.passed() and guest.waiting() < STANDS and not (guest.finished() and reader.quiet(QUIET)):
        time.sleep(0.05)
        peak = max(peak, peer.memory())
    return types.SimpleNamespace(stands=guest.waiting() >= STANDS, wait=guest.longest_wait(), rate=guest.rate(), grown=peak - before)


def settle(guest, clients):
    """Until the guest has printed all and nothing more comes to either client."""
    for client in clients:
        client.came = time.monotonic()
    deadline = Deadline(SECONDS)
    while not deadline.passed() and not (guest.finished() and all(client.quiet(QUIET) for client in clients)):
        time.sleep(0.05)
