#!/usr/bin/env -S python3 -B
"""Checks every code block of the README and of the pages in docs/, but for the generated ones:
files are those of examples/, configs are valid, output is that of the tool.

A block after a link to a file of examples/ is that file. A `dockerfile` or `yaml` block without
a link takes the place of that file in a new copy of the example; one of each kind, one after the
other, are in the same copy, whose config must be valid unless a `console` block follows. A
`console` block runs each line that begins with `$ ovenbird` in the last copy. Before the first
example of a page, a `yaml` block is a config, or the `build` of an image.

An HTML comment in the line before a block says why it is not a config, or is not run:

  <!-- not a config: a pipeline of GitLab -->    the text is parsed
  <!-- not run: needs a cluster -->              the shell parses the text

In all blocks the verbs and flags after the word `ovenbird` must exist.
"""

import functools
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

import yaml

GUIDES = sorted(glob.glob("docs/guides/*.md"))
PAGES = ["README.md", "CONTRIBUTING.md"] + sorted(glob.glob("docs/*.md")) + GUIDES
BASE = "busybox:1.36"
# Of the base image; the tool reads only their names and modes.
PROGRAMS = "cat cp grep ls rm sh sort touch wc".split()
FOLDERS = "bin dev etc home root tmp usr usr/bin usr/sbin var".split()
FILES = {"dockerfile": "Dockerfile", "yaml": "devspace.yaml"}
QUIET = " 2>/dev/null"


def read(path):
    with open(path) as stream:
        return stream.read()


class Block:
    """A code block of a page."""

    def __init__(self, number, kind, before, text):
        self.number = number  # of its first line
        self.kind = kind
        self.text = text
        linked = re.search(r"\((?:\.\./)*(examples/[^)]+)\):?$", before)
        self.linked = linked and linked.group(1)
        marker = re.match(r"<!-- (not run|not a config): (\S.*) -->$", before)
        self.marker = marker and marker.group(1)


def blocks_of(page):
    """Returns the blocks of a page's text."""
    blocks, before, lines = [], "", iter(enumerate(page.splitlines(), 1))
    for number, line in lines:
        fence = re.match(r"( *)```(\w*)$", line)
        if fence:
            text = ""
            for _, inner in lines:
                if inner == fence.group(1) + "```":
                    break
                text += inner[len(fence.group(1)) :] + "\n"
            blocks.append(Block(number, fence.group(2), before.strip(), text))
        elif re.match(r"    \S", line) and not before.startswith(("-", " ", "1.")):
            blocks.append(Block(number, "an indented block: use a fence", "", line))
        if line:
            before = line
    return blocks


def is_completed(changed, following):
    """Returns whether the next block shows what is said of the files, or adds one to them."""
    if not following or following[0].linked or following[0].marker:
        return False
    kind = following[0].kind
    return kind == "console" or (kind in FILES and kind not in changed)


