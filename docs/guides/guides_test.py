#!/usr/bin/env -S python3 -B
"""Checks the code blocks of the guides: files are those of examples/, output is that of the
tool.

A block after a link to a file of examples/ is that file. A `dockerfile` or `yaml` block without
a link takes the place of that file in a new copy of the example; one of each kind, one after the
other, are in the same copy. A `console` block runs each line that begins with `$ ovenbird` in the
last copy.
"""

import glob
import hashlib
import http.server
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import unittest

PAGES = sorted(glob.glob("docs/guides/*.md"))
BASE = "busybox:1.36"
# Of the base image; the tool reads only their names and modes.
PROGRAMS = "cat cp grep ls rm sh sort touch wc".split()
FOLDERS = "bin dev etc home root tmp usr usr/bin usr/sbin var".split()
FILES = {"dockerfile": "Dockerfile", "yaml": "devspace.yaml"}
QUIET = " 2>/dev/null"


def blocks_of(page):
    """Returns (line, kind, the file that the line before links to, text) of each block."""
    blocks, before, lines = [], "", iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        if line.startswith("```"):
            text = ""
            for _, inner in lines:
                if inner == "```":
                    break
                text += inner + "\n"
            linked = re.search(r"\(\.\./\.\./(examples/[^)]+)\):?$", before)
            blocks.append((number, line[3:], linked and linked.group(1), text))
        if line:
            before = line
    return blocks


def layer():
    """Returns a layer with the files that the examples need."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name in FOLDERS + ["bin/" + program for program in PROGRAMS] + ["etc/passwd"]:
            entry = tarfile.TarInfo(name)
            entry.mode = 0o1777 if name == "tmp" else 0o755
            content = b"root:x:0:0:root:/root:/bin/sh\n" if name == "etc/passwd" else b""
            entry.type = tarfile.DIRTYPE if name in FOLDERS else tarfile.REGTYPE
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


class Registry(http.server.BaseHTTPRequestHandler):
    """A registry with one base image, whatever its name."""

    BLOBS = {}

    @classmethod
    def add(cls, kind, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        cls.BLOBS[digest] = content
        return {"mediaType": kind, "digest": digest, "size": len(content)}

    @classmethod
    def add_image(cls):
        kinds = "application/vnd.docker."
        config = {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["sh"], "Env": ["PATH=/bin"]},
            "rootfs": {"type": "layers", "diff_ids": []},
        }
        cls.manifest = {
            "schemaVersion": 2,
            "mediaType": kinds + "distribution.manifest.v2+json",
            "config": cls.add(kinds + "container.image.v1+json", json.dumps(config).encode()),
            "layers": [cls.add(kinds + "image.rootfs.diff.tar.gzip", layer())],
        }

    def do_GET(self):
        kind, content = "application/octet-stream", b"{}"
        name = self.path.rpartition("/")[2]
        if "/manifests/" in self.path:
            kind, content = self.manifest["mediaType"], json.dumps(self.manifest).encode()
        elif "/blobs/" in self.path:
            content = self.BLOBS[name]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Docker-Content-Digest", "sha256:" + hashlib.sha256(content).hexdigest())
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET

    def log_message(self, *_):
        pass


def without_times(output):
    """Hides what depends on the times of files, which each checkout has its own of."""
    return re.sub(r"(ARG OVENBIRD_MOUNTS=)[0-9a-f]{12}$", r"\1...", output, flags=re.M)


class Guides(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        Registry.add_image()
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry)
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.base = "127.0.0.1:%d/%s" % (cls.server.server_port, BASE)

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def project(self, example, **changed):
        """Returns a copy of an example, with our registry's base image and with changed files."""
        folder = tempfile.mkdtemp(dir=self.top)
        shutil.copytree(example, folder, dirs_exist_ok=True)
        for path, _, names in os.walk(folder):
            os.chmod(path, 0o755)
            for name in names:
                os.chmod(os.path.join(path, name), 0o644)
        for kind, name in FILES.items():
            with open(os.path.join(folder, name)) as stream:
                text = changed.get(kind, stream.read())
            with open(os.path.join(folder, name), "w") as stream:
                stream.write(text.replace(BASE, self.base))
        return folder

    def run_tool(self, folder, command):
        words = command.replace(QUIET, "").split()
        done = subprocess.run(
            [os.path.abspath("tools/ovenbird")] + words,
            cwd=folder,
            env={"HOME": self.top, "KUBECONFIG": "/dev/null", "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if command.endswith(QUIET) else subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout.replace(self.base, BASE)

    def check_console(self, folder, text):
        for part in re.split(r"^\$ ovenbird ", text, flags=re.M)[1:]:
            command, _, expected = part.partition("\n")
            output = self.run_tool(folder, command)
            self.assertEqual(without_times(expected), without_times(output), command)

    def check_page(self, page):
        """Returns how many `console` blocks the page has."""
        with open(page) as stream:
            blocks = blocks_of(stream.read())
        example, folder, checked, changed = None, None, 0, {}
        for number, kind, linked, text in blocks:
            with self.subTest(page="%s:%d" % (page, number)):
                if linked:
                    with open(linked) as stream:
                        self.assertEqual(stream.read(), text)
                    example = "/".join(linked.split("/")[:2])
                    folder = self.project(example)
                    changed = {}
                elif kind in FILES:
                    changed = {kind: text} if kind in changed else {**changed, kind: text}
                    folder = self.project(example, **changed)
                else:
                    changed = {}
                    self.assertEqual("console", kind, "a block that no test reads")
                    self.check_console(folder, text)
                    checked += 1
        return checked

    def test_every_block(self):
        self.assertIn("docs/guides/README.md", PAGES)
        for page in PAGES:
            checked = self.check_page(page)
            if not page.endswith("/README.md"):
                self.assertGreater(checked, 0, page)

    def test_the_index_names_every_page(self):
        with open("docs/guides/README.md") as stream:
            index = stream.read()
        for page in PAGES:
            name = os.path.basename(page)
            self.assertTrue(name == "README.md" or "(%s)" % name in index, name)


if __name__ == "__main__":
    unittest.main()
