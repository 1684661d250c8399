# SPDX-License-Identifier: Apache-2.0
"""I look at what a console printed last, follow it, or take all of it into a file: every byte as the guest sent it."""

import re
import signal
import subprocess

from support import wait_until

ALL_BYTES = bytes(range(256))


def started(kit, output):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    chardev.accept().write(output)
    socket = daemon.runtime_dir / "control.sock"
    wait_until(lambda: f'"offset":{len(output)},' in kit.run("charmux", "ls", "--json", "--socket", socket).stdout.replace(
        " ", ""), "charmuxd to read the output")
    return daemon, chardev, socket


def tail(kit, socket, *words):
    ended = subprocess.run([kit.build / "charmux", "tail", "vm", "--socket", socket, *words], capture_output=True,
                           timeout=60, stdin=subprocess.DEVNULL, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    return ended.stdout


def test_the_last_lines(kit):
    output = b"".join(b"line %d\r\n" % n for n in range(30)) + ALL_BYTES.replace(b"\n", b"") + b"end"
    _, _, socket = started(kit, output)
    lines = output.split(b"\n")
    assert tail(kit, socket) == b"\n".join(lines[-10:])
    assert tail(kit, socket, "-n", "1") == lines[-1]
    assert tail(kit, socket, "-n3") == b"\n".join(lines[-3:])
    assert tail(kit, socket, "-n", "0") == b""
    assert tail(kit, socket, "-n", "1000") == output
    assert tail(kit, socket, "--since", "0") == output
    assert tail(kit, socket, "--since", str(len(output) - 3)) == b"end"
    assert tail(kit, socket, "--since", str(len(output))) == b""


def test_lines_far_back(kit):
    """More than one answer holds, and lines longer than what is looked at first."""
    output = b"".join(b"%d %s\n" % (n, b"x" * 30000) for n in range(30))
    _, _, socket = started(kit, output)
    assert tail(kit, socket, "-n", "29") == output[output.index(b"1 "):]
    assert tail(kit, socket, "-n", "30") == output


def test_what_is_kept_no_more_is_told(kit):
    output = b"0123456789abcde\n" * (1 << 17)  # 2 MiB, twice what is kept
    _, _, socket = started(kit, output)
    out, err = kit.path("out"), kit.path("err")
    assert subprocess.run(["sh", "-c", f"{kit.build / 'charmux'} tail vm --since 0 --socket {socket} >{out} 2>{err}"],
                          timeout=60, check=False).returncode == 0
    skipped = int(re.fullmatch(r"charmux: console vm: (\d+) bytes skipped\n", err.read_text()).group(1))
    assert out.read_bytes() == output[skipped:]


def test_following(kit):
    daemon, chardev, socket = started(kit, b"one\r\ntwo\r\n")
    out = kit.path("out")
    with open(out, "wb") as stdout:
        follower = subprocess.Popen([kit.build / "charmux", "tail", "-f", "-n", "1", "vm", "--socket", socket], stdout=stdout,
                                    stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    wait_until(lambda: out.read_bytes() == b"two\r\n", lambda: f"the last line: {out.read_bytes()}")
    chardev.write(ALL_BYTES)
    wait_until(lambda: out.read_bytes() == b"two\r\n" + ALL_BYTES, lambda: f"what came: {out.read_bytes()}")
    # It only watches: the pen is free for who types.
    viewer = kit.telnet(7001)
    viewer.type(b"typed")
    chardev.wait_for(b"typed")
    assert daemon.stop() == 0
    _, err = follower.communicate(timeout=60)
    assert follower.returncode == 69
    assert err.startswith(b"charmux: no charmuxd answers at ") and err.count(b"\n") == 1


def test_nobody_reads_it_any_more(kit):
    """As with tail(1): `| head -1` ends it, also when the guest says nothing more."""
    _, chardev, socket = started(kit, b"one\ntwo\n")
    follower = subprocess.Popen([kit.build / "charmux", "tail", "-f", "vm", "--socket", socket], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert follower.stdout.read(4) == b"one\n"
    follower.stdout.close()
    assert follower.wait(60) in (0, -signal.SIGPIPE)
    assert follower.stderr.read() == b""
    follower.stderr.close()
    chardev.write(b"three\n")
