# SPDX-License-Identifier: Apache-2.0
"""charmuxd is killed, hangs, or something else listens at its socket while I use charmux: I am told what happened, no
command waits for ever, and my terminal is mine again."""

import array
import fcntl
import json
import os
import pathlib
import signal
import subprocess
import termios

import pytest
from support import wait_until
from support.fake_api import SWITCHED, Cut, FakeApi, answer

CONSOLES = "GET /api/v1/consoles"
VM = f"{CONSOLES}/vm"
A_CONSOLE = {"name": "vm", "number": 1, "ports": [], "backend": "pty:/dev/pts/3", "state": "open", "reason": "",
             "viewers": 0, "writer": None, "offset": 0}


@pytest.fixture
def fake(kit):
    """fake(answers) listens at control.sock of this test until it ends."""
    made = []

    def start(answers):
        made.append(FakeApi(kit.path("control.sock"), answers))
        return made[-1]
    yield start
    for api in made:
        api.close()


def charmux(kit, *words, **options):
    ended = kit.run("charmux", *words, "--socket", kit.path("control.sock"), **options)
    return ended.returncode, ended.stdout, ended.stderr


SAID = {
    "not HTTP": (b"SSH-2.0-OpenSSH_9.2p1\r\n" * 20, "what answers at SOCKET is no charmuxd: "),
    "not JSON": (answer(body=b"hello"), "charmuxd at SOCKET is not understood: its list of consoles is no JSON array; "
                 "is it of another version?"),
    "half an answer": (Cut(answer(body=[A_CONSOLE])[:-5]),
                       "charmuxd at SOCKET went away before it answered; see its log, and try again"),
    "nothing": (Cut(), "charmuxd at SOCKET went away before it answered; see its log, and try again"),
    "an error without a text": (answer(500), "charmuxd answered with status 500"),
}


@pytest.mark.parametrize("name", SAID)
def test_an_answer_that_is_none(kit, fake, name):
    said, told = SAID[name]
    api = fake({CONSOLES: said})
    code, out, err = charmux(kit, "ls")
    assert (code, out) == (69, "")
    assert err.startswith("charmux: " + told.replace("SOCKET", str(api.path)))
    assert err.count("\n") == 1


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(kit, fake):
    fake({})
    code, out, err = charmux(kit, "status")
    assert (code, out) == (69, "")
    assert "has not answered for 10 s" in err


def test_what_it_says_cannot_move_my_cursor(kit, fake):
    fake({CONSOLES: answer(body=[{**A_CONSOLE, "name": "a\x1b[2Jb", "reason": "x\ny"}]),
          VM: answer(404, {"error": "no\x1b[H", "hint": "\x07"})})
    code, out, _ = charmux(kit, "ls")
    assert code == 0 and "\x1b" not in out and "a\\x1b[2Jb" in out and "x\\x0ay" in out
    assert charmux(kit, "who", "vm") == (68, "", "charmux: no\\x1b[H; \\x07\n")


def test_json_is_what_it_said(kit, fake):
    body = json.dumps([{**A_CONSOLE, "later": {"more": "keys"}}], indent=1).encode()
    fake({CONSOLES: answer(body=body)})
    assert charmux(kit, "ls", "--json") == (0, body.decode() + "\n", "")


@pytest.mark.parametrize("words, path, printed", [(("ls", "--json"), CONSOLES, b"\n"), (("tail", "vm", "-n", "100000"),
                                                                                 f"{VM}/history", b"")])
def test_a_pipe_that_does_not_block_gets_all_of_it(kit, fake, words, path, printed):
    """Some programs give their children such a pipe. It is full when charmux prints more than it holds."""
    body = json.dumps([{**A_CONSOLE, "name": "x" * 100}] * 3000).encode()
    api = fake({VM: answer(body={**A_CONSOLE, "offset": len(body)}), path: answer(body=body, X_Charmux_Offset=0)})
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with subprocess.Popen([kit.build / "charmux", *words, "--socket", api.path], stdin=subprocess.DEVNULL, stdout=writer,
                          stderr=subprocess.PIPE) as running, open(reader, "rb", buffering=0) as output:
        wait_until(lambda: in_pipe(reader) >= 60_000, lambda: f"the pipe to be full: {in_pipe(reader)} bytes")
        os.close(writer)
        taken = b""
        while piece := output.read(5000):
            taken += piece
        assert (running.wait(60), running.stderr.read()) == (0, b"")
    assert taken == body + printed


