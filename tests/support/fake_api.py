# SPDX-License-Identifier: Apache-2.0
"""A mock of charmuxd's control socket, for answers that the real one never gives: late, broken, or cut in the middle."""

import json
import queue
import socket
import threading

from charmux_kit.waiting import DEFAULT_SECONDS


def answer(status=200, body=b"", **fields):
    """An HTTP answer on the wire; a body that is no bytes is sent as JSON. `X_Charmux_Offset=5` is a field."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}"]
    head += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


class Cut(bytes):
    """An answer whose rest never comes, since the connection ends there."""


SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: telnet\r\n\r\n"


class FakeApi:
    """Listens at `path` and answers each request with what `answers` holds for "METHOD /path" (the query left out): the
    bytes to send, or a list of them, one a request, the last for all after it. A Cut ends the connection. Without
    an answer it says nothing. After a 101 the connection is a Session, to be had by session()."""

    def __init__(self, path, answers):
        self.path = path
        self.requests = []  # "METHOD /path?query", in order
        self._answers = {key: list(value) if isinstance(value, list) else [value] for key, value in answers.items()}
        self._sessions = queue.Queue()
        self._connections = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(16)
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # close() shuts it down
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _serve(self, connection):
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                try:
                    more = connection.recv(65536)
                except OSError:
                    return
                if not more:
                    return
                received += more
            head, _, received = received.partition(b"\r\n\r\n")
            method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
            self.requests.append(f"{method} {target}")
            if not self._answered(connection, f"{method} {target.partition('?')[0]}"):
                return

    def _answered(self, connection, key):
        """False when the connection is HTTP's no longer."""
        answers = self._answers.get(key, [])
        if not answers:
            return True
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        connection.sendall(bytes(said))
        if isinstance(said, Cut):
            connection.shutdown(socket.SHUT_RDWR)
            return False
        if said.startswith(b"HTTP/1.1 101"):
            self._sessions.put(Session(connection))
            return False
        return True

    def session(self, seconds=None):
        """The next connection that was upgraded."""
        return self._sessions.get(timeout=DEFAULT_SECONDS if seconds is None else seconds)

    def report(self):
        yield f"what {self.path} was asked", "\n".join(self.requests)

    def close(self):
        for each in (self._listener, *self._connections):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:  # by one end or the other it is closed already
                pass
            each.close()


class Session:
    """The daemon's end of an upgraded connection."""

    def __init__(self, connection):
        self.connection = connection
        self.connection.settimeout(DEFAULT_SECONDS)
        self.received = b""
        self.closed = False

    def send(self, data):
        self.connection.sendall(data)

    def wait_for(self, text):
        """Until the client has sent the bytes; returns all that has come."""
        while text not in self.received:
            more = self.connection.recv(65536)
            assert more, f"the client left before it sent {text!r}; so far {self.received!r}"
            self.received += more
        return self.received

    def wait_closed(self):
        """Until the client has left; returns all that has come."""
        while more := self.connection.recv(65536):
            self.received += more
        return self.received

    def close(self):
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()
