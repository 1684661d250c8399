# SPDX-License-Identifier: Apache-2.0
"""Someone lets charmuxd listen at a host's name. Only a look-up tells where that leads: to another address than
loopback's it is refused like the address itself, with the exit code of a bad configuration, and no port is open."""

import socket
import subprocess

import pytest

VM = ("--console", "vm=unix:/run/nothing.sock")

ERRORS = {
    "a name that leads off loopback": (
        ("telnet:console-host:7001,console=vm",), 1,
        "<3>telnet:console-host:7001 leads to 192.0.2.7:7001 and would let anyone who reaches it in: it has no TLS "
        "(tls=PROFILE) and no names for its clients ([[user]]s who log in, or user=NAME); give it both, bind it to 127.0.0.1 or "
        "[::1], use a UNIX socket, or add ,insecure on purpose"),
}


def name_leads_to(kit, *addresses):
    kit.path("hosts").write_text("".join(f"{address} console-host\n" for address in addresses))
    kit.path("nsswitch.conf").write_text("hosts: files\n")
    for name in ("hosts", "nsswitch.conf"):
        subprocess.run(["mount", "--bind", kit.path(name), f"/etc/{name}"], check=True)


@pytest.mark.parametrize("addresses", [("192.0.2.7",), ("127.0.0.1", "192.0.2.7"), ("192.0.2.7", "127.0.0.1")])
def test_a_name_that_leads_off_loopback_is_refused(kit, addresses):
    """Also when it leads to loopback as well."""
    (door,), exit_code, text = ERRORS["a name that leads off loopback"]
    name_leads_to(kit, *addresses)
    subprocess.run(["ip", "address", "add", "192.0.2.7/32", "dev", "lo"], check=True)
    daemon = kit.daemon(*VM, "--listen", door, wait_ready=False)
    assert daemon.wait_exit() == exit_code
    assert daemon.log().splitlines()[-1] == text


def test_with_insecure_it_is_opened(kit):
    name_leads_to(kit, "192.0.2.7")
    subprocess.run(["ip", "address", "add", "192.0.2.7/32", "dev", "lo"], check=True)
    kit.daemon(*VM, "--listen", "telnet:console-host:7001,console=vm,insecure")
    kit.telnet(("192.0.2.7", 7001)).wait_for(b"[charmux: vm, 1 watching")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", 7001))


def test_a_name_that_leads_to_loopback_is_opened(kit):
    name_leads_to(kit, "127.0.0.5")
    kit.daemon(*VM, "--listen", "telnet:console-host:7001,console=vm")
    kit.telnet(("127.0.0.5", 7001)).wait_for(b"[charmux: vm, 1 watching")
