# SPDX-License-Identifier: Apache-2.0
"""The file that a reload reads is wrong, or asks for what cannot be had: the log says why, nothing changes, and whoever is
inside notices nothing."""

import socket

import pytest
from support import LIVE
from support.pki import Authority
from support.reloading import Configured, console, listen


def file_gone(kit, configured):
    configured.file.unlink()


def not_toml(kit, configured):
    configured.file.write_text("[[console")


def two_errors(kit, configured):
    configured.file.write_text(configured.file.read_text() + 'acces = "watch"\n[limits]\nviewer = 3\n')


def certificate_gone(kit, configured):
    cert, key = Authority(kit.path("pki")).issue("server")
    configured.file.write_text(configured.file.read_text() + f'[tls.lab]\ncert = "{kit.path("gone.pem")}"\nkey = "{key}"\n')


def port_taken(kit, configured):
    configured.taken = socket.create_server(("127.0.0.1", 7009))
    configured.file.write_text(configured.file.read_text().replace("telnet:127.0.0.1:7002", "telnet:127.0.0.1:7003") +
                               listen("telnet:127.0.0.1:7009"))


def no_such_host(kit, configured):
    configured.file.write_text(configured.file.read_text() + listen("telnet:no-such-host.invalid:7003", insecure="true"))


def exposed(kit, configured):
    configured.file.write_text(configured.file.read_text() + listen("telnet:0.0.0.0:7003"))


# How the file is changed | no exit code: it runs on | what the log says.
ERRORS = {
    "the file is gone": (file_gone, None, "FILE: cannot be read: No such file or directory: give --config a file that charmuxd may "
                         "read"),
    "no TOML": (not_toml, None, "FILE:1:10: not TOML: Error while parsing table header: encountered end-of-file"),
    "an unknown key": (two_errors, None, "FILE:9:1: unknown key 'acces' in [[listen]]: did you mean 'access'?"),
    "a certificate is gone": (certificate_gone, None, "[tls.lab]: cert file DIR/gone.pem cannot be read: No such file or directory"),
    "a port is taken": (port_taken, None, "cannot listen on 127.0.0.1:7009: another process listens there; stop it or choose another "
                        "port"),
    "a host that is not there": (no_such_host, None, "cannot listen on telnet:no-such-host.invalid:7003: host no-such-host.invalid "
                                 "cannot be found: REASON; correct it or use an address"),
    "open to others": (exposed, None, "FILE:10:11: telnet:0.0.0.0:7003 would let anyone who reaches it in: it has no TLS (tls=PROFILE) "
                       "and no names for its clients ([[user]]s who log in, or user=NAME); give it both, bind it to 127.0.0.1 or [::1], "
                       "use a UNIX socket, or add ,insecure on purpose"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_nothing_changes_and_the_log_says_why(kit, name):
    change, _, reason = ERRORS[name]
    chardev = kit.unix_chardev()
    configured = Configured(kit, console("vm", chardev.address) + listen("telnet:127.0.0.1:7001", console='"vm"') +
                            listen("telnet:127.0.0.1:7002"))
    chardev.accept()
    viewer, choosing = kit.telnet(7001), kit.telnet(7002)
    viewer.wait_for(LIVE)
    choosing.wait_for(b"> ")
    before = configured.daemon.api("/status")
    change(kit, configured)
    log = configured.reload()
    wrong = [line for line in log.splitlines() if line.startswith("<3>")]
    assert matches(wrong[0].removeprefix("<3>").replace(str(configured.file), "FILE").replace(str(kit.directory), "DIR"), reason)
    assert wrong[-1] == "<3>not reloaded: nothing has changed"
    after = configured.daemon.api("/status")
    assert after == before
    chardev.write(b"goes on\r\n")
    viewer.wait_for(b"goes on\r\n")
    choosing.type(b"vm\r")
    choosing.wait_for(b"goes on\r\n")
    late = kit.telnet(7002)
    late.wait_for(b"> ")


def matches(said, wanted):
    """REASON stands for what another program's words, or another test, say."""
    begin, reason, _ = wanted.partition("REASON")
    return said.startswith(begin) if reason else said == wanted
