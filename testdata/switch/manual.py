# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of faults, docs/faults.txt: what it says that is said."""

import os
import re

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "faults.txt")
PREFIX = "carryover-run: error: "


def rows():
    """[(message, what it means)], in their order."""
    out = []
    with open(PATH, encoding="ascii") as file:
        for line in file:
            if line.startswith("\t"):
                out[-1][1].append(line.strip())
            elif line.strip() and not line.startswith(("#", "= ")):
                out.append((line.strip(), []))
    return [(message, " ".join(meaning)) for message, meaning in out]


def pieces(message):
    """What of MESSAGE stands for itself."""
    return re.split(r"<[a-z]+>", message)


def covers(message, said):
    """Whether SAID is what the row MESSAGE shows."""
    pattern = ".+?".join(re.escape(piece) for piece in pieces(message))
    return re.fullmatch(pattern, said) is not None


def unknown(said):
    """Those of the messages SAID that the table does not have."""
    table = [message for message, _ in rows()]
    return [one for one in dict.fromkeys(said)
            if not one.startswith(PREFIX) or not any(covers(row, one[len(PREFIX):]) for row in table)]
