# SPDX-License-Identifier: Apache-2.0
"""A real Linux guest under QEMU, with a shell on each of its consoles (tools/lib/guest)."""

import os
import pathlib
import re
import socket
import subprocess

from charmux_kit.process import Process
from charmux_kit.qmp import Qmp, QmpError
from charmux_kit.waiting import wait_until

LIB = pathlib.Path(__file__).resolve().parent.parent
READY = b"charmux guest ready on "


# Where is the cursor? busybox's shell asks that before each prompt. Repeats as in repeats_in_record().
_QUESTION = re.compile(rb"\x1b+\[+6+n+")


def without_questions(data):
    """The guest's bytes but for what its shell asks of the terminal: of telnet viewers only the writer's gets that."""
    return _QUESTION.sub(b"", data)


def repeats_in_record(record, received):
    """How many bytes QEMU's record of a chardev has more than what was received from it, where each is a repeat of the
    byte before it; None where the two differ otherwise. QEMU (7.2, chardev/char.c, qemu_chr_write_buffer) records a
    byte that the socket refused with EAGAIN, and again when it has been sent; a UART sends bytes one by one. 0 for a
    reader that was always quick. What the shell asks of terminals is left out of both: not every viewer gets it."""
    record, received = without_questions(record), without_questions(received)
    position = repeats = 0
    for n, byte in enumerate(record):
        if position < len(received) and received[position] == byte:
            position += 1
        elif n > 0 and record[n - 1] == byte:
            repeats += 1
        else:
            return None
    return repeats if position == len(received) else None


def ends_in_record(record, text):
    """Whether QEMU's record of a chardev ends with `text`, but for such repeats."""
    return re.search(b"".join(re.escape(bytes([byte])) + b"+" for byte in text) + rb"\Z", record) is not None


