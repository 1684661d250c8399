# SPDX-License-Identifier: Apache-2.0
"""Ten of us watch a console in ten real terminals. The guest asks the terminal where its cursor is and what it is: it
gets one answer, that of whoever types, and none when nobody does. Who comes later has the question in the history, and
answers nothing to it; and what is no terminal gets every byte of it."""

import pathlib

from support import LIVE, console_bytes, wait_until
from support.found import history

ASKED = b"\x1b[6n\x1b[c"
ASK = r"printf '\033[6n\033[c' > /dev/ttyS1; echo asked-$((%d * 1)) > /dev/ttyS1" + "\r"


class House:
    """A real guest: on ttyS1 the console that we watch, where all that is typed goes to a file; on ttyS2 its shell, by
    which the test asks and looks."""

    def __init__(self, kit, settings="", *listeners):
        self.kit = kit
        self.guest = kit.guest({"boot": "null", "vm": "unix", "aux": "unix"})
        path = kit.path("charmux.toml")
        path.write_text("".join(
            f'[[console]]\nname = "{name}"\nbackend = "{self.guest.address(name)}"\n{more}\n'
            for name, more in (("vm", f'log = "{kit.path("vm.log")}"\n{settings}'), ("aux", ""))))
        self.daemon = kit.daemon("--config", path, "--listen", "telnet:127.0.0.1:7001,console=vm",
                                 "--listen", "raw:127.0.0.1:7002,console=aux",
                                 "--listen", "raw:127.0.0.1:7003,console=vm,replay=1MiB", *listeners)
        for name in ("vm", "aux"):
            self.guest.wait_ready(name)
        self.shell = kit.raw(7002)
        self.asked = 0

    def ask(self, *terminals):
        """The guest asks, and each terminal has had all of it."""
        self.asked += 1
        self.shell.send((ASK % self.asked).encode())
        for terminal in terminals:
            terminal.wait_for(f"asked-{self.asked}")

    def answers(self):
        """All that has come to the guest's file."""
        self.shell.forget_data()
        self.shell.send(b"cat -v /tmp/answers; echo; echo end-$((6 * 7))\r")
        return self.shell.wait_for(b"end-42").split(b"end-$((6 * 7))")[-1].split(b"end-42")[0].strip().decode()

    def wait_typed(self, text):
        wait_until(lambda: self.answers().endswith(text), lambda: f"{text!r} in the guest: {self.answers()!r}")
        return self.answers()


def more_of(terminal, text):
    """A function that waits until the text stands once more on the screen than now."""
    before = terminal.screen().count(text)
    return lambda: wait_until(lambda: terminal.screen().count(text) > before,
                              lambda: f"one more {text!r} than {before}:\n{terminal.screen()}")


def ends_its_input(terminal):
    """What it had to say by itself has been heard: it asks charmuxd how things are, and is told."""
    prompted, told = more_of(terminal, "telnet>"), more_of(terminal, " watching")
    terminal.press("C-]")
    prompted()
    terminal.type("send ayt")
    terminal.press("Enter")
    told()


def test_one_of_ten_real_terminals_answers(kit):
    house = House(kit)
    writer = kit.terminal("telnet", "127.0.0.1", "7001", rows=40)
    writer.wait_for("you type")
    writer.type("stty raw -echo; cat > /tmp/answers")
    writer.press("Enter")
    wait_until(lambda: "No such" not in house.answers(), "the guest's file")
    watchers = [kit.terminal("telnet", "127.0.0.1", "7001", rows=40) for _ in range(9)]
    for watcher in watchers:
        watcher.wait_for("[charmux: live]")

    house.ask(writer, *watchers)
    for watcher in watchers:
        ends_its_input(watcher)
    writer.type(".")
    answers = house.wait_typed(".")
    assert answers.count("R") == 1 and answers.count("c") == 1, answers

    # Nobody types any more: nobody is asked.
    writer.close()
    wait_until(lambda: house.daemon.consoles()["vm"]["writer"] is None, "the writer to be gone")
    house.ask(*watchers)
    for watcher in watchers:
        ends_its_input(watcher)
    watchers[0].type("!")
    assert house.wait_typed("!") == answers + "!"

    # Now that one does. Who comes now has been asked nothing, and one that wants the truth has it.
    house.ask(*watchers)
    late = kit.terminal("telnet", "127.0.0.1", "7001", rows=40)
    late.wait_for("[charmux: live]")
    ends_its_input(late)
    watchers[0].type("?")
    again = house.wait_typed("?")
    assert again.count("R") == 2 and again.count("c") == 2, again
    raw = kit.raw(7003)
    raw.wait_for(b"asked-3")
    assert raw.data.count(ASKED) == 3
    assert history(house.daemon, "vm")[1].count(ASKED) == 3
    log = pathlib.Path(kit.path("vm.log"))
    wait_until(lambda: log.read_bytes().count(ASKED) == 3, "the log to have it")
    tail = kit.run("charmux", "tail", "vm", "--since", "0",
                   env={"CHARMUX_SOCKET": str(house.daemon.runtime_dir / "control.sock")})
    assert tail.stdout.encode().count(ASKED) == 3


def test_where_queries_pass_every_terminal_is_asked(kit):
    house = House(kit, 'query = "pass"')
    viewers = [kit.telnet(7001) for _ in range(3)]
    for viewer in viewers:
        viewer.wait_for(LIVE)
    house.shell.send((ASK % 1).encode())
    for viewer in viewers:
        viewer.wait_for(b"asked-1")
        assert ASKED in console_bytes(viewer.data)
    # In the history it is a question no more.
    late = kit.telnet(7001)
    late.wait_for(LIVE)
    assert b"asked-1" in late.data and ASKED not in late.data


def test_attaching_sends_a_guest_nothing(kit):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm",
                        "--listen", "raw:127.0.0.1:7002,console=vm")
    chardev.accept()
    watcher = kit.telnet(7001)
    chardev.write(b"\x1b[6n\x1b[c\x05\x1bZ\x1b[>q\x1b]11;?\x07\x1bP$qm\x1b\\login: ")
    watcher.wait_for(b"login: ")
    watcher.close()
    writer = kit.terminal("telnet", "127.0.0.1", "7001")
    writer.wait_for("you type")
    watcher = kit.terminal("plink", "-telnet", "-P", "7001", "127.0.0.1")
    for person in (writer, watcher):
        person.wait_for("login:")
        person.wait_for("[charmux: live]")
    kit.terminal("socat", "-,raw,echo=0", "tcp:127.0.0.1:7002")
    wait_until(lambda: daemon.consoles()["vm"]["viewers"] == 3, "three to watch")
    writer.type("x")
    chardev.wait_for(b"x")
    assert chardev.received == b"x"
