# SPDX-License-Identifier: Apache-2.0
"""A console's chardev is not there, is not what it should be, is not ours to open, or is somebody else's: charmuxd runs
all the same and tries again; the log says why in one line, and so does the notice that a viewer reads on attach."""

import fcntl
import os
import re
import socket
import subprocess
import termios

import pytest
from support import LIVE, notices, wait_until

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def not_a_tty(kit):
    kit.path("file").write_text("")
    return f"pty:{kit.path('file')}"


def no_such_pty(_kit):
    return "pty:/dev/pts/7"


def device_of_another(kit):
    kit.path("tty").touch(mode=0o600)
    return f"pty:{kit.path('tty')}"


def terminal_of_somebody(kit):
    shell = kit.on_terminal("cat")
    return f"pty:{os.readlink(f'/proc/{shell.pid}/fd/0')}"


def hung_up(kind):
    def provoke(kit):
        chardev = getattr(kit, f"{kind}_chardev")()
        kit.when_open = lambda: (kind == "pty" or chardev.accept()) and chardev.hang_up()
        return chardev.address
    return provoke


def reset(kit):
    chardev = kit.tcp_chardev(port=7999)
    kit.when_open = lambda: chardev.accept().reset()
    return chardev.address


def unknown_host(kit):
    """No name service but /etc/hosts, so that what it answers does not depend on the machine."""
    kit.path("nsswitch.conf").write_text("hosts: files\n")
    subprocess.run(["mount", "--bind", kit.path("nsswitch.conf"), "/etc/nsswitch.conf"], check=True)
    return "tcp:no-such-host.invalid:7999"


def nobody_listens(kit):
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(kit.path("gone.sock")))
    return f"unix:{kit.path('gone.sock')}"


def no_such_socket(kit):
    return f"unix:{kit.path('nothing.sock')}"


def socket_of_another(kit):
    address = kit.unix_chardev("vm.sock").address
    kit.path("vm.sock").chmod(0o600)
    return address


def tcp_refused(_kit):
    return "tcp:127.0.0.1:7999"


def tcp_not_answered(kit):
    """The kernel drops what it has no room for in a full backlog, as a firewall would."""
    listener = kit.tcp_chardev(port=7999)
    while fill(socket.AF_INET, ("127.0.0.1", 7999), kit):
        pass
    return listener.address


def backlog_full(kit):
    """A chardev of QEMU has one client; who comes later waits in its backlog and is told nothing."""
    guest = kit.guest({"vm": "unix"}, paused=True)
    place = guest.address("vm").removeprefix("unix:")
    assert fill(socket.AF_UNIX, place, kit)
    wait_until(lambda: guest.qmp.command("qom-get", path="/chardevs/vm", property="connected"), "QEMU to take its client")
    while fill(socket.AF_UNIX, place, kit):
        pass
    return guest.address("vm")


def fill(family, place, kit):
    """One more client that stays; False when there is no room for it."""
    client = socket.socket(family)
    client.settimeout(0.2 if family == socket.AF_INET else 0)
    kit.clients = [*getattr(kit, "clients", []), client]
    try:
        client.connect(place)
    except (TimeoutError, BlockingIOError):
        return False
    return True


def nobody_connects(kit):
    return f"unix-listen:{kit.path('vm.sock')}"


def port_of_another(kit):
    return kit.tcp_chardev(port=7999).address.replace("tcp:", "tcp-listen:")


def udp_port_of_another(kit):
    kit.taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    kit.taken.bind(("127.0.0.1", 7999))
    return "udp:127.0.0.1:7998,bind=127.0.0.1:7999"


def directory(kit):
    kit.path("logs").mkdir()
    return f"file:{kit.path('logs')}"


def fifo(kit):
    os.mkfifo(kit.path("fifo"))
    return f"file:{kit.path('fifo')}"


def socket_file(kit):
    return kit.unix_chardev("vm.sock").address.replace("unix:", "file:")


def file_of_another(kit):
    kit.path("vm.log").touch(mode=0o600)
    return f"file:{kit.path('vm.log')}"


