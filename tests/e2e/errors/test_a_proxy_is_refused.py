# SPDX-License-Identifier: Apache-2.0
"""What connects from a network of `proxy-from` has to say whose connection it is. One that does not is closed without a
word, and the log says why."""

import pytest

PROXY = r"telnet:127\.0\.0\.1:7001: 127\.0\.0\.1:\d+ left: "
MEANT = "; who connects from its network begins with one (proxy-from)"


def closed(kit, sent, why):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm,proxy-from=127.0.0.0/8")
    proxy = kit.raw(7001)
    proxy.send(sent)
    if why.startswith("it hung up"):
        proxy.stop_sending()
    assert proxy.wait_closed() == b""
    return daemon.wait_log(PROXY + why)


# How, and that it is said just so | no exit code: it runs | what is said.
ERRORS = {
    "no header": (lambda kit: closed(kit, b"root\r", r"it sent no PROXY header; who connects .* \(proxy-from\)$"), None,
                  "it sent no PROXY header" + MEANT),
    "a wrong header": (lambda kit: closed(kit, b"PROXY TCP4 x\r\n", r"it sent a wrong PROXY header: it holds no two TCP4 "
                                          r"addresses; who connects .* \(proxy-from\)$"), None,
                       "it sent a wrong PROXY header: it holds no two TCP4 addresses" + MEANT),
    "no header in time": (lambda kit: closed(kit, b"PROXY", r"it sent no whole PROXY header within 3s; who connects .*$"), None,
                          "it sent no whole PROXY header within 3s" + MEANT),
    "half a header": (lambda kit: closed(kit, b"PROXY", r"it hung up before its PROXY header was whole$"), None,
                      "it hung up before its PROXY header was whole"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_a_proxy_is_refused(kit, name):
    assert ERRORS[name][0](kit)
