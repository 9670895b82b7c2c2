#!/usr/bin/env -S python3 -B
"""Tests completion in bash, zsh and fish, and the man page, from the unpacked release.

bash and zsh run on a terminal of their own, where Tab is pressed.
"""

import glob
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest

PACKAGES = ["bash", "fish", "man-db", "mandoc", "zsh"]
CONFIG = """
images:
  backend: {image: r.example.com/backend}
  backup: {image: r.example.com/backup}
  frontend: {image: r.example.com/frontend}
vars:
- {name: COLOUR, default: red}
- {name: BOOM, command: touch, args: [ran]}
profiles:
- name: production
"""
READY = "READY>"


class Terminal:
    """A shell on a terminal."""

    def __init__(self, command, folder, environment):
        self._child, self._descriptor = pty.fork()
        if self._child == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, environment)

    def read_until(self, pattern, seconds=30):
        """Returns what was printed, up to a match of `pattern`."""
        text, end = "", time.monotonic() + seconds
        while not re.search(pattern, text):
            ready, _, _ = select.select([self._descriptor], [], [], end - time.monotonic())
            if not ready:
                raise AssertionError("no %r in: %r" % (pattern, text))
            text += os.read(self._descriptor, 65536).decode(errors="replace")
        return text

    def type(self, text):
        os.write(self._descriptor, text.encode())

    def close(self):
        os.close(self._descriptor)
        os.waitpid(self._child, 0)


class Shells(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (archive,) = glob.glob("tools/release/ovenbird-*.tar.gz")
        cls.top = tempfile.mkdtemp()
        with tarfile.open(archive) as tar:
            tar.extractall(cls.top)
        (cls.unpacked,) = glob.glob(cls.top + "/ovenbird-*")
        cls.folder = os.path.join(cls.top, "project")
        os.mkdir(cls.folder)
        with open(cls.folder + "/devspace.yaml", "w") as file:
            file.write(CONFIG)
        os.mkdir(cls.folder + "/other folder")
        with open(cls.folder + "/other.yaml", "w") as file:
            file.write(CONFIG.replace("backup", "baseline"))
        cls.environment = {
            "PATH": cls.unpacked + "/bin:/usr/bin:/bin",
            "HOME": cls.top,
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
        }

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    def script(self, name):
        return os.path.join(self.unpacked, "share", name)

    def line_after_tab(self, terminal, typed, argument_of="echo"):
        """Types a command and Tab, then runs it; returns its words as the shell saw them."""
        terminal.type(typed + "\t")
        time.sleep(1)
        terminal.type("\r")
        return terminal.read_until(r"\[\[(.*?)\]\](.|\n)*" + READY)

    def check(self, terminal):
        """In place of the program a function prints its words: completion has changed the line."""
        for typed, becomes in [
            ("ovenbird vali", "validate"),
            ("ovenbird build --kube-c", "build --kube-context"),
            ("ovenbird build fr", "build frontend"),
            ("ovenbird build frontend backe", "build frontend backend"),
            ("ovenbird build --config other.yaml base", "build --config other.yaml baseline"),
            ("ovenbird build -p prod", "build -p production"),
            ("ovenbird build --engine=kub", "build --engine=kubernetes"),
            ("ovenbird build --engine kub", "build --engine kubernetes"),
            ("ovenbird validate --rule unknown-fi", "validate --rule unknown-field="),
            ("ovenbird validate --rule unknown-field=w", "validate --rule unknown-field=warning"),
            ("ovenbird build --var COL", "build --var COLOUR="),
            ("ovenbird build --config other.y", "build --config other.yaml"),
            ("ovenbird build --config=other.y", "build --config=other.yaml"),
            ("ovenbird completion fi", "completion fish"),
        ]:
            with self.subTest(typed):
                shown = self.line_after_tab(terminal, typed)
                self.assertIn("[[%s]]" % becomes, shown)
        self.assertFalse(os.path.exists(self.folder + "/ran"), "a command of the config has run")

    def test_bash(self):
        start = self.top + "/bashrc"
        with open(start, "w") as file:
            file.write(
                "PS1='%s'\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste off'\n"
                "source %s\n" % (READY, self.script("bash-completion/completions/ovenbird"))
            )
        terminal = Terminal(
            ["bash", "--noprofile", "--rcfile", start, "-i"], self.folder, self.environment
        )
        self.addCleanup(terminal.close)
        terminal.read_until(READY)
        # A wrapper that passes the shell's own calls on.
        self.define(terminal, 'ovenbird() { if [[ "$1" == __complete ]]; then command ovenbird "$@"; else echo "[[$*]]"; fi; }')
        self.check(terminal)

    def test_zsh(self):
        with open(self.top + "/.zshrc", "w") as file:
            file.write(
                "PROMPT='%s'\nunsetopt beep zle_bracketed_paste PROMPT_SP\nunset zle_bracketed_paste\n"
                "fpath=(%s $fpath)\nautoload -U compinit\ncompinit -u\n"
                % (READY, self.script("zsh/site-functions"))
            )
        terminal = Terminal(["zsh", "-i"], self.folder, {**self.environment, "ZDOTDIR": self.top})
        self.addCleanup(terminal.close)
        terminal.read_until(READY)
        self.define(terminal, 'ovenbird() { if [[ "$1" == __complete ]]; then command ovenbird "$@"; else echo "[[$*]]"; fi; }')
        self.check(terminal)

    def define(self, terminal, function):
        terminal.type(function + "\r")
        terminal.read_until(READY)

    def fish(self, typed):
        done = subprocess.run(
            ["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]",
             self.script("fish/vendor_completions.d/ovenbird.fish"), typed],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return [line.split("\t")[0] for line in done.stdout.splitlines()]

    def test_fish(self):
        for typed, offers in [
            ("ovenbird vali", ["validate"]),
            ("ovenbird build --kube-c", ["--kube-context"]),
            ("ovenbird build back", ["backend", "backup"]),
            ("ovenbird build backup back", ["backend"]),
            ("ovenbird build --config other.yaml ba", ["backend", "baseline"]),
            ("ovenbird build -p ", ["production"]),
            ("ovenbird build --engine=kub", ["--engine=kubernetes"]),
            ("ovenbird validate --rule unknown-fi", ["unknown-field="]),
            ("ovenbird build --config other.y", ["other.yaml"]),
            ("ovenbird build --config=other.y", ["--config=other.yaml"]),
        ]:
            with self.subTest(typed):
                self.assertEqual(offers, sorted(self.fish(typed)))
        self.assertFalse(os.path.exists(self.folder + "/ran"))

    def test_man_page(self):
        page = self.script("man/man1/ovenbird.1")
        lint = subprocess.run(
            ["mandoc", "-Tlint", "-Wwarning", page], stdout=subprocess.PIPE, text=True, check=False
        )
        self.assertEqual("", lint.stdout)
        shown = subprocess.run(
            ["man", "--warnings=w", "-l", page],
            env={**self.environment, "MANWIDTH": "80", "MAN_KEEP_FORMATTING": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
        self.assertEqual("", shown.stderr)
        self.assertIn("--config FILE", shown.stdout)
        self.assertIn("EXIT STATUS", shown.stdout)


def main():
    subprocess.run(["third_party/apt_install.sh"] + PACKAGES, check=True)
    program = unittest.main(exit=False, argv=sys.argv)
    bad = len(program.result.failures) + len(program.result.errors)
    ran = program.result.testsRun
    print("%d passed, %d failed" % (ran - min(bad, ran), bad), flush=True)
    sys.exit(1 if bad or not ran else 0)


if __name__ == "__main__":
    main()