def port(kit):
    """A serial port: the path of a pty, held open."""
    path = kit.pty_chardev().address.removeprefix("pty:")
    kit.port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    return path


def no_port(kit):
    return not_a_tty(kit).replace("pty:", "serial:")


def port_that_is_not_there(kit):
    return f"serial:{kit.path('ttyUSB0')}"


def port_for_others(kit):
    return f"serial:{port(kit)}"


def terminal_as_port(kit):
    return terminal_of_somebody(kit).replace("pty:", "serial:")


def port_with_a_lock_file(kit):
    path = port(kit)
    holder = kit.on_terminal("cat")
    with open(f"/var/lock/LCK..{path.removeprefix('/dev/').replace('/', '_')}", "w") as lock:
        lock.write(f"{holder.pid:10}\n")
    return f"serial:{path}"


def port_with_flock(kit):
    path = port(kit)
    fcntl.flock(kit.port, fcntl.LOCK_EX)
    return f"serial:{path}"


def port_that_is_exclusive(kit):
    path = port(kit)
    fcntl.ioctl(kit.port, termios.TIOCEXCL)
    return f"serial:{path}"


def no_such_program(_kit):
    return "exec:/no/such/program --with options"


def not_a_program(kit):
    kit.path("file").write_text("")
    return f"exec:{kit.path('file')}"


def script_without_its_first_line(kit):
    kit.path("script").write_text("echo hello\n")
    kit.path("script").chmod(0o755)
    return f"exec:{kit.path('script')}"


def ends(script):
    def provoke(kit):
        kit.limits = 'reopen_first = "1min"\nreopen_most = "1min"\n'  # not open again before it is looked at
        return f"exec:sh -c '{script}'"
    return provoke


def no_fifos(kit):
    return f"pipe:{kit.path('vm')}"


def nobody_at_two_fifos(kit):
    os.mkfifo(kit.path("vm.in"))
    os.mkfifo(kit.path("vm.out"))
    return f"pipe:{kit.path('vm')}"


def nobody_at_one_fifo(kit):
    os.mkfifo(kit.path("vm"))
    return f"pipe:{kit.path('vm')}"


def not_a_fifo(kit):
    os.mkfifo(kit.path("vm.in"))
    kit.path("vm.out").write_text("")
    return f"pipe:{kit.path('vm')}"


def fifo_of_another(kit):
    address = nobody_at_two_fifos(kit)
    kit.path("vm.out").chmod(0o600)
    return address


def fifos_left(kit):
    """QEMU has each FIFO open for both directions."""
    address = nobody_at_two_fifos(kit)
    qemu = [os.open(kit.path(f"vm.{way}"), os.O_RDWR) for way in ("in", "out")]
    kit.when_open = lambda: [os.close(fd) for fd in qemu]
    return address


