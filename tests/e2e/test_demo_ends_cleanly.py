# SPDX-License-Identifier: Apache-2.0
"""Someone tries tools/demo, looks at the guest with telnet, and presses Ctrl-C: the machine is as it was before. Someone
else has the port already and is told so. (What the clients see is tools/demo --check's to show.)"""

import pathlib
import socket
import subprocess

from support import LIVE


def processes():
    found = subprocess.run(["ps", "-e", "-o", "comm="], capture_output=True, text=True, check=True).stdout
    return [name for name in found.split() if name.startswith(("qemu", "charmuxd"))]


def leftovers():
    return [path.name for path in pathlib.Path("/tmp").glob("charmux-demo*")]


def test_ctrl_c_leaves_nothing_behind(kit):
    demo = kit.on_terminal(kit.repo / "tools/demo")
    demo.wait_for(b"Ctrl-C here ends the demo.")
    for line in (b"  telnet 127.0.0.1 7001     # guest, a pty chardev\r\n",
                 b"  telnet 127.0.0.1 7002     # guest.unix, a unix chardev\r\n",
                 b"  telnet 127.0.0.1 7003     # guest.tcp, a tcp chardev\r\n"):
        assert line in demo.output
    kit.telnet(7001).wait_for(LIVE)
    kit.telnet(7003).wait_for(b"charmux guest ready on ttyS2")
    assert len(processes()) == 2 and len(leftovers()) == 1

    demo.type(b"\x03")
    assert demo.wait() == 0
    assert demo.output.endswith(b"demo: stopped, nothing is left behind\r\n")
    assert (processes(), leftovers()) == ([], [])


def test_a_taken_port_is_named(kit):
    with socket.create_server(("127.0.0.1", 7002)):
        ended = kit.run(kit.repo / "tools/demo")
    assert ended.returncode == 1
    assert ended.stderr == ("demo: 127.0.0.1:7002: Address already in use. Another demo, or `ss -ltnp sport = :7002` names "
                            "who has it; end that first.\n")
    assert (processes(), leftovers()) == ([], [])
