# SPDX-License-Identifier: Apache-2.0
"""haproxy stands in front of charmuxd and says who its clients are: they are listed by their own addresses, and what a
stranger says in its stead is just typed. One that should say it and does not is closed, and the log says why."""

import json
import shutil

import pytest
from support import LIVE, wait_until
from support.clients import RawClient

HAPROXY = """
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen telnet
  bind 127.0.0.1:8001
  source 127.0.0.2
  server charmuxd 127.0.0.1:7001 {send}
listen raw
  bind 127.0.0.1:8002
  source 127.0.0.2
  server charmuxd 127.0.0.1:7002 {send}
"""


def who(kit, daemon):
    ended = kit.run("charmux", "who", "vm", "--json", env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")})
    return sorted((viewer["from"], viewer["door"].split(":")[0]) for viewer in json.loads(ended.stdout)["viewers"])


def started(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm,proxy-from=127.0.0.2/32",
                        "--listen", "raw:127.0.0.1:7002,console=vm,proxy-from=127.0.0.2/32")
    return daemon, chardev.accept(), chardev


def connected(port):
    try:
        return RawClient(port)
    except ConnectionRefusedError:
        return None


@pytest.mark.parametrize("send", ["send-proxy", "send-proxy-v2"])
def test_haproxys_clients_are_known_by_their_own_addresses(kit, send):
    daemon, _, chardev = started(kit)
    config = kit.path("haproxy.cfg")
    config.write_text(HAPROXY.format(send=send))
    kit.on_terminal(shutil.which("haproxy") or "/usr/sbin/haproxy", "-db", "-f", config)
    wait_until(lambda: connected(8001) is not None, "haproxy to listen")
    wait_until(lambda: who(kit, daemon) == [], "those to be gone")

    person = kit.telnet(8001)
    person.wait_for(LIVE)
    script = kit.raw(8002)
    wait_until(lambda: len(who(kit, daemon)) == 2, "both to be there")
    assert who(kit, daemon) == sorted([(f"127.0.0.1:{person.local_port}", "telnet"),
                                       (f"127.0.0.1:{script.local_port}", "raw")])
    daemon.wait_log(rf"telnet:127.0.0.1:7001: 127.0.0.2:\d+ passes on 127.0.0.1:{person.local_port}\b")
    person.type(b"x")
    chardev.wait_for(b"x")
    assert chardev.received == b"x"
    chardev.write(b"printed\r\n")
    assert script.wait_for(b"printed\r\n") == b"printed\r\n"
    person.wait_for(b"printed\r\n")


def test_a_stranger_is_no_proxy_whatever_it_says(kit):
    daemon, _, chardev = started(kit)
    stranger = kit.raw(7002)
    stranger.send(b"PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r\n")
    chardev.wait_for(b"PROXY TCP4 192.0.2.7 192.0.2.1 40001 7001\r\n")
    assert who(kit, daemon) == [(f"127.0.0.1:{stranger.local_port}", "raw")]


def test_a_proxy_without_a_header_is_closed(kit):
    daemon, _, chardev = started(kit)
    for words, why in ((("-e", "root\r"), "it sent no PROXY header; who connects"),
                       (("-e", "PROXY TCP4 nobody\r\n"), "it sent a wrong PROXY header: it holds no two TCP4 addresses"),
                       ((), r"it sent no whole PROXY header within 3s")):
        client = kit.on_terminal("python3", "-c", f"""
import socket
s = socket.create_connection(("127.0.0.1", 7001), source_address=("127.0.0.2", 0))
s.sendall({"".join(words[1:])!r}.encode())
print("got", s.recv(100))
""")
        client.wait_for(b"got b''")
        daemon.wait_log(rf"telnet:127.0.0.1:7001: 127.0.0.2:\d+ left: {why}")
    assert chardev.received == b""
