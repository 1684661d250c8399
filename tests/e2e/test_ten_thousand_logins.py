# SPDX-License-Identifier: Apache-2.0
"""Somebody guesses passwords as fast as charmuxd answers, from several addresses at once, at a rate of more than ten
thousand a minute. A few of the guesses are looked at, the others are refused unlooked at; those inside notice nothing, the
log has a few lines of it, and the audit has each. What it costs is measured by `tools/bench logins`."""

import json
import time

from support import LIVE, wait_until
from support.strangers import Guesser
from support.users import log_in, user

ADDRESSES = [f"127.0.1.{last}" for last in range(1, 9)]
GUESSERS, EACH = 4, 375
A_MINUTE_OF_A_USER, A_MINUTE_OF_AN_ADDRESS = 60, 20


def test_they_are_refused_and_disturb_nobody(kit):
    audit = kit.path("audit.log")
    kit.path("charmux.toml").write_text(
        f"[limits]\nlogin_user = {A_MINUTE_OF_A_USER}\nlogin_address = {A_MINUTE_OF_AN_ADDRESS}\n"
        f'[audit]\nfile = "{audit}"\n' + user("ann", 'control = ["*"]'))
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept()
    inside = kit.telnet(7001)
    log_in(inside, "ann")
    inside.wait_for(LIVE)

    began = time.monotonic()
    names = [b"ann", b"ann", b"nobody", b"root"]
    guessers = [Guesser(("127.0.0.1", 7001), name, ADDRESSES[2 * at:2 * at + 2], EACH) for at, name in enumerate(names)]
    trips = 0
    while any(each.is_alive() for each in guessers):
        inside.type(b"typed %d\r" % trips)
        chardev.wait_for(b"typed %d\r" % trips)
        chardev.write(b"printed %d\r\n" % trips)
        inside.wait_for(b"printed %d\r\n" % trips)
        trips += 1
    for each in guessers:
        each.finish()
    minutes = (time.monotonic() - began) / 60
    assert trips > 1

    # Each got an answer, and a place to ask.
    fates = sum((each.fates for each in guessers), type(guessers[0].fates)())
    assert fates.keys() == {"wrong", "refused"}, fates
    assert fates.total() == GUESSERS * EACH
    # So many were looked at, each a hash: what an address may at once, and what it gets back meanwhile.
    assert fates["wrong"] <= len(ADDRESSES) * A_MINUTE_OF_AN_ADDRESS * (1 + minutes)
    assert (guessers[0].fates + guessers[1].fates)["wrong"] <= A_MINUTE_OF_A_USER * (1 + minutes)
    assert all(each.fates["wrong"] <= 2 * A_MINUTE_OF_AN_ADDRESS * (1 + minutes) for each in guessers)

    def noted():
        acts = map(json.loads, audit.read_text().splitlines())
        return [act["why"] for act in acts if act["act"] == "refused"]
    wait_until(lambda: len(noted()) == GUESSERS * EACH, lambda: f"the audit to have each: {len(noted())}")
    assert noted().count("wrong name or password") == fates["wrong"]
    assert daemon.log().count("login of ") <= 8 * (1 + minutes)
    # And ann is still there.
    assert daemon.api("/consoles/vm")["viewers"][0]["user"] == "ann"