def in_pipe(fd):
    """How many bytes wait in it to be read."""
    count = array.array("i", [0])
    fcntl.ioctl(fd, termios.FIONREAD, count)
    return count[0]


def attached(kit, fake, *words, shell="; echo code=$?; stty -g"):
    """A person's shell in which `charmux attach vm` runs, and the daemon's end of the session."""
    api = fake({f"{VM}/attach": SWITCHED})
    command = " ".join(str(word) for word in (kit.build / "charmux", "attach", "vm", "--socket", api.path, *words))
    me = kit.on_terminal("sh", "-c", f"stty -g; {command}{shell}")
    session = api.session()
    me.wait_for(b"Connected to console vm; leave with ^]\r\n")
    return me, session


def restored(me):
    """Whether the terminal ended as it began."""
    assert me.wait() == 0
    before = me.output.split(b"\r\n")[0]
    code, after = me.output.rpartition(b"code=")[2].split(b"\r\n")[:2]
    return code.decode(), after == before


def test_the_session_is_cut(kit, fake):
    me, session = attached(kit, fake)
    session.send(b"half a li")
    me.wait_for(b"half a li")
    session.close()
    assert restored(me) == ("69", True)
    socket = kit.path("control.sock")
    assert (f"half a li\r\n[charmux: left vm]\r\ncharmux: console vm: charmuxd at {socket} closed the session; see its "
            "log, or attach again\r\n").encode() in me.output


def test_leaving_while_it_reads_nothing(kit, fake):
    """What I pasted does not go away, but I can."""
    me, session = attached(kit, fake)
    for _ in range(200):
        me.type(b"x" * 1000)
    me.type(b"\r")
    session.send(b"seen")  # what was typed before has been read once this is
    me.wait_for(b"seen")
    wait_until(lambda: leave(me), "charmux to end")
    assert restored(me) == ("0", True)


def leave(me):
    me.type(b"\x1d")
    return b"[charmux: left vm]" in me.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_it_as_it_ends_others(kit, fake, number):
    me, session = attached(kit, fake)
    session.send(b"login: ")
    me.wait_for(b"login: ")
    os.kill(int(pathlib.Path(f"/proc/{me.pid}/task/{me.pid}/children").read_text()), number)
    assert restored(me) == (f"{128 + number}", True)
    assert b"login: \r\n[charmux: left vm]\r\n" in me.output


def test_nobody_reads_what_it_prints(kit, fake):
    """`charmux attach vm | head`: it ends with its reader, and not before it has given my terminal back."""
    me, session = attached(kit, fake, "| head -c 4")
    session.send(b"login: ")
    session.wait_closed()
    assert restored(me) == ("0", True)


def test_its_reader_goes_while_it_prints(kit, fake):
    os.mkfifo(kit.path("fifo"))
    me, session = attached(kit, fake, f"| cat {kit.path('fifo')}")
    session.send(b"x" * 200_000)  # more than a pipe takes
    for n in range(1, 20):
        me.type(b"k")
        session.wait_for(b"k" * n)
    kit.path("fifo").write_bytes(b"")  # cat ends
    session.wait_closed()
    assert restored(me) == ("0", True)


