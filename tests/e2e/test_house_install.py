# SPDX-License-Identifier: Apache-2.0
"""A packager installs with DESTDIR and expects every file in its place, and the unit to name the places it got."""

import configparser
import os
import re
import stat
import subprocess


class Unit(configparser.ConfigParser):
    """A systemd unit: keys keep their case."""

    optionxform = staticmethod(str)


def test_install_with_destdir(kit):
    root = kit.path("root")
    subprocess.run(["cmake", "--install", kit.build], check=True, capture_output=True,
                   env={**os.environ, "DESTDIR": str(root)})
    installed = sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
    assert installed == [
        "usr/local/bin/charmux",
        "usr/local/etc/charmux/charmux.toml",
        "usr/local/etc/logrotate.d/charmux",
        "usr/local/lib/systemd/system/charmux.service",
        "usr/local/lib/sysusers.d/charmux.conf",
        "usr/local/sbin/charmuxd",
    ]
    for program in ("bin/charmux", "sbin/charmuxd"):
        ended = kit.run(root / "usr/local" / program, "--version")
        assert (ended.returncode, ended.stderr) == (0, ""), ended
        assert re.fullmatch(r"charmuxd? \d+\.\d+\.\d+\n", ended.stdout), ended.stdout
    assert stat.S_IMODE((root / "usr/local/etc/charmux/charmux.toml").stat().st_mode) == 0o644

    unit = Unit(strict=True, interpolation=None)
    unit.read(root / "usr/local/lib/systemd/system/charmux.service")
    service = unit["Service"]
    assert {key: service[key] for key in ("Type", "Restart", "StateDirectory", "RuntimeDirectory", "LogsDirectory",
                                         "LogsDirectoryMode", "LimitNOFILE")} == {
        "Type": "notify", "Restart": "on-failure", "StateDirectory": "charmux", "RuntimeDirectory": "charmux",
        "LogsDirectory": "charmux", "LogsDirectoryMode": "0700",
        "LimitNOFILE": "65536"}
    program, option, file = service["ExecStart"].split()
    assert option == "--config"
    assert (root / program.lstrip("/")).is_file() and (root / file.lstrip("/")).is_file()

    lines = (root / "usr/local/lib/sysusers.d/charmux.conf").read_text().splitlines()
    assert [line.split() for line in lines if line and not line.startswith("#")] == [["g", "charmux", "-"]]
