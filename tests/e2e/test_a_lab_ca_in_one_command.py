# SPDX-License-Identifier: Apache-2.0
"""A lab has no certificates yet. tools/lab-ca makes an authority, one certificate for charmuxd's machine and one for each
user; somebody else's TLS server and client take them for what they are, and whoever was revoked is refused from then on."""

import re
import stat
import subprocess
import tomllib

import pytest
from charmux_kit import Process
from support import wait_until

PORT = 4433


class Server(Process):
    """openssl's server with the files of a lab: it answers a line by the line backwards, to whoever shows a certificate that
    the lab's authority vouches for and has not taken back."""

    def __init__(self, lab, name):
        super().__init__(f"server of {name}", [
            "openssl", "s_server", "-rev", "-accept", PORT, "-cert", lab / f"server-{name}.crt", "-key", lab / f"server-{name}.key",
            "-Verify", "1", "-verify_return_error", "-CAfile", lab / "ca.crt", "-CRL", lab / "clients.crl", "-crl_check"],
            lab.kit.path("server.log"))
        wait_until(lambda: "ACCEPT" in self.stderr(), self.stderr)

    def report(self):
        yield self.name, f"{self.status()}\n{self.stderr()}"


class Lab:
    """An authority's directory, whose name is not the easiest, and TLS with what is in it."""

    def __init__(self, kit):
        self.kit, self.dir = kit, kit.path('a lab\'s "ca" $1')

    def __truediv__(self, name):
        return self.dir / name

    def ca(self, *words):
        return self.kit.run(self.kit.repo / "tools/lab-ca", self.dir, *words)

    def done(self, *words):
        ended = self.ca(*words)
        assert (ended.returncode, ended.stderr) == (0, "")
        return ended.stdout

    def refused(self, *words):
        ended = self.ca(*words)
        assert (ended.returncode, ended.stdout) == (1, "")
        return ended.stderr

    def serve(self, name):
        return self.kit._own(Server(self, name))

    def talk(self, *options, host):
        """What the server says to "abc", and what openssl's client has to say."""
        ended = subprocess.run(["openssl", "s_client", "-quiet", "-verify_return_error", "-CAfile", self / "ca.crt",
                                "-verify_hostname", host, "-connect", f"127.0.0.1:{PORT}", *options], input="abc\nCLOSE\n",
                               capture_output=True, text=True, timeout=60)
        return ended.stdout, ended.stderr

    def of(self, user):
        return "-cert", self / f"client-{user}.crt", "-key", self / f"client-{user}.key"

    def serial(self, name):
        return self.kit.run("openssl", "x509", "-in", self / f"{name}.crt", "-noout", "-serial").stdout

    def modes(self):
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.dir.iterdir()}


@pytest.fixture
def lab(kit):
    made = Lab(kit)
    made.done("ca")
    return made


def test_server_and_user_know_each_other_and_a_revoked_one_is_refused(lab):
    lab.done("server", "lab1.example", "localhost")
    lab.done("client", "oncall")
    lab.done("client", "ann")
    server = lab.serve("lab1.example")
    for host in ("lab1.example", "localhost"):
        assert lab.talk(*lab.of("oncall"), host=host)[0] == "cba\n"
    answer, told = lab.talk(*lab.of("oncall"), host="lab2.example")
    assert answer == "" and "hostname mismatch" in told
    assert lab.talk(host="localhost")[0] == ""
    server.kill()

    assert lab.done("revoke", "oncall").startswith("oncall's certificates hold no more: ")
    server = lab.serve("lab1.example")
    answer, told = lab.talk(*lab.of("oncall"), host="localhost")
    assert answer == "" and "certificate revoked" in told
    assert lab.talk(*lab.of("ann"), host="localhost")[0] == "cba\n"
    # Oncall comes back, with another key.
    lab.done("client", "oncall")
    assert lab.talk(*lab.of("oncall"), host="localhost")[0] == "cba\n"
    # A user's certificate is for a user, not for a server.
    server.kill()
    for kind in ("crt", "key"):
        (lab / f"server-fake.{kind}").write_bytes((lab / f"client-ann.{kind}").read_bytes())
    lab.serve("fake")
    assert lab.talk(*lab.of("ann"), host="ann")[0] == ""


