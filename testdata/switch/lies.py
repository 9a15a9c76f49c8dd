# SPDX-License-Identifier: GPL-2.0-or-later
"""What objects of a well-sealed image can say that is not so, and what the participant that takes them must answer. Each
lie has an object of its own, of those that state.sh makes; all of them cross in one image."""

import lying

NOWHERE = b"\0nowhere\0".ljust(16, b"\0")


def connection(i):
    return f"6 10.{i // 250}.{i % 250}.1:{40000 + i}>10.9.0.1:21"


def expectation(i):
    return f"expect 6 10.9.0.1:0>10.{i // 250}.{i % 250}.1:{50000 + i}"


def both(member, value):
    return [("put", f"tuplehash[{i}].tuple.{member}", value) for i in (0, 1)]


PROTOCOL = "in a state that this kernel does not know"
PAIR = "not those of one connection"

# An expectation goes where its connection goes.
CONNECTIONS = [
    ([("put", "status", 1 << 4)], "NAT translates it"),
    ([("put", "proto", 200, 40, 1)], PROTOCOL),                # tcp.state
    ([("put", "proto", 7, 41, 1)], PROTOCOL),                  # tcp.last_dir
    ([("put", "proto", 60, 16, 1)], PROTOCOL),                 # tcp.seen[0].td_scale
    ([*both("dst.protonum", 132), ("put", "proto", 99, 0, 1)], PROTOCOL),  # sctp.state
    ([*both("dst.protonum", 99)], PROTOCOL),
    ([("put", "tuplehash[0].tuple.dst.dir", 1)], PAIR),
    ([("put", "tuplehash[1].tuple.dst.dir", 0)], PAIR),
    ([("put", "tuplehash[1].tuple.dst.dir", 200)], PAIR),
    ([("put", "tuplehash[1].tuple.dst.protonum", 17)], PAIR),
    (both("src.l3num", 77), PAIR),
    ([("side", "helper", NOWHERE)], "its helper is not loaded here"),
    ([("side", "helper", b"x" * 16)], "its helper is not loaded here"),
    ([("side", "left_ms", b"\xff" * 8)], "more is left of it than a deadline in 32 bits can say"),
]

EXPECTATIONS = [
    ([("put", "class", 1 << 31)], "no helper that expects something of this class"),
    ([("put", "expectfn", 0xFFFF888000001000)], "it calls a function"),
    ([("put", "dir", 2)], "it expects nothing that this kernel knows"),
    ([("put", "tuple.src.l3num", 200)], "it expects nothing that this kernel knows"),
    ([("lead", "neighbour")], "the connection that it belongs to was not restored"),
    ([("lead", "another")], "the connection that it belongs to was not restored"),
]

NEIGHBOURS = [
    ("10.0.2.78 dev vs", [("put", "nud_state", 0xFF)], "in a state that no neighbour has (255)"),
    ("10.0.2.79 dev vs", [("side", "family", b"\x4d\0\0\0")], "of a family that has no neighbours (77)"),
    ("10.0.2.80 dev vs", [("side", "device", b"x" * 16)], "there is no device of that name"),
    ("10.0.2.81 dev vs", [("put", "nud_state", 0)], "in a state that no neighbour has (0)"),
]

KEYS = [
    ([("put", "perm", 0xFFFFFFFF)], "it grants what this kernel does not know"),
    ([("put", "expiry", 1)], "it expired on the way"),
    ([("put", "expiry", 1 << 62)], "it expires later than a key can"),
    ([("put", "uid", 0xFFFFFFFF)], "it belongs to nobody"),
    ([("side", "type", b"\7\0\0\0")], "neither user nor logon"),
    ([("side", "payload_size", b"\xff\xff\xff\xff")], "its description or payload is missing"),
]

SIZE, NAME = "a part of it has an impossible size", "does not have the size or the name that it says"
STATES = [
    ([("side", "auth_size", b"\xff\xff\xff\x7f")], SIZE),
    ([("side", "crypt_size", b"\1\0\0\0")], SIZE),
    ([("side", "crypt_size", b"\x44\0\0\0")], "a part of it is missing in the image"),
    ([("side", "auth", b"\xff\xff\xff\xff", 64)], NAME),       # alg_key_len
    ([("side", "crypt", b"\0\0\0\0", 64)], NAME),
    ([("side", "auth", b"A" * 64)], NAME),
    ([("side", "crypt", b"cbc(nowhere)\0")], "its cipher is not to be had"),
    ([("put", "props.family", 77)], "of no family that IPsec has"),
    ([("put", "sel.prefixlen_s", 200)], "it selects addresses that cannot be"),
    ([("put", "props.mode", 9)], "in no mode that this kernel knows"),
    ([("put", "props.replay_window", 255)], "its replay window is wider"),
    ([("put", "id.proto", 77)], "this kernel cannot set the state up"),
]
ESN = "state 10.0.1.1>10.0.9.10 spi 0x2001"
BITMAP = ([("side", "replay_esn", b"\xff\xff\xff\x7f")], NAME)  # bmp_len

RULE = "it is no policy that a rule makes"
POLICIES = [
    ([("put", "xfrm_nr", 200)], RULE),
    ([("put", "index", 7)], RULE),
    ([("put", "type", 1)], RULE),
    ([("put", "action", 9)], RULE),
    ([("put", "selector.prefixlen_d", 33)], "it selects addresses that cannot be"),
    ([("put", "family", 3)], "it selects addresses that cannot be"),
    ([("put", "xfrm_vec[0].mode", 9)], "it asks for a state that cannot be"),
    ([("put", "xfrm_vec[0].encap_family", 0)], "it asks for a state that cannot be"),
]
POLICY6 = ([("put", "selector.prefixlen_s", 129)], "it selects addresses that cannot be")


def chosen(image):
    """(object, changes, words) of each lie."""
    first = len(CONNECTIONS)
    yield from ((connection(i), *lie) for i, lie in enumerate(CONNECTIONS))
    yield from ((expectation(first + i), *lie) for i, lie in enumerate(EXPECTATIONS))
    yield from NEIGHBOURS
    yield from ((name, *lie) for name, lie in zip(image.named(r"key \d+"), KEYS, strict=True))
    yield from ((name, *lie) for name, lie in zip(image.named(r"state .* spi 0x30.*"), STATES, strict=True))
    yield ESN, *BITMAP
    yield from ((name, *lie) for name, lie in zip(image.named(r"policy \d+ priority 1.*"), POLICIES, strict=True))
    yield image.named(r"policy \d+ priority 78")[0], *POLICY6


def tell(image, name, change):
    how, *what = change
    if how == "put":
        image.put(name, *what)
    elif how == "side":
        image.side(name, *what)
    else:
        image.lead(name, "10.0.2.78 dev vs" if what[0] == "neighbour" else expectation(100))


def tell_all(region):
    """The region with every lie in it, sealed again; and {object: words of its refusal}."""
    image, words = lying.Image(region), {}
    for name, changes, why in chosen(image):
        for change in changes:
            tell(image, name, change)
        words[name] = why
    for i in range(len(CONNECTIONS)):
        words[expectation(i)] = "the connection that it belongs to was not restored"
    return image.seal(), words
