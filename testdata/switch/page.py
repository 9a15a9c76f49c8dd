# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/first-switch.md, done as a reader does it: its boxes are pasted into a shell and into the machine that this
starts, and what is printed must be what the page shows."""

import os
import re
import shutil
import subprocess
import time

import expect
import machine

PATH = os.path.join(expect.TOP, "docs", "first-switch.md")
FLAVOUR = "cloud-amd64"


def boxes():
    """[(kind, lines)] of the page's boxes: `sh`, `sh guest`, `console`."""
    out, inside = [], False
    with open(PATH, encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("```"):
                inside = not inside
                if inside:
                    out.append((line[3:], []))
            elif inside:
                out[-1][1].append(line)
    return out


def kernels():
    """The ABI names of the two kernels of the page."""
    return [re.search(rf"^{side}=(\S+)-{FLAVOUR} ", "\n".join(sum((lines for _, lines in boxes()), [])), re.M).group(1)
            for side in ("old", "new")]


def install(root, kernel):
    """KERNEL below ROOT, as its packages would be installed there."""
    name = f"{kernel.abi}-{FLAVOUR}"
    os.makedirs(os.path.join(root, "boot"), exist_ok=True)
    os.symlink(kernel.vmlinuz, os.path.join(root, "boot", f"vmlinuz-{name}"))
    modules = os.path.join(root, "lib/modules", name)
    shutil.copytree(kernel.modules, modules, symlinks=True, ignore=shutil.ignore_patterns("build", "source"))
    os.symlink(kernel.headers, os.path.join(modules, "build"))
    subprocess.run(["depmod", "-b", root, name], check=True, env=everywhere())


def everywhere():
    return {**os.environ, "PATH": f"/usr/sbin:/sbin:{os.environ['PATH']}"}


def tree(folder):
    """This source tree, with what the tests are given as its build/."""
    os.makedirs(folder)
    for name in os.listdir(expect.TOP):
        if not name.startswith(".") and name != "build":
            os.symlink(os.path.abspath(os.path.join(expect.TOP, name)), os.path.join(folder, name))
    os.symlink(os.path.abspath(expect.BUILD), os.path.join(folder, "build"))


class Terminal(machine.Machine):
    """A shell that runs the host's boxes, of which the last one starts the machine; a console, as Machine is one."""

    def __init__(self, folder, script, limit=120):
        self.limit, self.text, self.mark = limit, b"", 0
        self.log = open(os.path.join(folder, "console"), "ab")
        env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
        env.update(root=os.path.join(folder, "root"), vm=os.path.join(folder, "vm"), SAN="")
        self.qemu = subprocess.Popen(["bash", "-euc", script], cwd=os.path.join(folder, "tree"), env=env,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                     start_new_session=True)

    def __exit__(self, *unused):
        if self.qemu.poll() is None:
            os.killpg(self.qemu.pid, 9)
        self.qemu.wait()
        self.log.close()

    def paste(self, line):
        """Types LINE: (its exit code, what it printed)."""
        self.send(line)
        self.send('echo "<<$?>>"')
        start = self.mark
        found = self.wait_for(rb"<<(\d+)>>\r?\n")
        return int(found.group(1)), self.text[start:found.start()].decode(errors="replace")


def plain(text):
    """The lines of TEXT, without what a terminal makes of them."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", text).split("\n")]


def missing(shown, printed):
    """The lines of SHOWN that do not come in PRINTED, in their order."""
    lines, problems = iter(printed), []
    for line in shown:
        pattern = ".*".join(re.escape(part) for part in line.strip().split("..."))
        if line != "..." and not any(re.fullmatch(rf"\s*{pattern}", one) for one in lines):
            problems.append(f"not printed: {line}")
            lines = iter(printed)
    return problems + ([f"it printed: {line}" for line in printed if line][:20] if problems else [])


def follow(tap, guest, commands, shown):
    """Pastes one box of the guest."""
    printed, problems = "", []
    for line in commands:
        if line == "poweroff -f":
            guest.send(line)
            if guest.qemu.wait(guest.limit):
                problems.append("the machine did not end well")
        elif line == "kexec -e":
            start = guest.mark
            guest.send(line)
            guest.wait_for(re.escape(shown[-1].encode()) + rb"\r?\n")
            printed += guest.text[start:guest.mark].decode(errors="replace")
        else:
            code, said = guest.paste(line)
            printed += said
            if code:
                problems.append(f"`{line}` ended with {code}")
    tap.result(f"docs/first-switch.md: {commands[-1]}", problems + missing(shown, plain(printed)))


def journey(tap, name, pair, folder):
    """All boxes of the page, in their order."""
    os.makedirs(folder)
    for kernel in pair:
        install(os.path.join(folder, "root"), kernel)
    tree(os.path.join(folder, "tree"))
    page = boxes()
    host = [lines for kind, lines in page if kind == "sh"]
    rest = page[max(i for i, (kind, _) in enumerate(page) if kind == "sh") + 1:]
    started = time.monotonic()
    with Terminal(folder, "\n".join(line for lines in host for line in lines)) as guest:
        guest.wait_for(re.escape(rest[0][1][-1].encode()) + rb"\r?\n", 300)
        tap.result(f"{name}: the host's boxes run, and the machine boots", [])
        tap.note(f"{name}: the machine is there after {time.monotonic() - started:.1f} s")
        for (kind, lines), (after, shown) in zip(rest[1:], rest[2:] + [("", [])]):
            if kind == "sh guest":
                follow(tap, guest, lines, shown if after == "console" else [])
