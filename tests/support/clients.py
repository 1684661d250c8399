# SPDX-License-Identifier: Apache-2.0
"""Clients of charmuxd that do exactly what a test says, on plain sockets."""

import select
import socket
import ssl
import struct

from charmux_kit import Deadline, TimedOut

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, ECHO, SGA, TTYPE, NAWS = 0, 1, 3, 24, 31

_SO_RCVBUFFORCE = 33  # asm-generic/socket.h: as root, beyond net.core.rmem_max


class RawClient:
    """A viewer on a raw door. `place`: a port on 127.0.0.1, a (host, port), or the path of a UNIX socket. Nothing is
    read but in wait_for(), wait_closed() and read_some(), so a test can be the viewer that does not read.

    `tls`: an ssl.SSLContext, see Authority.client(); `server_name` is what it asks for (SNI). Where the server ends TLS
    with an alert, that is a close, and `alert` says which. `header` is what is sent before anything else."""

    def __init__(self, place, receive_buffer=None, tls=None, server_name="localhost",
                 header=b""):
        if isinstance(place, int):
            place = ("127.0.0.1", place)
        self.place = place
        if isinstance(place, tuple):
            family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        else:
            family, place = socket.AF_UNIX, str(place)
        self.socket = socket.socket(family)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, receive_buffer)
        self.socket.connect(place)
        if header and tls:  # both in one packet
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        self.socket.sendall(header)
        self.alert = None
        if tls:
            self.socket.settimeout(Deadline().seconds)
            self.socket = tls.wrap_socket(self.socket, server_hostname=server_name)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
        self.closed = False  # the other side has closed, and all it sent has been read
        self._raw = bytearray()

    @property
    def raw(self):
        """Every byte received so far."""
        return bytes(self._raw)

    @property
    def data(self):
        """The console's bytes and the notices: on a raw door, every byte."""
        return self.raw

    @property
    def local_port(self):
        return self.socket.getsockname()[1]

    def send(self, data):
        """These very bytes."""
        self.socket.sendall(data)

    def ready(self, seconds):
        """Whether something has come, or comes within that time."""
        if isinstance(self.socket, ssl.SSLSocket) and self.socket.pending():
            return True
        return bool(select.select([self.socket], [], [], seconds)[0])

    def read_some(self, deadline, most=1 << 16):
        """Waits until something has come (or the end) and takes it."""
        if not self.ready(deadline.remaining()):
            raise TimedOut(f"nothing came in {deadline.seconds:g} s; the last bytes: {self.data[-300:]!r}")
        try:
            received = self.socket.recv(most)
        except ssl.SSLError as error:
            received, self.alert = b"", error.reason
        except ConnectionResetError:
            received = b""
        self.closed = not received
        self._take(received)

    def _take(self, received):
        self._raw += received

    def forget_data(self):
        """The data so far, which are then kept no longer."""
        data = self.data
        self._raw.clear()
        return data

    def wait_for(self, text, seconds=None):
        """Until the data contain the bytes, or until a predicate of the data is true; returns the data."""
        found = text if callable(text) else lambda data: text in data
        deadline = Deadline(seconds)
        while not found(self.data):
            if self.closed:
                raise AssertionError(f"{self.place} closed before {text!r} came; the last bytes: {self.data[-300:]!r}")
            self.read_some(deadline)
        return self.data

    def wait_closed(self, seconds=None):
        """Until charmuxd closes this connection; returns the data."""
        deadline = Deadline(seconds)
        while not self.closed:
            self.read_some(deadline)
        return self.data

    def stop_sending(self):
        """Half-close, as `nc -N` does."""
        self.socket.shutdown(socket.SHUT_WR)

    def reset(self):
        """Closes with RST."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def report(self):
        yield f"the last bytes at a client of {self.place}", self.data[-1000:].decode(errors="backslashreplace")

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class TelnetClient(RawClient):
    """A viewer on a telnet door. `agree` is the set of options that it agrees to, whichever side offers or asks; it
    refuses the others, each once. With agree=None it never answers at all.

    raw: as received; data: without telnet's commands, IAC IAC undoubled, CR NUL left as it is; commands: the commands
    in order, as bytes (`IAC WILL ECHO` is bytes([255, 251, 1]), a sub-negotiation is whole)."""

    def __init__(self, place, agree=frozenset({BINARY, ECHO, SGA, NAWS, TTYPE}), size=(80, 24), **options):
        super().__init__(place, **options)
        self._agree, self._size = agree, size
        self._answered = set()
        self._data = bytearray()
        self._pending = b""  # the beginning of a command whose end has not come
        self.commands = []

    @property
    def data(self):
        return bytes(self._data)

    def forget_data(self):
        super().forget_data()
        data = self.data
        self._data.clear()
        return data

    def type(self, keys):
        """Bytes as typed: IAC doubled."""
        self.send(keys.replace(b"\xff", b"\xff\xff"))

    def command(self, *numbers):
        """IAC and these numbers."""
        self.send(bytes([IAC, *numbers]))

    def send_size(self, columns, rows):
        """NAWS (RFC 1073): a 255 in a number is doubled."""
        payload = struct.pack(">HH", columns, rows).replace(b"\xff", b"\xff\xff")
        self.send(bytes([IAC, SB, NAWS]) + payload + bytes([IAC, SE]))

    def _take(self, received):
        super()._take(received)
        rest = self._pending + received
        while rest:
            plain, found, after = rest.partition(b"\xff")
            self._data += plain
            if not found:
                rest = b""
                break
            length = self._command_length(after)
            if length is None:
                rest = found + after
                break
            if after[0] == IAC:
                self._data.append(IAC)
            else:
                self._obey(found + after[:length])
            rest = after[length:]
        self._pending = rest

    @staticmethod
    def _command_length(after_iac):
        """How many bytes behind the IAC belong to the command; None where its end has not come."""
        if not after_iac:
            return None
        if after_iac[0] in (WILL, WONT, DO, DONT):
            return 2 if len(after_iac) >= 2 else None
        if after_iac[0] == SB:
            # IAC IAC inside is a byte of the payload, so only an undoubled IAC SE ends it.
            end = after_iac.replace(b"\xff\xff", b"xx").find(bytes([IAC, SE]))
            return None if end < 0 else end + 2
        return 1

    def _obey(self, command):
        self.commands.append(command)
        if self._agree is None or command in self._answered:
            return
        self._answered.add(command)
        verb, option = command[1], command[2] if len(command) > 2 else None
        agreed = option in self._agree
        if verb == WILL:
            self.command(DO if agreed else DONT, option)
        elif verb == DO:
            self.command(WILL if agreed else WONT, option)
            if agreed and option == NAWS:
                self.send_size(*self._size)
        elif command[1:4] == bytes([SB, TTYPE, 1]):
            self.send(bytes([IAC, SB, TTYPE, 0]) + b"XTERM" + bytes([IAC, SE]))
