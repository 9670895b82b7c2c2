"""The base of tests that drive `ovenbird lsp`: a project in a folder of its own, and an editor."""

import os
import shutil
import subprocess
import tempfile
import unittest

import lsp

OVENBIRD = os.path.abspath("tools/ovenbird")


class ServerTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.environment = {"HOME": os.path.join(self.folder, "home"), "KUBECONFIG": "/dev/null", "PATH": os.environ["PATH"]}

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return "file://" + path

    def client(self, *flags, environment=(), encodings=("utf-16",), options=None):
        client = lsp.Client(
            [OVENBIRD, "lsp"] + list(flags),
            self.folder,
            {},
            encodings,
            options,
            cwd=self.folder,
            env=dict(self.environment, **dict(environment)),
        )
        self.addCleanup(client.__exit__)
        return client

    def validate(self, *flags, environment=(), text=None):
        """Runs `validate`; returns what it prints on standard output."""
        return subprocess.run(
            [OVENBIRD, "validate"] + list(flags),
            cwd=self.folder,
            env=dict(self.environment, **dict(environment)),
            input=None if text is None else text.encode(),
            stdin=subprocess.DEVNULL if text is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        ).stdout.decode()

    def cursor(self, marked):
        """Returns the text without its mark `|`, and the position of the mark."""
        before, after = marked.split("|", 1)
        line = before.rpartition("\n")[2]
        return before + after, {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
