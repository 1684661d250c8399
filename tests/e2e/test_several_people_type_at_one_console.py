# SPDX-License-Identifier: Apache-2.0
"""A class at one console, as ser2net lets them: with writer=shared all type, nobody is refused, and what one presses stays
one key: the guest gets no arrow key with somebody else's letter inside."""

import re

from support import LIVE, notices, wait_until

# What each presses, all the time: a letter that nobody else types, and keys of several bytes.
KEYS = (b"a\x1b[A", b"b\x1bOP", b"c\x1b[1;5C", b"d\xe2\x82\xac")
ROUNDS = 100


def test_keys_of_several_people_stay_whole(kit):
    guest = kit.guest({"boot": "null", "vm": "unix"})
    daemon = kit.daemon("--console", f"vm={guest.address('vm')}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm,writer=shared,keys=off")
    guest.wait_ready("vm")
    people = [kit.on_terminal("telnet", "-8", "127.0.0.1", "7001") for _ in KEYS]
    for person in people:
        person.wait_for(LIVE)
        assert "you type" in notices(person.output)[0]
    people[0].wait_for(b" 4 watching]")  # nothing more will be told
    people[0].type(b"receive\r")
    people[0].wait_for(b"receiving\n")
    for _ in range(ROUNDS):
        for person, keys in zip(people, KEYS):
            person.type(keys)
    # The last word is several keys: it is typed when nobody else types any more.
    typed = len(b"receive\r") + ROUNDS * len(b"".join(KEYS))
    wait_until(lambda: daemon.api("/consoles/vm")["bytes_in"] >= typed, "all that was typed to have reached the guest")
    people[0].type(b"-end-")
    people[0].wait_for(b"\nreceived\r\n")
    dump = people[0].output.rpartition(b"receiving\n")[2].rpartition(b"received\r\n")[0]
    dump = re.sub(rb"\[charmux: [^\r\n]*\]\r\n", b"", dump)
    got = bytes.fromhex(dump.decode()).replace(b"-end-", b"")
    left = re.sub(b"|".join(re.escape(keys[1:]) for keys in KEYS), b"", got)
    assert not left.strip(b"abcd"), left
    for keys in KEYS:
        assert got.count(keys[1:]) in (ROUNDS, ROUNDS + 1), (keys, got)
        assert got.count(keys[:1]) >= ROUNDS


def test_a_raw_client_types_beside_a_person(kit):
    chardev = kit.unix_chardev()
    kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm", "--listen",
               "raw:127.0.0.1:7002,console=vm,writer=shared")
    chardev.accept()
    person = kit.telnet(7001)
    person.wait_for(LIVE)
    script = kit.raw(7002)
    script.send(b"script\r")
    chardev.wait_for(b"script\r")
    person.type(b"person\r")
    chardev.wait_for(b"person\r")
    script.send(b"again\r")
    chardev.wait_for(b"again\r")