# What is at its address (the function returns that) | no exit code: it runs | the log's words | the notice's.
ERRORS = {
    "not a tty": (not_a_tty, None, "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows; "
                  "trying again",
                  "refused: DIR/file is not a tty; give the path that QEMU printed or query-chardev shows"),
    "no such pty": (no_such_pty, None, "closed: /dev/pts/7: No such file or directory; trying again", "shut off"),
    "a device of another user": (device_of_another, None, "refused: DIR/tty: Permission denied; run charmuxd as root or as the "
                                 "owner of the device; trying again",
                                 "refused: DIR/tty: Permission denied; run charmuxd as root or as the owner of the device"),
    "a terminal of somebody": (terminal_of_somebody, None, "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; "
                               "give the path that QEMU has now; trying again",
                               "refused: /dev/pts/N is the terminal of cat, pid PID, not a guest's; give the path that QEMU has "
                               "now"),
    "a pty hung up": (hung_up("pty"), None, "closed: /dev/pts/N: its other side was closed; trying again", "shut off"),
    "a socket hung up": (hung_up("unix"), None, "closed: unix:DIR/chardev.sock: the other side closed it; trying again",
                         "connected, nothing heard yet"),
    "a connection reset": (reset, None, "closed: tcp:127.0.0.1:7999: Connection reset by peer; trying again",
                           "connected, nothing heard yet"),
    "an unknown host": (unknown_host, None, "closed: host no-such-host.invalid cannot be found: Name or service not known; trying "
                        "again", "shut off"),
    "nobody listens": (nobody_listens, None, "closed: unix:DIR/gone.sock: Connection refused; trying again", "shut off"),
    "no such socket": (no_such_socket, None, "closed: unix:DIR/nothing.sock: No such file or directory; trying again",
                       "shut off"),
    "a socket of another user": (socket_of_another, None, "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root "
                                 "or as the owner of the socket; trying again",
                                 "refused: unix:DIR/vm.sock: Permission denied; run charmuxd as root or as the owner of the "
                                 "socket"),
    "tcp refused": (tcp_refused, None, "closed: tcp:127.0.0.1:7999: Connection refused; trying again", "shut off"),
    "tcp not answered": (tcp_not_answered, None, "waiting: held by another client; trying again", "held by another client"),
    "a chardev that has its client": (backlog_full, None, "waiting: held by another client; trying again",
                                      "held by another client"),
    "nobody connects": (nobody_connects, None, "closed: unix-listen:DIR/vm.sock: nobody is connected; trying again", "shut off"),
    "a port of another": (port_of_another, None, "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop "
                          "it or choose another port; trying again",
                          "refused: cannot listen on 127.0.0.1:7999: another process listens there; stop it or choose another "
                          "port"),
    "a udp port of another": (udp_port_of_another, None, "refused: cannot take datagrams at udp 127.0.0.1:7999: another socket has "
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
    "a directory": (directory, None, "refused: DIR/logs is a directory; give the file in it that the guest's output goes to; trying "
                    "again", "refused: DIR/logs is a directory; give the file in it that the guest's output goes to"),
    "a FIFO": (fifo, None, "refused: DIR/fifo is a FIFO; use pipe:DIR/fifo; trying again",
               "refused: DIR/fifo is a FIFO; use pipe:DIR/fifo"),
    "a socket": (socket_file, None, "refused: DIR/vm.sock is a socket; use unix:DIR/vm.sock; trying again",
                 "refused: DIR/vm.sock is a socket; use unix:DIR/vm.sock"),
    "a device": (lambda _: "file:/dev/null", None, "refused: /dev/null is a device; use serial:/dev/null or pty:/dev/null; trying "
                 "again", "refused: /dev/null is a device; use serial:/dev/null or pty:/dev/null"),
    "no such file": (lambda kit: f"file:{kit.path('vm.log')}", None, "closed: DIR/vm.log: No such file or directory; trying again",
                     "shut off"),
    "a file of another user": (file_of_another, None, "refused: DIR/vm.log: Permission denied; run charmuxd as root or as a user who "
                               "may read it; trying again",
                               "refused: DIR/vm.log: Permission denied; run charmuxd as root or as a user who may read it"),
    "no serial port": (no_port, None, "refused: DIR/file is not a tty; give a serial port, such as /dev/ttyS0 or one in "
                       "/dev/serial/by-id; trying again",
                       "refused: DIR/file is not a tty; give a serial port, such as /dev/ttyS0 or one in /dev/serial/by-id"),
    "a serial port that is not there": (port_that_is_not_there, None, "closed: DIR/ttyUSB0: No such file or directory; trying "
                                        "again", "shut off"),
    "a serial port for others": (port_for_others, None, "refused: /dev/pts/N: Permission denied; run charmuxd as root or add its "
                                 "user to the group dialout; trying again",
                                 "refused: /dev/pts/N: Permission denied; run charmuxd as root or add its user to the group "
                                 "dialout"),
    "a serial port that is a terminal": (terminal_as_port, None, "refused: /dev/pts/N is the terminal of cat, pid PID; end that "
                                         "(systemctl stop serial-getty@...) or choose another port; trying again",
                                         "refused: /dev/pts/N is the terminal of cat, pid PID; end that (systemctl stop "
                                         "serial-getty@...) or choose another port"),
    "a serial port with a lock file": (port_with_a_lock_file, None, "waiting: in use by cat, pid PID (/var/lock/LCK..pts_N); "
                                       "trying again", "in use by cat, pid PID (/var/lock/LCK..pts_N)"),
    "a serial port with flock": (port_with_flock, None, "waiting: in use by another program (flock); trying again",
                                 "in use by another program (flock)"),
    "a serial port with TIOCEXCL": (port_that_is_exclusive, None, "waiting: in use by another program (TIOCEXCL); trying again",
                                    "in use by another program (TIOCEXCL)"),
    "no such program": (no_such_program, None, "refused: exec:/no/such/program --with options: No such file or directory; give "
                        "the program's absolute path; trying again",
                        "refused: exec:/no/such/program --with options: No such file or directory; give the program's absolute "
                        "path"),
    "a file that is no program": (not_a_program, None, "refused: exec:DIR/file: Permission denied; make it executable, or run "
                                  "charmuxd as a user that may run it; trying again",
                                  "refused: exec:DIR/file: Permission denied; make it executable, or run charmuxd as a user "
                                  "that may run it"),
    "a script without its first line": (script_without_its_first_line, None, "refused: exec:DIR/script: Exec format error; a "
                                        "script begins with #! and its interpreter; trying again",
                                        "refused: exec:DIR/script: Exec format error; a script begins with #! and its "
                                        "interpreter"),
    "a program that ended": (ends("exit 3"), None, "closed: exec:sh -c 'exit 3' ended with status 3; trying again",
                             "shut off: ended with status 3"),
    "a program that was killed": (ends("kill -9 $$"), None, "closed: exec:sh -c 'kill -9 $$' was killed by signal 9 (Killed); "
                                  "trying again", "shut off: was killed by signal 9 (Killed)"),
    "no FIFOs": (no_fifos, None, "closed: DIR/vm.out: No such file or directory; mkfifo DIR/vm.in DIR/vm.out, and start QEMU "
                 "with -chardev pipe,path=DIR/vm; trying again", "shut off"),
    "nobody at two FIFOs": (nobody_at_two_fifos, None, "closed: DIR/vm.in: no QEMU has it open; trying again", "shut off"),
    "nobody at one FIFO": (nobody_at_one_fifo, None, "closed: DIR/vm: nobody writes into it; trying again", "shut off"),
    "not a FIFO": (not_a_fifo, None, "refused: DIR/vm.out is not a FIFO; make one with mkfifo, and start QEMU anew; trying again",
                   "refused: DIR/vm.out is not a FIFO; make one with mkfifo, and start QEMU anew"),
    "a FIFO of another user": (fifo_of_another, None, "refused: DIR/vm.out: Permission denied; run charmuxd as root or as the "
                               "owner of the FIFO; trying again",
                               "refused: DIR/vm.out: Permission denied; run charmuxd as root or as the owner of the FIFO"),
    "FIFOs that QEMU has left": (fifos_left, None, "closed: DIR/vm.out: its other side was closed; trying again", "shut off"),
}
OF_ANOTHER = {"a device of another user", "a socket of another user", "a udp port of root's", "a file of another user",
              "a serial port for others", "a FIFO of another user"}


@pytest.mark.parametrize("name", ERRORS)
def test_the_log_and_the_notice_say_why(kit, name):
    provoke, _, in_log, in_notice = ERRORS[name]
    address = provoke(kit)
    kit.path("charmux.toml").write_text('[limits]\nconnect_timeout = "200ms"\n' + getattr(kit, "limits", ""))
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
        viewer.wait_for(b"[charmux: vm is connected, nothing heard yet]")
    late = kit.telnet(7001)
    assert masked(kit, notices(late.wait_for(LIVE))[0]).endswith(f"types; read-only; {in_notice}")


def masked(kit, text):
    text = re.sub(r"pid \d+", "pid PID", text.replace(str(kit.directory), "DIR"))
    return re.sub(r"\bpts([/_])(?!7:)\d+", r"pts\1N", text)
