#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Three clients of one server: what they are told before an upgrade and after it, on the same connections.

client.py SOCKET [refused]: prints a line for every difference from what must be, and exits 1 if there is one. With
`refused` the upgrade must fail, and the first version go on."""
import socket
import sys


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, text):
        self.socket.sendall(text.encode())

    def line(self):
        return self.file.readline().decode().rstrip("\n")

    def ask(self, text):
        self.send(text + "\n")
        return self.line()


wrong = 0


def expect(what, want, have):
    global wrong
    if want != have:
        print(f"{what}: '{have}' instead of '{want}'")
        wrong = 1


clients = [Client(sys.argv[1]) for _ in range(3)]
for number, client in enumerate(clients, 1):
    expect("hit", f"record {number} 1 {number}", client.ask(f"hit {number}"))
    expect("who", f"version 1 client {number} served 1", client.ask("who"))
expect("mode", "record 70000 1 4464", clients[0].ask("hit 70000"))
before = clients[1].ask("sum")
# Half a line is sent before the upgrade, and the other half after it.
clients[2].send("hit 70")
refused = len(sys.argv) > 2
version = 1 if refused else 2
expect("upgrade", "the old version goes on" if refused else "upgraded", clients[0].ask("upgrade"))
expect("the sum of all records", before, clients[1].ask("sum"))
clients[2].send("000\n")
expect("half a line", "record 70000 2 4464", clients[2].line())
expect("who", f"version {version} client 1 served 4", clients[0].ask("who"))
expect("who", f"version {version} client 2 served 4", clients[1].ask("who"))
expect("a record that was hit", "record 2 2 2", clients[1].ask("hit 2"))
expect("a record that was not", "record 0 1 0", clients[1].ask("hit 0"))
expect("a new client", f"version {version} client 4 served 0", Client(sys.argv[1]).ask("who"))
clients[0].send("quit\n")
sys.exit(wrong)
