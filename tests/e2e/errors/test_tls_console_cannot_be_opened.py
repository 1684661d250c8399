# SPDX-License-Identifier: Apache-2.0
"""A console is inside TLS, and something is wrong with a certificate, theirs or ours, or there is no TLS: charmuxd tries
again and again; its log, `charmux ls` and the notice name what is wrong and say what to do."""

import json
import os
import re
import signal

import pytest
from support.pki import NEW_KEY, Authority, openssl

PLACE = "tls:127.0.0.1:7999"


def server(kit, cert, key, *words):
    """openssl s_server at that place."""
    started = kit.on_terminal("openssl", "s_server", "-accept", "7999", "-cert", cert, "-key", key, *words)
    started.wait_for(b"ACCEPT")
    return started


def shows(**terms):
    """A server that shows such a certificate."""
    def provoke(kit):
        authority = Authority(kit.path("pki"))
        server(kit, *authority.issue("vm", **terms))
        return f"{PLACE},ca={authority.cert}"
    return provoke


def unknown_authority(kit):
    server(kit, *Authority(kit.path("pki")).issue("vm"))
    return PLACE


def another_authority(kit):
    server(kit, *Authority(kit.path("pki")).issue("vm"))
    return f"{PLACE},ca={Authority(kit.path('other'), 'other ca').cert}"


def self_signed(kit):
    key, cert = kit.path("key.pem"), kit.path("cert.pem")
    openssl("req", "-x509", *NEW_KEY, "-keyout", key, "-out", cert, "-subj", "/CN=vm")
    server(kit, cert, key)
    return PLACE


def wants_certificate(*words):
    def provoke(kit):
        authority = Authority(kit.path("pki"))
        server(kit, *authority.issue("vm"), "-Verify", "1", "-verify_return_error", "-CAfile", authority.cert, *words)
        return f"{PLACE},ca={authority.cert}"
    return provoke


def takes_no_such(kit):
    address = wants_certificate()(kit)
    cert, key = Authority(kit.path("other"), "other ca").issue("charmux")
    return f"{address},cert={cert},key={key}"


def qemu(shown):
    """A QEMU that wants clients' certificates, and what it is shown."""
    def provoke(kit):
        authority = Authority(kit.path("pki"))
        guest = kit.guest({"boot": "null", "vm": "socket,host=127.0.0.1,port=7999,server=on,wait=off,tls-creds=tls"},
                          qemu_args=authority.qemu(verify=True))
        cert, key = Authority(kit.path("other"), "other ca").issue("charmux")
        assert guest.address("vm") == PLACE.replace("tls:", "tcp:")
        return f"{PLACE},ca={authority.cert}" + (f",cert={cert},key={key}" if shown else "")
    return provoke


