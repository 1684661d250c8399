# SPDX-License-Identifier: Apache-2.0
"""Those who come to a listener and mean no good: slow ones, who keep what they have begun, and many who guess passwords."""

import collections
import select
import socket
import threading
import time

from charmux_kit import Deadline
from support.flood import Worker

PACE_SECONDS = 0.1


class Drippers(Worker):
    """So many connections to `place`, each of which sends a byte of `text` ten times a second, and goes on with `again`
    for as long as it is let. What comes is read and kept; nobody closes until they are told to."""

    def __init__(self, place, number, text, again=b"x"):
        super().__init__()
        self._bytes, self._again = text, again
        self.sockets = [socket.create_connection(place) for _ in range(number)]
        self.received = [b""] * number
        self.ended = [False] * number
        self._over = threading.Event()
        self.start()

    def work(self):
        at = 0
        while not self._over.wait(PACE_SECONDS):
            byte = self._bytes[at:at + 1] or self._again
            at += 1
            for number, each in enumerate(self.sockets):
                self._turn(number, each, byte)

    def _turn(self, number, each, byte):
        if self.ended[number]:
            return
        try:
            while select.select([each], [], [], 0)[0]:
                received = each.recv(4096)
                self.received[number] += received
                if not received:
                    self.ended[number] = True
                    return
            each.send(byte)
        except (ConnectionResetError, BrokenPipeError):
            self.ended[number] = True

    def describe(self):
        return f"dripping to {len(self.sockets)} sockets"

    def let_go(self):
        """How many charmuxd has ended."""
        return sum(self.ended)

    def close(self):
        self._over.set()
        self.finish()
        for each in self.sockets:
            each.close()


class Guesser(Worker):
    """Tries to log in to a telnet listener again and again, `number` times in all, from one address after the other; `rate`
    in a second, or as fast as it is answered. `name` is whose password it guesses, or a function of the try's number. What
    became of the tries is in `fates`."""

    ANSWERS = {b"Login incorrect": "wrong", b"too many have tried to log in": "refused", b"full, try later": "full"}

    def __init__(self, place, name, addresses, number, rate=None):
        super().__init__()
        self._place, self._name, self._addresses, self._number, self._rate = place, name, addresses, number, rate
        self.fates = collections.Counter()
        self.start()

    def describe(self):
        return f"the guesser at {self._place}"

    def work(self):
        began = time.monotonic()
        for number in range(self._number):
            if self._rate:
                threading.Event().wait(max(0, began + number / self._rate - time.monotonic()))
            name = self._name(number) if callable(self._name) else self._name
            self.fates[self._try(self._addresses[number % len(self._addresses)], name)] += 1

    def _try(self, address, name):
        with socket.create_connection(self._place, source_address=(address, 0)) as client:
            received = b""
            try:
                client.settimeout(Deadline().seconds)
                client.sendall(name + b"\r\0guess\r\0")
                while not (answer := next((each for each in self.ANSWERS if each in received), None)):
                    more = client.recv(4096)
                    if not more:
                        return "closed"
                    received += more
            except (ConnectionResetError, BrokenPipeError):
                return "closed"
            return self.ANSWERS[answer]
