#!/usr/bin/env -S python3 -B
"""Packs files into a .tar.gz that depends on nothing but their names, modes and content.

pack.py OUTPUT TOP NAME:MODE:FILE...   MODE is octal; a folder of FILEs: NAME ends with a slash
"""

import gzip
import io
import os
import sys
import tarfile


def entry(name, mode, kind=tarfile.REGTYPE, size=0):
    """Returns an entry of root, of 1970-01-01."""
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.size = mode, kind, size
    info.uname = info.gname = "root"
    return info


def pack(output, top, files):
    """Writes the archive; `files` are (name, mode, content) in any order."""
    folders = set()
    for name, _, _ in files:
        parts = ("%s/%s" % (top, name)).split("/")[:-1]
        folders.update("/".join(parts[: i + 1]) for i in range(len(parts)))
    entries = [(entry(folder, 0o755, tarfile.DIRTYPE), b"") for folder in folders]
    for name, mode, content in files:
        entries.append((entry("%s/%s" % (top, name), mode, size=len(content)), content))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for info, content in sorted(entries, key=lambda one: one[0].name):
            tar.addfile(info, io.BytesIO(content))
    with open(output, "wb") as stream:
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, mtime=0) as zipped:
            zipped.write(packed.getvalue())


def read(arguments):
    """Returns (name, mode, content) of each NAME:MODE:FILE."""
    files = []
    for argument in arguments:
        name, mode, path = argument.split(":", 2)
        if name.endswith("/"):
            name += os.path.basename(path)
        with open(path, "rb") as stream:
            files.append((name, int(mode, 8), stream.read()))
    return files


if __name__ == "__main__":
    pack(sys.argv[1], sys.argv[2], read(sys.argv[3:]))
