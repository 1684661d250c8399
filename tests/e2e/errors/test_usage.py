# SPDX-License-Identifier: Apache-2.0
"""Someone mistypes a command line: one line on stderr says what is wrong, nothing is on stdout, nothing has been
started, and the exit code is that of wrong usage (charmuxd 1, charmux 64)."""

import pytest

# What is run | exit code | the exact line.
ERRORS = {
    "an unknown option": (["charmuxd", "--lisen", "raw:127.0.0.1:7001"], 1,
                          "charmuxd: unknown option '--lisen': did you mean '--listen'?"),
    "an option like no other": (["charmuxd", "--verbosity"], 1,
                                "charmuxd: unknown option '--verbosity': see charmuxd --help"),
    "an option without its value": (["charmuxd", "--console"], 1, "charmuxd: --console needs a value: see charmuxd --help"),
    "an option in the place of a value": (["charmuxd", "--state-dir", "--check-config"], 1,
                                          "charmuxd: --state-dir needs a value: see charmuxd --help"),
    "an empty value": (["charmuxd", "--config="], 1, "charmuxd: --config needs a value: see charmuxd --help"),
    "a value that is not taken": (["charmuxd", "--check-config=yes"], 1, "charmuxd: --check-config takes no value"),
    "a stray argument": (["charmuxd", "vm=unix:/run/vm.sock"], 1,
                         "charmuxd: unexpected argument 'vm=unix:/run/vm.sock': an address stands behind --libvirt, --qmp, "
                         "--console or --listen"),
    "an unknown log level": (["charmuxd", "--log-level", "loud"], 1,
                             "charmuxd: --log-level 'loud' is not a level: use error, warn, info or debug"),
    "an option twice": (["charmuxd", "--state-dir", "/a", "--state-dir", "/b"], 1,
                        "charmuxd: --state-dir is given 2 times: keep one"),
    "control bytes": (["charmuxd", "--\x1b[2J\n<3>fake"], 1, "charmuxd: unknown option '--\\x1b[2J\\x0a<3>fake': see charmuxd "
                      "--help"),
    "charmux alone": (["charmux"], 64, "charmux: no command given; see `charmux --help`"),
    "a mistyped command": (["charmux", "atach"], 64, "charmux: unknown command 'atach'; did you mean 'attach'?"),
    "an unknown command": (["charmux", "frobnicate"], 64, "charmux: unknown command 'frobnicate'; see `charmux --help`"),
    "an option for a command": (["charmux", "--json"], 64, "charmux: unknown option '--json'; see `charmux --help`"),
    "an option of another command": (["charmux", "ls", "--watch"], 64,
                                     "charmux: ls: unknown option '--watch'; see `charmux ls --help`"),
    "a console without its name": (["charmux", "attach"], 64,
                                   "charmux: attach needs the name of a console; `charmux ls` lists them"),
    "an empty name": (["charmux", "attach", ""], 64, "charmux: attach: the name of a console is not empty"),
    "one name too many": (["charmux", "break", "a", "b"], 64, "charmux: break: unexpected argument 'b'"),
    "an option of charmux without its value": (["charmux", "ls", "--socket"], 64, "charmux: ls: --socket needs a value"),
    "the same before the command": (["charmux", "--socket"], 64, "charmux: --socket needs a value"),
    "a value for a switch": (["charmux", "ls", "--json=yes"], 64, "charmux: ls: --json takes no value"),
    "no number": (["charmux", "tail", "vm", "-n", "all"], 64, "charmux: tail: -n 'all' is not a number"),
    "two that exclude each other": (["charmux", "attach", "vm", "--watch", "--force"], 64,
                                    "charmux: attach: --watch and --force exclude each other; keep one"),
    "no key": (["charmux", "attach", "vm", "-e", "esc"], 64,
               "charmux: attach: -e 'esc' is no key: write a character, ^X for Ctrl-X, or none"),
    "no path of a socket": (["charmux", "ls", "--socket", "/" + "x" * 107], 64,
                            f"charmux: '/{'x' * 107}' is no path of a UNIX socket: it has to have from 1 to 107 bytes"),
    "a bridge without a listener": (["charmux", "bridge", "pty:/dev/pts/3"], 64,
                                    "charmux: bridge needs a BACKEND and at least one LISTENER; see `charmux bridge --help`"),
    "a bridge that asks charmuxd": (["charmux", "bridge", "--socket", "/s", "pty:/dev/pts/3", "raw:127.0.0.1:1"], 64,
                                    "charmux: bridge: unknown option '--socket'; see `charmux bridge --help`"),
    "charmux send": (["charmux", "send"], 64, "charmux: send: not in this version"),
    "charmux log": (["charmux", "log", "vm"], 64, "charmux: log: not in this version"),
    "charmux cast": (["charmux", "cast"], 64, "charmux: cast: not in this version"),
    "charmux doctor": (["charmux", "doctor"], 64, "charmux: doctor: not in this version"),
    "charmux completion": (["charmux", "completion", "bash"], 64, "charmux: completion: not in this version"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_usage(kit, name):
    command, exit_code, text = ERRORS[name]
    ended = kit.run(*command)
    assert (ended.returncode, ended.stdout, ended.stderr) == (exit_code, "", f"{text}\n")
