# SPDX-License-Identifier: Apache-2.0
"""QEMU has gone, and its pty's number was given to a colleague's login. charmuxd, told to open that number, must not read
what the colleague types, nor set their terminal raw."""

import re

from support import wait_until


def test_a_pty_that_is_somebodys_terminal_is_refused_and_left_alone(kit):
    shell = kit.on_terminal("/bin/sh", "-c", "tty; while read line; do echo heard $line; stty -a; done")
    wait_until(lambda: re.search(rb"/dev/pts/\d+", shell.output), "the shell's terminal")
    path = re.search(rb"/dev/pts/\d+", shell.output).group().decode()

    daemon = kit.daemon("--console", f"vm=pty:{path}", "--listen", "telnet:127.0.0.1:7001,console=vm")
    daemon.wait_log(rf"console vm: refused: {path} is the terminal of sh, pid \d+, not a guest's; give the path")

    shell.type(b"password\n")
    shell.wait_for(b"heard password")
    shell.wait_for(b" icanon")
    viewer = kit.telnet(7001)
    viewer.wait_for(b"[charmux: live]")
    assert b"password" not in viewer.data
    assert b"refused: " + path.encode() in viewer.data
