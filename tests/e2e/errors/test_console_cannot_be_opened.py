# SPDX-License-Identifier: Apache-2.0
"""A console's chardev is not there, is not what it should be, is not ours to open, or is somebody else's: charmuxd runs
all the same and tries again; the log says why in one line, and so does the notice that a viewer reads on attach."""

import os
import re

import pytest
from support import LIVE, notices
from support import unopenable as at

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")

# What is at its address (the function returns that) | no exit code: it runs | the log's words | the notice's.
ERRORS = {
    "not a tty": (at.not_a_tty, None, "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows; "
                  "trying again",
                  "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows"),
    "no such pty": (at.no_such_pty, None, "closed: /dev/pts/7: No such file or directory; trying again", "shut off"),
    "a device of another user": (at.device_of_another, None, "refused: DIR/tty: Permission denied; run charmuxd as root or as the "
                                 "owner of the device; trying again",
                                 "refused: DIR/tty: Permission denied; run charmuxd as root or as the owner of the device"),
    "a terminal of somebody": (at.terminal_of_somebody, None, "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; "
                               "give the path that QEMU has now; trying again",
                               "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; give the path that QEMU has "
                               "now"),
    "a pty hung up": (at.hung_up("pty"), None, "closed: /dev/pts/N: its other side was closed; trying again", "shut off"),
    "a socket hung up": (at.hung_up("unix"), None, "closed: unix:DIR/chardev.sock: the other side closed it; trying again",
                         "connected, nothing heard yet"),
    "a connection reset": (at.reset, None, "closed: tcp:127.0.0.1:7999: Connection reset by peer; trying again",
                           "connected, nothing heard yet"),
    "an unknown host": (at.unknown_host, None, "closed: host no-such-host.invalid cannot be found: Name or service not known; trying "
                        "again", "shut off"),
    "nobody listens": (at.nobody_listens, None, "closed: unix:DIR/gone.sock: Connection refused; trying again", "shut off"),
    "no such socket": (at.no_such_socket, None, "closed: unix:DIR/nothing.sock: No such file or directory; trying again",
                       "shut off"),
    "a socket of another user": (at.socket_of_another, None, "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root "
                                 "or as the owner of the socket; trying again",
                                 "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root or as the owner of the "
                                 "socket"),
    "tcp refused": (at.tcp_refused, None, "closed: tcp:127.0.0.1:7999: Connection refused; trying again", "shut off"),
    "tcp not answered": (at.tcp_not_answered, None, "waiting: held by another client; trying again", "held by another client"),
    "a chardev that has its client": (at.backlog_full, None, "waiting: held by another client; trying again",
                                      "held by another client"),
    "nobody connects": (at.nobody_connects, None, "closed: unix-listen:DIR/vm.sock: nobody is connected; trying again", "shut off"),
    "a port of another": (at.port_of_another, None, "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop "
                          "it or choose another port; trying again",
                          "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop it or choose another "
                          "port"),
    "a udp port of another": (at.udp_port_of_another, None, "refused: cannot take datagrams at udp 127.0.0.1:7999: another socket has "
                              "that port (see `ss -lunp`); stop its program or choose another port; trying again",
                              "refused: cannot take datagrams at udp 127.0.0.1:7999: another socket has that port (see `ss -lunp`); "
                              "stop its program or choose another port"),
    "an address of another machine": (lambda _: "udp:127.0.0.1:7998,bind=192.0.2.7:7999", None, "refused: cannot take datagrams at "
                                      "udp 192.0.2.7:7999: no interface of this machine has that address; see `ip addr`; trying "
                                      "again",
                                      "refused: cannot take datagrams at udp 192.0.2.7:7999: no interface of this machine has that "
                                      "address; see `ip addr`"),
    "a udp port of root's": (lambda _: "udp:127.0.0.1:7998,bind=127.0.0.1:99", None, "refused: cannot take datagrams at udp "
                             "127.0.0.1:99: no permission; run as root, or choose a port above 1023; trying again",
                             "refused: cannot take datagrams at udp 127.0.0.1:99: no permission; run as root, or choose a port above "
                             "1023"),
    "two families": (lambda _: "udp:127.0.0.1:7998,bind=[::1]:7999", None, "refused: udp:127.0.0.1:7998,bind=[::1]:7999: host and "
                     "bind are of two families; write both as IPv4 or both as IPv6; trying again",
                     "refused: udp:127.0.0.1:7998,bind=[::1]:7999: host and bind are of two families; write both as IPv4 or both as "
                     "IPv6"),
    "a directory": (at.directory, None, "refused: DIR/logs is a directory; give the file in it that the guest's output goes to; trying "
                    "again", "refused: DIR/logs is a directory; give the file in it that the guest's output goes to"),
    "a FIFO": (at.fifo, None, "refused: DIR/fifo is a FIFO; use pipe:DIR/fifo; trying again",
               "refused: DIR/fifo is a FIFO; use pipe:DIR/fifo"),
    "a socket": (at.socket_file, None, "refused: DIR/vm.sock is a socket; use unix:DIR/vm.sock; trying again",
                 "refused: DIR/vm.sock is a socket; use unix:DIR/vm.sock"),
    "a device": (lambda _: "file:/dev/null", None, "refused: /dev/null is a device; use serial:/dev/null or pty:/dev/null; trying "
                 "again", "refused: /dev/null is a device; use serial:/dev/null or pty:/dev/null"),
    "no such file": (lambda kit: f"file:{kit.path('vm.log')}", None, "closed: DIR/vm.log: No such file or directory; trying again",
                     "shut off"),
    "a file of another user": (at.file_of_another, None, "refused: DIR/vm.log: Permission denied; run charmuxd as root or as a user who "
                               "may read it; trying again",
                               "refused: DIR/vm.log: Permission denied; run charmuxd as root or as a user who may read it"),
    "no serial port": (at.no_port, None, "refused: DIR/file is not a tty; give a serial port, such as /dev/ttyS0 or one in "
                       "/dev/serial/by-id; trying again",
                       "refused: DIR/file is not a tty; give a serial port, such as /dev/ttyS0 or one in /dev/serial/by-id"),
    "a serial port that is not there": (at.port_that_is_not_there, None, "closed: DIR/ttyUSB0: No such file or directory; trying "
                                        "again", "shut off"),
    "a serial port for others": (at.port_for_others, None, "refused: /dev/pts/N: Permission denied; run charmuxd as root or add its "
                                 "user to the group dialout; trying again",
                                 "refused: /dev/pts/N: Permission denied; run charmuxd as root or add its user to the group "
                                 "dialout"),
    "a serial port that is a terminal": (at.terminal_as_port, None, "refused: /dev/pts/N is the terminal of cat, pid PID; end that "
                                         "(systemctl stop serial-getty@...) or choose another port; trying again",
                                         "refused: /dev/pts/N is the terminal of cat, pid PID; end that (systemctl stop "
                                         "serial-getty@...) or choose another port"),
    "a serial port with a lock file": (at.port_with_a_lock_file, None, "waiting: in use by cat, pid PID (/var/lock/LCK..pts_N); "
                                       "trying again", "in use by cat, pid PID (/var/lock/LCK..pts_N)"),
    "a serial port with flock": (at.port_with_flock, None, "waiting: in use by another program (flock); trying again",
                                 "in use by another program (flock)"),
    "a serial port with TIOCEXCL": (at.port_that_is_exclusive, None, "waiting: in use by another program (TIOCEXCL); trying again",
                                    "in use by another program (TIOCEXCL)"),
    "no such program": (at.no_such_program, None, "refused: exec:/no/such/program --with options: No such file or directory; give "
                        "the program's absolute path; trying again",
                        "refused: exec:/no/such/program --with options: No such file or directory; give the program's absolute "
                        "path"),
    "a file that is no program": (at.not_a_program, None, "refused: exec:DIR/file: Permission denied; make it executable, or run "
                                  "charmuxd as a user that may run it; trying again",
                                  "refused: exec:DIR/file: Permission denied; make it executable, or run charmuxd as a user "
                                  "that may run it"),
    "a script without its first line": (at.script_without_its_first_line, None, "refused: exec:DIR/script: Exec format error; a "
                                        "script begins with #! and its interpreter; trying again",
                                        "refused: exec:DIR/script: Exec format error; a script begins with #! and its "
                                        "interpreter"),
    "a program that ended": (at.ends("exit 3"), None, "closed: exec:sh -c 'exit 3' ended with status 3; trying again",
                             "shut off: ended with status 3"),
    "a program that was killed": (at.ends("kill -9 $$"), None, "closed: exec:sh -c 'kill -9 $$' was killed by signal 9 (Killed); "
                                  "trying again", "shut off: was killed by signal 9 (Killed)"),
    "no FIFOs": (at.no_fifos, None, "closed: DIR/vm.out: No such file or directory; mkfifo DIR/vm.in DIR/vm.out, and start QEMU "
                 "with -chardev pipe,path=DIR/vm; trying again", "shut off"),
    "nobody at two FIFOs": (at.nobody_at_two_fifos, None, "closed: DIR/vm.in: no QEMU has it open; trying again", "shut off"),
    "nobody at one FIFO": (at.nobody_at_one_fifo, None, "closed: DIR/vm: nobody writes into it; trying again", "shut off"),
    "not a FIFO": (at.not_a_fifo, None, "refused: DIR/vm.out is not a FIFO; make one with mkfifo, and start QEMU anew; trying again",
                   "refused: DIR/vm.out is not a FIFO; make one with mkfifo, and start QEMU anew"),
    "a FIFO of another user": (at.fifo_of_another, None, "refused: DIR/vm.out: Permission denied; run charmuxd as root or as the "
                               "owner of the FIFO; trying again",
                               "refused: DIR/vm.out: Permission denied; run charmuxd as root or as the owner of the FIFO"),
    "FIFOs that QEMU has left": (at.fifos_left, None, "closed: DIR/vm.out: its other side was closed; trying again", "shut off"),
}
OF_ANOTHER = {"a device of another user", "a socket of another user", "a udp port of root's", "a file of another user",
              "a serial port for others", "a FIFO of another user"}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_and_the_notice_say_why(kit, name):
    provoke, _, in_log, in_notice = ERRORS[name]
    address = provoke(kit)
    kit.path("charmux.toml").write_text("[limits]\n" + getattr(kit, "limits", ""))
    kit.path("charmux").mkdir()
    kit.directory.chmod(0o755)
    os.chown(kit.path("charmux"), NOBODY, NOBODY)
    daemon = kit.daemon("--config", kit.path("charmux.toml"), "--console", f"vm={address}", "--listen",
                        "telnet:127.0.0.1:7001,console=vm", wrap=AS_NOBODY if name in OF_ANOTHER else ())
    viewer = kit.telnet(7001)
    viewer.wait_for(LIVE)
    if hasattr(kit, "when_open"):
        daemon.wait_log("console vm: open")
        kit.when_open()
    line = daemon.wait_log(r"^<4>console vm: (closed|waiting|refused): .*$").group(0)
    assert masked(kit, line) == f"<4>console vm: {in_log}"
    if "heard" in in_notice:  # it listens still, and so was opened again
        viewer.wait_for(b"[charmux: vm is shut off; waiting]")
        viewer.wait_for(b"[charmux: vm is connected, nothing heard yet]")
    late = kit.telnet(7001)
    assert masked(kit, notices(late.wait_for(LIVE))[0]).endswith(f"types; read-only: ^Ecf takes over, ^Ec? helps; {in_notice}")


def masked(kit, text):
    text = re.sub(r"pid \d+", "pid PID", text.replace(str(kit.directory), "DIR"))
    return re.sub(r"\bpts([/_])(?!7:)\d+", r"pts\1N", text)
