#!/usr/bin/env -S /usr/bin/python3 -B
"""Tries what `validate` writes with the programs that read it: pre-commit and a validator of SARIF.

    bazel run //tools/ci:real_tools

Installs both into the cache folder, by version. The last line counts the tests.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

OVENBIRD = os.path.abspath("tools/ovenbird")
HOOKS = os.path.abspath(".pre-commit-hooks.yaml")
SCRIPT = os.path.abspath("tools/ci/ovenbird.sh")
CACHE = os.path.join(
    os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "ovenbird"
)
PRE_COMMIT = "4.7.0"
MULTITOOL = "5.7.0"

RIGHT = "images: {api: {image: r.example.com/api}}\n"
WRONG = "images:\n  web:\n    imgae: r.example.com/web\n"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def install(name, make):
    """Returns the folder of a program; `make` fills a new one."""
    folder = os.path.join(CACHE, name)
    if not os.path.isdir(folder):
        os.makedirs(CACHE, exist_ok=True)
        new = tempfile.mkdtemp(prefix=name + ".", dir=CACHE)
        make(new)
        os.rename(new, folder)
    return folder


def install_pre_commit(folder):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = os.path.join(folder, "bin/pip")
    subprocess.run([pip, "install", "-q", "pre-commit==" + PRE_COMMIT], check=True)


def install_multitool(folder):
    package = "@microsoft/sarif-multitool-linux@" + MULTITOOL
    flags = ["--silent", "--no-audit", "--no-fund", "--prefix", folder]
    subprocess.run(["npm", "install", *flags, package], check=True)
    os.chmod(os.path.join(folder, MULTITOOL_PATH), 0o755)


MULTITOOL_PATH = "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


class Repository(unittest.TestCase):
    """A repository with a right and a wrong config."""

    def setUp(self):
        self.top = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.top)
        self.folder = os.path.join(self.top, "repository")
        for name, config in [("api", RIGHT), ("web", WRONG)]:
            write(f"{self.folder}/{name}/devspace.yaml", config)
            write(f"{self.folder}/{name}/Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
        self.make_repository(self.folder)

    def make_repository(self, folder):
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
        for command in [["init", "-q"], ["add", "."], ["commit", "-qm", "Start"]]:
            subprocess.run(git + command, cwd=folder, check=True)


class Sarif(Repository):
    def test_a_report_is_valid(self):
        tool = os.path.join(install("sarif-multitool-" + MULTITOOL, install_multitool), MULTITOOL_PATH)
        report = os.path.join(self.top, "report.sarif")
        with open(report, "w") as file:
            code = subprocess.run(
                [OVENBIRD, "validate", ".", "gone.yaml", "--diagnostics", "sarif"],
                cwd=self.folder,
                stdout=file,
                stderr=subprocess.DEVNULL,
            ).returncode
        self.assertEqual(code, 2)
        verdict = os.path.join(self.top, "verdict.sarif")
        end = run(
            tool,
            *["validate", report, "--output", verdict, "--rule-kind", "Sarif;Ghas"],
            env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        )
        self.assertEqual(end.returncode, 0, end.stdout + end.stderr)
        with open(verdict) as file:
            self.assertEqual(json.load(file)["runs"][0].get("results", []), [], end.stdout)


class PreCommit(Repository):
    def setUp(self):
        super().setUp()
        # The scripts of the venv name the folder that it was made in.
        folder = install("pre-commit-" + PRE_COMMIT, install_pre_commit)
        self.program = [os.path.join(folder, "bin/python3"), "-m", "pre_commit"]
        hooks = os.path.join(self.top, "hooks")
        write(f"{hooks}/.pre-commit-hooks.yaml", open(HOOKS).read())
        write(f"{hooks}/tools/ci/ovenbird.sh", open(SCRIPT).read())
        os.chmod(f"{hooks}/tools/ci/ovenbird.sh", 0o755)
        self.make_repository(hooks)
        self.revision = run("git", "rev-parse", "HEAD", cwd=hooks).stdout.strip()
        self.hooks = hooks

    def run_hook(self, name, *arguments):
        write(
            f"{self.folder}/.pre-commit-config.yaml",
            f"repos:\n- repo: {self.hooks}\n  rev: {self.revision}\n  hooks:\n"
            f"  - {{id: {name}, args: {json.dumps(arguments)}}}\n",
        )
        return run(
            *self.program,
            *["run", "--all-files"],
            cwd=self.folder,
            env={**os.environ, "OVENBIRD": OVENBIRD, "PRE_COMMIT_HOME": f"{self.top}/home"},
        )

    def test_validate(self):
        end = self.run_hook("ovenbird-validate")
        self.assertEqual(end.returncode, 1, end.stderr)
        self.assertIn("web/devspace.yaml:3:5: error:", end.stdout)
        self.assertIn("1 of 2 configs valid", end.stdout)

    def test_fix(self):
        end = self.run_hook("ovenbird-fix", "--fix=all")
        # pre-commit fails a hook that has changed files.
        self.assertEqual(end.returncode, 1, end.stderr)
        with open(f"{self.folder}/web/devspace.yaml") as file:
            self.assertEqual(file.read(), WRONG.replace("imgae", "image"))
        again = self.run_hook("ovenbird-validate")
        self.assertEqual(again.returncode, 0, again.stdout)


def main():
    if shutil.which("npm") is None or run(sys.executable, "-m", "ensurepip", "--version").returncode:
        sudo = [] if os.getuid() == 0 else ["sudo"]
        subprocess.run(sudo + ["apt-get", "update", "-qq"], check=True)
        subprocess.run(
            sudo + ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "npm", "python3-venv"],
            check=True,
        )
    result = unittest.TextTestRunner(verbosity=2).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    )
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
