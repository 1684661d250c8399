# SPDX-License-Identifier: Apache-2.0
"""Someone writes a configuration in which TLS, a user or a group is wrong, or that would let in whom nobody meant to:
--check-config says where it is and what to write instead, with exit code 1, and never shows a password."""

import pytest
from support.checked import run

CONSOLE = '[[console]]\nname = "vm1"\nbackend = "unix:/run/vm1.sock"\n'
GIVEN = ("--console", "vm1=unix:/run/vm1.sock")
TELNET = "[[user]]s who log in, or user=NAME"
RAW = "user=NAME, or [[user]]s with a certificate and a tls= with client_ca: raw knows clients by nothing else"
ELSE = "bind it to 127.0.0.1 or [::1], use a UNIX socket, or add ,insecure on purpose"
TLS = '[tls.lab]\ncert = "/etc/lab.pem"\n'
USER = '[[user]]\nname = "oncall"\npassword = "$6$salt$hash"\n'


def open_to_all(how):
    return (f"would let anyone who reaches it in: it has no TLS (tls=PROFILE) and no names for its clients ({how}); give it "
            f"both, {ELSE}")


def user(*lines):
    """A user's table, whose third line is the first of these."""
    return "\n".join(('[[user]]', 'name = "oncall"', *lines, ""))


def profile(*lines):
    return "\n".join(("[tls.lab]", *lines, ""))


