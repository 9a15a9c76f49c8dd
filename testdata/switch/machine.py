# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine under emulation, and the initramfs that it boots: what the tests of a switch drive.

Always `-accel tcg`: the same everywhere, whatever the host lends. The guest's shell reads its serial line, without a
terminal's manners; each command is one line of it, and its end is a line with the exit code."""

import json
import lzma
import os
import re
import select
import shutil
import socket
import subprocess
import time

MEMORY = 512  # MiB
RESERVED = (32 << 20, 0x18000000)  # bytes and address: the top of RAM holds the initrd, so not there


class Failure(Exception):
    """The guest or QEMU did not do what a test relies on; the text ends with the last of the console."""


def reservation(escape=False):
    """The kernel argument that keeps the reserved memory away from the kernel; ESCAPE for a shell. On a host that is very
    busy a kernel finds no timer that ticks in time, and panics, if it is not told to believe in one."""
    size, address = RESERVED
    return f"no_timer_check memmap={size >> 20}M{chr(92) if escape else ''}${address:#x}"


class Machine:
    """One virtual machine; a context manager that ends QEMU whatever happens."""

    def __init__(self, folder, kernel, initrd, append="", limit=300):
        self.folder, self.limit = folder, limit
        self.log = open(os.path.join(folder, "console"), "ab")
        self.text = b""
        self.mark = 0
        monitor = os.path.join(folder, "qmp")
        if os.path.exists(monitor):
            os.unlink(monitor)
        self.ram = os.path.join(folder, "ram")
        if os.path.exists(self.ram):
            os.unlink(self.ram)
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-m", str(MEMORY), "-smp", "1", "-display", "none", "-no-reboot",
             "-object", f"memory-backend-file,id=ram,size={MEMORY}M,mem-path={self.ram},share=on",
             "-machine", "memory-backend=ram", "-nodefaults", "-device", "vmcoreinfo", "-serial", "stdio",
             "-qmp", f"unix:{monitor},server=on,wait=off", "-kernel", kernel, "-initrd", initrd, "-append",
             f"console=ttyS0 quiet panic=-1 {reservation()} {append}".strip()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.monitor_path, self.monitor = monitor, None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.qemu.poll() is None:
            self.qemu.kill()
        self.qemu.wait()
        self.log.close()

    # ---- the console

    def _fail(self, why):
        tail = self.text[-3000:].decode(errors="replace").replace("\r", "")
        raise Failure(f"{why}; the console ends with:\n{tail}")

    def _more(self, end):
        ready, _, _ = select.select([self.qemu.stdout], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return False
        data = os.read(self.qemu.stdout.fileno(), 65536)
        if not data:
            self._fail("the machine stopped")
        self.log.write(data)
        self.log.flush()
        self.text += data
        return True

    def wait_for(self, pattern, limit=None):
        """Reads the console until PATTERN (a bytes regex) matches what came since the last wait; the match."""
        end = time.monotonic() + (limit or self.limit)
        while True:
            found = re.compile(pattern).search(self.text, self.mark)
            if found:
                self.mark = found.end()
                return found
            if time.monotonic() >= end or not self._more(end):
                self._fail(f"nothing matched {pattern!r} within {limit or self.limit} s")

    def wait_shell(self, limit=None):
        self.wait_for(rb"READY release=(\S+)", limit)

    def send(self, line):
        self.qemu.stdin.write(line.encode() + b"\n")
        self.qemu.stdin.flush()

    def run(self, command, limit=None):
        """Runs one shell line in the guest: (exit code, what it printed)."""
        self.send(command)
        start = self.mark
        found = self.wait_for(rb"<<(\d+)>>\r?\n", limit)
        said = self.text[start:found.start()].decode(errors="replace").replace("\r", "")
        return int(found.group(1)), said

    def must(self, command, limit=None):
        """As run(), but an exit code other than 0 is a Failure; what it printed."""
        code, said = self.run(command, limit)
        if code:
            raise Failure(f"in the guest, `{command}` ended with {code}:\n{said}")
        return said

    def kexec(self, limit=None):
        """Jumps into the kernel that was loaded with `kexec -l`, and waits for its shell."""
        self.send("kexec -e")
        self.wait_shell(limit)

    @staticmethod
    def clock():
        """Seconds, of the host: the guest's clock goes on across kexec as this one does."""
        return time.monotonic()

    # ---- the memory

    def region(self):
        """The bytes of the reserved memory, as they are now."""
        with open(self.ram, "rb") as ram:
            ram.seek(RESERVED[1])
            return ram.read(RESERVED[0])

    def put_region(self, data, at=0):
        """Writes DATA into the reserved memory, AT bytes behind its begin."""
        with open(self.ram, "r+b") as ram:
            ram.seek(RESERVED[1] + at)
            ram.write(data)

    # ---- the monitor

    def _qmp(self, command, **arguments):
        if not self.monitor:
            self.monitor = socket.socket(socket.AF_UNIX)
            self.monitor.settimeout(self.limit)
            self.monitor.connect(self.monitor_path)
            self.lines = self.monitor.makefile("rb")
            self.lines.readline()
            self._qmp("qmp_capabilities")
        self.monitor.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self.lines.readline() or b'{"error": "QEMU went away"}')
            if "error" in answer:
                raise Failure(f"QEMU refused {command}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def dump(self, path):
        """The guest's memory as an ELF core. The guest must have loaded qemu_fw_cfg, after each kexec again."""
        self._qmp("dump-guest-memory", paging=False, protocol=f"file:{path}")


# ---- the initramfs -------------------------------------------------------------------------------------------------

INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sys /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/sbin:/bin:/usr/sbin:/usr/bin PS1= ENV=
release=$(uname -r)
exec </dev/console >/dev/console 2>&1
stty -echo 2>/dev/null
echo "READY release=$release"
exec 3</dev/console
while :; do
	while IFS= read -r line <&3; do eval "$line" </dev/null; echo "<<$?>>"; done
done
"""


def libraries(program):
    """The shared libraries of PROGRAM, its interpreter among them."""
    run = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return re.findall(r"(/\S+) \(0x", run.stdout)


class Root:
    """A folder that becomes an initramfs."""

    def __init__(self, folder):
        self.folder = folder
        for name in ("bin", "sbin", "lib/modules", "proc", "sys", "dev", "tmp", "run", "etc"):
            os.makedirs(os.path.join(folder, name), exist_ok=True)
        shutil.copy(shutil.which("busybox"), os.path.join(folder, "bin/busybox"))
        self.text("init", INIT, 0o755)

    def text(self, name, content, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(content)
        os.chmod(path, mode)

    def file(self, source, name):
        target = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)

    def program(self, name, source=None):
        """A program of this system with the libraries it is linked with."""
        source = source or shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin:" + os.environ.get("PATH", ""))
        if not source:
            raise Failure(f"no {name} on this system")
        self.file(source, f"sbin/{name}")
        self.strip(f"sbin/{name}")
        for library in libraries(source):
            self.file(library, library.lstrip("/"))

    def strip(self, name):
        """Debug info only makes the way through a kexec longer."""
        subprocess.run(["strip", "--strip-debug", os.path.join(self.folder, name)], check=True)

    def module(self, modules, name):
        """A module of the kernel whose modules lie below MODULES, as lib/modules/NAME.ko; None if there is none."""
        for folder, _, files in os.walk(modules):
            for file in files:
                if file.split(".ko")[0].replace("-", "_") != name.replace("-", "_"):
                    continue
                target = os.path.join(self.folder, "lib/modules", name + ".ko")
                with open(os.path.join(folder, file), "rb") as source:
                    data = source.read()
                with open(target, "wb") as out:
                    out.write(lzma.decompress(data) if file.endswith(".xz") else data)
                return target
        return None

    def pack(self, out):
        """Writes the initramfs; the files come in the order of their names."""
        names = subprocess.run(["find", ".", "-print"], cwd=self.folder, capture_output=True, text=True, check=True)
        with open(out, "wb") as target:
            subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0", "--reproducible"], cwd=self.folder,
                           input="".join(sorted(names.stdout.splitlines(True))).encode(), stdout=target, check=True)
