#!/usr/bin/env -S python3 -B
"""What `ovenbird lsp` offers at a cursor, the `|` of each text: fixes, completion, hover, definition, rename."""

import glob
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from server_case import ServerTest  # noqa: E402

APP = "images:\n  app:\n    image: john/app\n"
KANIKO = APP + "    build:\n      kaniko:\n"
DOCKERFILE = "FROM busybox:1.36 AS base\nRUN true\nFROM base AS production\nCOPY --from=base /a /\n"
VARS = "vars:\n- name: TAG\n  default: v1\n"


def apply(text, edits):
    """Returns the text after a list of TextEdit; the text is ASCII."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    places = []
    for edit in edits:
        begin, end = (starts[p["line"]] + p["character"] for p in (edit["range"]["start"], edit["range"]["end"]))
        places.append((begin, end, edit["newText"]))
    for begin, end, new in sorted(places, reverse=True):
        text = text[:begin] + new + text[end:]
    return text


class FeaturesTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.uri = self.write("devspace.yaml", "")
        self.dockerfile = self.write("Dockerfile", DOCKERFILE)
        self.editor = self.client()

    def ask(self, method, marked, uri=None, **params):
        """Returns the result of a request at the cursor."""
        text, position = self.cursor(marked)
        self.editor.open(uri or self.uri, text)
        request = {"textDocument": {"uri": uri or self.uri}, "position": position, **params}
        return self.editor.request("textDocument/" + method, request)


class Completion(FeaturesTest):
    def labels(self, marked):
        items = self.ask("completion", marked)
        return [item["label"] for item in sorted(items, key=lambda item: item["sortText"])]

    def completed(self, marked, label):
        """Returns the text after the item was chosen."""
        items = [item for item in self.ask("completion", marked) if item["label"] == label]
        self.assertEqual(1, len(items), label)
        return apply(self.cursor(marked)[0], [items[0]["textEdit"]])

    def test_keys(self):
        for marked in ("|", "version: v1beta9\n|", "im|", "version: v1beta9\nim|\nvars: []\n"):
            self.assertIn("images", self.labels(marked), marked)
        self.assertNotIn("version", self.labels("version: v1beta9\n|"))
        for marked in (
            KANIKO + "        |",
            KANIKO + "        ca|",
            KANIKO + "        snapshotMode: full\n        ca|",
            KANIKO + "        ca|\n        snapshotMode: full\n",
            APP + "    build: {kaniko: {ca|}}",
            APP + "    build: {kaniko: {snapshotMode: full, |",
        ):
            self.assertIn("cache", self.labels(marked), marked)
        self.assertIn("mountPath", self.labels(KANIKO + "        additionalMounts:\n        - |"))
        self.assertIn("secret", self.labels(KANIKO + "        additionalMounts:\n        - mountPath: /a\n          |"))
        self.assertEqual([], self.labels("images:\n  |"))
        self.assertEqual([], self.labels("# im|"))

    def test_what_follows_a_key(self):
        self.assertEqual(KANIKO + "        cache: ", self.completed(KANIKO + "        ca|", "cache"))
        self.assertEqual(KANIKO + "        args:\n        - ", self.completed(KANIKO + "        a|", "args"))
        self.assertEqual(APP + "    build:\n      ", self.completed(APP + "    |", "build"))
        self.assertEqual(APP + "    build: {kaniko: ", self.completed(APP + "    build: {ka|", "kaniko"))
        self.assertEqual(APP + "    build: 5", self.completed(APP + "    bu|: 5", "build"))

    def test_values(self):
        self.assertEqual(["time", "full", "redo"], self.labels(KANIKO + "        snapshotMode: |"))
        self.assertEqual(["true", "false"], self.labels(KANIKO + "        cache: |"))
        self.assertEqual(
            KANIKO + "        snapshotMode: full\n", self.completed(KANIKO + "        snapshotMode: fu|\n", "full")
        )
        self.assertEqual(["true", "false"], self.labels(APP + "    build: {kaniko: {cache: |}}"))
        self.assertEqual(KANIKO + "        cache: true \n", self.completed(KANIKO + "        cache:| \n", "true"))
        self.assertRegex(self.labels(KANIKO + "        image: |")[0], "^ghcr.io/osscontainertools/kaniko:")

    def test_stages(self):
        options = KANIKO + "        options:\n          target: |\n"
        self.assertEqual(["base", "production"], self.labels(options))
        # Of the unsaved Dockerfile, and while the config cannot be parsed.
        self.editor.open(self.dockerfile, "FROM scratch AS other\n")
        self.assertEqual(["other"], self.labels(options))
        self.assertEqual(["other"], self.labels(options.replace("|", '"|')))

    def test_flags_of_the_executor(self):
        for marked in (
            KANIKO + "        args:\n        - |",
            KANIKO + "        args:\n        - --verbosity=info\n        - --cac|\n",
            KANIKO + "        args: [--cac|]\n",
            KANIKO + "        args: [--verbosity=info, |",
        ):
            self.assertIn("--cache-ttl", self.labels(marked), marked)
        labels = self.labels(KANIKO + "        args: [|]\n")
        self.assertIn("--verbosity=debug", labels)
        self.assertNotIn("--destination", labels)  # Ovenbird sets it.
        self.assertEqual(
            KANIKO + "        args: [--cache-ttl=]\n", self.completed(KANIKO + "        args: [--cac|]\n", "--cache-ttl")
        )

    def test_only_flags_that_the_executor_has(self):
        for version, has in (("v1.9.0", False), ("v1.24.0", True)):
            text = KANIKO + "        image: gcr.io/kaniko-project/executor:%s\n        args:\n        - " % version
            self.editor.open(self.uri, text)
            self.editor.published(self.uri)
            self.assertEqual(has, "--skip-push-permission-check" in self.labels(text + "|"), version)

    def test_variables(self):
        self.assertEqual("TAG", self.labels(VARS + APP + "    tags: [\"${|\"]\n")[0])
        self.assertEqual(
            VARS + APP + "    tags: [\"${TAG}\"]\n", self.completed(VARS + APP + "    tags: [\"${T|\"]\n", "TAG")
        )
        self.assertEqual(VARS + APP + "    tags: [${TAG}]\n", self.completed(VARS + APP + "    tags: [${T|}]\n", "TAG"))
        self.assertIn("DEVSPACE_GIT_COMMIT", self.labels(APP + "    tags:\n    - ${|\n"))

    def test_profiles(self):
        self.assertEqual(["a", "b"], self.labels("profiles:\n- name: a\n- name: b\n  parent: |\n"))


class Hover(FeaturesTest):
    def text(self, marked, uri=None):
        result = self.ask("hover", marked, uri)
        return result["contents"]["value"] if result else ""

    def test_options(self):
        text = self.text(KANIKO + "        snap|shotMode: full\n")
        for part in ("images.*.build.kaniko.snapshotMode", "How kaniko finds the files", "```yaml\nsnapshotMode: full"):
            self.assertIn(part, text)
        self.assertIn("images.*.build.kaniko.cache", self.text(APP + "    build: {kaniko: {ca|che: true}}\n"))
        self.assertIn("images.*.build.kaniko.additionalMounts[].mountPath", self.text(KANIKO + "        additionalMounts:\n        - mount|Path: /a\n"))
        self.assertIn("images.*.image", self.text("images:\n  app:\n    im|age: john/app\n    build:\n  - x: [\n"))
        self.assertEqual("", self.text("# im|ages\n"))
        self.assertEqual("", self.text("nothing:\n  he|re: 1\n"))

    def test_values(self):
        self.assertIn("Reads all files of the file system", self.text(KANIKO + "        snapshotMode: fu|ll\n"))
        self.assertIn("Since kaniko", self.text(KANIKO + "        args: [--cache-t|tl=24h]\n"))
        self.assertIn("default: `v1`", self.text(VARS + APP + "    tags: [\"${T|AG}\"]\n"))

    def test_messages(self):
        text = self.text(APP + "    t|ag: x\n")
        self.assertIn("**unknown-field**", text)
        self.assertIn("(https://ovenbird.dev/messages/unknown-field)", text)
        self.editor.open(self.uri, APP)
        text = self.text("FROM scratch\nCOP|I a b\n", self.dockerfile)
        self.assertIn("**dockerfile-unknown-instruction**", text)


class Definition(FeaturesTest):
    def places(self, marked, uri=None):
        """Returns "FILE:LINE:CHARACTER-CHARACTER" of each definition, all from 0."""
        found = []
        for place in self.ask("definition", marked, uri):
            start, end = place["range"]["start"], place["range"]["end"]
            name = os.path.basename(place["uri"])
            found.append("%s:%d:%d-%d" % (name, start["line"], start["character"], end["character"]))
        return found

    def test_of_variables(self):
        self.assertEqual(["devspace.yaml:1:8-11"], self.places(VARS + APP + "    tags: [\"x-${T|AG}\"]\n"))
        self.assertEqual([], self.places(APP + "    tags: [\"${T|AG}\"]\n"))
        quoted = VARS.replace("TAG", "'TAG'")
        self.assertEqual(["devspace.yaml:1:9-12"], self.places(quoted + APP + "    tags: [\"${T|AG}\"]\n"))

    def test_of_profiles(self):
        self.assertEqual(["devspace.yaml:1:8-12"], self.places("profiles:\n- name: base\n- name: b\n  parent: ba|se\n"))

    def test_of_anchors(self):
        text = "images:\n  a: &base\n    image: john/a\n  b: *b|ase\n"
        self.assertEqual(["devspace.yaml:1:5-10"], self.places(text))
        text = "images:\n  a: &base\n    image: john/a\n  b:\n    <<: *bas|e\n    image: john/b\n"
        self.assertEqual(["devspace.yaml:1:5-10"], self.places(text))
        self.assertEqual([], self.places("images:\n  a: *b|ase\n"))

    def test_of_stages(self):
        options = KANIKO + "        options:\n          target: prod|uction\n"
        self.assertEqual(["Dockerfile:2:13-23"], self.places(options))
        self.assertEqual([], self.places(options.replace("prod|", "x|")))
        for marked, wanted in (
            (DOCKERFILE.replace("FROM base", "FROM ba|se"), ["Dockerfile:0:21-25"]),
            (DOCKERFILE.replace("--from=base", "--from=ba|se"), ["Dockerfile:0:21-25"]),
            (DOCKERFILE.replace("busybox", "busy|box"), []),
        ):
            self.assertEqual(wanted, self.places(marked, self.dockerfile), marked)

    def test_of_the_dockerfile(self):
        self.assertEqual(["Dockerfile:0:0-0"], self.places(APP + "    dockerfile: ./Docker|file\n"))


class Rename(FeaturesTest):
    TEXT = VARS + APP + "    tags:\n    - \"${TAG}-${OTHER}\"\n    - $${TAG}\n    - |\n      x ${TAG}\n"

    def rename(self, at, name):
        text = self.TEXT
        position = {"line": text[:at].count("\n"), "character": at - text.rfind("\n", 0, at) - 1}
        self.editor.open(self.uri, text)
        place = {"textDocument": {"uri": self.uri}, "position": position}
        prepared = self.editor.request("textDocument/prepareRename", place)
        edit = self.editor.request("textDocument/rename", dict(place, newName=name))
        return prepared["placeholder"], apply(text, edit["changes"][self.uri])

    def test_of_a_variable(self):
        wanted = self.TEXT.replace("name: TAG", "name: LABEL").replace("${TAG}", "${LABEL}").replace("$${LABEL}", "$${TAG}")
        self.assertEqual(("TAG", wanted), self.rename(self.TEXT.index("${TAG}") + 3, "LABEL"))
        self.assertEqual(("TAG", wanted), self.rename(self.TEXT.index("name: TAG") + 7, "LABEL"))
        self.assertEqual("OTHER", self.rename(self.TEXT.index("OTHER"), "MORE")[0])

    def test_refusals(self):
        at = self.TEXT.index("${TAG}") + 3
        for name in ("", "a b", "1", "a}", "DEVSPACE_X", "OTHER"):
            with self.assertRaises(RuntimeError, msg=name):
                self.rename(at, name)
        with self.assertRaises(RuntimeError):
            self.ask("rename", APP.replace("john", "jo|hn"), newName="X")
        self.assertIsNone(self.ask("prepareRename", APP.replace("john", "jo|hn")))
        with self.assertRaises(RuntimeError):
            self.ask("prepareRename", "a: [\nb: ${T|AG}\n")


class CodeActions(FeaturesTest):
    EVERYWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 100000, "character": 0}}

    def actions(self, text, only=None, uri=None):
        self.editor.open(uri or self.uri, text)
        context = {"diagnostics": []}
        if only:
            context["only"] = [only]
        params = {"textDocument": {"uri": uri or self.uri}, "range": self.EVERYWHERE, "context": context}
        return self.editor.request("textDocument/codeAction", params)

    @staticmethod
    def fixes(actions):
        return [action for action in actions if not action["title"].startswith("Ignore")]

    def test_quick_fixes(self):
        text = KANIKO + "        snapshotmode: full\n        cach: true\n"
        found = {action["title"]: action for action in self.fixes(self.actions(text, "quickfix"))}
        preferred = [action["isPreferred"] for action in found.values()]
        self.assertEqual([False, True], sorted(preferred), found)
        for action in found.values():
            self.assertEqual("unknown-field", action["diagnostics"][0]["code"])
        safe = [action for action in found.values() if action["isPreferred"]][0]
        self.assertEqual(text.replace("snapshotmode", "snapshotMode"), apply(text, safe["edit"]["changes"][self.uri]))

    def test_only_at_the_cursor(self):
        text = KANIKO + "        snapshotmode: full\n"
        self.editor.open(self.uri, text)
        for line, wanted in ((5, 1), (4, 0)):
            at = {"line": line, "character": 9}
            params = {"textDocument": {"uri": self.uri}, "range": {"start": at, "end": at}, "context": {"only": ["quickfix"]}}
            self.assertEqual(wanted, len(self.fixes(self.editor.request("textDocument/codeAction", params))))

    def test_comments_that_ignore_a_message(self):
        text = KANIKO + "        options: {target: base}\n"
        dockerfile = "FROM busybox:1.36 AS base\nRUN true && \\\n  mkdir /a\nARG TOKEN=x\n"
        self.editor.open(self.uri, text)
        for uri, text in ((self.uri, text), (self.dockerfile, dockerfile)):
            ignoring = [action for action in self.actions(text, uri=uri) if action["title"].startswith("Ignore")]
            self.assertNotEqual([], ignoring, uri)
            for action in ignoring:
                new = apply(text, action["edit"]["changes"][uri])
                self.assertEqual(text.count("\n") + 1, new.count("\n"))
                self.editor.open(uri, new)
                found = [one["code"] for one in self.editor.published(uri)]
                self.assertNotIn(action["diagnostics"][0]["code"], found)
        # Errors are never ignored.
        self.assertEqual([], [a for a in self.actions(APP + "    tag: x\n") if a["title"].startswith("Ignore")])

    def fix_all(self, text):
        """Returns the text after "fix all", as often as an editor applies it on each save."""
        for _ in range(10):
            actions = self.actions(text, "source.fixAll")
            if not actions:
                return text
            self.assertEqual(1, len(actions))
            text = apply(text, actions[0]["edit"]["changes"][self.uri])
        self.fail("fixes without an end")

    def test_fix_all_is_validate_fix(self):
        """On each case of testdata/config."""
        fixed = 0
        for path in sorted(glob.glob("testdata/config/*/in.yaml")):
            with open(path, "rb") as file:
                content = file.read()
            if not content.isascii():
                continue
            text = content.decode()
            wanted = self.validate("--fix", "-", text=text)
            self.assertEqual(wanted, self.fix_all(text), path)
            fixed += wanted != text
        self.assertGreater(fixed, 3)


if __name__ == "__main__":
    unittest.main()