# The file's text or None for no file, further arguments | exit code | the exact line; FILE is the file's path.
ERRORS = {
    "every address without insecure": ((None, (*GIVEN, "--listen", "telnet:*:7001,console=vm1")), 1,
                                       f"--listen: telnet:*:7001 {open_to_all(TELNET)}"),
    "another address without insecure": ((None, (*GIVEN, "--listen", "raw:192.0.2.7:7001,console=vm1")), 1,
                                         f"--listen: raw:192.0.2.7:7001 {open_to_all(RAW)}"),
    "another IPv6 address without insecure": ((None, (*GIVEN, "--listen", "telnet:[2001:db8::7]:7001,console=vm1")), 1,
                                              f"--listen: telnet:[2001:db8::7]:7001 {open_to_all(TELNET)}"),
    "insecure = false": ((CONSOLE + '[[listen]]\naddress = "telnet:0.0.0.0:7001,console=vm1"\ninsecure = false\n', ()), 1,
                         f"FILE:5:11: telnet:0.0.0.0:7001 {open_to_all(TELNET)}"),
    "TLS without names": ((TLS, (*GIVEN, "--listen", "telnet:*:7001,tls=lab")), 1,
                          "--listen: telnet:*:7001 would let anyone who reaches it in: it has no names for its clients "
                          f"({TELNET}); give it these, {ELSE}"),
    "names without TLS": ((USER, (*GIVEN, "--listen", "telnet:*:7001")), 1,
                          "--listen: telnet:*:7001 would let anyone on the way read and change what passes: it has no TLS "
                          f"(tls=PROFILE); give it that, {ELSE}"),
    "no name on loopback": ((USER, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1")), 1,
                            "--listen: raw:127.0.0.1:7001 would let in clients without a name, and there are users: give it "
                            f"names ({RAW}), or add ,insecure on purpose"),
    "nobody can log in": ((user(), (*GIVEN, "--listen", "telnet:127.0.0.1:7001")), 1,
                          "--listen: telnet:127.0.0.1:7001 would let nobody in: no [[user]] has a 'password' or 'pam'; give one "
                          "that, or the listener user=NAME, or add ,insecure on purpose"),
    "a network that may connect": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,allow=lab")), 1,
                                   "--listen: telnet:127.0.0.1:7001,allow=lab: 'allow': 'lab' is no network: write an address and "
                                   "its bits, such as 10.0.0.0/8 or fd00::/8"),
    "TLS at a socket's path": ((TLS, (*GIVEN, "--listen", "telnet:/run/door,tls=lab")), 1,
                               "--listen: telnet:/run/door,tls=lab: 'tls' is for TCP, and this is a UNIX socket: leave it out"),
    "an unknown profile": ((TLS, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,tls=lap")), 1,
                           "--listen: telnet:127.0.0.1:7001: there is no TLS profile 'lap' among 'lab': did you mean 'lab'?"),
    "no profile at all": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,tls=lab")), 1,
                          "--listen: telnet:127.0.0.1:7001: there is no TLS profile 'lab': write a [tls.NAME] of that name"),
    "an empty profile's name": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,tls=")), 1,
                                "--listen: telnet:127.0.0.1:7001: 'tls' is empty: write the name of one"),
    "an unknown user": ((USER, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,user=onkall")), 1,
                        "--listen: telnet:127.0.0.1:7001: there is no user 'onkall' among 'oncall': did you mean 'oncall'?"),
    "no user at all": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,user=oncall")), 1,
                       "--listen: telnet:127.0.0.1:7001: there is no user 'oncall': write a [[user]] of that name"),
    "keys without a profile": (('[tls]\ncert = "/etc/lab.pem"\n', GIVEN), 1,
                               "FILE:2:1: 'cert' in [tls] is no profile: write [tls.NAME], such as [tls.lab], and the keys under "
                               "it"),
    "a list of profiles": (("[[tls]]\n", GIVEN), 1, "FILE:1:3: 'tls' must be written [tls.NAME]"),
    "a profile without a name": (('[tls.""]\ncert = "/etc/lab.pem"\n', GIVEN), 1,
                                 "FILE:1:6: a profile of [tls.NAME] has an empty name: write one, such as [tls.lab]"),
    "fewer keys than certificates": ((profile('cert = ["/a.crt", "/b.crt"]', 'key = "/a.key"'), GIVEN), 1,
                                     "FILE:3:7: [tls.lab] has 2 in 'cert' and 1 in 'key': write a key for each certificate, in "
                                     "the same order, or leave 'key' out where the keys are in the certificates' files"),
    "a list of revoked ones of nobody": ((profile('cert = "/a"', 'crl = "/b"'), GIVEN), 1,
                                         "FILE:3:7: 'crl' in [tls.lab] needs the key 'client_ca': without it clients are asked for "
                                         "no certificate"),
    "a client's certificate, perhaps": ((profile('cert = "/a"', 'client_ca = "/b"', 'client = "maybe"'), GIVEN), 1,
                                        "FILE:4:10: 'client' in [tls.lab] must be required or optional, not 'maybe'"),
    "a certificate that is no path": ((profile("cert = 1"), GIVEN), 1,
                                      "FILE:2:8: 'cert' in [tls.lab] must be an absolute path in quotes, or a list of such paths, "
                                      "not an integer"),
    "no certificate in the list": ((profile("cert = []"), GIVEN), 1, "FILE:2:8: 'cert' in [tls.lab] is empty: name one"),
    "a user's name with a colon": (('[[user]]\nname = "on:call"\n', GIVEN), 1,
                                   "FILE:2:8: 'name' in [[user]] must have from 1 to 64 bytes, with neither ':' nor control bytes, "
                                   "not 'on:call'"),
    "a user twice": ((user() + user(), GIVEN), 1,
                     "FILE:4:8: user 'oncall' is defined twice, first at FILE:2:8: give each its own name"),
    "a group twice": (('[[group]]\nname = "eng"\n[[group]]\nname = "eng"\n', GIVEN), 1,
                      "FILE:4:8: group 'eng' is defined twice, first at FILE:2:8: give each its own name"),
    "a password in plain": ((user('password = "secret"'), GIVEN), 1,
                            "FILE:3:12: 'password' in [[user]] is no hash of a password as in crypt(5): let `charmux passwd` "
                            "write it"),
    "a PAM service that is a path": ((user('pam = "../x"'), GIVEN), 1,
                                     "FILE:3:7: 'pam' in [[user]] must be the name of a PAM service, a file in /etc/pam.d, not "
                                     "'../x'"),
    "password and PAM": ((user('password = "$6$salt$hash"', 'pam = "charmux"'), GIVEN), 1,
                         "FILE:4:7: [[user]] has both 'password' and 'pam': leave one of them out"),
    "a certificate of nobody": ((user('certificate = "oncall"'), GIVEN), 1,
                                "FILE:3:15: 'certificate' in [[user]] must be a subject such as \"CN=oncall,O=Lab\", or DNS:NAME or "
                                "email:ADDRESS, not 'oncall'"),
    "a certificate that is a number": ((user("certificate = 7"), GIVEN), 1,
                                       "FILE:3:15: 'certificate' in [[user]] must be a text in quotes, or a list of such texts, not "
                                       "an integer"),
    "a certificate of two": ((user('certificate = "CN=a"') + '[[user]]\nname = "b"\ncertificate = "CN=a"\n', GIVEN), 1,
                             "FILE:6:15: user 'b' has the 'certificate' 'CN=a' of user 'oncall' (FILE:3:15): give each its own"),
    "an unknown group": ((user('groups = ["egn"]') + '[[group]]\nname = "eng"\n', GIVEN), 1,
                         "FILE:3:10: user 'oncall': there is no group 'egn' among 'eng': did you mean 'eng'?"),
    "no group at all": ((user('groups = ["eng"]'), GIVEN), 1,
                        "FILE:3:10: user 'oncall': there is no group 'eng': write a [[group]] of that name"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_configuration(kit, name):
    case, exit_code, text = ERRORS[name]
    assert run(kit, case, "--check-config") == (exit_code, "", f"{text}\n")