def old_versions(kit):
    server(kit, *Authority(kit.path("pki")).issue("vm"), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    return PLACE


def speaks_something_else(kit):
    chardev = kit.tcp_chardev(port=7999)
    kit.when_begun = lambda: chardev.accept().write(b"SSH-2.0-OpenSSH_9.2p1\r\n")
    return PLACE


def closes(kit):
    chardev = kit.tcp_chardev(port=7999)
    kit.when_begun = lambda: chardev.accept().wait_for(b"\x16\x03\x01") and chardev.hang_up()
    return PLACE


def does_not_answer(kit):
    kit.tcp_chardev(port=7999)
    kit.limits = 'connect_timeout = "200ms"\n'
    return PLACE


def ends(kit):
    """It dies when the console is open."""
    authority = Authority(kit.path("pki"))
    started = server(kit, *authority.issue("vm"))
    kit.when_open = lambda: os.kill(started.pid, signal.SIGKILL)
    return f"{PLACE},ca={authority.cert}"


def option(name, text=None, **others):
    """With such a file as an option: its text, or none there."""
    def provoke(kit):
        authority = Authority(kit.path("pki"))
        cert, key = authority.issue("vm")
        if text is not None:
            kit.path("file").write_text(text)
        given = {"cert": cert, "key": key} if name == "key" else {}
        given[name] = kit.path("file")
        return PLACE + "".join(f",{each}={path}" for each, path in given.items())
    return provoke


def anothers_key(kit):
    authority = Authority(kit.path("pki"))
    return f"{PLACE},cert={authority.issue('vm')[0]},key={authority.issue('other')[1]}"


def passphrase(kit):
    cert, key = Authority(kit.path("pki")).issue("vm")
    openssl("pkey", "-in", key, "-aes128", "-passout", "pass:secret", "-out", kit.path("locked.pem"))
    return f"{PLACE},cert={cert},key={kit.path('locked.pem')}"


NO_CLIENT_CERTIFICATE = f"refused: {PLACE}: it wants a client certificate; give cert=FILE and key=FILE"
# What answers (the function returns the console's address) | no exit code: it runs | state and reason.
REASONS = {
    "expired": (shows(days=(-2, -1)), None,
                f"refused: {PLACE}: its certificate expired on DATE; have it renewed"),
    "not yet valid": (shows(days=(1, 2)), None,
                      f"refused: {PLACE}: its certificate is not valid before DATE; compare the clocks of the two machines"),
    "another's name": (shows(names="DNS:vm.example,IP:192.0.2.1"), None,
                       f"refused: {PLACE}: its certificate is for vm.example, 192.0.2.1, not for 127.0.0.1; connect to a name "
                       "that it has, or give that as verify=NAME"),
    "an unknown authority": (unknown_authority, None,
                             f"refused: {PLACE}: its certificate is vouched for by CN=test ca, who is not trusted; give ca=FILE "
                             "with that certificate"),
    "another authority": (another_authority, None,
                          f"refused: {PLACE}: its certificate is vouched for by CN=test ca, who is not trusted by "
                          "DIR/other/ca-cert.pem; give ca=FILE with that certificate"),
    "self-signed": (self_signed, None,
                    f"refused: {PLACE}: its certificate is signed by itself alone, and not trusted; give ca=FILE, a copy of it"),
    "no client certificate": (wants_certificate(), None, NO_CLIENT_CERTIFICATE),
    "no client certificate, TLS 1.2": (wants_certificate("-tls1_2"), None, NO_CLIENT_CERTIFICATE),
    "no client certificate, QEMU": (qemu(shown=False), None, NO_CLIENT_CERTIFICATE),
    "a client certificate that is not taken": (takes_no_such, None,
                                               f"refused: {PLACE}: it does not take the certificate in "
                                               "DIR/other/charmux-cert.pem: it refused the connection (tlsv1 alert unknown "
                                               "ca); its log says why"),
    "a client certificate that QEMU does not take": (qemu(shown=True), None,
                                                     f"refused: {PLACE}: it does not take the certificate in "
                                                     "DIR/other/charmux-cert.pem: it closed the connection after the handshake; "
                                                     "its log says why"),
    "old versions": (old_versions, None,
                     f"refused: {PLACE}: it speaks no version of TLS that charmuxd does (1.2 and 1.3); it has to be brought up "
                     "to date"),
    "no TLS": (speaks_something_else, None,
               f"refused: {PLACE}: what answers there does not speak TLS; use tcp: or telnet:, or correct the port"),
    "closed in the handshake": (closes, None,
                                f"closed: {PLACE}: the other side closed the connection in the TLS handshake; its log may say "
                                "why"),
    "no answer": (does_not_answer, None, "waiting: held by another client"),
    "its end unsaid": (ends, None,
                       f"closed: {PLACE}: the other side closed the connection without saying so (TLS close_notify)"),
    "no ca file": (option("ca"), None, f"refused: {PLACE}: ca file DIR/file cannot be read: No such file or directory"),
    "no ca in it": (option("ca", "hello"), None, f"refused: {PLACE}: ca file DIR/file holds no certificate: it has to be PEM"),
    "a certificate cut short": (option("ca", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), None,
                                f"refused: {PLACE}: ca file DIR/file holds a certificate that cannot be read: REASON"),
    "no key in it": (option("key", "hello"), None,
                     f"refused: {PLACE}: key file DIR/file holds no private key: it has to be PEM"),
    "another's key": (anothers_key, None,
                      f"refused: {PLACE}: the key in DIR/pki/other-key.pem is not that of the certificate in "
                      "DIR/pki/vm-cert.pem: give the two that belong together"),
    "a key with a passphrase": (passphrase, None,
                                f"refused: {PLACE}: key file DIR/locked.pem: the key has a passphrase, which nobody is there to "
                                "type; write it without: openssl pkey -in FILE -out FILE"),
}
# As the log says it.
ERRORS = {name: (*case, f"{reason}; trying again") for name, (*case, reason) in REASONS.items()}


@pytest.mark.parametrize("name", REASONS)
def test_the_log_and_the_list_say_why(kit, name):
    provoke, _, reason = REASONS[name]
    address = provoke(kit)
    kit.path("charmux.toml").write_text("[limits]\n" + getattr(kit, "limits", ""))
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={address}")
    if hasattr(kit, "when_begun"):
        kit.when_begun()
    if hasattr(kit, "when_open"):
        daemon.wait_log("console vm: open")
        kit.when_open()
    line = daemon.wait_log(r"^<4>console vm: (closed|waiting|refused): .*$").group(0)
    assert masked(kit, line) == f"<4>console vm: {reason}; trying again"
    if hasattr(kit, "when_open") or hasattr(kit, "when_begun"):
        return  # what comes next is another matter
    listed = kit.run("charmux", "ls", "--json", env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")})
    state, _, why = reason.partition(": ")
    console = json.loads(listed.stdout)[0]
    assert (console["state"], masked(kit, console["reason"])) == (state, why)


def masked(kit, text):
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", "DATE", text.replace(str(kit.directory), "DIR"))
    return re.sub(r"(that cannot be read): [^;]+", r"\1: REASON", text)