def test_what_it_prints_is_for_the_file(lab):
    server = tomllib.loads(lab.done("server", "lab1.example"))["tls"]["lab"]
    assert server == {"cert": str(lab / "server-lab1.example.crt"), "key": str(lab / "server-lab1.example.key"),
                      "client_ca": str(lab / "ca.crt"), "client": "optional", "crl": str(lab / "clients.crl")}
    [user] = tomllib.loads(lab.done("client", "oncall"))["user"]
    assert user == {"name": "oncall", "certificate": "CN=oncall", "control": ["*"]}
    subject = lab.kit.run("openssl", "x509", "-in", lab / "client-oncall.crt", "-noout", "-subject", "-nameopt", "RFC2253").stdout
    assert subject == "subject=CN=oncall\n"


def test_keys_are_their_owners_alone_and_nothing_is_left_behind(lab):
    lab.done("server", "lab1.example")
    lab.done("client", "oncall")
    modes = lab.modes()
    assert {name: mode for name, mode in modes.items() if name.endswith(".key")} == dict.fromkeys(
        ("ca.key", "server-lab1.example.key", "client-oncall.key"), 0o600)
    assert {name for name, mode in modes.items() if mode & 0o077} == {"ca.crt", "clients.crl", "server-lab1.example.crt",
                                                                      "client-oncall.crt"}
    assert not [name for name in modes if name.startswith(".work")]


def test_twice_is_as_once(lab):
    lab.done("server", "lab1.example", "192.0.2.1")
    lab.done("client", "oncall")
    names = ("ca", "server-lab1.example", "client-oncall")
    before = [lab.serial(name) for name in names]
    lab.done("ca")
    lab.done("server", "lab1.example", "192.0.2.1")
    lab.done("client", "oncall")
    assert [lab.serial(name) for name in names] == before
    # Another name is another certificate.
    lab.done("server", "lab1.example", "192.0.2.2")
    assert lab.serial("server-lab1.example") != before[1]
    names = lab.kit.run("openssl", "x509", "-in", lab / "server-lab1.example.crt", "-noout", "-ext", "subjectAltName").stdout
    assert "DNS:lab1.example, IP Address:192.0.2.2\n" in names
    lab.done("revoke", "oncall")
    lab.done("revoke", "oncall")


def test_how_long_they_hold(lab):
    lab.done("server", "lab1.example")
    lab.done("client", "oncall")
    for name, days in (("ca", 3650), ("server-lab1.example", 825), ("client-oncall", 825)):
        for some, code in ((days * 86400 - 600, 0), (days * 86400 + 600, 1)):
            ended = lab.kit.run("openssl", "x509", "-in", lab / f"{name}.crt", "-noout", "-checkend", some)
            assert ended.returncode == code, name
    text = lab.kit.run("openssl", "crl", "-in", lab / "clients.crl", "-noout", "-lastupdate", "-nextupdate").stdout
    first, last = map(int, re.findall(r"(\d{4}) GMT", text))
    assert last - first in (9, 10)  # 3650 days


def test_what_it_cannot_do_it_says(kit, lab):
    assert lab.refused("revoke", "nobody") == f"lab-ca: there is no certificate of a user 'nobody' in {lab.dir}\n"
    assert lab.refused("client", "a/CN=b").startswith("lab-ca: 'a/CN=b' is no name for a certificate: it has ")
    assert lab.refused("server", "lab1", "a,DNS:b") == "lab-ca: 'a,DNS:b' is no name of a host and no address\n"
    assert "signing server-999.1.1.1.crt failed: " in lab.refused("server", "999.1.1.1")
    assert not (lab / "server-999.1.1.1.crt").exists()
    (lab / "ca.crt").unlink()
    assert "one is missing" in lab.refused("ca")
    other = kit.run(kit.repo / "tools/lab-ca", kit.path("other"), "client", "oncall")
    assert (other.returncode, other.stderr) == (1, f"lab-ca: there is no authority in {kit.path('other')}; make one with: "
                                                   f"tools/lab-ca {kit.path('other')} ca\n")


@pytest.mark.parametrize("words", [[], ["ca"], ["d"], ["d", "server"], ["d", "client"], ["d", "client", "a", "b"], ["d", "ca", "x"],
                                   ["d", "frobnicate"]])
def test_usage(kit, words):
    ended = kit.run(kit.repo / "tools/lab-ca", *words)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "usage: tools/lab-ca DIR ca | server NAME [ALTNAME...] | client USER | revoke USER\n"
