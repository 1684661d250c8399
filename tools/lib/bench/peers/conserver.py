# SPDX-License-Identifier: Apache-2.0
"""conserver: a group of one console, no log, no passwords. Its clients speak a protocol of lines first."""

import socket

from peers import write

package, command, CHARDEVS = "conserver-server", "conserver", ("unix",)


def argv(directory, chardev, port, clients):
    config = write(directory, "conserver.cf", f"""
        default * {{ rw *; master localhost; logfile ""; }}
        console c {{ type uds; uds {chardev.partition(":")[2]}; }}
        access * {{ trusted 127.0.0.1; }}
        """)
    passwords = write(directory, "passwd", "*any*:\n")
    return ["conserver", "-E", "-n", "-M", "127.0.0.1", "-p", port, "-C", config, "-P", passwords,
            "-L", directory / "log", "-o"]


def client_argv(port):
    """console(1), looking on."""
    return ["console", "-n", "-E", "-M", "127.0.0.1", "-p", port, "-l", "bench", "-s", "c"]


def attach(port):
    """A client that has said what console(1) says before it looks on; what comes from now on is the console's."""
    with socket.create_connection(("127.0.0.1", port), 10) as primary:
        _talk(primary, (b"login bench\r\n", b"call c\r\n"))
        group = int(_line(primary))
    client = socket.create_connection(("127.0.0.1", group), 10)
    _talk(client, (b"login bench\r\n", b"call c\r\n"))
    _line(client)  # [attached], or [spy]
    client.sendall(b"\x05c;")
    assert _line(client) == b"[connected]"
    return client


def _talk(connection, words):
    for word in words:
        answer = _line(connection)
        assert answer == b"ok", f"conserver says {answer!r}"
        connection.sendall(word)


def _line(connection):
    """Byte by byte: what comes behind it is not of the conversation."""
    line = b""
    while not line.endswith(b"\r\n"):
        byte = connection.recv(1)
        assert byte, "conserver has closed the connection"
        line += byte
    return line[:-2]
