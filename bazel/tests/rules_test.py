#!/usr/bin/env python3
"""Tests of the rules: what they pack, render, report and start."""

import json
import os
import subprocess
import tarfile
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))


def read(name):
    with open(os.path.join(HERE, name)) as stream:
        return stream.read()


def run(name, *args, **environment):
    return subprocess.run(
        [os.path.join(HERE, name), *args],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


class Rules(unittest.TestCase):
    maxDiff = None

    def test_the_archive_has_files_and_no_links(self):
        with tarfile.open(os.path.join(HERE, "shop_objects.project.tar")) as archive:
            found = {
                member.name: (oct(member.mode), member.isfile(), member.mtime, member.uid, member.uname)
                for member in archive
            }
        same = (True, 946684800, 0, "")
        self.assertEqual(
            {
                "bazel/tests/shop/Dockerfile": ("0o644",) + same,
                "bazel/tests/shop/devspace.yaml": ("0o644",) + same,
                "bazel/tests/shop/page.html": ("0o644",) + same,
                "bazel/tests/shop/run.sh": ("0o755",) + same,
                "bazel/tests/shop/version.txt": ("0o755",) + same,  # Bazel makes its files executable.
            },
            found,
        )

    def test_render_takes_all_attributes(self):
        objects = read("shop_objects.yaml")
        for text in (
            "--destination=registry.example.com/bakers/web:v1\n",
            "--destination=registry.example.com/bakers/web:latest\n",
            "namespace: builds\n",
        ):
            self.assertIn(text, objects)
        self.assertNotIn("bakers/api", objects)

    def test_render_without_a_config(self):
        objects = json.loads(read("page.json"))
        (pod,) = [item for item in objects["items"] if item["kind"] == "Pod"]
        self.assertEqual("baker", pod["spec"]["serviceAccountName"])
        self.assertIn("registry.example.com/bakers/page", json.dumps(pod))

    def test_a_wrong_config_fails_at_its_token(self):
        # `bazel run` sets the variable, too; the folder is not for a program within the program.
        for environment in ({}, {"BUILD_WORKING_DIRECTORY": "/"}):
            with self.subTest(**environment):
                done = run("wrong_test", **environment)
                self.assertEqual(2, done.returncode, done.stderr)
                self.assertIn("bazel/tests/wrong.yaml:6:9: error: ", done.stderr)
                self.assertIn("did you mean `cache`?", done.stderr)

    def test_push_starts_a_build_in_one_folder(self):
        with tempfile.TemporaryDirectory() as cache:
            environment = {"XDG_CACHE_HOME": cache, "BUILD_WORKING_DIRECTORY": cache, "KUBECONFIG": "/dev/null"}
            for attempt in range(2):
                done = run("shop_push", "--engine", "kubernetes", "--result", "out.json", **environment)
                self.assertEqual(3, done.returncode, done.stdout + done.stderr)
                with self.subTest(attempt=attempt):
                    self.assertIn("no Kubernetes cluster is configured", done.stderr)
                (folder,) = os.listdir(cache + "/ovenbird/bazel")
                project = "%s/ovenbird/bazel/%s/project/bazel/tests/shop" % (cache, folder)
                self.assertTrue(os.path.exists(project + "/run.sh"))
                # What the build has noted stays, what is no longer a part of the project does not.
                kept = project + "/.ovenbird/kept"
                if attempt == 0:
                    os.makedirs(project + "/.ovenbird", exist_ok=True)
                    for path in (kept, project + "/removed.txt"):
                        open(path, "w").close()
                else:
                    self.assertTrue(os.path.exists(kept))
                    self.assertFalse(os.path.exists(project + "/removed.txt"))


if __name__ == "__main__":
    unittest.main(verbosity=0)
