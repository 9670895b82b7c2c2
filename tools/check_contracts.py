#!/usr/bin/env python3
"""Measures how many types and functions of headers have a contract: check_contracts.py [--list] HEADER...

A type has one if a comment stands above it. A function has one if the comment above it starts with a
verb in the third person. Functions without a blank line between them share the comment above the first. Constructors, destructors, operators, overrides, and functions whose body is one `return` do not count.

Prints the shares; exits with code 1 if one is below its floor in tools/contracts.txt. The floors only rise.
"""

import collections
import os
import re
import sys

FLOORS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "contracts.txt")
# Words in -s that are not verbs.
NO_VERBS = {"As", "Bytes", "Its", "Less", "Names", "Paths", "Plus", "This", "Unless", "Was", "Words", "Files", "Lines"}
VERB = re.compile(r"([A-Z][a-z]+s)\b")
TYPE = re.compile(r"(?:template <.*> )?(?:class|struct|enum class|enum)\s+(?:\[\[\w+\]\] )?([A-Z]\w*)(?:\s+final)?\s*(?::[^:].*)?\{")
FUNCTION = re.compile(r"[\w:<>,*&\[\]() ]*[\w>*&\]]\s+[*&]?([A-Za-z_]\w*)\(")
SKIPPED = re.compile(r"\boverride\b|\bfriend\b|\boperator|= default|= delete|^using |^typedef |^return |^#|static_assert|ABSL_|^explicit ")

Found = collections.namedtuple("Found", "path line kind name good")


class Reader:
    """Reads the declarations of one header, line by line."""

    def __init__(self, path, text):
        self._path = path
        self._lines = text.split("\n")
        # One entry per open brace: "namespace", "public", "private" (of a type) or "body".
        self._scopes = []
        self._comment = []
        self._group = ""  # The comment that the functions of this block share.

    def read(self):
        """Returns the Founds."""
        found = []
        index = 0
        while index < len(self._lines):
            start = index
            line = self._lines[index].strip()
            if line.startswith("//"):
                if not self._comment:
                    self._group = ""
                self._comment.append(line.lstrip("/ "))
                index += 1
                continue
            if not line or line.startswith("#"):
                self._comment = []
                self._group = ""
                index += 1
                continue
            statement = line.split("//")[0]
            while not re.search(r"[;{}:]\s*$", statement) and index + 1 < len(self._lines):
                index += 1
                statement += " " + self._lines[index].strip().split("//")[0]
            index += 1
            one = self._declaration(statement, start + 1)
            if one:
                found.append(one)
            self._move(statement)
            self._comment = []
        return found

    def _is_public(self):
        return all(scope in ("namespace", "public") for scope in self._scopes)

    def _declaration(self, statement, line):
        if not self._is_public():
            return None
        comment = " ".join(self._comment)
        kind = TYPE.match(statement)
        if kind:
            return Found(self._path, line, "type", kind.group(1), bool(comment))
        function = FUNCTION.match(statement)
        if not function or SKIPPED.search(statement) or re.search(r"\{ return [^;]*; \}", statement):
            return None
        comment = comment or self._group
        self._group = comment
        verb = VERB.match(comment)
        good = bool(verb) and verb.group(1) not in NO_VERBS
        return Found(self._path, line, "function", function.group(1), good)

    def _move(self, statement):
        if re.fullmatch(r"(public|private|protected):", statement) and self._scopes:
            self._scopes[-1] = "public" if statement == "public:" else "private"
            return
        for index, brace in enumerate(re.findall(r"[{}]", statement)):
            if brace == "}":
                if self._scopes:
                    self._scopes.pop()
            elif index == 0 and re.match(r"(inline )?namespace\b.*\w+ \{|extern ", statement):
                self._scopes.append("namespace")
            elif index == 0 and re.match(r"(template <.*> )?struct\b", statement):
                self._scopes.append("public")
            elif index == 0 and re.match(r"(template <.*> )?class\b", statement):
                self._scopes.append("private")
            else:
                self._scopes.append("body")


def read_floors(path):
    """Returns the least percentage for each kind."""
    with open(path) as stream:
        words = [line.split() for line in stream if line.strip() and not line.startswith("#")]
    return {kind: float(percent) for kind, percent in words}


def main():
    names = [name for name in sys.argv[1:] if name != "--list"]
    found = []
    for name in names:
        with open(name, encoding="utf-8") as stream:
            found += Reader(name, stream.read()).read()
    if "--list" in sys.argv:
        for one in found:
            if not one.good:
                print("%s:%d: %s %s" % (one.path, one.line, one.kind, one.name))
    code = 0
    for kind, floor in read_floors(FLOORS).items():
        of_kind = [one for one in found if one.kind == kind]
        share = 100 * sum(one.good for one in of_kind) / max(1, len(of_kind))
        print("%ss: %.1f %% of %d have a contract; floor %.1f %%" % (kind, share, len(of_kind), floor))
        if share < floor:
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
