# SPDX-License-Identifier: Apache-2.0
"""A lab's switches hang at a terminal server (ser2net, telnet). Their consoles are shared like any other: options are
negotiated, each byte arrives, and when the server says that the port is in use, everybody reads that."""

import os
import signal

from support import LIVE, wait_until
from support.pki import Authority

SERVER = """%YAML 1.1
---
connection: &switch
  accepter: {accepter},tcp,127.0.0.1,4666
  connector: serialdev,{port},115200n81,local
  options:
    mdns: false
"""
PAIRS = b"".join(bytes((special, value)) for special in (255, 13, 10, 0) for value in range(256))


def start(kit, accepter="telnet(rfc2217)"):
    """socat plays the cable: what is written to `switch` comes out of the server's port, and back."""
    switch, port = kit.path("switch"), kit.path("port")
    kit.on_terminal("socat", f"pty,link={switch},rawer", f"pty,link={port},rawer")
    wait_until(lambda: switch.exists() and port.exists(), "the cable")
    kit.path("ser2net.yaml").write_text(SERVER.format(port=port, accepter=accepter))
    return os.open(switch, os.O_RDWR | os.O_NOCTTY)


def server(kit):
    # Where a machine has no address but loopback's, ser2net looks none up, be it written as a number.
    kit.run("ip", "address", "replace", "192.0.2.1/32", "dev", "lo")
    return kit.on_terminal("ser2net", "-n", "-d", "-c", kit.path("ser2net.yaml"))


def read_exactly(descriptor, size):
    data = b""
    while len(data) < size:
        data += os.read(descriptor, size - len(data))
    return data


def test_all_byte_pairs_pass_both_ways_and_the_servers_end_is_told(kit):
    switch = start(kit)
    first = server(kit)
    daemon = kit.daemon("--console", "switch=telnet:127.0.0.1:4666", "--listen", "telnet:127.0.0.1:7001,console=switch",
                        "--listen", "raw:127.0.0.1:7002,console=switch,access=watch,replay=1MiB")
    me, raw = kit.telnet(7001), kit.raw(7002)
    me.wait_for(LIVE)
    wait_until(lambda: daemon.consoles()["switch"]["state"] == "open", "the server")
    me.type(PAIRS)
    assert read_exactly(switch, len(PAIRS)) == PAIRS
    os.write(switch, PAIRS + b"done")
    for client in (me, raw):
        client.wait_for(PAIRS + b"done")

    os.kill(first.pid, signal.SIGTERM)
    me.wait_for(b"[charmux: switch is shut off; waiting]")
    server(kit)
    me.wait_for(b"[charmux: switch is back]")
    me.type(b"hello again")
    assert read_exactly(switch, 11) == b"hello again"
    os.close(switch)


def test_a_port_that_somebody_else_has_says_so(kit):
    switch = start(kit)
    server(kit)
    wait_until(lambda: kit.run("ss", "-Hltn", "sport", "=", "4666").stdout, "the server")
    colleague = kit.telnet(4666)
    colleague.type(b"mine")
    assert read_exactly(switch, 4) == b"mine"
    kit.daemon("--console", "switch=telnet:127.0.0.1:4666", "--listen", "telnet:127.0.0.1:7001,console=switch")
    me = kit.telnet(7001)
    me.wait_for(b"Port already in use")
    colleague.close()
    me.wait_for(b"[charmux: switch is back]")
    me.type(b"now mine")
    assert read_exactly(switch, 8) == b"now mine"
    os.close(switch)


def test_one_inside_tls(kit):
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("server")
    switch = start(kit, f"telnet,ssl(key={key},cert={cert})")
    server(kit)
    daemon = kit.daemon("--console", f"switch=telnets:127.0.0.1:4666,ca={authority.cert}",
                        "--listen", "telnet:127.0.0.1:7001,console=switch")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    wait_until(lambda: daemon.consoles()["switch"]["state"] == "open", "the server")
    me.type(PAIRS)
    assert read_exactly(switch, len(PAIRS)) == PAIRS
    os.write(switch, PAIRS + b"done")
    me.wait_for(PAIRS + b"done")
    os.close(switch)
