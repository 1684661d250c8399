# SPDX-License-Identifier: Apache-2.0
"""Once there are users a telnet client has to say who it is, and is shown nothing before that, not even a console's name.
Whoever tries too often, takes too long or comes with too many is let go, and the log says why; those inside notice
nothing."""

from support import LIVE
from support.users import log_in, user

ANYBODY = r"127\.0\.0\.1:\d+"


def house(kit, *limits, listen="telnet:127.0.0.1:7001,console=vm"):
    """charmuxd with ann, who may type, and its guest."""
    kit.path("charmux.toml").write_text("[limits]\n" + "\n".join(limits) + "\n" + user("ann", 'control = ["vm"]'))
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}", "--listen", listen)
    chardev.accept()
    return daemon, chardev


def test_nothing_is_shown_before_and_everything_after(kit):
    daemon, chardev = house(kit)
    chardev.write(b"a secret\r\n")
    me = kit.telnet(7001)
    me.wait_for(b"charmux login: ")
    assert me.data == b"charmux login: "
    log_in(me, "ann")
    me.wait_for(LIVE)
    assert me.data.startswith(b"charmux login: ann\r\nPassword: \r\n[charmux: vm, 1 watching, you type")
    assert b"a secret\r\n" in me.data
    me.type(b"typed\r")
    chardev.wait_for(b"typed\r")
    daemon.wait_log(rf"telnet:127\.0\.0\.1:7001: {ANYBODY} is ann by password$")
    daemon.wait_log(r"console vm: ann attached by telnet:127\.0\.0\.1:7001$")
    assert daemon.api("/consoles/vm")["viewers"][0]["user"] == "ann"


def test_what_is_typed_ahead_reaches_the_guest(kit):
    _, chardev = house(kit)
    me = kit.telnet(7001)
    me.send(b"ann\r\0correct horse\r\0echo ahead\r\0")
    chardev.wait_for(b"echo ahead\r")
    assert chardev.received == b"echo ahead\r"
    me.wait_for(LIVE)


def test_a_wrong_password_and_a_name_that_nobody_has_look_the_same(kit):
    daemon, _ = house(kit)
    answers = []
    for name in ("ann", "nobody"):
        me = kit.telnet(7001)
        for _ in range(3):
            log_in(me, name, "wrong")
        answers.append(me.wait_closed().replace(name.encode(), b"NAME"))
    assert answers[0] == answers[1]
    assert answers[0].count(b"Login incorrect") == 3
    assert b"vm" not in answers[0]
    # Of each cause the first at once, and the rest counted; a name that is nobody's may be a password, typed too early.
    daemon.wait_log(r"^<4>login of user ann from 127\.0\.0\.1 refused: wrong name or password$")
    assert "nobody" not in daemon.log()


def test_the_right_password_is_taken_after_a_wrong_one(kit):
    house(kit)
    me = kit.telnet(7001)
    log_in(me, "ann", "wrong")
    me.wait_for(b"Login incorrect")
    log_in(me, "ann")
    me.wait_for(LIVE)


def test_who_takes_too_long_is_let_go(kit):
    daemon, _ = house(kit, 'login = "500ms"')
    me = kit.telnet(7001)
    assert me.wait_closed().endswith(b"\r\n[charmux: nobody has logged in; good-bye]\r\n")
    daemon.wait_log(rf"{ANYBODY} left: ")


def test_who_tries_too_often_is_refused_unlooked_at(kit):
    daemon, _ = house(kit, "login_address = 2", "login_tries = 9")
    me = kit.telnet(7001)
    for _ in range(2):
        log_in(me, "ann", "wrong")
        me.wait_for(b"Login incorrect")
    log_in(me, "ann")
    assert b"[charmux: too many have tried to log in; try again in a minute]" in me.wait_closed()
    daemon.wait_log(r"^<4>login of user ann from 127\.0\.0\.1 refused: more than 2 tries in a minute from there$")


def test_so_many_strangers_and_no_more(kit):
    daemon, _ = house(kit, "strangers = 2")
    inside = kit.telnet(7001)
    log_in(inside, "ann")
    inside.wait_for(LIVE)
    strangers = [kit.telnet(7001) for _ in range(2)]
    for each in strangers:
        each.wait_for(b"charmux login: ")
    assert kit.telnet(7001).wait_closed() == b""
    daemon.wait_log(r"too many are logging in \(limits\.strangers\)$")
    # Whoever has said who he is counts no more.
    log_in(strangers[0], "ann")
    strangers[0].wait_for(LIVE)
    kit.telnet(7001).wait_for(b"charmux login: ")


def test_so_many_of_one_user_and_no_more(kit):
    daemon, _ = house(kit, "per_user = 1")
    first, second = kit.telnet(7001), kit.telnet(7001)
    log_in(first, "ann")
    first.wait_for(LIVE)
    log_in(second, "ann")
    assert second.wait_closed().endswith(b"[charmux: ann is here too often already]\r\n")
    daemon.wait_log(r"that user is here too often already \(limits\.per_user\)$")
    first.close()
    daemon.wait_log(r"ann left: ")
    third = kit.telnet(7001)
    log_in(third, "ann")
    third.wait_for(LIVE)


def test_so_many_from_one_address_and_at_one_listener(kit):
    daemon, _ = house(kit, "per_address = 1", listen="telnet:*:7001,console=vm,insecure")
    first = kit.telnet(("127.0.0.1", 7001))
    first.wait_for(LIVE)
    assert kit.telnet(7001).wait_closed() == b"[charmux: full, try later]\r\n"
    daemon.wait_log(r"too many from there \(limits\.per_address\)$")
    kit.telnet(("::1", 7001)).wait_for(LIVE)
    assert daemon.stop() == 0


def test_who_may_not_connect_at_all(kit):
    daemon, _ = house(kit, listen="telnet:127.0.0.1:7001,console=vm,user=ann,allow=192.0.2.0/24,,127.0.0.2")
    assert kit.telnet(7001).wait_closed() == b""
    daemon.wait_log(rf"{ANYBODY} is refused: it comes from a network that is not allowed here \(allow=\)$")
