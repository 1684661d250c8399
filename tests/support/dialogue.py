# SPDX-License-Identifier: Apache-2.0
"""A whole dialogue with a guest through a real client: each step does what a person or a program would do, looks at the
guest's side of it, and notes for the table in docs/clients.md what was seen."""

import os
import pathlib
import re
import subprocess
import termios

from charmux_kit import ends_in_record, wait_until
from support import every_byte
from support.clients_doc import COLUMNS, Section, check_row

PROMPT = b"ttyS0# "
ASKS_WHERE = b"\x1b[6n"  # the shell asks the terminal where its cursor is
HELP = b"sysrq: HELP : "


def version_of(package):
    """The upstream one of a Debian package."""
    text = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package], check=True, capture_output=True,
                          text=True).stdout
    return re.sub(r"[-+][^-]*$", "", text.partition(":")[2] or text).rpartition("really")[2].partition("+")[0]


def terminals_own(client):
    """The bytes that the terminal of a client on one keeps to itself, in the modes that the client has chosen."""
    if not hasattr(client, "modes"):
        return {}
    local, keys = client.modes[3], client.modes[6]
    iflag = client.modes[0]
    names = [*(("VEOF", "VERASE", "VKILL", "VWERASE", "VLNEXT", "VREPRINT") if local & termios.ICANON else ()),
             *(("VINTR", "VQUIT", "VSUSP") if local & termios.ISIG else ()),
             *(("VSTART", "VSTOP") if iflag & termios.IXON else ())]
    return {keys[getattr(termios, name)][0]: "its terminal's own keys" for name in names}


