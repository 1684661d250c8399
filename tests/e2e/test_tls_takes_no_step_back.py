# SPDX-License-Identifier: Apache-2.0
"""Somebody in the middle, or a program of another age, offers only what is weak: an old version, a cipher without forward
secrecy or authentication, or the sign that it has been talked down (RFC 7507). It gets an alert that says so and nothing
else, and the log says why."""

import os
import struct

import pytest
from support.pki import Authority
from support.users import user

PORT = 7001
GOOD = 0xC02B  # TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
FALLBACK = 0x5600  # TLS_FALLBACK_SCSV
HANDSHAKE, ALERT = 22, 21
# Alerts (RFC 5246, 7.2; RFC 7507, 3); SSL 3 has none of its own for versions (RFC 6101, 5.4.2).
NO_CIPHER, NO_VERSION, FELL_BACK = 40, 70, 86
V12 = 0x0303
#        what is offered: (version, cipher suites, the alert, what the log says)
OFFERS = {
    "SSL 3": (0x0300, [GOOD], NO_CIPHER, "it speaks no version of TLS"),
    "TLS 1.0": (0x0301, [GOOD, 0xC009], NO_VERSION, "it speaks no version of TLS"),
    "TLS 1.1": (0x0302, [GOOD, 0xC009], NO_VERSION, "it speaks no version of TLS"),
    "RC4": (V12, [0xC007, 0x0005], NO_CIPHER, "TLS failed: no shared cipher"),
    "3DES": (V12, [0xC008, 0x000A], NO_CIPHER, "TLS failed: no shared cipher"),
    "CBC with SHA-1": (V12, [0xC009, 0xC00A], NO_CIPHER, "TLS failed: no shared cipher"),
    "CBC with SHA-256": (V12, [0xC023, 0xC024], NO_CIPHER, "TLS failed: no shared cipher"),
    "no encryption": (V12, [0xC006], NO_CIPHER, "TLS failed: no shared cipher"),
    "nobody vouched for": (V12, [0xC018, 0x00A6], NO_CIPHER, "TLS failed: no shared cipher"),
    "RSA key exchange": (V12, [0x009C, 0x002F], NO_CIPHER, "TLS failed: no shared cipher"),
    "DHE": (V12, [0x009E, 0x0033], NO_CIPHER, "TLS failed: no shared cipher"),
    "a fallback": (V12, [GOOD, FALLBACK], FELL_BACK, "TLS failed: inappropriate fallback"),
}


def hello(version, ciphers):
    """A ClientHello (RFC 5246, 7.4.1.2) of a client that knows P-256 and ECDSA."""
    def counted(form, body):
        return struct.pack(form, len(body)) + body
    groups = struct.pack(">H", 10) + counted(">H", counted(">H", b"\x00\x17"))
    signatures = struct.pack(">H", 13) + counted(">H", counted(">H", b"\x04\x03\x04\x01"))
    body = (struct.pack(">H", version) + os.urandom(32) + b"\0" + counted(">H", struct.pack(f">{len(ciphers)}H", *ciphers)) +
            b"\x01\x00" + counted(">H", groups + signatures))
    message = b"\x01" + struct.pack(">I", len(body))[1:] + body
    return struct.pack(">BH", HANDSHAKE, min(version, 0x0301)) + counted(">H", message)


@pytest.fixture(name="house")
def made_house(kit):
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("server")
    kit.path("charmux.toml").write_text(user("ann", 'control = ["*"]') + f'[tls.lab]\ncert = "{cert}"\nkey = "{key}"\n')
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", f"telnet:127.0.0.1:{PORT},console=vm,tls=lab,user=ann")
    chardev.accept()
    return daemon


def answer(kit, version, ciphers):
    client = kit.raw(PORT)
    client.send(hello(version, ciphers))
    return client, client.wait_for(lambda data: len(data) >= 7)


def test_what_is_strong_is_taken(kit, house):
    """Without this the others would say nothing."""
    assert answer(kit, V12, [GOOD])[1][0] == HANDSHAKE


@pytest.mark.parametrize("offer", OFFERS)
def test_what_is_weak_is_refused(kit, house, offer):
    version, ciphers, alert, why = OFFERS[offer]
    client, data = answer(kit, version, ciphers)
    assert (data[0], data[5], data[6]) == (ALERT, 2, alert)
    assert len(client.wait_closed()) == 7
    house.wait_log(rf"127\.0\.0\.1:\d+ is refused: {why}")
