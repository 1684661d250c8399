# SPDX-License-Identifier: Apache-2.0
"""A [tls.NAME] names a file that is not there, or not what it has to be: charmuxd does not start, exit code 2, and one line
says which profile, which file and why. What is only out of date is served, and warned of."""

import pytest
from support.pki import Authority, openssl
from support.users import user


def profile(kit, **files):
    """The lines of [tls.lab], good ones but for these."""
    authority = Authority(kit.path("pki"))
    cert, key = authority.issue("server")
    keys = {"cert": cert, "key": key, **files}
    return "".join(f'{name} = "{path}"\n' for name, path in keys.items())


def no_file(kit):
    return profile(kit, cert="/t/none.crt")


def no_certificate(kit):
    kit.path("empty.pem").touch()
    return profile(kit, cert=kit.path("empty.pem"))


def anothers_key(kit):
    return profile(kit, key=Authority(kit.path("other")).issue("other")[1])


def key_with_a_passphrase(kit):
    openssl("genpkey", "-algorithm", "RSA", "-aes128", "-pass", "pass:x", "-out", kit.path("locked.pem"))
    return profile(kit, key=kit.path("locked.pem"))


def anothers_crl(kit):
    authority = Authority(kit.path("other"), "other ca")
    lines = profile(kit, client_ca=kit.path("pki") / "ca-cert.pem")
    return lines + f'crl = "{authority.crl()}"\n'


ERRORS = {
    "no file": (no_file, 2, "[tls.lab]: cert file /t/none.crt cannot be read: No such file or directory"),
    "no certificate": (no_certificate, 2, "[tls.lab]: cert file /t/empty.pem holds no certificate: it has to be PEM"),
    "another's key": (anothers_key, 2, "[tls.lab]: the key in /t/other/other-key.pem is not that of the certificate in "
                                       "/t/pki/server-cert.pem: give the two that belong together"),
    "a key with a passphrase": (key_with_a_passphrase, 2, "[tls.lab]: key file /t/locked.pem: the key has a passphrase, which "
                                                          "nobody is there to type; write it without: openssl pkey -in "
                                                          "FILE -out FILE"),
    "another's crl": (anothers_crl, 2, "[tls.lab]: crl file /t/other/crl.pem holds a CRL by CN=other ca, which nobody in "
                                       "/t/pki/ca-cert.pem has signed: put that authority there"),
}


def start(kit, lines, **options):
    kit.path("charmux.toml").write_text(user("ann", 'certificate = "CN=ann"', 'control = ["*"]') + "[tls.lab]\n" + lines)
    return kit.daemon("--config", kit.path("charmux.toml"), "--console", "vm=unix:/nowhere",
                      "--listen", "telnet:127.0.0.1:7001,console=vm,tls=lab", **options)


@pytest.mark.parametrize("name", ERRORS)
def test_it_does_not_start_and_says_why(kit, name):
    provoke, code, text = ERRORS[name]
    daemon = start(kit, provoke(kit), wait_ready=False)
    assert daemon.wait_exit() == code
    assert daemon.log().replace(str(kit.directory), "/t").splitlines()[-1] == f"<3>{text}"


def test_a_certificate_that_has_expired_is_shown_and_warned_of(kit):
    cert, key = Authority(kit.path("old")).issue("old", days=(-2, -1))
    daemon = start(kit, f'cert = "{cert}"\nkey = "{key}"\n')
    daemon.wait_log(rf"^<4>\[tls\.lab\]: the certificate in {cert} expired on .*: have it renewed$")
