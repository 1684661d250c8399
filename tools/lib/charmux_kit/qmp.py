# SPDX-License-Identifier: Apache-2.0
"""A small QMP client, one command at a time."""

import json
import select
import socket

from charmux_kit.waiting import Deadline, TimedOut


class QmpError(Exception):
    """QEMU's answer to a command that it refused."""


class Qmp:
    """A QMP session on a connected socket. Events that come meanwhile are kept in `events`, in order."""

    def __init__(self, connected, seconds=None):
        self._socket = connected
        self._buffer = b""
        self.events = []
        greeting = self._message(Deadline(seconds))
        self.version = greeting["QMP"]["version"]["qemu"]
        self.command("qmp_capabilities")

    @classmethod
    def connect(cls, path, seconds=None):
        connected = socket.socket(socket.AF_UNIX)
        connected.connect(str(path))
        return cls(connected, seconds)

    def command(self, name, /, seconds=None, **arguments):
        """Runs it and returns what QEMU returned. A dash in an argument's name is written as an underscore."""
        request = {"execute": name}
        if arguments:
            request["arguments"] = {key.replace("_", "-"): value for key, value in arguments.items()}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        deadline = Deadline(seconds)
        while True:
            message = self._message(deadline)
            if "event" in message:
                self.events.append(message)
            elif "error" in message:
                raise QmpError(f"{name}: {message['error']['desc']}")
            else:
                return message["return"]

    def wait_event(self, name, seconds=None):
        """Takes the oldest event of that name out of `events`, waiting for it where it has not come yet."""
        deadline = Deadline(seconds)
        while True:
            for event in self.events:
                if event["event"] == name:
                    self.events.remove(event)
                    return event
            self.events.append(self._message(deadline))

    def _message(self, deadline):
        while b"\n" not in self._buffer:
            readable, _, _ = select.select([self._socket], [], [], deadline.remaining())
            if not readable:
                raise TimedOut(f"waited {deadline.seconds:g} s for QMP")
            received = self._socket.recv(65536)
            if not received:
                raise ConnectionError("QEMU closed its QMP session")
            self._buffer += received
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def close(self):
        self._socket.close()
