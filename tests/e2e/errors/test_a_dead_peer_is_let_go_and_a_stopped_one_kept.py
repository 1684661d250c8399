# SPDX-License-Identifier: Apache-2.0
"""My notebook loses its network while a guest prints: nobody will ever read what was sent to it, so in time charmuxd
lets it go, and says so in the log. My colleague has only stopped reading; that machine still answers, so its window is
kept, however long, unless I have said how long is enough."""

import re

from support import LIVE, wait_until
from support.flood import Printer, Reader

MIB = 1 << 20
# {what is the matter: (the limit, in [limits], what the log says)}
ERRORS = {
    "its machine is gone": ("viewer_dead_timeout", "10s", "its machine has acknowledged nothing for 10s"),
    "it does not read": ("viewer_stalled_timeout", "1s", "it has read nothing for 1s (limits.viewer_stalled_timeout)"),
}


def started(kit, error, links):
    limit, time, _ = ERRORS[error]
    kit.path("charmux.toml").write_text(f'[limits]\n{limit} = "{time}"\n')
    chardev = kit.unix_chardev()
    doors = [word for link in links for word in ("--listen", f"telnet:{link.here}:7001,console=vm,insecure")]
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={chardev.address}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm", *doors)
    return daemon, chardev.accept()


def live(client):
    client.wait_for(LIVE)
    client.forget_data()
    return client


def place(client):
    return "{}:{}".format(*client.socket.getsockname())


def wait_let_go(daemon, client, error):
    daemon.wait_log(re.escape(f"console vm: {place(client)} left: {ERRORS[error][2]}"))


def at_console(daemon):
    return {viewer["from"] for viewer in daemon.api("/consoles/vm")["viewers"]}


def test_a_dead_peer_is_let_go_and_a_stopped_one_kept(kit):
    links = [kit.link() for _ in range(3)]
    daemon, chardev = started(kit, "its machine is gone", links)
    dies, dies_later, stops = (live(link.there(kit.telnet, (link.here, 7001))) for link in links)
    stops_here, reader = live(kit.telnet(7001)), Reader(live(kit.telnet(7001)))
    read_later = Reader(dies_later)
    printer = Printer(chardev, 0, 8 * MIB)
    links[0].cut()  # in the middle of it, or at its end: it reads nothing either way
    printer.finish()
    wait_until(lambda: read_later.tally.at == 8 * MIB, "the other to have it")

    wait_let_go(daemon, dies, "its machine is gone")
    assert at_console(daemon) == {place(each) for each in (dies_later, stops, stops_here, reader.client)}
    # By the time that another is found to be dead, those who stopped have been silent for far longer than it takes.
    links[1].cut()
    Printer(chardev, 8 * MIB, 9 * MIB).finish()
    wait_let_go(daemon, dies_later, "its machine is gone")
    assert at_console(daemon) == {place(each) for each in (stops, stops_here, reader.client)}
    for client in (stops, stops_here):
        tally = Reader(client).read_to(9 * MIB)
        assert tally.received + tally.skipped == 9 * MIB and tally.skips
    assert reader.read_to(9 * MIB).skips == []


def test_one_who_stopped_is_let_go_where_i_have_said_so(kit):
    daemon, chardev = started(kit, "it does not read", [])
    stops, reader = live(kit.telnet(7001)), Reader(live(kit.telnet(7001)))
    Printer(chardev, 0, 8 * MIB).finish()
    wait_let_go(daemon, stops, "it does not read")
    assert at_console(daemon) == {place(reader.client)}
    Printer(chardev, 8 * MIB, 9 * MIB).finish()
    assert reader.read_to(9 * MIB).skips == []
