# SPDX-License-Identifier: Apache-2.0
"""Two scanners that people run against their machines look at listeners whose certificates are a lab's own: they find no
version, no cipher, no known hole that would be worth a word, but that a lab's authority has no place to ask for what it
has taken back (SECURITY.md)."""

import json
import xml.etree.ElementTree

import pytest
from support.users import user

PORTS = {"anybody": 7001, "certificates": 7002}
# What testssl looks at: its options, and findings that show that it did. All together are what it does by itself.
PARTS = {
    "versions and ciphers": (["-p", "-s", "-f", "-P"], {
        **dict.fromkeys(("SSLv2", "SSLv3", "TLS1", "TLS1_1"), "not offered"),
        "TLS1_2": "offered", "TLS1_3": "offered with final", "PFS": "offered",
        **{f"cipherlist_{each}": "not offered" for each in ("NULL", "aNULL", "EXPORT", "LOW", "3DES_IDEA", "AVERAGE")}}),
    "certificates": (["-S"], {"cert_numbers": "2", "cert_chain_of_trust": "passed.", "cert_trust": "Ok via SAN"}),
    "holes": (["-U"], {"heartbleed": "not vulnerable", "ROBOT": "not vulnerable", "secure_renego": "supported",
                       "fallback_SCSV": "no protocol below TLS 1.2 offered", "SWEET32": "not vulnerable",
                       "LUCKY13": "not vulnerable", "RC4": "not vulnerable", "CRIME_TLS": "not vulnerable"}),
    "each cipher and many clients": (["-e", "-c"], {"cipher_xc02c": "xc02c", "clientsimulation-openssl_303": "TLSv1.3",
                                                    "clientsimulation-ie_8_xp": "No connection"}),
}
HARMLESS = {"OK", "INFO", "LOW", "DEBUG"}
A_LABS_OWN = "cert_revocation"  # its authority has no place to ask
#        Checks that could not be made: OpenSSL's old engines, and what needs a client's certificate.
CANNOT = {"anybody": {"engine_problem"}, "certificates": {"engine_problem", "secure_client_renego", "BREACH"}}


@pytest.fixture(name="lab")
def made_lab(kit):
    """charmuxd with an ECDSA and an RSA certificate; a listener for anybody, and one that wants a certificate."""
    lab = kit.path("lab")

    def done(*words, **options):
        ended = kit.run(*words, **options)
        assert ended.returncode == 0, ended.stderr
    done(kit.repo / "tools/lab-ca", lab, "ca")
    for words in (("server", "localhost", "127.0.0.1"), ("client", "ann")):
        done(kit.repo / "tools/lab-ca", lab, *words)
    sign_rsa(lab, done)
    chardev, pairs = kit.unix_chardev(), ("server-localhost", "server-rsa")
    text = user("ann", 'certificate = "CN=ann"', 'control = ["*"]')
    for profile, more in (("anybody", ""), ("certificates", f'client_ca = "{lab}/ca.crt"\ncrl = "{lab}/clients.crl"')):
        certs, keys = (", ".join(f'"{lab}/{pair}.{kind}"' for pair in pairs) for kind in ("crt", "key"))
        text += f"[tls.{profile}]\ncert = [{certs}]\nkey = [{keys}]\n{more}\n"
    kit.path("charmux.toml").write_text(text)
    listens = [f"telnet:127.0.0.1:{PORTS['anybody']},console=vm,tls=anybody",
               f"raw:127.0.0.1:{PORTS['certificates']},console=vm,tls=certificates"]
    kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
               *(word for listen in listens for word in ("--listen", listen)))
    chardev.accept()
    return lab


def sign_rsa(lab, done):
    """An RSA certificate beside the ECDSA one, by the same authority and its rules; tools/lab-ca makes none."""
    done("openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "server-rsa.key", "-out", "rsa.csr",
         "-subj", "/CN=localhost", "-config", "openssl.cnf", cwd=lab)
    (lab / "rsa.cnf").write_text(
        "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
        "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n")
    done("openssl", "ca", "-batch", "-notext", "-config", "openssl.cnf", "-in", "rsa.csr", "-extfile", "rsa.cnf",
         "-out", "server-rsa.crt", cwd=lab)


def scan(kit, lab, port, options, number):
    """What testssl finds there, by what it calls it: "SEVERITY: text"."""
    found = kit.path(f"found{number}.json")
    ended = kit.run("testssl", "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--ip", "127.0.0.1",
                    *options, "--add-ca", lab / "ca.crt", "--jsonfile", found, f"localhost:{port}", seconds=140)
    findings = json.loads(found.read_text()) if found.exists() else []
    assert findings and findings[-1]["id"] == "scanTime", ended.stdout + ended.stderr
    return {each["id"].split()[0]: f"{each['severity']}: {each['finding']}" for each in findings}


def unable(said):
    """The checks that it could not make."""
    return {name for name, text in said.items() if text.startswith("WARN: ")}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("listener", PORTS)
def test_testssl(kit, lab, listener, part):
    options, has_to_say = PARTS[part]
    # Its client may meet the end of a connection before it has read all ("connect problem"): such a check is made again.
    for number in range(3):
        said = scan(kit, lab, PORTS[listener], options, number)
        if unable(said) <= CANNOT[listener]:
            break
    if listener == "certificates":
        has_to_say = {name: text for name, text in has_to_say.items() if name not in CANNOT[listener]}
    wrong = {name: said.get(name) for name, text in has_to_say.items()
             if not said.get(name, ": ").partition(": ")[2].startswith(text)}
    assert not wrong
    serious = {name: text for name, text in said.items() if text.partition(": ")[0] not in HARMLESS}
    assert unable(said) <= CANNOT[listener], serious
    assert serious.keys() - unable(said) <= {A_LABS_OWN}, serious


@pytest.mark.parametrize("listener", PORTS)
def test_nmap(kit, lab, listener):
    # With + it looks at any port, not at those alone where it would expect TLS.
    ended = kit.run("nmap", "-n", "-Pn", "-p", PORTS[listener], "--script", "+ssl-enum-ciphers", "-oX", "-", "127.0.0.1",
                    seconds=140)
    [script] = xml.etree.ElementTree.fromstring(ended.stdout).iter("script")
    assert {table.get("key") for table in script.findall("table")} == {"TLSv1.2", "TLSv1.3"}
    assert script.findtext("elem[@key='least strength']") == "A"
    assert {elem.text for elem in script.iter("elem") if elem.get("key") == "strength"} == {"A"}
    names = {elem.text for elem in script.iter("elem") if elem.get("key") == "name"}
    assert {name.split("_")[2] for name in names if "_WITH_" in name and "_ECDHE_" in name} == {"ECDSA", "RSA"}
