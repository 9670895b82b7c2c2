"""Reads cases. A case is one text file:

    why: the subject of the case, in one line
    KEY: VALUE
    -- Dockerfile --
    FROM {registry}/base
    -- folder/file --
    content
    -- folder/link -> target --
    -- empty folder/ --

Keys (those with * may be repeated):
  target, arg* (NAME=VALUE)   as in a devspace.yaml's options
  platform     the platform of the image, such as: linux/arm64; default: this machine's
  kaniko*      NAME: JSON, another key of build.kaniko
  secret*      ID=VALUE, a build secret; a VALUE in quotes is JSON
  setup*       a shell line, run in the folder of the files (hard links, odd names, archives)
  then*        a shell line, run before a second build with the same cache; only the second
               image is compared
  once         why the image of a second build, which takes layers from the cache, differs:
               --twice leaves the case out
  context, dockerfile   paths; the defaults are the folder and its Dockerfile
  ignore*      a path of the image that is not compared
  lines        lines of the Dockerfile whose warnings count, such as: 3 4; default: all
  executors    executors that run the case, such as: v0.19.0; default: all

Words in brackets after a path change the bytes or the mode: `-- Dockerfile (crlf) --`.
  crlf, bom, no-newline, base64, gzip, 0755 (default: 0644)
  then         the content for the second build; this makes the case a cache case

{registry}, {base-digest} and {files} (the URL of files.py's server) are replaced in
Dockerfiles.
"""

import base64
import dataclasses
import gzip
import json
import os
import re
import subprocess

_SECTION = re.compile(rb"^-- (.+?)(?: \(([a-z0-9 -]+)\))? --\n", re.MULTILINE)
_ONE = ("why", "target", "platform", "context", "dockerfile", "lines", "executors", "once")
_MANY = ("arg", "kaniko", "secret", "setup", "then", "ignore")


class Wrong(Exception):
    """A case that is not well-formed; the argument is the reason."""


@dataclasses.dataclass
class Case:
    name: str  # CLASS/NAME
    keys: dict  # Values as text; of keys that may be repeated a list.
    sections: list  # (path, words, bytes)

    def __getattr__(self, key):
        if key in _MANY:
            return self.keys.get(key, [])
        if key in _ONE:
            return self.keys.get(key, "")
        raise AttributeError(key)

    @property
    def group(self):
        return self.name.partition("/")[0]

    def args(self):
        return dict(pair.partition("=")[::2] for pair in self.arg)

    def options(self):
        """Returns the additional keys of build.kaniko."""
        pairs = (line.partition(":")[::2] for line in self.kaniko)
        return {name.strip(): json.loads(value) for name, value in pairs}

    def secret_flags(self, folder):
        """Writes the secrets' values into `folder`; returns the flags that name them."""
        os.makedirs(folder, exist_ok=True)
        flags = []
        for number, pair in enumerate(self.secret):
            name, _, value = pair.partition("=")
            path = os.path.join(folder, str(number))
            with open(path, "w") as stream:
                stream.write(json.loads(value) if value.startswith('"') else value)
            flags.append("--secret=id=%s,src=%s" % (name, path))
        return flags

    def counts_at(self, line):
        return not self.lines or str(line) in self.lines.split()

    def is_for(self, executor):
        return not self.executors or executor in self.executors.split()

    def has_second_build(self):
        return bool(self.then) or any("then" in words for _, words, _ in self.sections)

    def write(self, folder, words):
        """Writes the files of the first build; `words` replace their {NAME}s."""
        os.makedirs(folder)
        self._write(folder, words, second=False)
        _shell(self.setup, folder)

    def change(self, folder, words):
        """Turns the files of the first build into those of the second."""
        self._write(folder, words, second=True)
        _shell(self.then, folder)
        _fill_in_all(folder, words)

    def _write(self, folder, words, second):
        for path, about, data in self.sections:
            if ("then" in about) == second:
                _write(os.path.join(folder, path), about, data)
        _fill_in_all(folder, words)


# Runs once per builder, so that archives must not contain the current time.
_PRELUDE = "set -eu; umask 022; tar() { command tar --mtime=@0 --sort=name \"$@\"; }\n"


def _shell(lines, folder):
    script = _PRELUDE + "\n".join(lines)
    subprocess.run(["bash", "-c", script], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def _write(path, about, data):
    path, _, target = path.partition(" -> ")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if target:
        if os.path.lexists(path):
            os.remove(path)
        os.symlink(target, path)
        return
    if path.endswith("/"):
        return
    mode = 0o644
    for word in about:
        if word.isdigit():
            mode = int(word, 8)
        elif word != "then":
            data = _ENCODINGS[word](data)
    with open(path, "wb") as stream:
        stream.write(data)
    os.chmod(path, mode)


_ENCODINGS = {
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "no-newline": lambda data: data.rstrip(b"\n"),
    "base64": base64.b64decode,
    "gzip": lambda data: gzip.compress(data, mtime=0),
}


def _fill_in_all(folder, words):
    """Replaces {NAME} in all Dockerfiles."""
    for here, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(here, name)
            if "dockerfile" in name.lower() and os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as stream:
                    data = changed = stream.read()
                for word, value in words.items():
                    changed = changed.replace(b"{%s}" % word.encode(), value.encode())
                if changed != data:
                    with open(path, "wb") as stream:
                        stream.write(changed)


def parse(name, data):
    """Returns the Case; raises Wrong if the text is not well-formed."""
    found = list(_SECTION.finditer(data))
    if not found:
        raise Wrong("%s: has no `-- FILE --`" % name)
    keys = {}
    for line in data[: found[0].start()].decode().splitlines():
        key, colon, value = line.partition(":")
        if not colon or key not in _ONE + _MANY:
            raise Wrong("%s: `%s` is not a key" % (name, line))
        if key in _MANY:
            keys.setdefault(key, []).append(value.strip())
        elif keys.setdefault(key, value.strip()) != value.strip():
            raise Wrong("%s: duplicate `%s`" % (name, key))
    if not keys.get("why"):
        raise Wrong("%s: has no `why`" % name)
    sections = []
    for match, after in zip(found, found[1:] + [None]):
        words = (match.group(2) or b"").decode().split()
        unknown = [w for w in words if w not in _ENCODINGS and w != "then" and not w.isdigit()]
        if unknown:
            raise Wrong("%s: unknown word `%s` in brackets" % (name, unknown[0]))
        content = data[match.end() : after.start() if after else len(data)]
        sections.append((match.group(1).decode(), words, content))
    return Case(name, keys, sections)


def load_all(folder):
    """Returns all cases, sorted by name."""
    found = []
    for here, _, files in os.walk(folder, followlinks=True):
        for file in files:
            if file.endswith(".case"):
                path = os.path.join(here, file)
                with open(path, "rb") as stream:
                    name = os.path.relpath(path, folder)[: -len(".case")]
                    found.append(parse(name, stream.read()))
    return sorted(found, key=lambda case: case.name)
