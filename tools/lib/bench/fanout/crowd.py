# SPDX-License-Identifier: Apache-2.0
"""Many chardevs and many viewers that do little: a process each, commanded over a pipe, so that what they use is never
counted as the multiplexer's."""

import contextlib
import multiprocessing
import resource
import select
import socket
import ssl

from charmux_kit.process import die_with_parent

# A connection is told apart by its ports and addresses: one source address does not give 10,000 of them.
ADDRESSES = [f"127.0.0.{n}" for n in range(2, 10)]
IAC, WILL, WONT, DO, DONT = 255, 251, 252, 253, 254
AGREED = (0, 1, 3)  # BINARY, ECHO, SUPPRESS-GO-AHEAD
IP_BIND_ADDRESS_NO_PORT = 24  # the port is chosen by connect, which knows that only the pair has to be free


def raise_open_files():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class _Helper:
    """A process that runs `serve(pipe, ...)`; ask() is one command and its answer."""

    def __init__(self, serve, *arguments):
        self._ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=self._run, args=(serve, theirs, arguments), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def pid(self):
        return self._process.pid

    @staticmethod
    def _run(serve, pipe, arguments):
        die_with_parent()
        raise_open_files()
        serve(pipe, *arguments)

    def ask(self, *command, seconds=120):
        self._ours.send(command)
        if not self._ours.poll(seconds):
            raise TimeoutError(f"{command} took longer than {seconds} s")
        answer = self._ours.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self._process.kill()
        self._process.join()
        self._ours.close()


class InTls:
    """How viewers speak TLS: they believe any certificate, and show this one, with its key, if there is one."""

    def __init__(self, shown=()):
        self._shown, self._context = shown, None

    def wrap(self, connection):
        """Shakes hands, and waits for that. A session is never resumed: each viewer is another person."""
        if not self._context:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._context.check_hostname, self._context.verify_mode = False, ssl.CERT_NONE
            if self._shown:
                self._context.load_cert_chain(*self._shown)
        return self._context.wrap_socket(connection)


class Chardevs(_Helper):
    """UNIX socket chardevs at these paths. print(bytes) prints them at each that is connected, and again at the next
    that connects."""

    def __init__(self, paths):
        super().__init__(_serve_chardevs, [str(path) for path in paths])
        self.ask("ready")

    def print(self, data):
        """How many were connected."""
        return self.ask("print", data)


class Viewers(_Helper):
    """TCP viewers of one port, who read what comes; telnet ones agree to BINARY; `tls`: an InTls, or None."""

    def __init__(self, port, telnet=False, tls=None):
        super().__init__(_serve_viewers, port, telnet, tls)

    def connect(self, count):
        """Until there are so many."""
        return self.ask("connect", count)

    def wait_for_line(self, chardevs, line):
        """Has it printed, and waits until each viewer has read it."""
        self.ask("expect", line)
        chardevs.print(line)
        self.ask("found")


def _serve_chardevs(pipe, paths):
    listeners, connected, waiting = [], [], []
    poll = select.epoll()
    poll.register(pipe.fileno(), select.EPOLLIN)
    for path in paths:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(1)
        listener.setblocking(False)
        poll.register(listener.fileno(), select.EPOLLIN)
        listeners.append(listener)
    by_fd = {each.fileno(): each for each in listeners}
    while True:
        for fd, _ in poll.poll():
            if fd in by_fd:
                with contextlib.suppress(BlockingIOError):
                    connected.append(by_fd[fd].accept()[0])
                continue
            try:
                command, *rest = pipe.recv()
            except EOFError:
                return
            if command == "print":
                for each in connected:
                    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                        each.sendall(rest[0])
            pipe.send(len(connected))


class _Viewer:
    """One connection: what is left of it once telnet's commands are answered."""

    def __init__(self, connection):
        self.socket, self.tail = connection, b""

    def read(self, room, telnet):
        try:
            count = self.socket.recv_into(room)
        except (BlockingIOError, ssl.SSLWantReadError):
            return b""
        if count == 0:
            raise ConnectionError("a viewer was closed")
        data = bytes(room[:count])
        return self._answer(data) if telnet and IAC in data else data

    def _answer(self, data):
        """A negotiation comes in one piece here: each is less than a segment, and sent at once."""
        plain, answer, at = bytearray(), bytearray(), 0
        while at < len(data):
            if data[at] != IAC or at + 1 == len(data):
                plain.append(data[at])
                at += 1
            elif data[at + 1] in (WILL, WONT, DO, DONT):
                verb, option = data[at + 1], data[at + 2]
                if verb in (WILL, DO):
                    yes, no = (DO, DONT) if verb == WILL else (WILL, WONT)
                    answer += bytes([IAC, yes if option in AGREED else no, option])
                at += 3
            else:
                at += 2
        if answer:
            self.socket.send(answer)
        return bytes(plain)


class _Crowd:
    """The viewers, and who of them still lacks the line that is expected."""

    def __init__(self, port, telnet, tls):
        self._tls, self._port, self._telnet, self._room = tls, port, telnet, memoryview(bytearray(1 << 18))
        self._viewers, self._expected, self._lacking, self._poll = {}, b"", set(), select.epoll()

    def fileno(self):
        return self._poll.fileno()

    def connect(self, count):
        while len(self._viewers) < count:
            connection = socket.socket()
            connection.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
            connection.bind((ADDRESSES[len(self._viewers) % len(ADDRESSES)], 0))
            connection.connect(("127.0.0.1", self._port))
            if self._tls:
                connection = self._tls.wrap(connection)
            connection.setblocking(False)
            self._poll.register(connection.fileno(), select.EPOLLIN)
            self._viewers[connection.fileno()] = _Viewer(connection)

    def expect(self, line):
        self._expected, self._lacking = line, set(self._viewers)

    def all_have_it(self):
        return not self._lacking

    def read(self):
        for fd, _ in self._poll.poll(0):
            viewer = self._viewers[fd]
            viewer.tail = (viewer.tail + viewer.read(self._room, self._telnet))[-4096:]
            if self._expected and self._expected in viewer.tail:
                self._lacking.discard(fd)


def _serve_viewers(pipe, port, telnet, tls):
    crowd, asked = _Crowd(port, telnet, tls), False
    while True:
        for ready in select.select([pipe, crowd], [], [])[0]:
            if ready is crowd:
                crowd.read()
                continue
            try:
                command, *rest = pipe.recv()
            except EOFError:
                return
            if command == "found":
                asked = True
            else:
                pipe.send({"connect": crowd.connect, "expect": crowd.expect}[command](*rest))
        if asked and crowd.all_have_it():
            asked = False
            pipe.send(None)
