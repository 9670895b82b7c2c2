"""The search for secret values in whatever a build may leave."""

import base64
import contextlib
import os
import secrets
import subprocess
import zlib

CHUNK = 1 << 20


def make_value():
    """Returns a value that nothing else contains."""
    return "s3cr3t-" + secrets.token_hex(16)


def parts(path):
    """Yields the parts of a file; of a file that gzip made, those of its content."""
    with open(path, "rb") as stream:
        part = stream.read(CHUNK)
        unpack = zlib.decompressobj(31).decompress if part[:2] == b"\x1f\x8b" else bytes
        while part:
            yield unpack(part)
            part = stream.read(CHUNK)


def base64_of(data):
    """Returns what base64 has of the data within a longer text, at each of the three offsets."""
    return [
        # The letters next to it depend on the neighbours, too.
        base64.b64encode(b"\0" * offset + data)[4 if offset else 0 : -4]
        for offset in range(3)
    ]


class Search:
    """Searches for values, in plain and in base64, and keeps the places where they are."""

    def __init__(self, values):
        plain = [value.encode() for value in values]
        self._patterns = plain + [one for value in plain for one in base64_of(value)]
        self._longest = max(len(pattern) for pattern in self._patterns)
        self.found = []

    def has(self, data):
        return any(pattern in data for pattern in self._patterns)

    def text(self, what, text):
        if self.has(text.encode(errors="replace")):
            self.found.append(what)

    def file(self, path):
        before = b""
        # Other programs delete files of theirs meanwhile.
        with contextlib.suppress(FileNotFoundError, zlib.error):
            for part in parts(path):
                if self.has(before + part):
                    self.found.append(path)
                    return
                before = part[-self._longest :]

    def folder(self, top, since=0.0, without=()):
        """Searches the names and contents of the files that changed after the time `since`."""
        for here, folders, files in os.walk(top):
            folders[:] = [one for one in folders if os.path.join(here, one) not in without]
            for name in files:
                path = os.path.join(here, name)
                self.text(path, name)
                with contextlib.suppress(FileNotFoundError):
                    changed = os.lstat(path).st_ctime
                    if changed >= since and os.path.isfile(path) and not os.path.islink(path):
                        self.file(path)

    def arguments(self):
        """Searches the arguments of all processes of this machine, those of pods included."""
        done = subprocess.run(
            ("ps", "-eww", "-o", "args="),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            errors="replace",
        )
        self.text("the arguments of a process", done.stdout)
