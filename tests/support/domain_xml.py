# SPDX-License-Identifier: Apache-2.0
"""libvirt's XML of a guest on the demo's kernel (formatdomain), with character devices of every type."""

import dataclasses
import functools
import pathlib
import subprocess
from xml.sax.saxutils import escape, quoteattr

LIB = pathlib.Path(__file__).resolve().parents[2] / "tools" / "lib"


@dataclasses.dataclass(frozen=True)
class Chardev:
    """A character device: libvirt's type, what its element holds, and what all of them may have. `alias` is the user's
    own ("ua-..."), `log` a file in which virtlogd keeps what the guest sends, whoever reads it; `target` is the element
    that says which device the guest sees."""
    type: str = "pty"
    inside: str = ""
    alias: str = ""
    log: object = ""
    target: str = ""

    def xml(self, element, target):
        log = f"<log file={quoteattr(str(self.log))} append='on'/>" if self.log else ""
        alias = f"<alias name={quoteattr(self.alias)}/>" if self.alias else ""
        return f"<{element} type='{self.type}'>{self.inside}{log}{self.target or target}{alias}</{element}>"


def of_path(type_, path, **options):
    """dev, file or pipe."""
    return Chardev(type_, f"<source path={quoteattr(str(path))}/>", **options)


def unix(path, mode="bind", **options):
    return Chardev("unix", f"<source mode='{mode}' path={quoteattr(str(path))}/>", **options)


def tcp(port, mode="bind", protocol="raw", host="127.0.0.1", **options):
    return Chardev("tcp", f"<source mode='{mode}' host='{host}' service='{port}'/><protocol type='{protocol}'/>", **options)


def udp(port, bind, host="127.0.0.1", **options):
    """QEMU sends to `port` and receives at `bind`."""
    return Chardev("udp", f"<source mode='bind' host='{host}' service='{bind}'/>"
                          f"<source mode='connect' host='{host}' service='{port}'/>", **options)


# Serial ports that can be plugged into a running guest.
PCI_SERIAL = "<target type='pci-serial'/>"
VIRTIO_CONSOLE = "<target type='virtio'/>"


def virtio_port(name):
    """The target of a channel: a virtio serial port of that name."""
    return f"<target type='virtio' name={quoteattr(name)}/>"


def elements(kind, specs):
    """The devices of a kind; each spec is a Chardev, or the type of one that needs nothing else."""
    targets = {"serial": "<target type='isa-serial' port='{n}'/>", "console": "<target type='virtio' port='{n}'/>",
               "parallel": "<target type='isa-parallel' port='{n}'/>", "channel": virtio_port("org.charmux.{n}")}
    for n, spec in enumerate(specs):
        chardev = Chardev(spec) if isinstance(spec, str) else spec
        yield chardev.xml(kind, targets[kind].format(n=n))


@functools.cache
def guest_image():
    return subprocess.run([LIB / "guest_image"], check=True, capture_output=True, text=True).stdout.split()


def domain(name, serials=("pty",), consoles=(), channels=(), parallels=(), *, uuid=None, cmdline="console=ttyS0",
           bootable=True, devices="", qemu_args=()):
    """The XML. `consoles` are virtio consoles; `devices` is any XML beside these, `qemu_args` what QEMU is given behind
    libvirt's back. Not `bootable`: a machine with no kernel in it, for tests in which nothing is printed."""
    kernel, initrd = guest_image()
    boot = f"<kernel>{kernel}</kernel><initrd>{initrd}</initrd><cmdline>{escape(cmdline)}</cmdline>" if bootable else ""
    chardevs = [*elements("serial", serials), *elements("parallel", parallels), *elements("console", consoles),
                *elements("channel", channels)]
    extra = "".join(f"<qemu:arg value={quoteattr(str(word))}/>" for word in qemu_args)
    return f"""<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>{escape(name)}</name>{f"<uuid>{uuid}</uuid>" if uuid else ""}
  <memory unit='MiB'>128</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>{boot}</os>
  <features><acpi/></features>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <controller type='usb' model='none'/><memballoon model='none'/>
    {"".join(chardevs)}{devices}
  </devices>
  <qemu:commandline>{extra}</qemu:commandline>
</domain>"""
