# SPDX-License-Identifier: Apache-2.0
"""A listener with tls= speaks TLS from the first byte, at each kind of door: a console's bytes arrive whole and in order,
also at one who reads slowly; the certificate is the one that the client asks for; and who does not shake hands, or not
as it has to be, is let go with the reason in the log."""

import socket
import ssl

import pytest
from support import LIVE, wait_until
from support.flood import Printer, Reader
from support.pki import NEW_RSA_KEY, Authority
from support.users import user

ANYBODY = r"127\.0\.0\.1:\d+"
PORT = 7001


class House:
    """One listener with TLS, everybody there is ann; a guest that is the test."""

    def __init__(self, kit, door="telnet", listen="", profile="", limits="", pairs=None, console=""):
        self.authority = Authority(kit.path("pki"))
        pairs = pairs or [self.authority.issue("server")]
        certs, keys = ([str(path) for path in paths] for paths in zip(*pairs))
        kit.path("charmux.toml").write_text(
            f"[limits]\n{limits}\n" + user("ann", 'control = ["*"]') +
            f"[tls.lab]\ncert = {certs}\nkey = {keys}\n{profile}\n".replace("'", '"') +
            f'[[console]]\nname = "vm"\nbackend = "unix:{kit.path("chardev.sock")}"\n{console}\n')
        self.chardev = kit.unix_chardev()
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"),
                                 "--listen", f"{door}:127.0.0.1:{PORT},console=vm,tls=lab,user=ann{listen}")
        self.chardev.accept()
        self.kit, self.door = kit, door

    def come(self, **options):
        client = self.kit.raw if self.door == "raw" else self.kit.telnet
        return client(PORT, tls=self.authority.client(**options))


def viewer(house):
    client = house.come()
    client.wait_for(LIVE)
    client.forget_data()
    return client


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("door", ["telnet", "raw", "rfc2217"])
def test_bytes_pass_both_ways(kit, door, version):
    house = House(kit, door)
    me = house.come(most=version)
    house.daemon.wait_log(rf"console vm: ann attached by {door}:127\.0\.0\.1:{PORT}$")
    assert me.socket.version() == version.name.replace("_", ".")
    house.chardev.write(b"printed \xff\x00\r\n" if door == "raw" else b"printed\r\n")
    me.wait_for(b"printed \xff\x00\r\n" if door == "raw" else b"printed\r\n")
    me.send(b"typed\r" if door == "raw" else b"typed\r\0")
    house.chardev.wait_for(b"typed\r")


def test_a_paste_arrives_whole(kit):
    """A record holds more than may wait for a slow guest: the rest is decrypted, and waits, where no poll tells of it."""
    house = House(kit, "raw", console='input_rate = "16KiB"')
    me = house.come()
    house.daemon.wait_log(r"ann attached by raw")
    pasted = b"".join(b"%07d\r" % number for number in range(2000))
    me.send(pasted + b"the end\r")
    house.chardev.wait_for(b"the end\r")
    assert house.chardev.received == pasted + b"the end\r"


def test_a_flood_arrives_whole_at_one_who_reads_and_is_counted_at_one_who_does_not(kit):
    """What the wire was promised arrives, in the midst of a record too; then it is said how much is missing, and the
    newest follows: received and skipped together are, byte for byte, what the guest printed."""
    house = House(kit, listen=",replay=0")
    fast, slow = (Reader(viewer(house), rate=rate, piece=piece) for rate, piece in ((None, 16384), (64 * 1024, 1000)))
    end = 16 << 20
    Printer(house.chardev, 0, end).finish()
    fast_tally, slow_tally = (reader.read_to(end) for reader in (fast, slow))
    assert fast_tally.received + fast_tally.skipped == end
    assert slow_tally.received + slow_tally.skipped == end and slow_tally.skips
    assert house.daemon.consoles()["vm"]["skipped"] == fast_tally.skipped + slow_tally.skipped


def test_the_certificate_is_the_one_that_is_asked_for(kit):
    authority = Authority(kit.path("pki2"))
    pairs = [authority.issue("one", "DNS:one.example"), authority.issue("two", "DNS:two.example"),
             authority.issue("two-rsa", "DNS:two.example", new_key=NEW_RSA_KEY)]
    House(kit, pairs=pairs)

    def shown(name, ciphers=None):
        context = ssl.create_default_context(cafile=authority.cert)
        context.check_hostname = False
        if ciphers:
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.set_ciphers(ciphers)
        with socket.create_connection(("127.0.0.1", PORT)) as plain, \
                context.wrap_socket(plain, server_hostname=name) as client:
            names = dict(pair[0] for pair in client.getpeercert()["subject"])
            return names["commonName"], client.cipher()[0]

    assert shown("one.example")[0] == "one"
    assert shown("two.example")[0] in ("two", "two-rsa")
    assert shown("two.example", "ECDHE-ECDSA-AES128-GCM-SHA256")[0] == "two"
    assert shown("two.example", "ECDHE-RSA-AES128-GCM-SHA256")[0] == "two-rsa"
    assert shown("three.example")[0] == "one"
    assert shown(None)[0] == "one"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_session_is_resumed(kit, version):
    house = House(kit)
    context = house.authority.client(most=version)

    def connect(session=None):
        plain = socket.create_connection(("127.0.0.1", PORT))
        client = context.wrap_socket(plain, server_hostname="localhost", session=session)
        client.recv(1)  # TLS 1.3 sends the ticket behind the handshake
        return client

    first = connect()
    again = connect(first.session)
    assert not first.session_reused
    assert again.session_reused
    first.close()
    again.close()


