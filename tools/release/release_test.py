#!/usr/bin/env -S python3 -B
"""Checks the archive of the release: its bytes, and the program inside it.

release_test.py VERSION TOP ARCHIVE NAME:MODE:FILES...
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest

VERSION, TOP, ARCHIVE = sys.argv[1:4]
PACK = "tools/release/pack.py"
CONFIG = "images: {api: {image: r.example.com/api}}\n"
# What the machine must have: the C and C++ libraries, and OpenSSL.
OF_THE_MACHINE = re.compile(
    r"(libc|libm|libgcc_s|libstdc\+\+|libssl|libcrypto|ld-linux-[a-z0-9-]+)\.so\.[0-9]+"
)


def files_of(arguments):
    """Returns NAME:MODE:FILE for each file; an argument may have several files."""
    files = []
    for argument in arguments:
        if argument.count(":") >= 2:
            name, mode, argument = argument.split(":", 2)
        for path in argument.split():
            files.append((name, mode, path))
    return files


class Archive(unittest.TestCase):
    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)

    def test_the_same_bytes_again(self):
        """Packs copies of the files, in another order, with other times, modes and umask."""
        files = files_of(sys.argv[4:])
        self.assertGreater(len(files), 15)
        random.shuffle(files)
        arguments = []
        for number, (name, mode, path) in enumerate(files):
            copy = os.path.join(self.top, str(number), os.path.basename(path))
            os.mkdir(os.path.dirname(copy))
            shutil.copyfile(path, copy)
            os.utime(copy, (number * 1000, number * 1000))
            os.chmod(copy, 0o400)
            arguments.append("%s:%s:%s" % (name, mode, copy))
        again = os.path.join(self.top, "again.tar.gz")
        subprocess.run(
            ["sh", "-c", 'umask 077; exec "$@"', "sh", "python3", "-B", PACK, again, TOP]
            + arguments,
            env={"TZ": "Asia/Tokyo", "PATH": os.environ["PATH"]},
            check=True,
        )
        with open(ARCHIVE, "rb") as first, open(again, "rb") as second:
            self.assertTrue(first.read() == second.read(), "the archives differ")

    def test_entries(self):
        with tarfile.open(ARCHIVE) as tar:
            entries = tar.getmembers()
        names = [entry.name for entry in entries]
        self.assertEqual(sorted(names), names)
        self.assertEqual(len(set(names)), len(names))
        for entry in entries:
            self.assertTrue((entry.name + "/").startswith(TOP + "/"), entry.name)
            self.assertEqual((0, 0, 0), (entry.mtime, entry.uid, entry.gid), entry.name)
            self.assertEqual(("root", "root"), (entry.uname, entry.gname), entry.name)
            self.assertTrue(entry.isfile() or entry.isdir(), entry.name)
            runs = entry.isdir() or entry.name.endswith("/bin/ovenbird")
            self.assertEqual(0o755 if runs else 0o644, entry.mode, entry.name)
        for name in [
            "bin/ovenbird",
            "share/man/man1/ovenbird.1",
            "share/bash-completion/completions/ovenbird",
            "share/zsh/site-functions/_ovenbird",
            "share/fish/vendor_completions.d/ovenbird.fish",
            "share/ovenbird/config.schema.json",
            "share/ovenbird/event.schema.json",
            "share/ovenbird/result.schema.json",
            "share/doc/ovenbird/CHANGELOG.md",
            "share/doc/ovenbird/notices/libabsl-dev.txt",
        ]:
            self.assertIn("%s/%s" % (TOP, name), names)

    def test_no_paths_of_the_machine_that_built_it(self):
        with tarfile.open(ARCHIVE) as tar:
            program = tar.extractfile(TOP + "/bin/ovenbird").read()
        for path in [os.getcwd(), "/.cache/bazel", "/sandbox/linux-sandbox", "bazel-out/"]:
            self.assertNotIn(path.encode(), program)

    def test_changelog_has_this_version(self):
        with tarfile.open(ARCHIVE) as tar:
            changes = tar.extractfile(TOP + "/share/doc/ovenbird/CHANGELOG.md").read().decode()
        versions = re.findall(r"^## \[(.+?)\] - (\d{4}-\d\d-\d\d)$", changes, flags=re.M)
        with tarfile.open(ARCHIVE) as tar:
            page = tar.extractfile(TOP + "/share/man/man1/ovenbird.1").read().decode()
        date = re.match(r'\.TH OVENBIRD 1 "([0-9-]+)" "ovenbird (.+?)"', page)
        self.assertEqual((VERSION, date.group(1)), versions[0])
        self.assertEqual(VERSION, date.group(2))


class Unpacked(unittest.TestCase):
    """The program somewhere else, with an empty environment."""

    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp()
        with tarfile.open(ARCHIVE) as tar:
            tar.extractall(cls.top)
        # It is not where it was unpacked first.
        os.rename(os.path.join(cls.top, TOP), os.path.join(cls.top, "moved"))
        cls.program = os.path.join(cls.top, "moved/bin/ovenbird")
        cls.folder = os.path.join(cls.top, "project")
        os.mkdir(cls.folder)
        with open(cls.folder + "/devspace.yaml", "w") as file:
            file.write(CONFIG)
        with open(cls.folder + "/Dockerfile", "w") as file:
            file.write("FROM scratch\nCOPY Dockerfile /\n")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    def run_it(self, *arguments):
        done = subprocess.run(
            ["env", "-i", self.program, *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done

    def test_version(self):
        with open("tools/release/stamp.h") as file:
            commit = re.search(r'kCommit\[\] = "(.*)"', file.read()).group(1)
        version = json.loads(self.run_it("version", "--output", "json").stdout)
        self.assertEqual(VERSION, version["version"])
        self.assertEqual(commit, version.get("commit", ""))
        self.assertIn(version["buildMode"], ["fastbuild", "dbg", "opt"])
        text = self.run_it("--version").stdout
        self.assertEqual("ovenbird %s" % VERSION, text.splitlines()[0])
        self.assertIn("commit: " + (commit or "unknown"), text)

    def test_validate_and_render(self):
        done = self.run_it("validate")
        self.assertIn("devspace.yaml: valid, 1 image", done.stderr)
        self.assertIn("kind: Pod", self.run_it("render").stdout)

    def test_files_are_those_of_the_program(self):
        moved = os.path.join(self.top, "moved")
        for arguments, name in [
            (["man"], "share/man/man1/ovenbird.1"),
            (["schema"], "share/ovenbird/config.schema.json"),
            (["completion", "bash"], "share/bash-completion/completions/ovenbird"),
            (["completion", "zsh"], "share/zsh/site-functions/_ovenbird"),
            (["completion", "fish"], "share/fish/vendor_completions.d/ovenbird.fish"),
        ]:
            with open(os.path.join(moved, name)) as file:
                self.assertEqual(file.read(), self.run_it(*arguments).stdout, name)

    def test_libraries(self):
        """It needs only its own libraries, and few of the machine's."""
        moved = os.path.join(self.top, "moved/lib/ovenbird")
        own = sorted(os.listdir(moved))
        found = subprocess.run(
            ["env", "-i", "ldd", self.program], stdout=subprocess.PIPE, text=True, check=True
        ).stdout
        paths = dict(re.findall(r"^\s+(\S+) => (\S+)", found, flags=re.M))
        for name, path in paths.items():
            if name in own:
                self.assertEqual(os.path.join(moved, name), os.path.normpath(path), name)
            else:
                self.assertRegex(os.path.basename(name), "^%s$" % OF_THE_MACHINE.pattern)
        self.assertLessEqual(set(own), set(paths))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
