# SPDX-License-Identifier: Apache-2.0
"""A guest's console is offered inside TLS (QEMU's tls-creds), or by openssl s_server: I see it and type, whoever is on the
other side is known by a certificate, and so am I where that is asked for; a charmuxd that leaves gives it free."""

import pytest
from support import LIVE, console_bytes, repeats_in_record, wait_until
from support.pki import Authority

CHARDEV = "socket,host=127.0.0.1,port=0,server=on,wait=off,tls-creds=tls"


def encrypted(kit, authority, **options):
    """A guest whose console is inside TLS, and where that is."""
    guest = kit.guest({"boot": "null", "vm": CHARDEV}, qemu_args=authority.qemu(**options))
    return guest, guest.address("vm").replace("tcp:", "tls:")


def watched(kit, address):
    daemon = kit.daemon("--console", f"vm={address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    return daemon, viewer


@pytest.mark.parametrize("mutual", [False, True])
def test_it_is_seen_and_typed_at_and_found_again(kit, mutual):
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("charmux")
    guest, place = encrypted(kit, authority, verify=mutual)
    address = f"{place},ca={authority.cert}" + (f",cert={cert},key={key}" if mutual else "")
    daemon, me = watched(kit, address)
    guest.wait_ready("vm")
    me.type(b"echo once-$((6 * 7))\r")
    me.wait_for(b"\nonce-42\r\n")
    me.wait_for(lambda data: repeats_in_record(guest.log("vm"), console_bytes(data)) is not None)

    # What was typed last, its echo just begun, is not lost; and QEMU is free for the next.
    me.type(b"echo last-$((6 * 7))\r")
    me.wait_for(lambda data: data.count(b"# \x1b[6ne") == 2)
    assert daemon.stop() == 0
    wait_until(lambda: b"last-42\r\n" in guest.log("vm"), "the guest to run what was typed")
    daemon, me = watched(kit, address)
    daemon.wait_log("console vm: open$")
    me.type(b"\recho again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")


def test_it_is_free_again_when_charmuxd_leaves_a_guest_that_does_not_read(kit):
    authority = Authority(kit.path("pki"))
    guest, place = encrypted(kit, authority)
    address = f"{place},ca={authority.cert}"
    daemon, me = watched(kit, address)
    guest.wait_ready("vm")
    guest.pause()
    # More than a UART takes: QEMU reads no more, and would not meet an end.
    me.type(b"#" * 100)
    told = me.data.count(b"watching, you type")
    me.command(246)  # AYT: when it is answered, what came before has been passed on
    me.wait_for(lambda data: data.count(b"watching, you type") == told + 1)
    assert daemon.stop() == 0
    daemon, me = watched(kit, address)
    daemon.wait_log("console vm: open$")
    guest.resume()
    me.type(b"\recho next-$((6 * 7))\r")
    me.wait_for(b"\nnext-42\r\n")


def test_a_guest_that_dies_is_found_again_with_a_renewed_certificate(kit):
    authority = Authority(kit.path("pki"))
    chardev = CHARDEV.replace("port=0", "port=7999")
    first = kit.guest({"boot": "null", "vm": chardev}, qemu_args=authority.qemu())
    daemon, me = watched(kit, f"tls:localhost:7999,ca={authority.cert}")
    first.wait_ready("vm")
    first.kill()
    me.wait_for(b"[charmux: vm is shut off; waiting]")
    second = kit.guest({"boot": "null", "vm": chardev}, qemu_args=authority.qemu())
    me.wait_for(b"[charmux: vm is back]")
    second.wait_ready("vm")
    me.type(b"\recho again-$((6 * 7))\r")
    me.wait_for(b"\nagain-42\r\n")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_openssls_server(kit, version):
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("other", names="DNS:other.example")
    server = kit.on_terminal("openssl", "s_server", "-accept", "7999", "-cert", cert, "-key", key, "-quiet", version)
    daemon, me = watched(kit, f"tls:127.0.0.1:7999,ca={authority.cert},verify=other.example")
    daemon.wait_log("console vm: open$")
    server.type(b"hello from there\r")
    me.wait_for(b"hello from there\n")
    me.type(b"hello from here\r")
    server.wait_for(b"hello from here")


def test_who_is_not_verified_is_said_to_be_so(kit):
    cert, key = Authority(kit.path("pki")).issue("other", names="DNS:other.example", days=(-2, -1))
    server = kit.on_terminal("openssl", "s_server", "-accept", "7999", "-cert", cert, "-key", key, "-quiet")
    daemon, me = watched(kit, "tls:127.0.0.1:7999,verify=off")
    daemon.wait_log(r"console vm: tls:127\.0\.0\.1:7999: NOT verified: whoever answers there is believed \(verify=off\)$")
    daemon.wait_log("console vm: open$")
    server.type(b"hello from there\r")
    me.wait_for(b"hello from there\n")
