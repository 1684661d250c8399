# SPDX-License-Identifier: Apache-2.0
"""ser2net: a raw TCP port, as any of its clients meets it."""

from peers import write

package, command, CHARDEVS = "ser2net", "ser2net", ("unix",)


def argv(directory, chardev, port, clients):
    config = write(directory, "ser2net.yaml", f"""%YAML 1.1
---
connection: &c
    accepter: tcp,127.0.0.1,{port}
    connector: unix,{chardev.partition(":")[2]}
    options:
        max-connections: {clients}
""")
    return ["ser2net", "-n", "-u", "-c", config]
