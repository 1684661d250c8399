# SPDX-License-Identifier: Apache-2.0
"""--help is one screen of 24 lines and 80 columns on stdout, and names every option there is; --version is one line."""

import re

import pytest


@pytest.mark.parametrize("program", ["charmuxd", "charmux"])
def test_help_fits_a_screen(kit, program):
    ended = kit.run(program, "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    # One line is left for the prompt behind it.
    assert len(lines) <= 23 and max(map(len, lines)) < 80
    assert lines[0].startswith(f"{program}: ")
    screen = kit.terminal("sh", "-c", f"{kit.build / program} --help; cat")
    screen.wait_for(lines[-1])
    assert screen.screen().splitlines()[:len(lines)] == lines


@pytest.mark.parametrize("program", ["charmuxd", "charmux"])
def test_version(kit, program):
    ended = kit.run(program, "--version")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.fullmatch(rf"{program} \d+\.\d+\.\d+\n", ended.stdout)


def test_help_names_every_option_of_charmuxd(kit):
    """Every option that it shows is known, and each that is known is shown."""
    shown = set(re.findall(r"--[a-z-]+", kit.run("charmuxd", "--help").stdout))
    assert shown == {"--config", "--check-config", "--state-dir", "--runtime-dir", "--log-level", "--libvirt", "--qmp", "--console",
                     "--listen", "--help", "--version"}
    for option in shown:
        assert "unknown option" not in kit.run("charmuxd", option, "--help").stderr


def test_help_of_charmuxd_starts_nothing(kit):
    ended = kit.run("charmuxd", "--console", "vm=unix:/run/nothing.sock", "--state-dir", kit.path("state"), "--help")
    assert ended.returncode == 0 and not kit.path("state").exists()


def test_help_names_every_command_of_charmux(kit):
    """Every command that it shows has its own line, the same; `charmux help` is the same text."""
    shown = kit.run("charmux", "--help").stdout
    assert kit.run("charmux", "help").stdout == shown
    usages = re.findall(r"^  charmux ((?:ls|who|status|attach|tail|break|down|reopen|reload)\b.*?)(?:  .*)?$", shown, re.MULTILINE)
    assert len(usages) == 9
    for usage in usages:
        command = kit.run("charmux", usage.split()[0], "--help", "-h")
        assert (command.returncode, command.stdout) == (0, f"charmux {usage} [--socket PATH]\n")


def test_help_names_the_commands_that_ask_no_charmuxd(kit):
    shown = kit.run("charmux", "--help").stdout
    for usage in ("bridge BACKEND LISTENER... [--once] [-v]", "passwd [NAME]"):
        assert f"\n  charmux {usage}" in shown
        command = kit.run("charmux", usage.split()[0], "--help")
        assert command.returncode == 0 and command.stdout.startswith(f"charmux {usage}\n\n")
