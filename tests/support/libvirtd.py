# SPDX-License-Identifier: Apache-2.0
"""A real libvirtd with its virtlogd, which sees nothing of the machine's own: all that it reads or writes is in folders
that are empty when it starts. It needs the namespaces of tests/support/isolated, root, and neither D-Bus nor polkit."""

import contextlib
import os
import pathlib
import signal
import subprocess
import uuid
import xml.etree.ElementTree

from charmux_kit import Process, wait_until
from support.domain_xml import domain
from support.virsh import Virsh

# Covered whole: not every package that owns a folder of libvirt in them has to be installed.
COVERED = ("/var/lib", "/var/log", "/var/cache", "/etc/libvirt")

# What makes another host of a mount namespace: sockets, lock files and pseudoterminals that are not ours.
ANOTHER_HOST = """mount -t tmpfs -o mode=755 run /run
mkdir -m 1777 /run/lock
mount -t devpts -o newinstance,ptmxmode=0666,mode=0600 devpts /dev/pts
mount --bind /dev/pts/ptmx /dev/ptmx
touch /run/up
exec sleep infinity
"""
# libvirtd does not start where Debian's user for QEMU is not known, whichever user it is told to take.
COVER = """set -e
for each in """ + " ".join(COVERED) + """; do mount -t tmpfs -o mode=755 libvirt $each; done
known() {
  if ! grep -q ^libvirt-qemu: /etc/$1; then
    { cat /etc/$1; echo "$2"; } >/etc/libvirt/$1
    mount --bind /etc/libvirt/$1 /etc/$1
  fi
}
known passwd libvirt-qemu:x:64055:64055::/nonexistent:/usr/sbin/nologin
known group libvirt-qemu:x:64055:
"""

LIBVIRTD = """unix_sock_group = "root"
unix_sock_rw_perms = "{socket_mode}"
auth_unix_ro = "none"
auth_unix_rw = "none"
listen_tls = 0
listen_tcp = 1
listen_addr = "127.0.0.1"
tcp_port = "{port}"
auth_tcp = "none"
log_outputs = "3:stderr"
"""
# The guests' names and files are this test's own: nothing is to be relabelled, owned or confined.
QEMU = """user = "root"
group = "root"
dynamic_ownership = 0
security_driver = "none"
cgroup_controllers = []
namespaces = []
"""