def test_behind_a_proxy_tls_begins_after_its_header(kit):
    """haproxy's `send-proxy` in mode tcp: header and TLS's first bytes come in one packet."""
    house = House(kit, listen=",proxy-from=127.0.0.0/8,allow=192.0.2.0/24")
    header = b"PROXY TCP4 %s 127.0.0.1 40001 7001\r\n"
    me = house.kit.telnet(PORT, tls=house.authority.client(), header=header % b"192.0.2.7")
    me.wait_for(LIVE)
    assert house.daemon.api("/consoles/vm")["viewers"][0]["from"] == "192.0.2.7:40001"
    refused = kit.raw(PORT, header=header % b"198.51.100.7")
    assert refused.wait_closed() == b""
    house.daemon.wait_log(r"198\.51\.100\.7:40001 is refused: it comes from a network that is not allowed here \(allow=\)$")


def test_old_versions_are_refused(kit):
    house = House(kit)
    kit.run("openssl", "s_client", "-connect", f"127.0.0.1:{PORT}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    house.daemon.wait_log(rf"{ANYBODY} is refused: .*no version of TLS")


def test_plain_text_is_refused(kit):
    house = House(kit)
    me = kit.telnet(PORT)
    me.send(b"root\r\n")
    me.wait_closed()
    assert b"vm" not in me.raw
    house.daemon.wait_log(rf"{ANYBODY} is refused: .*does not speak TLS")


def test_one_who_does_not_shake_hands_is_let_go(kit):
    house = House(kit, limits='handshake = "2s"\nstrangers = 1')
    slow = kit.raw(PORT)
    slow.send(b"\x16\x03\x01")
    other = kit.raw(PORT)
    assert other.wait_closed() == b""
    house.daemon.wait_log(r"too many are logging in \(limits\.strangers\)$")
    assert slow.wait_closed() == b""
    house.daemon.wait_log(rf"{ANYBODY} is refused: its TLS handshake took more than 2s \(limits\.handshake\)$")
    house.come().wait_for(LIVE)


def test_charmuxd_says_good_bye_inside_tls(kit):
    house = House(kit)
    me = house.come()
    me.wait_for(LIVE)
    assert house.daemon.stop() == 0
    assert me.wait_closed().endswith(b"[charmux: charmuxd is stopping]\r\n")
    assert me.alert is None  # a close_notify, not just an end


DOOR_OF = {"openssl": "raw", "socat": "raw", "telnet-ssl": "telnet", "gnutls-cli": "raw", "gensiot": "raw",
           "gensiot rfc2217": "rfc2217"}


@pytest.mark.parametrize("program", DOOR_OF)
def test_real_programs(kit, program):
    # gensio looks no address up, be it written as a number, where a machine has none but loopback's.
    kit.run("ip", "address", "replace", "192.0.2.1/32", "dev", "lo")
    house = House(kit, DOOR_OF[program])
    ca = house.authority.cert
    command = {
        "openssl": f"openssl s_client -quiet -verify_return_error -CAfile {ca} -connect 127.0.0.1:{PORT}",
        "socat": f"socat - OPENSSL:127.0.0.1:{PORT},cafile={ca}",
        "telnet-ssl": f"telnet-ssl -z ssl -z secure -z cacert={ca} 127.0.0.1 {PORT}",
        "gnutls-cli": f"gnutls-cli --x509cafile={ca} -p {PORT} 127.0.0.1",
        "gensiot": f"gensiot ssl(CA={ca}),tcp,127.0.0.1,{PORT}",
        "gensiot rfc2217": f"gensiot telnet(rfc2217),ssl(CA={ca}),tcp,127.0.0.1,{PORT}",
    }[program].split()
    me = kit.on_terminal(*command)
    house.daemon.wait_log(r"ann attached by ")
    house.chardev.write(b"printed\r\n")
    wait_until(lambda: b"printed" in me.output, lambda: f"what the guest prints: {me.output!r}")
    me.type(b"typed\r")
    house.chardev.wait_for(b"typed")
