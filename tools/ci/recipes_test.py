#!/usr/bin/env -S /usr/bin/python3 -B
"""Runs the scripts of the CI recipes in docs/guides/ci.md with the tool, in a project whose image a command builds:
that needs no cluster.

Debian's own Python: python3-yaml is installed for it.
"""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest
import xml.dom.minidom

sys.dont_write_bytecode = True
sys.path.insert(0, "tools/ci")

import recipes  # noqa: E402

OVENBIRD = os.path.abspath("tools/ovenbird")
IMAGE = "r.example.com/api"
# The command writes down what it gets.
CONFIG = """images:
  api:
    image: %s
    build:
      custom:
        command: ./builder
""" % IMAGE
BUILDER = '#!/bin/sh\nprintf "%s\\n" "$@" >built\nprintf "%s" "$DOCKER_AUTH_CONFIG" >login\n'
LOGIN = {"auths": {"r.example.com": {"username": "john", "password": 'a"b\\'}}}


class RecipesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("devspace.yaml", CONFIG)
        self.write("builder", BUILDER)
        os.chmod(f"{self.folder}/builder", 0o755)
        os.makedirs(f"{self.folder}/programs")
        os.symlink(OVENBIRD, f"{self.folder}/programs/ovenbird")
        self.values = {}
        with open(recipes.PAGE) as page:
            self.recipes = recipes.Recipes(page.read(), self.values)

    def write(self, name, text):
        with open(f"{self.folder}/{name}", "w") as file:
            file.write(text)

    def read(self, name):
        with open(f"{self.folder}/{name}") as file:
            return file.read()

    def run_script(self, script, **variables):
        """Runs a script of a recipe, with its result in the folder; returns its standard output."""
        shell, text, own = script
        end = subprocess.run(
            [*shell, text.replace("/tmp/result.json", "result.json")],
            cwd=self.folder,
            env={
                "PATH": f"{self.folder}/programs:/usr/bin:/bin",
                "HOME": self.folder,
                "KUBECONFIG": "/dev/null",
                **own,
                **variables,
            },
            capture_output=True,
            text=True,
        )
        self.assertEqual(end.returncode, 0, end.stdout + end.stderr)
        return end.stdout

    def assert_built(self, tag):
        self.assertIn(f"{IMAGE}:{tag}", self.read("built").splitlines())

    def assert_result(self, tag):
        [image] = json.loads(self.read("result.json"))["images"]
        self.assertEqual((True, IMAGE, [tag]), (image["ok"], image["image"], image["tags"]))

    def test_github(self):
        secret = "apiVersion: v1\nkind: Config\n%s 'x'\n"
        self.values.update({"secrets.KUBECONFIG": secret, "github.actor": "john", "secrets.GITHUB_TOKEN": "t0"})
        outputs = f"{self.folder}/outputs"
        said = []
        for script in self.recipes.github():
            said.append(self.run_script(script, GITHUB_SHA="abc123", GITHUB_OUTPUT=outputs))
            if os.path.exists(outputs):
                found = dict(line.split("=", 1) for line in self.read("outputs").splitlines() if "=" in line)
                self.values["steps.images.outputs.ref"] = found.get("ref", "")
        self.assertEqual(3, len(said))
        self.assertEqual(secret, self.read("ci.kubeconfig"))
        self.assertEqual(0o600, stat.S_IMODE(os.stat(f"{self.folder}/ci.kubeconfig").st_mode))
        self.assert_built("abc123")
        self.assertEqual({"ghcr.io": {"username": "john", "password": "t0"}}, json.loads(self.read("login"))["auths"])
        self.assertEqual(f"pushed {IMAGE}:abc123\n", said[-1])

    def test_gitlab(self):
        [script] = self.recipes.gitlab()
        login = LOGIN["auths"]["r.example.com"]
        self.run_script(
            script,
            CI_COMMIT_SHORT_SHA="abc123",
            CI_REGISTRY="r.example.com",
            CI_REGISTRY_USER=login["username"],
            CI_REGISTRY_PASSWORD=login["password"],
        )
        self.assert_built("abc123")
        self.assert_result("abc123")
        self.assertEqual(LOGIN, json.loads(self.read("login")))

    def test_jenkins(self):
        scripts = list(self.recipes.jenkins())
        self.assertEqual(2, len(scripts))
        for script in scripts:
            self.run_script(script, GIT_COMMIT="abc123", DOCKER_AUTH_CONFIG=json.dumps(LOGIN))
        suites = xml.dom.minidom.parseString(self.read("validate.xml")).getElementsByTagName("testsuite")
        self.assertEqual(["devspace.yaml"], [suite.getAttribute("name") for suite in suites])
        self.assert_result("abc123")

    def test_tekton(self):
        self.values.update({"params.tag": "abc123", "results.digest.path": f"{self.folder}/digest"})
        [script] = self.recipes.tekton()
        self.run_script(script)
        self.assert_result("abc123")
        # Only a registry has a digest.
        self.assertEqual("null", self.read("digest"))

    def test_argo(self):
        [script] = self.recipes.argo()
        self.run_script(script)
        [image] = json.loads(self.read("result.json"))["images"]
        self.assertTrue(image["ok"])

    def test_a_config_that_is_wrong_fails_the_job(self):
        self.write("devspace.yaml", CONFIG.replace("image:", "imgae:"))
        self.values.update({"params.tag": "t", "results.digest.path": f"{self.folder}/digest"})
        for script, said in (
            (next(self.recipes.gitlab()), "unknown field `imgae`"),
            (next(self.recipes.jenkins()), "2 errors"),
            (next(self.recipes.tekton()), "unknown field `imgae`"),
            (next(self.recipes.argo()), "unknown field `imgae`"),
        ):
            with self.subTest(script=script[1]), self.assertRaisesRegex(AssertionError, said):
                self.run_script(script, CI_COMMIT_SHORT_SHA="t", CI_REGISTRY="r.example.com")


if __name__ == "__main__":
    unittest.main()
