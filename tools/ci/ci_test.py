#!/usr/bin/env -S /usr/bin/python3 -B
"""Runs the scripts inside action.yml, tools/ci/gitlab.yml and .pre-commit-hooks.yaml in a repository
with a wrong and a right config.

Debian's own Python: python3-yaml is installed for it.
"""

import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.dom.minidom

import yaml

HERE = os.getcwd()
OVENBIRD = os.path.join(HERE, "tools/ovenbird")
RIGHT = "images: {api: {image: r.example.com/api}}\n"
WRONG = "images: {web: {imgae: r.example.com/web}}\n"
WARNED = "images: {old: {image: nginx}}\n"


class CiTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.repository = folder.name
        for name, config in [("api", RIGHT), ("web", WRONG), ("old", WARNED)]:
            os.makedirs(f"{self.repository}/{name}")
            with open(f"{self.repository}/{name}/Dockerfile", "w") as file:
                file.write("FROM scratch\nCOPY Dockerfile /\n")
            with open(f"{self.repository}/{name}/devspace.yaml", "w") as file:
                file.write(config)
        subprocess.run(["git", "init", "-q"], cwd=self.repository, check=True)
        programs = f"{self.repository}/.git/programs"
        os.makedirs(programs)
        os.symlink(OVENBIRD, f"{programs}/ovenbird")
        self.environment = {
            "PATH": f"{programs}:/usr/bin:/bin",
            "HOME": self.repository,
            "GITHUB_ACTION_PATH": HERE,
        }

    def run_script(self, script, shell="bash", **variables):
        """Runs a script in the repository as a CI system does."""
        return subprocess.run(
            [shell, "-e", "-c", script],
            cwd=self.repository,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
        )

    def run_action(self, **inputs):
        """Runs the steps of the composite action."""
        with open("action.yml") as file:
            action = yaml.safe_load(file)
        values = {name: spec["default"] for name, spec in action["inputs"].items()}
        values.update({name.replace("_", "-"): value for name, value in inputs.items()})
        step = action["runs"]["steps"][0]
        variables = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": self.repository}
        for name, value in step["env"].items():
            for key, given in values.items():
                value = value.replace("${{ inputs.%s }}" % key, given)
            variables[name] = value
        return self.run_script(step["run"], **variables)

    def test_action(self):
        end = self.run_action()
        self.assertEqual(end.returncode, 2, end.stderr)
        self.assertIn("::error file=web/devspace.yaml,line=1,", end.stdout)
        self.assertIn("::warning file=old/devspace.yaml,line=1,", end.stdout)
        good = self.run_action(paths="api old")
        self.assertEqual(good.returncode, 0, good.stderr)
        strict = self.run_action(paths="api old", flags="--strict")
        self.assertEqual(strict.returncode, 2, strict.stderr)

    def test_sarif_of_the_action(self):
        end = self.run_action(sarif_file="out.sarif")
        self.assertEqual(end.returncode, 2, end.stderr)
        with open(f"{self.repository}/out.sarif") as file:
            run = json.load(file)["runs"][0]
        uris = {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in run["results"]
        }
        self.assertEqual(uris, {"web/devspace.yaml", "old/devspace.yaml"})

    def run_gitlab(self, **variables):
        with open("tools/ci/gitlab.yml") as file:
            job = yaml.safe_load(file)[".ovenbird-validate"]
        return self.run_script(
            "\n".join(job["script"]),
            **{**job["variables"], "CI_PROJECT_DIR": self.repository, **variables},
        )

    def test_gitlab(self):
        end = self.run_gitlab()
        self.assertEqual(end.returncode, 2, end.stderr)
        self.assertIn("web/devspace.yaml:1:16: error:", end.stderr)
        with open(f"{self.repository}/gl-code-quality-report.json") as file:
            report = json.load(file)
        self.assertIn("web/devspace.yaml", {one["location"]["path"] for one in report})
        self.assertEqual(len({one["fingerprint"] for one in report}), len(report))
        self.assertEqual(self.run_gitlab(OVENBIRD_PATHS="api").returncode, 0)

    def hook(self, name):
        with open(".pre-commit-hooks.yaml") as file:
            return next(hook for hook in yaml.safe_load(file) if hook["id"] == name)

    def test_pre_commit(self):
        entry = f"{HERE}/{self.hook('ovenbird-validate')['entry']}"
        end = self.run_script(f"{entry} api/devspace.yaml web/devspace.yaml")
        self.assertEqual(end.returncode, 2, end.stderr)
        self.assertIn("1 of 2 configs valid", end.stderr)
        fix = f"{HERE}/{self.hook('ovenbird-fix')['entry']}=all"
        fixed = self.run_script(f"{fix} web/devspace.yaml")
        self.assertEqual(fixed.returncode, 0, fixed.stderr)
        with open(f"{self.repository}/web/devspace.yaml") as file:
            self.assertEqual(file.read(), WRONG.replace("imgae", "image"))

    def run_hooks(self, name, *flags):
        """Runs a hook as pre-commit does: with the names of the files that it is for."""
        hook = self.hook(name)
        listed = subprocess.run(["git", "ls-files"], cwd=self.repository, capture_output=True, text=True, check=True)
        files = [file for file in listed.stdout.splitlines() if re.search(hook["files"], file)]
        self.assertTrue(files)
        return self.run_script(" ".join([f"{HERE}/{hook['entry']}", *flags, *files]))

    def replace(self, name, old, new):
        with open(f"{self.repository}/{name}") as file:
            text = file.read()
        self.assertIn(old, text)
        with open(f"{self.repository}/{name}", "w") as file:
            file.write(text.replace(old, new))

    def test_the_path_of_a_platform_engineer(self):
        """From a clone whose three checks fail to one where they pass: fixes, a comment, a baseline."""
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com"]
        for command in (["add", "api", "web", "old"], ["commit", "-qm", "Start"]):
            subprocess.run(git + command, cwd=self.repository, check=True)
        clone = tempfile.TemporaryDirectory()
        self.addCleanup(clone.cleanup)
        subprocess.run(["git", "clone", "-q", self.repository, clone.name], check=True)
        self.repository = clone.name

        def codes(flags=""):
            return [
                self.run_hooks("ovenbird-validate", flags).returncode,
                self.run_action(flags=flags).returncode,
                self.run_gitlab(OVENBIRD_FLAGS=flags).returncode,
            ]

        self.assertEqual([2, 2, 2], codes())
        fixed = self.run_hooks("ovenbird-fix", "--fix=all")
        self.assertIn("1 problem fixed", fixed.stderr)
        self.assertEqual([0, 0, 0], codes())
        # The warnings are errors from now on: one is ignored, the other one has to wait.
        self.assertEqual([2, 2, 2], codes("--strict"))
        with open(f"{self.repository}/old/devspace.yaml", "w") as file:
            file.write("images:\n  # ovenbird: ignore[official-image] our mirror accepts it\n  old: {image: nginx}\n")
        self.replace("web/devspace.yaml", "r.example.com/web", "postgres")
        strict = self.run_hooks("ovenbird-validate", "--strict").stderr
        self.assertIn("web/devspace.yaml:1:", strict)
        self.assertNotIn("old/devspace.yaml", strict)
        written = self.run_script("ovenbird validate --write-baseline known.json .")
        self.assertEqual(0, written.returncode, written.stderr)
        self.assertEqual([0, 0, 0], codes("--strict --baseline known.json"))
        # A new problem is still found, by all three.
        self.replace("api/devspace.yaml", "r.example.com/api", "redis")
        self.assertEqual([2, 2, 2], codes("--strict --baseline known.json"))
        self.assertEqual([0, 0, 0], codes("--baseline known.json"))

    def test_junit(self):
        end = self.run_script("ovenbird validate --diagnostics junit .")
        suites = xml.dom.minidom.parseString(end.stdout).getElementsByTagName("testsuite")
        self.assertEqual(
            [(one.getAttribute("name"), one.getAttribute("failures")) for one in suites],
            [("api/devspace.yaml", "0"), ("old/devspace.yaml", "0"), ("web/devspace.yaml", "2")],
        )

    def test_a_baseline(self):
        written = self.run_script("ovenbird validate --write-baseline known.json api old")
        self.assertEqual(written.returncode, 0, written.stderr)
        end = self.run_script("ovenbird validate --strict --baseline known.json api old")
        self.assertEqual(end.returncode, 0, end.stderr)
        with open(f"{self.repository}/old/devspace.yaml", "a") as file:
            file.write("# a comment\n")
        os.rename(f"{self.repository}/api/devspace.yaml", f"{self.repository}/api/x.yaml")
        with open(f"{self.repository}/api/devspace.yaml", "w") as file:
            file.write(WARNED.replace("old", "new"))
        end = self.run_script("ovenbird validate --strict --baseline known.json api old")
        self.assertEqual(end.returncode, 2, end.stderr)
        self.assertIn("api/devspace.yaml:1:", end.stderr)
        self.assertNotIn("old/devspace.yaml", end.stderr)


if __name__ == "__main__":
    unittest.main()
