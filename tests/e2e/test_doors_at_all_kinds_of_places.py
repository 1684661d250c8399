# SPDX-License-Identifier: Apache-2.0
"""A door may be a path that only I can reach, an abstract name, an IPv6 address, or, on purpose, every address there is:
whoever comes in there watches and types as everywhere. The paths are gone when charmuxd is."""

import os
import stat

import pytest
from support import LIVE


@pytest.mark.parametrize("scheme", ["telnet", "raw"])
def test_doors_at_all_kinds_of_places(kit, scheme):
    chardev = kit.unix_chardev()
    path = kit.path("door.sock")
    daemon = kit.daemon("--console", f"vm={chardev.address}",
                        "--listen", f"{scheme}:{path},console=vm,replay=1KiB",
                        "--listen", f"{scheme}:@charmux-door,console=vm,replay=1KiB",
                        "--listen", f"{scheme}:[::1]:7001,console=vm,replay=1KiB",
                        "--listen", f"{scheme}:localhost:7002,console=vm,replay=1KiB",
                        "--listen", f"{scheme}:*:7003,console=vm,replay=1KiB,insecure")
    chardev.accept()
    chardev.write(b"before\r\n")
    daemon.wait_log(r"ready")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    connect = kit.telnet if scheme == "telnet" else kit.raw
    places = [path, "\0charmux-door", ("::1", 7001), 7002, 7003, ("::1", 7003)]
    for n, place in enumerate(places):
        with connect(place) as client:
            client.wait_for(b"before\r\n")
            if scheme == "telnet":
                client.wait_for(LIVE)
            chardev.write(f"live-{n}\r\n".encode())
            client.wait_for(f"live-{n}\r\n".encode())
            client.send(f"typed-{n}\r".encode())
            chardev.wait_for(f"typed-{n}\r".encode())
    assert daemon.stop() == 0
    assert not path.exists()