def test_it_is_a_telnet_client(kit, fake):
    """A window and a terminal's name for who asks, each new size; 0xFF doubled both ways, CR alone in BINARY."""
    me, session = attached(kit, fake)
    session.send(bytes([255, 251, 1, 255, 251, 3, 255, 251, 0, 255, 253, 0, 255, 253, 31, 255, 253, 24]))
    session.wait_for(bytes([255, 250, 31, 0, 80, 0, 24, 255, 240]))
    session.send(bytes([255, 250, 24, 1, 255, 240]))
    session.wait_for(b"\xff\xfa\x18\x00vt100\xff\xf0")
    me.resize(43, 132)
    session.wait_for(bytes([255, 250, 31, 0, 132, 0, 43, 255, 240]))
    me.type(b"a\rb\xffc\x03")
    session.wait_for(b"a\rb\xff\xffc\x03")
    session.send(b"1\xff\xff2")
    me.wait_for(b"1\xff2")
    me.type(b"\x05c?")
    session.wait_for(b"\x05c?")
    me.type(b"z\x05c.")
    assert session.wait_closed().endswith(b"z")
    assert restored(me) == ("0", True)


def test_another_key_leaves(kit, fake):
    api = fake({f"{VM}/attach": SWITCHED})
    me = kit.on_terminal(kit.build / "charmux", "attach", "-e", "^T", "vm", "--socket", api.path)
    session = api.session()
    me.wait_for(b"leave with ^T\r\n")
    me.type(b"\x1d")
    session.wait_for(b"\x1d")
    me.type(b"\x14")
    assert me.wait() == 0
    assert api.requests == ["GET /api/v1/consoles/vm/attach?mode=control&keys=on"]


@pytest.mark.parametrize("option, mode", [("--watch", "watch"), ("--force", "force")])
def test_a_pipe_is_sent_as_it_is_and_its_end_is_no_goodbye(kit, fake, option, mode):
    api = fake({f"{VM}/attach": SWITCHED})
    keys = b"\x1d\x05c.\n"
    kit.path("keys").write_bytes(keys)
    out = kit.path("out")
    me = kit.on_terminal("sh", "-c", f"{kit.build / 'charmux'} attach vm {option} --socket {api.path} <{kit.path('keys')} >{out}; "
                         "echo code=$?")
    session = api.session()
    session.wait_for(keys)
    session.send(b"answer\r\n")
    wait_until(lambda: out.read_bytes() == b"answer\r\n", "the answer")
    session.close()
    me.wait_for(b"code=69")
    assert api.requests == [f"GET /api/v1/consoles/vm/attach?mode={mode}&keys=off"]


def test_tail_goes_on_where_it_was_thrown_out(kit, fake):
    """Too slow a reader's session is closed; what it missed is told, and not a byte comes twice."""
    api = fake({VM: answer(body={**A_CONSOLE, "offset": 100}),
                f"{VM}/history": [answer(body=b"line\n" * 20, X_Charmux_Offset=0),
                                  answer(body=b"kept\n", X_Charmux_Offset=107 + 18432),
                                  answer(body=b"", X_Charmux_Offset=107 + 18432 + 5)],
                f"{VM}/attach": [SWITCHED, SWITCHED]})
    out = kit.path("out")
    me = kit.on_terminal("sh", "-c", f"{kit.build / 'charmux'} tail -f vm -n 2 --socket {api.path} >{out}; echo code=$?")
    first = api.session()
    first.send(b"followed"[:7])
    first.close()
    second = api.session()
    assert api.requests[-1].endswith(f"/attach?mode=watch&since={107 + 18432 + 5}")
    second.send(b"live")
    wait_until(lambda: out.read_bytes() == b"line\nline\nfollowekept\nlive", lambda: f"all of it: {out.read_bytes()}")
    me.wait_for(b"charmux: console vm: 18432 bytes skipped\r\n")
    api.close()
    me.wait_for(b"code=69")


def test_tail_gives_up_where_every_session_is_closed_at_once(kit, fake):
    refused = [b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n"] * 20
    api = fake({VM: answer(body=A_CONSOLE), f"{VM}/history": answer(body=b"", X_Charmux_Offset=0), f"{VM}/attach": refused})
    me = kit.on_terminal("sh", "-c", f"{kit.build / 'charmux'} tail -f vm --socket {api.path}; echo code=$?")
    for _ in range(10):
        api.session().close()
    me.wait_for(b"closes each session at once; see its log\r\ncode=69")
