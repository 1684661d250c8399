# SPDX-License-Identifier: Apache-2.0
"""I paste two thousand bytes into the console at once. A UART takes 16 at a time; all of them arrive, in order, whether I
use telnet, a telnet client without BINARY, or a raw connection; and much more waits while the guest does not read."""

import hashlib
import random

import pytest
from support import LIVE
from support.pki import Authority

SIZE = 2000


def pasted(values, who):
    """SIZE bytes: each value, and then more of them at random; the same in each run, but for each client others."""
    dice = random.Random(who)
    values = list(values)
    return bytes(values + dice.choices(values, k=SIZE - len(values)))


def take(client, send, who):
    """The guest's shell reads SIZE bytes as they are, and says what they were."""
    send(f"stty raw -echo; echo {who}-$((6 * 7)); head -c {SIZE} >/pasted; stty sane; md5sum </pasted\r".encode())
    client.wait_for(f"{who}-42".encode())


def without_binary(data):
    """A CR that stands for itself is CR NUL on the wire (RFC 854)."""
    return data.replace(b"\r", b"\r\0")


def said(data):
    return hashlib.md5(data).hexdigest().encode() + b"  -\r\n"


def started(kit, kind):
    """A guest and its console's address."""
    if kind != "tls":
        guest = kit.guest({"boot": "null", "vm": kind})
        return guest, guest.address("vm")
    authority = Authority(kit.path("pki"))
    guest = kit.guest({"boot": "null", "vm": "socket,host=127.0.0.1,port=0,server=on,wait=off,tls-creds=tls"},
                      qemu_args=authority.qemu())
    return guest, f"{guest.address('vm').replace('tcp:', 'tls:')},ca={authority.cert}"


@pytest.mark.parametrize("kind", ["pty", "unix", "tcp", "tls"])
def test_what_is_pasted_arrives_whole(kit, kind):
    guest, address = started(kit, kind)
    kit.daemon("--console", f"vm={address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
               "--listen", "raw:127.0.0.1:7002,console=vm")
    guest.wait_ready("vm")

    with kit.raw(7002) as raw:
        everything = pasted(range(256), "raw")
        take(raw, raw.send, "raw")
        raw.send(everything)
        raw.wait_for(said(everything))
    with kit.telnet(7001) as binary:
        everything = pasted(range(256), "binary")
        binary.wait_for(LIVE)
        take(binary, binary.type, "binary")
        binary.type(everything)
        binary.wait_for(said(everything))
    with kit.telnet(7001, agree={1, 3}) as plain:
        everything = pasted(range(256), "plain")
        plain.wait_for(LIVE)
        take(plain, lambda text: plain.type(without_binary(text)), "plain")
        plain.type(without_binary(everything))
        plain.wait_for(said(everything))
    # Of the control bytes telnet's client keeps some for itself; and this is what people paste.
    text = pasted([*b"\t\r", *range(0x20, 0x7f), *range(0x80, 0x100)], "person")
    person = kit.on_terminal("telnet", "127.0.0.1", "7001")
    person.wait_for(LIVE)
    take(person, person.type, "person")
    person.type(text)
    person.wait_for(said(text))


def test_what_is_pasted_while_the_guest_does_not_read_waits_for_it(kit):
    guest = kit.guest({"boot": "null", "vm": "pty"})
    kit.daemon("--console", f"vm={guest.address('vm')}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    guest.wait_ready("vm")
    writer = kit.telnet(7001)
    writer.wait_for(LIVE)
    much = b"".join(pasted(range(256), n) for n in range(20))
    writer.type(f"stty raw -echo; echo go-$((6 * 7)); head -c {len(much)} >/pasted; stty sane; md5sum </pasted\r".encode())
    writer.wait_for(b"go-42")
    guest.pause()
    writer.type(much)
    guest.resume()
    writer.wait_for(said(much))
