# SPDX-License-Identifier: Apache-2.0
"""ConMan. Its clients speak a protocol of lines first, so they are its own, conman(1)."""

from peers import write

package, command, CHARDEVS = "conman", "conmand", ("unix",)


def argv(directory, chardev, port, clients):
    config = write(directory, "conman.conf", f"""
SERVER loopback=on
SERVER port={port}
SERVER pidfile="{directory}/pid"
CONSOLE name="c" dev="{chardev}"
""")
    return ["conmand", "-F", "-c", config]


def client_argv(port):
    """conman(1), monitoring."""
    return ["conman", "-d", f"127.0.0.1:{port}", "-m", "c"]
