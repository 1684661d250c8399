# SPDX-License-Identifier: Apache-2.0
"""A lab's switches hang at a terminal server (ser2net, telnet). Their consoles are shared like any other: options are
negotiated, each byte arrives, and when the server says that the port is in use, everybody reads that."""

import os
import select
import signal

from support import LIVE, wait_until
from support.pki import Authority
from support.terminal_server import TerminalServer

PAIRS = b"".join(bytes((special, value)) for special in (255, 13, 10, 0) for value in range(256))


def test_all_byte_pairs_pass_both_ways_and_the_servers_end_is_told(kit):
    server = TerminalServer(kit)
    first = server.start()
    daemon = kit.daemon("--console", "switch=telnet:127.0.0.1:4666", "--listen", "telnet:127.0.0.1:7001,console=switch",
                        "--listen", "raw:127.0.0.1:7002,console=switch,access=watch,replay=1MiB")
    me, raw = kit.telnet(7001), kit.raw(7002)
    me.wait_for(LIVE)
    wait_until(lambda: daemon.consoles()["switch"]["state"] == "open", "the server")
    me.type(PAIRS)
    assert server.read_exactly(len(PAIRS)) == PAIRS
    os.write(server.device, PAIRS + b"done")
    for client in (me, raw):
        client.wait_for(PAIRS + b"done")

    os.kill(first.pid, signal.SIGTERM)
    me.wait_for(b"[charmux: switch is shut off; waiting]")
    server.start()
    me.wait_for(b"[charmux: switch is back]")
    me.type(b"hello again")
    assert server.read_exactly(11) == b"hello again"


def test_a_port_that_somebody_else_has_says_so(kit):
    server = TerminalServer(kit)
    server.start()
    colleague = kit.telnet(4666)
    colleague.type(b"mine")
    assert server.read_exactly(4) == b"mine"
    kit.daemon("--console", "switch=telnet:127.0.0.1:4666", "--listen", "telnet:127.0.0.1:7001,console=switch")
    me = kit.telnet(7001)
    me.wait_for(b"Port already in use")
    colleague.close()

    def mine():
        # Until the server has seen the colleague go, each connection of ours ends like the first.
        me.type(b"mine now ")
        return select.select([server.device], [], [], 0)[0]
    wait_until(mine, "the port to be ours")
    assert server.read_exactly(8) == b"mine now"


def test_one_inside_tls(kit):
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("server")
    server = TerminalServer(kit, f"telnet,ssl(key={key},cert={cert})")
    server.start()
    daemon = kit.daemon("--console", f"switch=telnets:127.0.0.1:4666,ca={authority.cert}",
                        "--listen", "telnet:127.0.0.1:7001,console=switch")
    me = kit.telnet(7001)
    me.wait_for(LIVE)
    wait_until(lambda: daemon.consoles()["switch"]["state"] == "open", "the server")
    me.type(PAIRS)
    assert server.read_exactly(len(PAIRS)) == PAIRS
    os.write(server.device, PAIRS + b"done")
    me.wait_for(PAIRS + b"done")
