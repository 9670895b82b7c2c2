#!/usr/bin/env python3
"""Checks that third-party libraries are included at their doors only: check_doors.py FILE...

tools/doors.txt is the table. Prints FILE:LINE and the rule; exits with code 1 if it finds any.
"""

import collections
import os
import re
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "doors.txt")
INCLUDE = re.compile(r'#include [<"]([^>"]+)[>"]')
# Headers of C++ have no suffix; these are of the C library and of Linux.
SYSTEM = re.compile(
    r"[a-z0-9_]+$|(arpa|linux|net|netinet|sys)/[a-z0-9_]+\.h$|"
    r"(dirent|dlfcn|errno|execinfo|fcntl|fnmatch|limits|netdb|poll|pthread|pwd|signal|spawn|stddef|stdint|stdio|stdlib|string|time|unistd)"
    r"\.h$"
)
# The project's own, by their paths from the top.
OWN = re.compile(r"(bench|codegen|e2e|examples|runtime|schema|testdata|tools)/|[a-z_]+\.pb\.h$")

Door = collections.namedtuple("Door", "prefix places library")


def read_table(path):
    """Returns the table's Doors."""
    doors = []
    with open(path) as stream:
        for line in stream:
            if line.strip() and not line.startswith("#"):
                prefix, places, library = (part.strip() for part in line.split("|"))
                doors.append(Door(prefix, places.split(), library))
    return doors


def problem_of(path, included, doors):
    """Returns what is wrong with an include; None: nothing."""
    if SYSTEM.match(included) or OWN.match(included):
        return None
    door = next((one for one in doors if included.startswith(one.prefix)), None)
    if door is None:
        return "`%s` is of a library that tools/doors.txt does not have" % included
    if door.places == ["*"] or path.startswith(tuple(door.places)):
        return None
    return "only %s may include %s" % (" ".join(door.places), door.library)


def problems(path, doors):
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            found = INCLUDE.match(line)
            problem = found and problem_of(path, found.group(1), doors)
            if problem:
                yield "%s:%d: %s" % (path, number, problem)


def main():
    doors = read_table(TABLE)
    files = [path for path in sys.argv[1:] if path.endswith((".h", ".cc")) and os.path.isfile(path)]
    found = [problem for path in files for problem in problems(path, doors)]
    print("\n".join(found) or "%d files, %d libraries" % (len(files), len(doors)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
