# SPDX-License-Identifier: Apache-2.0
"""I ask charmux what there is, who is where and how charmuxd does: tables for me, JSON for my scripts, and an error that
names the console and what I may have meant."""

import json
import re

from support import LIVE, wait_until


def started(kit, *args):
    chardev = kit.unix_chardev()
    daemon = kit.daemon("--console", f"vm={chardev.address}", "--console", f"down=unix:{kit.path('nobody.sock')}",
                        "--listen", "telnet:127.0.0.1:7001,console=vm", *args)
    chardev.accept().write(b"hello\r\n")
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    return daemon, chardev, viewer


def charmux(kit, daemon, *words):
    ended = kit.run("charmux", *words, env={"CHARMUX_SOCKET": str(daemon.runtime_dir / "control.sock")})
    return ended.returncode, ended.stdout, ended.stderr


def rows(table):
    """Each row as {title: cell}, cut where the titles begin."""
    titles, *lines = table.splitlines()
    starts = [i for i, c in enumerate(titles) if c != " " and titles[max(i - 2, 0):i] in ("", "  ")]
    cut = list(zip(starts, starts[1:] + [None]))
    names = [titles[a:b].strip() for a, b in cut]
    return [dict(zip(names, (line[a:b].strip() for a, b in cut))) for line in lines]


def test_ls(kit):
    daemon, chardev, viewer = started(kit)
    viewer.type(b"x")
    chardev.wait_for(b"x")
    code, out, err = charmux(kit, daemon, "ls")
    assert (code, err) == (0, "")
    table = {row["NAME"]: row for row in rows(out)}
    assert set(table) == {"vm", "down"}
    assert (table["vm"]["STATE"], table["vm"]["VIEWERS"], table["vm"]["BACKEND"]) == ("open", "1", chardev.address)
    assert table["vm"]["WRITER"] == f"127.0.0.1:{viewer.local_port}"
    assert re.fullmatch(r"\d+s ago", table["vm"]["LAST OUTPUT"]) and table["down"]["LAST OUTPUT"] == "never"
    assert table["down"]["STATE"] in ("shut off", "connecting") and table["down"]["WRITER"] == "-"
    assert not any(line != line.rstrip() for line in out.splitlines())

    code, out, err = charmux(kit, daemon, "ls", "--json")
    assert (code, err, out.count("\n")) == (0, "", 1)
    vm = next(console for console in json.loads(out) if console["name"] == "vm")
    assert (vm["state"], vm["viewers"], vm["bytes_out"], vm["bytes_in"]) == ("open", 1, 7, 1)


def test_who(kit):
    daemon, _, viewer = started(kit)
    code, out, err = charmux(kit, daemon, "who")
    assert (code, err) == (0, "")
    [row] = rows(out)
    assert (row["CONSOLE"], row["FROM"], row["MODE"], row["SKIPPED"]) == (
        "vm", f"127.0.0.1:{viewer.local_port}", "control", "0")
    assert charmux(kit, daemon, "who", "vm") == (0, out, "")
    assert rows(charmux(kit, daemon, "who", "down")[1]) == []

    one = json.loads(charmux(kit, daemon, "who", "vm", "--json")[1])
    assert [each["from"] for each in one["viewers"]] == [row["FROM"]]
    assert json.loads(charmux(kit, daemon, "who", "--json")[1])[0]["viewers"] == one["viewers"]


def test_status(kit):
    daemon, _, _ = started(kit)
    code, out, err = charmux(kit, daemon, "status")
    assert (code, err) == (0, "")
    assert out.startswith(f"charmuxd {json.loads(charmux(kit, daemon, 'status', '--json')[1])['version']}, "
                          f"pid {daemon.pid}, since ")
    assert "consoles: 2, viewers: 1\n" in out
    assert "telnet:127.0.0.1:7001" in out


def test_a_device_is_put_down_and_opened_again(kit):
    daemon, chardev, viewer = started(kit)
    assert charmux(kit, daemon, "down", "vm") == (0, "", "")
    chardev.wait_disconnected()
    chardev.hang_up()
    wait_until(lambda: rows(charmux(kit, daemon, "ls")[1])[0]["STATE"] == "waiting", "vm to be put down")
    assert charmux(kit, daemon, "reopen", "vm") == (0, "", "")
    chardev.accept().write(b"again\r\n")
    viewer.wait_for(b"again\r\n")


def test_what_cannot_be_is_told(kit):
    daemon, _, _ = started(kit)
    assert charmux(kit, daemon, "attach", "vn") == (68, "", "charmux: there is no console 'vn'; did you mean 'vm'?\n")
    assert charmux(kit, daemon, "who", "nothing-like-it") == (
        68, "", "charmux: there is no console 'nothing-like-it'; `charmux ls` lists them\n")
    code, out, err = charmux(kit, daemon, "break", "vm")
    assert (code, out) == (75, "") and err.startswith("charmux: console vm: no break: ") and err.count("\n") == 1
    assert daemon.stop() == 0
    code, _, err = charmux(kit, daemon, "ls")
    assert code == 69 and err.startswith(f"charmux: no charmuxd answers at {daemon.runtime_dir / 'control.sock'}: No such file")


def test_the_socket_is_found(kit):
    daemon, _, _ = started(kit)
    socket = daemon.runtime_dir / "control.sock"
    kit.path("xdg").mkdir()
    kit.path("xdg/charmux").symlink_to(daemon.runtime_dir)
    for words, environment in ((("--socket", socket), {}), ((f"--socket={socket}",), {"CHARMUX_SOCKET": "/nowhere"}),
                               ((), {"CHARMUX_SOCKET": str(socket)}), ((), {"XDG_RUNTIME_DIR": str(kit.path("xdg"))})):
        for line in (("ls", *words), (*words, "ls")):
            ended = kit.run("charmux", *line, env=environment)
            assert (ended.returncode, ended.stderr) == (0, ""), (line, environment)
