# SPDX-License-Identifier: Apache-2.0
"""Someone writes every key there is into a file: charmuxd takes it, and each key does what the file says. And the file
that is installed, conf/charmux.toml, is good as it is."""

import subprocess

from support import LIVE, notices, wait_until

EVERYTHING = """
state_dir = "{dir}/the-state"
runtime_dir = "{dir}/the-runtime"

[history]
size = "128KiB"
replay = "1KiB"

[limits]
viewers = 4
input_queue = "8KiB"
outbox = "32KiB"
connect_timeout = "2s"
reopen_first = "20ms"
reopen_most = "1min"
stop_drain = "1s"
notice_wait = "0"

[[console]]
name = "vm, with a comma"
backend = "{vm}"
size = "64KiB"
replay = "2KiB"

[[console]]
name = "other"
backend = "{other}"

[[listen]]
address = "telnet:127.0.0.1:7001"
console = "vm, with a comma"
access = "watch"
replay = 0
on-lag = "close"
notices = "off"

[[listen]]
address = "raw:[::1]:7002,access=watch,replay=64KiB"
console = "vm, with a comma"
on-lag = "skip"

[[listen]]
address = "telnet:{dir}/door"
console = "vm, with a comma"

[[listen]]
address = "telnet:*:7003,console=other"
insecure = true
"""


def test_every_key_does_what_it_says(kit):
    chardev, other = kit.unix_chardev(), kit.unix_chardev("other.sock")
    file = kit.path("charmux.toml")
    file.write_text(EVERYTHING.format(dir=kit.directory, vm=chardev.address, other=other.address))
    assert kit.run("charmuxd", "--check-config", "--config", file).stdout == "ok\n"
    process = subprocess.Popen([kit.build / "charmuxd", "--config", file], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("<6>ready: 2 consoles, 4 listeners"):
            break
    assert kit.path("the-runtime/charmuxd.pid").exists()

    # A UNIX listener, notices and the console's own replay, from a line start; who types.
    output = b"".join(b"%06d\r\n" % n for n in range(1000))
    first = kit.telnet(kit.path("door"))
    first.wait_for(LIVE)
    chardev.accept().write(output)
    first.wait_for(b"000999\r\n")
    other.accept().write(b"something\r\n")
    history = kit.path("the-state/history")
    page = 4096
    assert (history / "vm%2C%20with%20a%20comma.ring").stat().st_size == page + 64 * 1024
    wait_until(lambda: (history / "other.ring").exists(), lambda: "the other's first byte to be kept")
    assert (history / "other.ring").stat().st_size == page + 128 * 1024
    second = kit.telnet(kit.path("door"))
    second.wait_for(LIVE)
    assert 2048 - 8 <= len(b"".join(part for part in second.data.split(b"\r\n") if part.isdigit())) / 6 * 8 <= 2048
    first.type(b"hello\r")
    chardev.wait_for(b"hello\r")

    # access=watch, replay=0, notices=off.
    quiet = kit.telnet(7001)
    program = kit.raw(("::1", 7002))
    assert program.wait_for(b"000999\r\n") == output
    quiet.type(b"not for the guest\r")
    # viewers = 4
    assert kit.telnet(7001).wait_closed() == b"[charmux: full, try later]\r\n"
    chardev.write(b"and so on\r\n")
    assert quiet.wait_for(b"and so on\r\n") == b"and so on\r\n"
    assert b"not for the guest" not in chardev.received

    process.terminate()
    assert process.wait(60) == 0
    assert notices(first.wait_closed())[-1] == "charmuxd is stopping"


def test_the_file_as_shipped(kit):
    shipped = kit.repo / "conf/charmux.toml"
    checked = kit.run("charmuxd", "--check-config", "--config", shipped)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "ok\n", "")


def test_the_default_place_is_read_when_there_is_a_file(kit):
    for name in ("upper", "work"):
        kit.path(name).mkdir()
    kit.path("upper/charmux").mkdir()
    overlay = f"lowerdir=/etc,upperdir={kit.path('upper')},workdir={kit.path('work')}"
    subprocess.run(["mount", "-t", "overlay", "-o", overlay, "overlay", "/etc"], check=True)
    arguments = ("charmuxd", "--check-config", "--console", "vm=unix:/run/nothing.sock")
    assert kit.run(*arguments).stdout == "ok\n"
    with open("/etc/charmux/charmux.toml", "w", encoding="utf-8") as file:
        file.write("[histroy]\n")
    assert kit.run(*arguments).stderr == "/etc/charmux/charmux.toml:1:2: unknown table [histroy]: did you mean [history]?\n"
    kit.path("other.toml").write_text("")
    assert kit.run(*arguments, "--config", kit.path("other.toml")).stdout == "ok\n"