def commands_in(text):
    """Returns (verb, flags) of each `ovenbird VERB ...` in the text."""
    text = re.sub(r'"(?!ovenbird )[^"\n]*"', "VALUE", re.sub(r"\\\n", " ", text))
    found = []
    for match in re.finditer(r"(?<![\w./-])(?:ovenbird|//tools:\w+ --) ([^\n|;&()`\"'<>#]*)", text):
        words = match.group(0).replace(" -- ", " ").split()
        words[0] = words[0].rpartition(":")[2]
        if words[0] == "ovenbird":
            words = words[1:]
        if words and re.match(r"[a-z]+$", words[0]):
            flags = [word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]
            found.append((words[0], flags))
    return found


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
            if kind not in changed and not os.path.exists(os.path.join(folder, name)):
                continue  # The Dockerfiles of this example are in folders.
            text = changed.get(kind) or read(os.path.join(folder, name))
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
        return done.returncode, done.stdout.replace(self.base, BASE)

    def check_console(self, folder, text):
        for part in re.split(r"^\$ ovenbird ", text, flags=re.M)[1:]:
            command, _, expected = part.partition("\n")
            _, output = self.run_tool(folder, command)
            self.assertEqual(without_times(expected), without_times(output), command)

    def check_valid(self, folder):
        code, output = self.run_tool(folder, "validate")
        self.assertEqual(0, code, output)

    def check_config(self, text):
        """Checks a whole config, or the `build` of an image."""
        text = re.sub(r"<64 hexadecimal digits>", "0" * 64, text)
        if text.startswith("build:"):
            text = "images: {app: {image: r.example.com/a}}\n" + text
            indented = re.sub(r"^(?=.)", "    ", text.partition("\n")[2], flags=re.M)
            text = "images:\n  app:\n    image: r.example.com/a\n" + indented
        folder = tempfile.mkdtemp(dir=self.top)
        for name, content in {"Dockerfile": "FROM scratch AS production\n", "devspace.yaml": text}.items():
            with open(os.path.join(folder, name), "w") as stream:
                stream.write(content)
        self.check_valid(folder)

    def check_marked(self, block):
        """Checks what can be checked of a block that is not run or not a config."""
        if block.marker == "not run":
            self.assertIn(block.kind, ["sh", "console", "text"])
            if block.kind == "sh":
                done = subprocess.run(
                    ["bash", "-n"], input=block.text, text=True, capture_output=True, check=False
                )
                self.assertEqual(0, done.returncode, done.stderr)
        elif block.kind == "yaml":
            list(yaml.safe_load_all(block.text))
        elif block.kind == "json":
            json.loads(block.text)
        else:  # There is no parser for these.
            self.assertIn(block.kind, ["hcl", "groovy"])
            for pair in ["{}", "[]", "()"]:
                self.assertEqual(block.text.count(pair[0]), block.text.count(pair[1]), pair)

    @functools.lru_cache(maxsize=None)
    def flags_of(self, verb):
        code, output = self.run_tool(self.top, verb + " --help")
        self.assertEqual(0, code, "no such verb: " + verb)
        return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", output))

    def check_commands(self, text):
        for verb, flags in commands_in(text):
            for flag in flags:
                self.assertIn(flag, self.flags_of(verb), "ovenbird " + verb)

    def check_page(self, page):
        """Returns how many `console` blocks the page has."""
        blocks = blocks_of(read(page))
        example, folder, checked, changed = None, None, 0, {}
        for at, block in enumerate(blocks):
            with self.subTest(page="%s:%d" % (page, block.number)):
                self.check_commands(block.text)
                if block.linked:
                    self.assertEqual(read(block.linked), block.text)
                    example = "/".join(block.linked.split("/")[:2])
                    folder = self.project(example)
                    changed = {}
                elif block.marker:
                    self.check_marked(block)
                elif block.kind == "yaml" and not example:
                    self.check_config(block.text)
                elif block.kind in FILES:
                    if block.kind in changed:
                        changed = {}
                    changed[block.kind] = block.text
                    folder = self.project(example, **changed)
                    if not is_completed(changed, blocks[at + 1 :]):
                        self.check_valid(folder)
                else:
                    changed = {}
                    self.assertEqual("console", block.kind, "a block without a marker")
                    self.check_console(folder, block.text)
                    checked += 1
        return checked

    def test_every_block(self):
        self.assertIn("docs/guides/README.md", PAGES)
        self.assertIn("docs/security.md", PAGES)
        for page in PAGES:
            checked = self.check_page(page)
            if page in GUIDES and not page.endswith("/README.md"):
                self.assertGreater(checked, 0, page)

    def test_commands_in_sentences(self):
        for page in PAGES:
            sentences = re.sub(r"^ *```.*?^ *```$", "", read(page), flags=re.M | re.S)
            for words in re.findall(r"`([^`]+)`", sentences):
                with self.subTest(page=page, words=words):
                    self.check_commands(words)

    def test_the_index_names_every_page(self):
        index = read("docs/guides/README.md")
        for page in GUIDES:
            name = os.path.basename(page)
            self.assertTrue(name == "README.md" or "(%s)" % name in index, name)


if __name__ == "__main__":
    unittest.main()