class Libvirtd(Virsh):
    """Starts it and waits until it answers; what is done to its guests is Virsh. `listen` is a TCP port on loopback
    (qemu+tcp). `remote` puts it on another host, which has the network and /tmp in common with this one, but neither
    sockets nor locks nor pseudoterminals. `socket_mode` says who may connect to its UNIX socket."""

    def __init__(self, directory, *, listen=None, remote=False, socket_mode="0700"):
        self._listen = (listen or 16509) if remote else listen
        self._host = self._virtlogd = self._libvirtd = None
        self._enter = ()
        self._root = pathlib.Path("/")
        self.tcp_uri = f"qemu+tcp://127.0.0.1:{self._listen}/system" if self._listen else None
        super().__init__(directory, self.tcp_uri if remote else "qemu:///system")
        try:
            self._make_host(remote)
            self._write("libvirtd.conf", LIBVIRTD.format(socket_mode=socket_mode, port=self._listen or 16509))
            self._write("qemu.conf", QEMU)
            self._write("virtlogd.conf", 'log_outputs = "3:stderr"\n')
            self._virtlogd = self._start("virtlogd", "/usr/sbin/virtlogd")
            self.start_libvirtd()
        except BaseException:
            self.close()
            raise

    def _make_host(self, remote):
        if not remote:
            if not os.path.ismount(COVERED[-1]):
                subprocess.run(["sh", "-c", COVER], check=True)
            return
        self._host = Process("another host", ["unshare", "--mount", "sh", "-c", COVER + ANOTHER_HOST],
                             self.directory / "host.stderr")
        self._root = pathlib.Path(f"/proc/{self._host.pid}/root")
        wait_until(lambda: (self._root / "run/up").exists() or not self._host.running(), "another host")
        assert self._host.running(), self._host.stderr()
        self._enter = ("nsenter", f"--mount=/proc/{self._host.pid}/ns/mnt", "--")

    def _write(self, name, text):
        (self._root / "etc/libvirt" / name).write_text(text)

    def _start(self, name, *argv):
        return Process(name, argv, self.directory / f"{name}.log", wrap=self._enter)

    # libvirtd itself.

    @property
    def pid(self):
        return self._libvirtd.pid

    def start_libvirtd(self):
        self._libvirtd = self._start("libvirtd", "/usr/sbin/libvirtd", *(["--listen"] if self._listen else []))
        wait_until(lambda: self._answers() or not self._libvirtd.running(),
                   lambda: f"libvirtd to answer:\n{self._libvirtd.stderr()}")
        assert self._libvirtd.running(), self._libvirtd.stderr()

    def _answers(self):
        return subprocess.run([*self.virsh_argv, "list"], capture_output=True, timeout=30, check=False).returncode == 0

    def stop_libvirtd(self, number=signal.SIGTERM):
        """It alone: its guests run on."""
        self._libvirtd.signal(number)
        self._libvirtd.wait()

    def restart(self, number=signal.SIGTERM):
        """An orderly restart; with SIGKILL, as after a crash."""
        self.stop_libvirtd(number)
        self.start_libvirtd()

    def pause(self):
        """From now on it accepts connections and answers nobody."""
        self._libvirtd.signal(signal.SIGSTOP)

    def resume(self):
        self._libvirtd.signal(signal.SIGCONT)

    def log(self):
        """All it has said, but of the network devices that are in /sys and not in this network."""
        return "".join(line for line in self._libvirtd.stderr().splitlines(True) if "ethtool ioctl error" not in line)

    # What of its guests only their host sees.

    def qemu_pid(self, name):
        status = (self._root / f"run/libvirt/qemu/{name}.xml").read_text()
        return int(xml.etree.ElementTree.fromstring(status).get("pid"))

    def kill_qemu(self, name):
        """As a crash; returns when libvirt has noticed."""
        os.kill(self.qemu_pid(name), signal.SIGKILL)
        wait_until(lambda: self.run_virsh("domstate", "--domain", name).stdout.strip() != "running",
                   f"libvirt to notice that {name} is gone")

    def lock_file(self, pty):
        """libvirt's lock file for /dev/pts/N (src/conf/virchrdev.c), as seen from here."""
        return self._root / f"run/lock/LCK..{pty.removeprefix('/dev').replace('/', '_')}"

    def define_all(self, names, **options):
        """All of these, as if they had been defined in an earlier life of libvirtd: it finds them when it starts anew."""
        self.stop_libvirtd()
        (self._root / "etc/libvirt/qemu").mkdir(exist_ok=True)
        for name in names:
            self._write(f"qemu/{name}.xml", domain(name, uuid=uuid.uuid4(), **options))
        self.start_libvirtd()

    def has_open(self, name, device="serial", number=0):
        """Whether libvirt has that console open for somebody."""
        path = self.pty(name, device, number)
        with contextlib.suppress(FileNotFoundError, ValueError):
            return path is not None and int(self.lock_file(path).read_text()) == self.pid
        return False

    # The end.

    def guest_log(self, name):
        path = self._root / f"var/log/libvirt/qemu/{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def report(self):
        """(title, text) pairs that help whoever reads a failed test."""
        if not self._libvirtd:
            return
        yield f"libvirtd at {self.uri}", f"{self._libvirtd.status()}\n{self.log()[-3000:]}"
        if self._libvirtd.running():
            with contextlib.suppress(subprocess.TimeoutExpired):
                yield "its guests", self.run_virsh("list", "--all", seconds=5).stdout
        for path in sorted((self._root / "var/log/libvirt/qemu").glob("*.log")):
            yield f"QEMU's log of {path.stem}", path.read_text(errors="replace")[-1500:]

    def _qemu_pids(self):
        for path in (self._root / "run/libvirt/qemu").glob("*.pid"):
            with contextlib.suppress(OSError, ValueError):
                yield int(path.read_text())

    def close(self):
        pids = list(self._qemu_pids())
        for process in (self._libvirtd, self._virtlogd):
            if process:
                process.close()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._host:
            self._host.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
