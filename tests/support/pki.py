# SPDX-License-Identifier: Apache-2.0
"""Certificates for one test, made by the openssl command."""

import datetime
import pathlib
import ssl
import subprocess

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
NEW_RSA_KEY = ("-newkey", "rsa:2048", "-nodes")
RULES = "[ca]\ndefault_ca=all\n[all]\ndatabase={0}/database\nnew_certs_dir={0}\ndefault_md=sha256\npolicy=any\n" \
        "unique_subject=no\nrand_serial=yes\ndefault_crl_days=2\n[any]\ncommonName=supplied\n"


class Authority:
    """Somebody who vouches for others: `cert` is their certificate."""

    def __init__(self, directory, name="test ca"):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.cert, self._key = self.directory / "ca-cert.pem", self.directory / "ca-key.pem"
        openssl("req", "-x509", *NEW_KEY, "-keyout", self._key, "-out", self.cert, "-subj", f"/CN={name}", "-days", "2")
        (self.directory / "database").touch()
        (self.directory / "rules").write_text(RULES.format(self.directory))

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", days=(-1, 1), new_key=NEW_KEY):
        """A certificate, valid between these days from now, and its key: the paths."""
        cert, key, request, terms = (self.directory / f"{name}-{part}.pem" for part in ("cert", "key", "request", "terms"))
        terms.write_text(f"subjectAltName={names}\nbasicConstraints=CA:FALSE\n")
        openssl("req", *new_key, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        now = datetime.datetime.now(datetime.timezone.utc)
        first, last = ((now + datetime.timedelta(days=day)).strftime("%Y%m%d%H%M%SZ") for day in days)
        openssl("ca", "-batch", "-config", self.directory / "rules", "-cert", self.cert, "-keyfile", self._key, "-in", request,
                "-out", cert, "-startdate", first, "-enddate", last, "-extfile", terms, "-notext")
        return cert, key

    def revoke(self, cert):
        """Takes it back; crl() says so from now on."""
        openssl("ca", "-config", self.directory / "rules", "-cert", self.cert, "-keyfile", self._key, "-revoke", cert)

    def crl(self):
        """The list of what was taken back, as of now: its path."""
        path = self.directory / "crl.pem"
        openssl("ca", "-config", self.directory / "rules", "-cert", self.cert, "-keyfile", self._key, "-gencrl", "-out", path)
        return path

    def client(self, shown=None, most=ssl.TLSVersion.TLSv1_3):
        """How a client that trusts this one alone speaks TLS; `shown`: its own certificate and key."""
        context = ssl.create_default_context(cafile=self.cert)
        context.maximum_version = most
        if shown:
            context.load_cert_chain(*shown)
        return context

    def qemu(self, verify=False):
        """QEMU's arguments for credentials that it knows as "tls". With `verify` it wants clients' certificates."""
        self.issue("server")
        return ("-object", f"tls-creds-x509,id=tls,endpoint=server,dir={self.directory},"
                           f"verify-peer={'yes' if verify else 'no'}")


def openssl(*words):
    ended = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
