#!/usr/bin/env -S python3 -B
"""Tests of schema_breaking.py: which changes of a schema break the files of users."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, "tools")

import schema_breaking  # noqa: E402

RELEASE = (
    {"option": "images", "type": "map of string to object"},
    {"object": "images.*", "rules": ["at most one of red, green"]},
    {"option": "images.*.image", "type": "string", "required": True, "pattern": "[a-z]+"},
    {"option": "images.*.count", "type": "integer", "minimum": 1, "maximum": 9, "default": "1"},
    {"option": "images.*.mode", "type": "enum", "values": ["time", "full"], "default": "time"},
    {"option": "images.*.tags", "type": "list of strings", "maximum size": 5, "null items": True},
    {"option": "images.*.part", "type": "object"},
    {"option": "images.*.part.size", "type": "string", "empty is unset": True},
    {"message": "unknown-field"},
)


def entries(lines):
    return schema_breaking.read(["# Generated.\n" + "".join(json.dumps(line) + "\n" for line in lines)])


def changed(name, **facts):
    """The release with other facts of one entry; None removes a fact."""
    out = []
    for line in RELEASE:
        if name in line.values():
            line = {k: v for k, v in dict(line, **{k.replace("_", " "): v for k, v in facts.items()}).items() if v is not None}
        out.append(line)
    return out


def without(*names):
    return [line for line in RELEASE if not set(names) & {v for v in line.values() if isinstance(v, str)}]


def breaks(lines):
    return ["%s: %s: %s" % one for one in schema_breaking.breaks(entries(RELEASE), entries(lines))]


class Breaks(unittest.TestCase):
    def check(self, lines, *wanted):
        self.assertEqual(list(wanted), breaks(lines))

    def test_no_change(self):
        self.check(RELEASE)

    def test_removed_field(self):
        self.check(without("images.*.count"), "removed field: images.*.count: the release has it")
        # Reported once, not for each option in it.
        self.check(
            without("images.*.part", "images.*.part.size"), "removed field: images.*.part: the release has it"
        )
        inside = [line["option"] for line in RELEASE if "option" in line]
        self.check(without(*inside), "removed field: images: the release has it")
        self.check(without("images.*.part.size"), "removed field: images.*.part.size: the release has it")

    def test_removed_message(self):
        self.check(
            without("unknown-field"), "removed message: unknown-field: users refer to it in suppressions"
        )

    def test_narrowed_enum(self):
        self.check(changed("images.*.mode", values=["time"]), "narrowed enum: images.*.mode: without full")
        self.check(changed("images.*.mode", values=["time", "redo", "full"]))

    def test_new_required(self):
        self.check(changed("images.*.mode", required=True), "new required: images.*.mode: was optional")
        new = {"option": "images.*.new", "type": "string", "required": True}
        self.check(RELEASE + (new,), "new required: images.*.new: the release does not have it")
        # In an object that is new itself it breaks no file.
        self.check(
            RELEASE
            + (
                {"option": "images.*.new", "type": "list of objects"},
                {"object": "images.*.new[*]", "rules": ["exactly one of a, b"]},
                {"option": "images.*.new[*].name", "type": "string", "required": True},
            )
        )
        self.check(RELEASE + (dict(new, required=False),))

    def test_new_rule(self):
        self.check(
            changed("images.*", rules=["at most one of red, green", "red needs blue"]),
            "new required: images.*: red needs blue",
        )
        self.check(
            RELEASE + ({"object": "images.*.part", "rules": ["red needs blue"]},),
            "new required: images.*.part: red needs blue",
        )
        self.check(changed("images.*", rules=[]))

    def test_changed_default(self):
        self.check(changed("images.*.mode", default="full"), "changed default: images.*.mode: full, was time")
        self.check(changed("images.*.mode", default=None), "changed default: images.*.mode: none, was time")
        self.check(changed("images.*.image", default="a"), "changed default: images.*.image: a, was none")

    def test_changed_type(self):
        self.check(
            changed("images.*.tags", type="string"), "changed type: images.*.tags: string, was list of strings"
        )
        self.check(changed("images.*.count", type="number"))
        self.check(changed("images.*.mode", type="string", values=None))

    def test_narrowed_pattern(self):
        self.check(
            changed("images.*.image", pattern="[a-y]+"),
            "narrowed pattern: images.*.image: pattern [a-y]+, was [a-z]+",
        )
        self.check(
            changed("images", key_pattern="[a-z]+"), "narrowed pattern: images: key pattern [a-z]+, was none"
        )
        self.check(changed("images.*.image", pattern=None))

    def test_narrowed_range(self):
        self.check(changed("images.*.count", minimum=2), "narrowed range: images.*.count: minimum 2, was 1")
        self.check(changed("images.*.count", maximum=8), "narrowed range: images.*.count: maximum 8, was 9")
        self.check(
            changed("images.*.tags", minimum_size=1),
            "narrowed range: images.*.tags: minimum size 1, was unlimited",
        )
        self.check(changed("images.*.tags", unique=True), "narrowed range: images.*.tags: items must be unique")
        self.check(changed("images.*.tags", null_items=None), "narrowed range: images.*.tags: items cannot be null")
        self.check(
            changed("images.*.part.size", empty_is_unset=None),
            "narrowed range: images.*.part.size: an empty string counts",
        )
        self.check(changed("images.*.count", minimum=0, maximum=None))


class OutputBreaks(unittest.TestCase):
    """Of what the tool writes: what a program that reads it could notice."""

    RELEASE = (
        {"field": "Result.count", "type": "integer", "required": True, "minimum": 1, "maximum": 1},
        {"field": "Result.images", "type": "list of objects", "required": True},
        {"field": "Result.images[*].kind", "type": "enum", "values": ["a", "b"]},
        {"field": "Result.images[*].digest", "type": "string", "pattern": "sha256:.*"},
    )

    def check(self, lines, *wanted):
        found = schema_breaking.breaks(entries(self.RELEASE), entries(lines))
        self.assertEqual(list(wanted), ["%s: %s: %s" % one for one in found])

    def changed(self, number, **facts):
        lines = [dict(line) for line in self.RELEASE]
        lines[number].update(facts)
        return lines

    def test_more_breaks_nothing(self):
        self.check(self.RELEASE)
        self.check(self.RELEASE + ({"field": "Result.new", "type": "string", "required": True},))
        self.check(self.changed(2, values=["a", "b", "c"], required=True))

    def test_removed_field(self):
        self.check(self.RELEASE[1:], "removed field: Result.count: programs may read it")
        # Reported once, not for each field in it.
        self.check(self.RELEASE[:1], "removed field: Result.images: programs may read it")
        self.check(self.RELEASE[:3], "removed field: Result.images[*].digest: programs may read it")

    def test_not_always_there(self):
        self.check(self.changed(1, required=False), "no longer required: Result.images: was always there")

    def test_other_values(self):
        self.check(self.changed(0, type="number"), "changed type: Result.count: number, was integer")
        self.check(
            self.changed(0, minimum=2, maximum=2),
            "changed value: Result.count: minimum 2, was 1",
            "changed value: Result.count: maximum 2, was 1",
        )
        self.check(self.changed(2, values=["a"]), "narrowed enum: Result.images[*].kind: without b")
        self.check(
            self.changed(3, pattern="sha512:.*"),
            "changed value: Result.images[*].digest: pattern sha512:.*, was sha256:.*",
        )


class Report(unittest.TestCase):
    FOUND = [("removed field", "a.b", "the release has it")]

    def test_a_line_for_each(self):
        self.assertEqual(
            ["removed field: `a.b`: the release has it (compared with v1)"],
            schema_breaking.report(self.FOUND, set(), "v1"),
        )

    def test_intended(self):
        allowed = schema_breaking.read_allowed("# Why.\n\nremoved field: a.b  # nobody used it\n")
        self.assertEqual([], schema_breaking.report(self.FOUND, allowed, "v1"))
        self.assertEqual(
            ["schema/breaks.txt: no such break: remove `removed field: a.b`"],
            schema_breaking.report([], allowed, "v1"),
        )


class Command(unittest.TestCase):
    """The command in a repository of its own."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script = os.path.abspath("tools/schema_breaking.py")
        os.mkdir(os.path.join(self.folder.name, "schema"))
        self.git("init", "-q")

    def git(self, *words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        subprocess.run(["git"] + identity + list(words), cwd=self.folder.name, check=True)

    def write(self, lines):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        for path, content in zip(schema_breaking.FILES, (text, "# Generated.\n")):
            with open(os.path.join(self.folder.name, path), "w", encoding="utf-8") as stream:
                stream.write(content)

    def run_it(self, *words):
        environment = dict(os.environ, BUILD_WORKSPACE_DIRECTORY=self.folder.name)
        done = subprocess.run(
            [sys.executable, "-B", self.script] + list(words),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode()

    def test_snapshot_then_tag(self):
        self.write(RELEASE)
        self.assertEqual(1, self.run_it()[0])  # nothing to compare with
        self.assertEqual(0, self.run_it("--refresh")[0])
        self.assertEqual(0, self.run_it()[0])
        self.write(without("images.*.count"))
        code, output = self.run_it()
        self.assertEqual(1, code)
        self.assertIn("removed field: `images.*.count`: the release has it (compared with schema/released)", output)
        # A tag takes the place of the snapshot.
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a")
        self.git("tag", "v1.0")
        code, output = self.run_it()
        self.assertEqual(0, code, output)
        self.assertIn("v1.0", output)
        self.write(without("images.*.count", "images.*.tags"))
        code, output = self.run_it()
        self.assertEqual(1, code)
        self.assertEqual("removed field: `images.*.tags`: the release has it (compared with v1.0)\n", output)

    def test_usage(self):
        self.assertEqual(2, self.run_it("--all")[0])


if __name__ == "__main__":
    unittest.main()
