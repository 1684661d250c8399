# SPDX-License-Identifier: Apache-2.0
"""Where clients have to have a certificate, one that does not hold gets not a byte of the console, at any kind of door:
the log and the audit say what is wrong with it. A good one gets in, and is its user."""

import json
import ssl

import pytest
from support import LIVE, wait_until
from support.pki import Authority
from support.users import user

WRONG = {
    "expired": r"its certificate expired on ",
    "not yet valid": r"its certificate is not valid before ",
    "of another authority": r"its certificate is vouched for by CN=another ca, who is not trusted$",
    "revoked": r"its certificate .*revoked",
    "none": r"it showed no certificate, which this listener wants$",
    "nobody's": r"its certificate is no user's: CN=nobody$",
}


class House:
    """A listener of each kind for ann, by certificate alone."""

    def __init__(self, kit):
        self.kit, self.authority = kit, Authority(kit.path("pki"))
        self.good = self.authority.issue("ann")
        revoked = self.authority.issue("revoked")
        self.authority.revoke(revoked[0])
        self.wrong = {"expired": self.authority.issue("old", days=(-2, -1)),
                      "not yet valid": self.authority.issue("new", days=(1, 2)),
                      "of another authority": Authority(kit.path("pki2"), "another ca").issue("ann"),
                      "revoked": revoked, "none": None, "nobody's": self.authority.issue("nobody")}
        cert, key = self.authority.issue("server")
        self.audit = kit.path("audit.log")
        kit.path("charmux.toml").write_text(
            user("ann", 'certificate = "CN=ann"', 'control = ["*"]') +
            f'[tls.lab]\ncert = "{cert}"\nkey = "{key}"\nclient_ca = "{self.authority.cert}"\n'
            f'crl = "{self.authority.crl()}"\n[audit]\nfile = "{self.audit}"\n')
        self.chardev = kit.unix_chardev()
        self.daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={self.chardev.address}",
                                 "--listen", "telnet:127.0.0.1:7001,console=vm,tls=lab",
                                 "--listen", "raw:127.0.0.1:7002,console=vm,tls=lab,replay=1KiB",
                                 "--listen", "rfc2217:127.0.0.1:7003,console=vm,tls=lab")
        self.chardev.accept()
        self.chardev.write(b"a secret\r\n")

    def come(self, port, shown, **options):
        """All that a client gets who ends when charmuxd does; with TLS 1.2 the handshake itself may fail."""
        try:
            return self.kit.raw(port, tls=self.authority.client(shown, **options)).wait_closed()
        except (ssl.SSLError, ConnectionResetError):
            return b""

    def acts(self, what):
        lines = self.audit.read_text().splitlines() if self.audit.exists() else []
        return [act for act in map(json.loads, lines) if act["act"] == what]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("wrong", WRONG)
def test_one_that_does_not_hold(kit, wrong, version):
    house = House(kit)
    for port in (7001, 7002, 7003):
        assert house.come(port, house.wrong[wrong], most=version) == b""
        house.daemon.wait_log(rf"127\.0\.0\.1:{port}: 127\.0\.0\.1:\d+ is refused: {WRONG[wrong]}")
    wait_until(lambda: len(house.acts("refused")) == 3, "the audit to say so")
    assert not house.daemon.api("/consoles/vm")["viewers"]


def test_a_good_one(kit):
    house = House(kit)
    me = kit.telnet(7001, tls=house.authority.client(house.good))
    me.wait_for(LIVE)
    assert b"a secret" in me.data
    me.type(b"typed\r")
    house.chardev.wait_for(b"typed\r")
    house.daemon.wait_log(r"127\.0\.0\.1:\d+ is ann by certificate$")
    wait_until(lambda: house.acts("login"), "the audit to say so")
    assert house.acts("login")[0]["who"] == "ann"
