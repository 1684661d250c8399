# SPDX-License-Identifier: Apache-2.0
"""Someone writes a configuration with a mistake in it: --check-config and the start itself both say where it is and what
to write instead, with exit code 1, and nothing is opened."""

import pytest
from support.checked import run

CONSOLE = '[[console]]\nname = "vm1"\nbackend = "unix:/run/vm1.sock"\n'
GIVEN = ("--console", "vm1=unix:/run/vm1.sock")

# The file's text or None for no file, further arguments | exit code | the exact line; FILE is the file's path.
ERRORS = {
    "no such file": ((None, ("--config", "/etc/nothing.toml", *GIVEN)), 1,
                     "/etc/nothing.toml: cannot be read: No such file or directory: give --config a file that charmuxd may "
                     "read"),
    "a folder as the file": ((None, ("--config", "/etc", *GIVEN)), 1,
                             "/etc: cannot be read: Is a directory: give --config a file that charmuxd may read"),
    "too long a file": (("#" * (1024 * 1024 + 1), GIVEN), 1,
                        "FILE: is longer than 1MiB, the most that a configuration may have"),
    "a syntax error": (("[history]\nsize = 1MiB\n", GIVEN), 1,
                       "FILE:2:9: not TOML: Error while parsing decimal integer: expected digit, saw 'M'"),
    "an unknown key": (('[history]\nsiz = "1MiB"\n', GIVEN), 1,
                       "FILE:2:1: unknown key 'siz' in [history]: did you mean 'size'?"),
    "a key like no other": (('colour = "red"\n', GIVEN), 1,
                            "FILE:1:1: unknown key 'colour': use state_dir, runtime_dir, [history], [limits], [audit], "
                            "[[discover]], [[match]], [[console]], [[listen]], [tls.NAME], [[user]] or [[group]]"),
    "an unknown table": (("[histroy]\n", GIVEN), 1, "FILE:1:2: unknown table [histroy]: did you mean [history]?"),
    "a table like no other": (("[colours]\n", GIVEN), 1,
                              "FILE:1:2: unknown table [colours]: use [history], [limits], [audit], [[discover]], [[match]], [[console]], "
                              "[[listen]], [tls.NAME], [[user]] or [[group]]"),
    "single brackets": (('[console]\nname = "vm1"\n', GIVEN), 1, "FILE:1:2: 'console' must be written [[console]]"),
    "a key that is missing": (('[[console]]\nname = "vm2"\n', ()), 1, "FILE:1:1: [[console]] needs the key 'backend'"),
    "a number for a text": (("[history]\nsize = 65536\n", GIVEN), 1,
                            "FILE:2:8: 'size' in [history] must be a size in quotes, such as \"1MiB\", not an integer"),
    "a text for a number": (('[limits]\nviewers = "many"\n', GIVEN), 1,
                            "FILE:2:11: 'viewers' in [limits] must be a whole number, not a text"),
    "a text for true": (('[[listen]]\naddress = "telnet:127.0.0.1:7001"\nconsole = "vm1"\ninsecure = "no"\n', GIVEN), 1,
                        "FILE:4:12: 'insecure' in [[listen]] must be true or false, not a text"),
    "a word that is not one of these": (('[[listen]]\naddress = "raw:127.0.0.1:7001,console=vm1"\naccess = "all"\n', GIVEN), 1,
                                        "FILE:3:10: 'access' in [[listen]] must be watch or control, not 'all'"),
    "a bad size": (('[history]\nreplay = "32 kB"\n', GIVEN), 1,
                   "FILE:2:10: 'replay' in [history]: '32 kB' is not a size: write a number and one of B, KiB, MiB, GiB"),
    "a size out of bounds": (('[history]\nsize = "100KiB"\n', GIVEN), 1,
                             "FILE:2:8: 'size' in [history] must be a power of two from 64KiB to 1GiB, not 100KiB"),
    "a bad time": (('[limits]\nstop_drain = "2 sec"\n', GIVEN), 1,
                   "FILE:2:14: 'stop_drain' in [limits]: '2 sec' is not a time: write a number and one of ms, s, min, h, d"),
    "a time out of bounds": (('[limits]\nstop_drain = "1min"\n', GIVEN), 1,
                             "FILE:2:14: 'stop_drain' in [limits] must be from 0 to 3s, not 1min"),
    "more replay than history": (('[history]\nsize = "64KiB"\nreplay = "1MiB"\n', GIVEN), 1,
                                 "FILE:3:10: 'replay' in [history] is 1MiB, more than the 'size' of 64KiB: a replay comes out "
                                 "of what is kept"),
    "a relative folder": (('state_dir = "var"\n', GIVEN), 1,
                          "FILE:1:13: 'state_dir' must be an absolute path, not 'var': write one that begins with '/'"),
    "a name twice": ((CONSOLE, ("--console", "vm1=pty:/dev/pts/0")), 1,
                     "--console: console 'vm1' is defined twice, first at FILE:2:8: give each its own name"),
    "a place twice": ((CONSOLE, ("--listen", "telnet:127.0.0.1:7001,console=vm1", "--listen",
                                 "raw:127.0.0.1:7001,console=vm1")), 1,
                      "--listen: raw:127.0.0.1:7001 is where telnet:127.0.0.1:7001 listens already (--listen): give each its "
                      "own place"),
    "key and option": ((CONSOLE + '[[listen]]\naddress = "telnet:127.0.0.1:7001,console=vm1"\nconsole = "vm1"\n', ()), 1,
                       "FILE:6:1: 'console' is given twice, by this key and in 'telnet:127.0.0.1:7001,console=vm1': keep one"),
    "a speed without rfc2217": ((None, (*GIVEN, "--console", "rack1=telnet:rack1:2001,9600")), 1,
                                "--console: rack1=telnet:rack1:2001,9600: option 'speed' is of no use without 'rfc2217': give both"),
    "a raw listener without a console": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001")), 1,
                                         "--listen: raw:127.0.0.1:7001 needs console=NAME or ports=LO-HI: only telnet has a "
                                         "menu"),
    "console and ports": ((None, (*GIVEN, "--listen", "raw:127.0.0.1,ports=7001-7002,console=vm1")), 1,
                          "--listen: raw:127.0.0.1,ports=7001-7002 has both console= and ports=: leave one of them out"),
    "an empty console": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,console=")), 1,
                         "--listen: telnet:127.0.0.1:7001: 'console' is empty: write the name of one"),
    "ports that are no range": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1,ports=7999-7001")), 1,
                                "--listen: option 'ports' must be two ports from 1 to 65535, the lower one first, such as "
                                "7001-7999, not '7999-7001'"),
    "ports without quotes": ((CONSOLE + '[[listen]]\naddress = "telnet:127.0.0.1"\nports = 7001\n', ()), 1,
                             "FILE:6:9: 'ports' in [[listen]] must be a range of ports in quotes, such as \"7001-7999\", not "
                             "an integer"),
    "a port and ports": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7000,ports=7001-7999")), 1,
                         "--listen: telnet:127.0.0.1:7000,ports=7001-7999: '127.0.0.1:7000' has a port, and a range of ports: "
                         "leave one of them out"),
    "ports of a path": ((None, (*GIVEN, "--listen", "telnet:/run/x,ports=7001-7999")), 1,
                        "--listen: telnet:/run/x,ports=7001-7999: '/run/x' is no host: only a HOST has ports, such as "
                        "127.0.0.1 or [::1]"),
    "ranges that overlap": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1,ports=7001-7999", "--listen",
                                    "raw:127.0.0.1:7500,console=vm1")), 1,
                            "--listen: raw:127.0.0.1:7500 is where telnet:127.0.0.1,ports=7001-7999 listens already "
                            "(--listen): give each its own place"),
    "a pinned port outside the ranges": ((CONSOLE + "port = 7000\n", ("--listen", "telnet:127.0.0.1,ports=7001-7999")), 1,
                                         "FILE:4:8: console 'vm1' has a 'port' of 7000, outside every ports= of a listener: "
                                         "choose one of 7001-7999"),
    "a pinned port without a range": ((CONSOLE + "port = 7000\n", ()), 1,
                                      "FILE:4:8: console 'vm1' has a 'port' of 7000, and no listener has ports=: give one, or "
                                      "leave 'port' out"),
    "a port pinned twice": ((CONSOLE + 'port = 7001\n[[match]]\nconsole = "a"\nport = 7001\n',
                             ("--listen", "telnet:127.0.0.1,ports=7001-7999")), 1,
                            "FILE:7:8: [[match]] 'a' has the 'port' of console 'vm1' (FILE:4:8): give each its own"),
    "a place without a kind": (("[[discover]]\n", ()), 1,
                               "FILE:1:1: [[discover]] needs the key 'libvirt' or 'qmp': write libvirt = \"qemu:///system\", or "
                               "qmp = \"/run/qemu/*.qmp\""),
    "a place of two kinds": (('[[discover]]\nlibvirt = "qemu:///system"\nqmp = "/run/*.qmp"\n', ()), 1,
                             "FILE:1:1: [[discover]] has both 'libvirt' and 'qmp': write a [[discover]] for each"),
    "virsh without libvirt": (('[[discover]]\nqmp = "/run/*.qmp"\nvirsh = "yield"\n', ()), 1,
                              "FILE:3:9: 'virsh' in [[discover]] is for libvirt, and this one is for qmp: leave it out"),
    "a URI without a scheme": ((None, ("--libvirt", "system")), 1,
                               "--libvirt: 'system' is no libvirt URI: write SCHEME:..., such as qemu:///system, without spaces"),
    "a URI twice": (('[[discover]]\nlibvirt = "qemu:///system"\n', ("--libvirt", "qemu:///system")), 1,
                    "--libvirt: 'qemu:///system' is discovered twice, first at FILE:2:11: keep one"),
    "a console of no domain": ((None, ("--console", "vm1=libvirt:/serial0")), 1,
                               "--console: vm1=libvirt:/serial0: '/serial0' has no domain: write libvirt:DOMAIN or "
                               "libvirt:DOMAIN/ALIAS"),
    "an alias that is none": ((None, ("--console", "vm1=libvirt:vm/a.b")), 1,
                              "--console: vm1=libvirt:vm/a.b: 'a.b' is no alias of a device: write one as the domain's XML has "
                              "it, such as serial1 or ua-admin"),
    "a console's URI without a scheme": ((None, ("--console", "vm1=libvirt:vm,uri=system")), 1,
                                         "--console: vm1=libvirt:vm,uri=system: option 'uri': 'system' is no libvirt URI: write "
                                         "SCHEME:..., such as qemu:///system, without spaces"),
    "a glob twice": ((None, ("--qmp", "/run/*.qmp", "--qmp", "/run/*.qmp")), 1,
                     "--qmp: '/run/*.qmp' is discovered twice, first at --qmp: keep one"),
    "a relative glob": ((None, ("--qmp", "run/*.qmp")), 1,
                        "--qmp: 'run/*.qmp' is not an absolute path: write one that begins with '/'"),
    "a folder of sockets": ((None, ("--qmp", "/run/qemu/")), 1,
                            "--qmp: '/run/qemu/' is a directory: write a socket's path or a pattern such as '/run/qemu/*.qmp'"),
    "an empty list": (('[[discover]]\nqmp = "/run/*.qmp"\nonly = []\n', ()), 1,
                      "FILE:3:8: 'only' in [[discover]] is empty: name one, or leave 'only' out"),
    "no list": (('[[discover]]\nqmp = "/run/*.qmp"\nonly = "lab-*"\n', ()), 1,
                "FILE:3:8: 'only' in [[discover]] must be a list of texts, such as [\"lab-*\"], not a text"),
    "a glob that fits nothing": ((CONSOLE + '[[match]]\nconsole = ""\n', ()), 1,
                                 "FILE:5:11: 'console' in [[match]] fits no name: write a name, or a glob such as "
                                 "\"lab-*\""),
    "a port for many": ((CONSOLE + '[[match]]\nconsole = "lab-*"\nport = 7001\n',
                         ("--listen", "telnet:127.0.0.1,ports=7001-7999")), 1,
                        "FILE:6:8: 'port' in [[match]] is for one console: write its name without wildcards"),
    "more replay than size in a match": ((CONSOLE + '[[match]]\nconsole = "a"\nsize = "64KiB"\nreplay = "1MiB"\n', ()), 1,
                                         "FILE:7:10: [[match]] 'a' has a 'replay' of 1MiB, more than its 'size' of 64KiB: "
                                         "give it a smaller replay"),
    "a relative log": ((CONSOLE + 'log = "vm1.log"\n', ()), 1,
                       "FILE:4:7: 'log' in [[console]] must be an absolute path, not 'vm1.log': write one that begins with '/'"),
    "a log that is a folder": ((CONSOLE + 'log = "/var/log/"\n', ()), 1,
                               "FILE:4:7: 'log' in [[console]] is a directory, '/var/log/': write a file's path, such as "
                               "'/var/log/charmux/%n.log'"),
    "a percent sign in a log": ((CONSOLE + 'log = "/var/log/%h.log"\n', ()), 1,
                                "FILE:4:7: 'log' in [[console]] has '%h', which stands for nothing: write %n for the console's "
                                "name, %% for a percent sign"),
    "a log for many": ((CONSOLE + '[[match]]\nconsole = "lab-*"\nlog = "/var/log/lab.log"\n', ()), 1,
                       "FILE:6:7: 'log' in [[match]] would be one file for many consoles: write %n where each one's name "
                       "belongs"),
    "a log twice": ((CONSOLE + 'log = "/var/log/vm.log"\n' + CONSOLE.replace("vm1", "vm2") + 'log = "/var/log/vm.log"\n', ()), 1,
                    "FILE:8:7: console 'vm2' has the 'log' of console 'vm1' (FILE:4:7): give each its own, such as with %n"),
    "a listener of an unknown console": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,console=vm2")), 1,
                                         "--listen: telnet:127.0.0.1:7001: there is no console 'vm2' among 'vm1': did you "
                                         "mean 'vm1'?"),
    "an unknown option of a listener": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,acces=watch")), 1,
                                        "--listen: unknown option 'acces': did you mean 'access'?"),
    "notices at a raw listener": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,notices=on")), 1,
                                  "--listen: raw:127.0.0.1:7001,console=vm1,notices=on: raw clients never get notices: leave "
                                  "'notices' out"),
    "keys at a raw listener": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,keys=off")), 1,
                               "--listen: raw:127.0.0.1:7001,console=vm1,keys=off: raw clients never get keys: leave 'keys' out"),
    "keys that are none": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,console=vm1,keys=^E")), 1,
                           "--listen: telnet:127.0.0.1:7001,console=vm1,keys=^E: 'keys' must be on, off or two keys such as ^Ec: "
                           "'^E' is no escape sequence: write two keys, each a character or ^X for Ctrl-X"),
    "who types where nobody does": ((None, (*GIVEN, "--listen", "telnet:127.0.0.1:7001,console=vm1,access=watch,writer=force")), 1,
                                    "--listen: telnet:127.0.0.1:7001,console=vm1,access=watch,writer=force: with access=watch "
                                    "nobody types: leave 'writer' out"),
    "no network": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,proxy-from=lab")), 1,
                   "--listen: raw:127.0.0.1:7001,console=vm1,proxy-from=lab: 'proxy-from': 'lab' is no network: write an address "
                   "and its bits, such as 10.0.0.0/8 or fd00::/8"),
    "a network with too many bits": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,proxy-from=10.0.0.0/33")), 1,
                                     "--listen: raw:127.0.0.1:7001,console=vm1,proxy-from=10.0.0.0/33: 'proxy-from': "
                                     "'10.0.0.0/33': behind the / stand the bits of the network, 0 to 32"),
    "an address for a network": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:7001,console=vm1,proxy-from=10.1.2.3/8")), 1,
                                 "--listen: raw:127.0.0.1:7001,console=vm1,proxy-from=10.1.2.3/8: 'proxy-from': '10.1.2.3/8' has "
                                 "bits set behind its first 8: 10.0.0.0/8 is meant, perhaps"),
    "a proxy at a socket's path": ((None, (*GIVEN, "--listen", "raw:/run/door,console=vm1,proxy-from=10.0.0.0/8")), 1,
                                   "--listen: raw:/run/door,console=vm1,proxy-from=10.0.0.0/8: 'proxy-from' is for TCP, and this "
                                   "is a UNIX socket: leave it out"),
    "typed without a file": ((CONSOLE + "[audit]\ntyped = true\n", ()), 1,
                             "FILE:5:9: 'typed' in [audit] needs the key 'file': nothing is written without"),
    "an audit that is a folder": ((CONSOLE + '[audit]\nfile = "/var/log/"\n', ()), 1,
                                  "FILE:5:8: 'file' in [audit] is a directory: write a file's path, such as '/var/log/audit.log'"),
    "a web listener": ((None, (*GIVEN, "--listen", "web:127.0.0.1:8080,console=vm1")), 1,
                       "--listen: web:127.0.0.1:8080,console=vm1: web: listeners are not in this version: use telnet, raw or "
                       "rfc2217"),
    "an unknown kind of listener": ((None, (*GIVEN, "--listen", "telent:127.0.0.1:7001,console=vm1")), 1,
                                    "--listen: telent:127.0.0.1:7001,console=vm1: unknown scheme 'telent': use telnet, raw or "
                                    "rfc2217 (did you mean 'telnet'?)"),
    "an unknown kind of backend": ((None, ("--console", "vm1=vsock:3:4555")), 1,
                                   "--console: vm1=vsock:3:4555: unknown scheme 'vsock': use pty, unix, tcp, unix-listen, tcp-listen, "
                                   "telnet, tls, telnets, udp, pipe, file, serial, libvirt or exec"),
    "a console without an address": ((None, ("--console", "vm1")), 1,
                                     "--console: vm1: 'vm1' has no '=': write NAME=ADDRESS, such as c1=unix:/run/vm.sock"),
    "an option of a backend": ((None, ("--console", "vm1=unix:/run/a,b")), 1,
                               "--console: vm1=unix:/run/a,b: unknown option 'b': unix takes none; write ,, for a comma in a "
                               "path"),
    "a bare IPv6 address": ((None, (*GIVEN, "--listen", "telnet:::1:7001,console=vm1")), 1,
                            "--listen: telnet:::1:7001,console=vm1: '::1:7001' has an IPv6 address without brackets: write "
                            "[::1]:PORT"),
    "an empty host": ((None, (*GIVEN, "--listen", "raw::7001,console=vm1")), 1,
                      "--listen: raw::7001,console=vm1: ':7001' has no host: write one, such as 127.0.0.1:PORT or [::1]:PORT, "
                      "or *:PORT for every address"),
    "no port": ((None, ("--console", "vm1=tcp:127.0.0.1")), 1,
                "--console: vm1=tcp:127.0.0.1: '127.0.0.1' has no port: write HOST:PORT, such as 127.0.0.1:7001"),
    "a port that is none": ((None, (*GIVEN, "--listen", "raw:127.0.0.1:70001,console=vm1")), 1,
                            "--listen: raw:127.0.0.1:70001,console=vm1: '70001' is not a port: write a number from 1 to 65535"),
    "a relative path": ((None, ("--console", "vm1=unix:run/vm1.sock")), 1,
                        "--console: vm1=unix:run/vm1.sock: path 'run/vm1.sock' is not absolute: write /PATH, or @NAME for an "
                        "abstract socket"),
    "a relative listener": ((None, (*GIVEN, "--listen", "raw:run/door,console=vm1")), 1,
                            "--listen: raw:run/door,console=vm1: 'run/door' is neither HOST:PORT nor an absolute path: write "
                            "/PATH"),
    "too long a socket's path": ((None, ("--console", f"vm1=unix:/{'x' * 107}")), 1,
                                 f"--console: vm1=unix:/{'x' * 107}: '/{'x' * 107}' has 108 bytes: a UNIX socket's path holds "
                                 "at most 107; use a shorter one"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_configuration(kit, name):
    case, exit_code, text = ERRORS[name]
    assert run(kit, case, "--check-config") == (exit_code, "", f"{text}\n")


def test_the_start_says_the_same(kit):
    """And makes no directory, since nothing is begun with a bad configuration."""
    case, exit_code, text = ERRORS["an unknown key"]
    state, runtime = kit.path("state"), kit.path("run")
    assert run(kit, case, "--state-dir", state, "--runtime-dir", runtime) == (exit_code, "", f"{text}\n")
    assert not state.exists() and not runtime.exists()


def test_every_error_is_said_at_once(kit):
    """In the order of the file, those of the command line behind them."""
    file = ('colour = "red"\n[history]\nsiz = "1MiB"\nsize = 7\n', ("--listen", "raw::7001"))
    said = run(kit, file, "--check-config")[2].splitlines()
    assert [line.partition(" ")[0] for line in said] == ["FILE:1:1:", "FILE:3:1:", "FILE:4:8:", "--listen:"]


def test_what_is_right_is_ok(kit):
    assert run(kit, (None, ()), "--check-config") == (0, "ok\n", "")
    assert run(kit, (CONSOLE, ("--listen", "telnet:127.0.0.1:7001,console=vm1")), "--check-config") == (0, "ok\n", "")
    assert not kit.path("state").exists()