class Dialogue:
    """`way` is the client's section in docs/clients.md, whose --listen it uses. The guest waits at its login prompt; a
    colleague watches all the time, and nothing that the client does may end that.

    A client (`me`) has `output`, all bytes that it has shown, and type(bytes)."""

    def __init__(self, kit, way, package, enter=b"\r"):
        self.way, self.section, self.kit, self._enter = way, Section(way), kit, enter
        self._cells = {"version": f"{package} {version_of(package)}", "door": self.section.door,
                       "240 and 255 columns": "tells no size"}
        self.guest = kit.guest({"vm": "unix"}, domain="vm", monitor=kit.path("vm.qmp"), login=True)
        own = ("raw:127.0.0.1:7998,console=vm", "raw:127.0.0.1:7999,console=vm,access=watch,replay=1MiB")
        self.daemon = kit.daemon("--qmp", kit.path("vm.qmp"), "--log-level", "debug",
                                 *(word for address in (*self.section.listen, *own) for word in ("--listen", address)))
        self.daemon.wait_log(r"console vm: open")
        # Who comes by writer=force is to type all the same.
        self._typist = kit.raw(7998) if "writer=force" in self.section.door else None
        self._colleague = kit.raw(7999)
        self._colleague.wait_for(b"guest login: ")
        self._place = len(self._colleague.data)

    @property
    def command_line(self):
        """What the section says to type, for whoever starts a program; the last line, where there are more."""
        line = self.section.commands[-1]
        return ["sh", "-c", line] if "|" in line else line.split()

    def write_files(self, *names):
        """The section's files, where its commands find them."""
        os.chdir(self.kit.directory)
        for name in names:
            pathlib.Path(name).write_text(self.section.file(name))

    def sees(self, client, text, since=0):
        wait_until(lambda: text in client.output[since:],
                   lambda: f"{text!r} at {self.way}; the last it showed: {client.output[-500:]!r}")

    def says(self, client, line, answer):
        """Types a line; returns what was shown from then on to the answer."""
        since = len(client.output)
        client.type(line + self._enter)
        self.sees(client, answer, since)
        return client.output[since:]

    def _colleague_sees(self, text):
        """What came from the last such text to this one."""
        data = self._colleague.wait_for(lambda data: text in data[self._place:])
        end = data.index(text, self._place) + len(text)
        seen, self._place = data[self._place:end], end
        return seen

    def _attached(self):
        return len(re.findall(r"console vm: \S+ attached by ", self.daemon.log()))

    def _left(self):
        return len(re.findall(r"127\.0\.0\.1:\d+ left: ", self.daemon.log()))

    def _half_closed(self):
        return len(re.findall(r"console vm: \S+: attached -> watching", self.daemon.log()))

    def login(self, me):
        """Where no history is given, Enter asks for the prompt."""
        if "replay=0" in "".join(self.section.listen) or "telnet:" not in "".join(self.section.listen):
            self.daemon.wait_log(rf"console vm: \S+ attached by {self.section.listen[0].partition(',')[0]}\b")
            me.type(self._enter)
        self.sees(me, b"guest login: ")
        self.says(me, b"root", b"Password: ")
        self.says(me, b"guest", PROMPT)
        self._colleague_sees(PROMPT)
        self._is_in()

    def was_logged_in(self, command):
        """By a script: the colleague has seen that command and its answer."""
        self._colleague_sees(PROMPT)
        self._colleague_sees(command)
        self._is_in()

    def _is_in(self):
        self._cells["login and command"] = "yes"
        if self._typist:
            self._typist.reset()
            wait_until(lambda: self._left() == 1, lambda: f"who typed before to have left:\n{self.daemon.log()}")

    def command(self, me):
        self.says(me, b"echo answer-$((6 * 7))", b"answer-42")
        self._colleague_sees(b"\nanswer-42\r\n" + PROMPT)

    def bytes_to_guest(self, me, keeps="", own=b"", back=None, ends=b""):
        """`own` are bytes that the client takes for itself, as what `keeps` says; it is seen to do so, and `back` leads
        from there to the guest again. `ends` is the byte by which it will leave."""
        kept = {**terminals_own(me), **{byte: keeps for byte in own + ends}}
        got = self._received(me, every_byte.framed(kept))
        self._cells["bytes to the guest"] = every_byte.in_words(every_byte.arrived(got, kept), kept)
        for byte in own:
            assert self._received(me, bytes([byte]), back) .startswith(every_byte.END)

    def _received(self, me, data, then=None):
        """What a program in the guest reads of these bytes, and of the word that ends it."""
        self.says(me, b"receive", b"receiving")
        self._colleague_sees(b"receiving\n")
        me.type(data)
        if then:
            then()
        me.type(every_byte.END)
        if self._enter == b"\n":  # what is typed waits for the line's end
            me.type(self._enter)
        listing = self._colleague_sees(b"received\r\n").rpartition(b"received")[0]
        self._colleague_sees(PROMPT)
        return bytes(int(word, 16) for word in re.findall(rb"\b[0-9a-f]{2}\b", listing))

    def bytes_from_guest(self, me):
        shown = self.says(me, b"emit", every_byte.END).partition(b"-begin-")[2]
        self._colleague_sees(every_byte.END)
        self._colleague_sees(PROMPT)
        self._cells["bytes from the guest"] = every_byte.in_words(every_byte.arrived(shown), {})

    def breaks(self, me, how, act):
        """`act` makes the client send a break; the next key is SysRq's."""
        act()
        me.type(b"h" + (self._enter if self._enter == b"\n" else b""))
        self._colleague_sees(HELP)
        self._colleague_sees(b"\r\n")
        self._cells["break"] = how

    def breaks_from_outside(self, me):
        """Where neither the client nor its door has a way."""
        def act():
            sent = self.kit.run("charmux", "--socket", self.daemon.runtime_dir / "control.sock", "break", "vm")
            assert (sent.returncode, sent.stderr) == (0, "")
        self.breaks(me, "`charmux break vm`", act)

    def resizes(self, me):
        for columns, rows in ((240, 50), (255, 255)):
            me.resize(rows, columns)
            self.daemon.wait_log(rf"has a window of {columns} columns, {rows} rows$")
        self._cells["240 and 255 columns"] = "yes"

    def told_at_the_start(self, columns, rows):
        """By a client that says nothing more when its terminal is resized."""
        self.daemon.wait_log(rf"has a window of {columns} columns, {rows} rows$")
        self._cells["240 and 255 columns"] = f"{columns} as it starts, not later"

    def leaves(self, me, how, act):
        """The guest has not noticed, and whoever comes next goes on where it was."""
        me.type(b"echo ready-$((6 * 7))" + self._enter)
        self._colleague_sees(b"\nready-42\r\n" + PROMPT)
        wait_until(lambda: ends_in_record(self.guest.log("vm"), PROMPT + ASKS_WHERE), "the guest to wait for a command")
        before, half_before, said = self._left(), self._half_closed(), self.guest.log("vm")
        act()
        # Who has closed a raw connection might still read: that it does not is known when it is sent something.
        wait_until(lambda: self._left() > before or self._half_closed() > half_before,
                   lambda: f"{self.way} to leave:\n{self.daemon.log()}")
        assert self.guest.log("vm") == said
        self._cells["leaves by"] = how
        with self.kit.raw(7998) as next_one:
            next_one.send(b"\recho still-$((6 * 7))\r")
            self._colleague_sees(b"\nstill-42\r\n")
            wait_until(lambda: self._left() > before, lambda: f"{self.way} to have left:\n{self.daemon.log()}")

    def log_out(self):
        """So that the guest asks again who is there."""
        with self.kit.raw(7998) as next_one:
            next_one.send(b"exit\r")
            self._colleague_sees(b"guest login: ")

    def ends(self, other, says, after="", act=None, *, code=True):
        """charmuxd is stopped while a client like the first is there: what that says of it, and how it ends; where it
        does not end by itself, `act` is what it ends `after`. With code=False its exit code is of no worth."""
        wait_until(lambda: self._attached() == self._left() + 2, lambda: f"the second client:\n{self.daemon.log()}")
        assert self.daemon.stop() == 0
        wait_until(lambda: says in other.output, lambda: f"{says!r} at {self.way}: {other.output[-500:]!r}")
        said = f'"{says.decode()}"' if says else "says nothing"
        if act:
            act()
            said += f", after {after}"
        ended = other.wait()
        self._cells["when charmuxd ends"] = f"{said}, exit code {ended}" if code else f"{said}, and ends"

    def ends_for_a_library(self, other):
        """The same for a ReadAlong."""
        wait_until(lambda: self._attached() == self._left() + 2, lambda: f"the second client:\n{self.daemon.log()}")
        assert self.daemon.stop() == 0
        self._cells["when charmuxd ends"] = other.wait_end()

    def ends_for_a_server(self, server, says):
        """The same for a server that stays, and writes it into its log."""
        wait_until(lambda: self._attached() == self._left() + 2, lambda: f"the second connection:\n{self.daemon.log()}")
        shown = len(server.output)
        assert self.daemon.stop() == 0
        self.sees(server, says, shown)
        self._cells["when charmuxd ends"] = f'its log: "{says.decode()}"'

    def is_in_the_docs(self):
        """The row of what was measured. A client that has told a size without being resized has told it wrong."""
        if self._cells["240 and 255 columns"] == "tells no size":
            assert "has a window of" not in self.daemon.log()
        check_row([self.way, *(self._cells[column] for column in COLUMNS[1:])])