class Guest:
    """Starts QEMU. `serials` and `consoles` map a label to the kind of its chardev: "pty", "unix", "tcp", or any text
    that QEMU takes after -chardev (without the id). serials are isa-serial ports in that order (ttyS0 on, four at
    most), consoles are virtio consoles (hvc0 on). With `paused` nothing runs until resume().

    QEMU itself records what each port sends (its logfile=), client or not: log(label) is the independent truth, but
    for what repeats_in_record() says.
    `domain` is its name (-name), `monitor` the path of a QMP socket for charmuxd (-qmp), `uuid` is -uuid.
    `boot_console` names the port that the kernel prints to (one only: the kernel has one console a driver).
    With `login` no shell waits on its ports but a login prompt: root, password "guest"."""

    def __init__(self, directory, serials, consoles=None, *, paused=False, boot_console=None, domain=None,
                 monitor=None, uuid=None, qemu_args=(), login=False):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.serials = dict(serials)
        self.consoles = dict(consoles or {})
        self.monitor = None if monitor is None else pathlib.Path(monitor)
        identity = [*(("-name", domain) if domain else ()), *(("-uuid", uuid) if uuid else ()),
                    *(("-qmp", f"unix:{self.monitor},server=on,wait=off") if monitor else ())]
        self._ports = {label: f"ttyS{n}" for n, label in enumerate(self.serials)}
        self._ports.update({label: f"hvc{n}" for n, label in enumerate(self.consoles)})
        ours, theirs = socket.socketpair()
        with theirs:
            kernel_words = f"console={self._ports[boot_console or next(iter(self._ports))]}{' charmux.login' if login else ''}"
            argv = self._command_line(theirs.fileno(), paused, kernel_words, [*identity, *qemu_args])
            self.process = Process("qemu", argv, self.directory / "qemu.stderr", pass_fds=(theirs.fileno(),))
        try:
            self.qmp = Qmp(ours)
        except Exception as error:
            self.process.close()
            raise RuntimeError(f"QEMU did not start: {self.process.stderr().strip()}") from error

    def _command_line(self, qmp_fd, paused, kernel_words, qemu_args):
        kernel, initramfs = subprocess.run([LIB / "guest_image"], check=True, capture_output=True, text=True).stdout.split()
        # KVM only when asked for: on some machines /dev/kvm opens and the guest then hangs.
        accelerator = "kvm" if os.environ.get("CHARMUX_KVM") == "1" else "tcg"
        argv = ["qemu-system-x86_64", "-accel", accelerator, "-machine", "pc", "-m", "128", "-nodefaults", "-no-user-config",
                "-display", "none", "-kernel", kernel, "-initrd", initramfs,
                "-append", kernel_words,
                "-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control"]
        if paused:
            argv.append("-S")
        for label, kind in self.serials.items():
            argv += ["-chardev", self._chardev(label, kind), "-device", f"isa-serial,chardev={label}"]
        if self.consoles:
            argv += ["-device", "virtio-serial-pci"]
        for label, kind in self.consoles.items():
            argv += ["-chardev", self._chardev(label, kind), "-device", f"virtconsole,chardev={label}"]
        return argv + list(qemu_args)

    def _chardev(self, label, kind):
        known = {"pty": "pty", "unix": f"socket,path={self.directory / label}.sock,server=on,wait=off",
                 "tcp": "socket,host=127.0.0.1,port=0,server=on,wait=off"}
        head, comma, rest = known.get(kind, kind).partition(",")
        return f"{head},id={label},logfile={self.directory / label}.log{comma}{rest}"

    def address(self, label):
        """The chardev as charmuxd's --console takes it: "pty:/dev/pts/3", "unix:/path", "tcp:127.0.0.1:40001"."""
        try:
            place = self.qmp.command("qom-get", path=f"/chardevs/{label}", property="addr")
        except QmpError:  # not a socket
            place = {"type": "pty"}
        if place["type"] == "unix":
            return f"unix:{place['path']}"
        if place["type"] == "inet":
            return f"tcp:{place['host']}:{place['port']}"
        return next(c["filename"] for c in self.qmp.command("query-chardev") if c["label"] == label)

    def taken(self, label, by):
        """Whether the process `by` (a Process) is on the other side of that chardev."""
        kind, _, path = self.address(label).partition(":")
        if kind == "pty":
            return path in by.open_files()
        return self.qmp.command("qom-get", path=f"/chardevs/{label}", property="connected")

    def log(self, label):
        """Every byte that the guest has sent on that port."""
        path = self.directory / f"{label}.log"
        return path.read_bytes() if path.exists() else b""

    def resume(self):
        self.qmp.command("cont")

    def pause(self):
        self.qmp.command("stop")

    def wait_ready(self, label, seconds=None):
        """Until that port's shell has said its first line and prompts."""
        port = self._ports[label].encode()
        wait_until(lambda: READY + port in self.log(label) and port + b"# " in self.log(label),
                   lambda: f"the guest's shell on {label}; so far: {self.log(label)[-300:]!r}", seconds)

    def kill(self):
        """As a crash: SIGKILL."""
        self.process.kill()

    def quit(self):
        """As an orderly end of QEMU, without asking the guest."""
        try:
            self.qmp.command("quit")
        except ConnectionError:
            pass  # it may be gone before it answers
        return self.process.wait()

    def status(self):
        lines = [self.process.status()]
        if self.process.running():
            try:
                lines.append(f"guest: {self.qmp.command('query-status', 5)['status']}")
                lines += [f"chardev {c['label']}: {c['filename']}" for c in self.qmp.command("query-chardev", 5)]
            except (OSError, AssertionError) as error:
                lines.append(f"QMP does not answer: {error}")
        return "\n".join(lines)

    def report(self):
        """(title, text) pairs that help whoever reads a failed test."""
        yield "guest", self.status()
        yield "QEMU's stderr", self.process.stderr()
        for label in self._ports:
            yield f"the guest's last lines on {label}", self.log(label)[-1000:].decode(errors="backslashreplace")

    def close(self):
        self.process.close()
        self.qmp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
