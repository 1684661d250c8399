# SPDX-License-Identifier: Apache-2.0
"""tools/bench patience: see there."""

import multiprocessing
import pathlib
import socket
import sys
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(TOP / "tests"), str(TOP / "tools/lib")]

from support.kit import Kit  # noqa: E402  (the path comes first)
from charmux_kit import wait_until  # noqa: E402

RUNS = 10
MIB = 1 << 20
A_WAIT = 0.01  # of the guest; a shorter one is how busy the machine is


class Guest:
    """A program that prints as fast as it is let, in a process of its own, and how long it was kept waiting."""

    def __init__(self, path):
        self.path = str(path)
        self.listening, self.go = multiprocessing.Event(), multiprocessing.Event()
        self.waited, self.printed = multiprocessing.Value("d", 0), multiprocessing.Value("Q", 0)
        self.process = multiprocessing.Process(target=self._run, daemon=True)
        self.process.start()
        self.listening.wait()

    def _run(self):
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.path)
            listener.listen(1)
            self.listening.set()
            connection, _ = listener.accept()
        self.go.wait()
        lines = b"%063d\n" % 7 * 1024
        while True:
            began = time.monotonic()
            sent = connection.send(lines)
            took = time.monotonic() - began
            self.printed.value += sent
            if took > A_WAIT:
                self.waited.value += took


class Scene:
    """A guest, charmuxd with its defaults, and one viewer."""

    def __init__(self, joins_late=False, buffer=None):
        self.kit = Kit()
        self.guest = Guest(self.kit.path("guest"))
        daemon = self.kit.daemon("--console", f"vm=unix:{self.kit.path('guest')}",
                                 "--listen", "raw:127.0.0.1:7001,console=vm,on-lag=skip")
        if joins_late:
            self._flood()
        self.viewer = socket.socket()
        if buffer:  # SO_RCVBUFFORCE, 33: above net.core.rmem_max
            self.viewer.setsockopt(socket.SOL_SOCKET, 33, buffer)
        self.viewer.connect(("127.0.0.1", 7001))
        self.skipped = lambda: daemon.api("/consoles/vm")["skipped"]
        if not joins_late:
            wait_until(lambda: daemon.api("/consoles/vm")["viewers"], "the viewer")
            self._flood()

    def _flood(self):
        self.guest.go.set()
        wait_until(lambda: self.guest.printed.value > 0, "the flood")

    def read(self, seconds, rate=None):
        room, read, began = bytearray(64 * 1024), 0, time.monotonic()
        while (now := time.monotonic() - began) < seconds:
            read += self.viewer.recv_into(room)
            if rate and read / rate > now:
                time.sleep(read / rate - now)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.guest.process.kill()
        self.viewer.close()
        self.kit.close()


def reads_evenly(rate, **how):
    whole = 0
    for _ in range(RUNS):
        with Scene(**how) as scene:
            scene.read(2, rate * MIB)
            whole += scene.skipped() == 0
    return f"got everything in {whole} of {RUNS} runs"


def stops(seconds, **how):
    costs = []
    for _ in range(RUNS):
        with Scene(**how) as scene:
            scene.read(seconds)
            before = scene.guest.waited.value if seconds else 0
            time.sleep(2)
            costs.append(round((scene.guest.waited.value - before) * 1000))
    return f"cost the guest {', '.join(map(str, sorted(costs)))} ms"


def main():
    for rate in 4, 8, 16, 64:
        for when, how in ("before", {}), ("during", {"joins_late": True}):
            print(f"reads {rate} MiB/s evenly, came {when} the flood: {reads_evenly(rate, **how)}", flush=True)
    print(f"reads as fast as it can for 1 s, then nothing: {stops(1)}", flush=True)
    print(f"reads nothing, 64 KiB of buffer or so: {stops(0)}", flush=True)
    print(f"reads nothing, 16 MiB of buffer: {stops(0, buffer=16 * MIB)}", flush=True)


main()
