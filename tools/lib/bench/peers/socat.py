# SPDX-License-Identifier: Apache-2.0
"""socat, the well-known line: a process for each client, each with the chardev open. So a socket chardev has one client,
and of a pty a byte goes to one of them."""

package, command, CHARDEVS = "socat", "socat", ("unix", "pty")


def argv(directory, chardev, port, clients):
    kind, _, path = chardev.partition(":")
    far = f"FILE:{path},raw,echo=0" if kind == "pty" else f"UNIX-CONNECT:{path}"
    return ["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", far]
