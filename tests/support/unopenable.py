# SPDX-License-Identifier: Apache-2.0
"""What may be at a console's address instead of a chardev that can be opened. Each function puts it there for a test and
returns the address; what is to happen once it is open is `kit.when_open`, more [limits] are `kit.limits`."""

import fcntl
import os
import socket
import subprocess
import termios

from charmux_kit import wait_until

NO_PATIENCE = 'connect_timeout = "200ms"\n'  # where nobody will answer


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
    kit.limits = NO_PATIENCE
    listener = kit.tcp_chardev(port=7999)
    while fill(socket.AF_INET, ("127.0.0.1", 7999), kit):
        pass
    return listener.address


def backlog_full(kit):
    """A chardev of QEMU has one client; who comes later waits in its backlog and is told nothing."""
    kit.limits = NO_PATIENCE
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
