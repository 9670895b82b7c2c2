#!/usr/bin/env -S python3 -B
"""Drives the real yaml-language-server with the schema that `ovenbird schema` writes: what an editor shows for
a devspace.yaml.

Run by ./bazelw run //editors:test.
Needs node and npm. The server is installed into the cache folder of the user, once for each version.
"""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import cases  # noqa: E402
import lsp  # noqa: E402

VERSION = "1.25.0"
SCHEMA = "schema/config.schema.json"
OVENBIRD = "tools/ovenbird"
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False},  # it would be downloaded
    }
}


def installed_server():
    """Returns the path of the server's program; installs it if it is missing."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(cache, "ovenbird", "yaml-language-server-" + VERSION)
    program = os.path.join(folder, "node_modules/yaml-language-server/bin/yaml-language-server")
    if not os.path.exists(program):
        if not shutil.which("npm"):
            sys.exit("npm is missing: apt-get install npm")
        package = "yaml-language-server@" + VERSION
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, package]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return program


class Editor:
    """An editor with documents that name the schema next to them in their first line, as the guide says."""

    def __init__(self, client, folder):
        self._client = client
        self._folder = folder
        self._modeline = "# yaml-language-server: $schema=config.schema.json\n"
        self._opened = 0

    def problems(self, text):
        """Returns "LINE: MESSAGE" of each diagnostic; the first line of `text` is 1."""
        found = self._client.diagnostics(self._new_uri(), self._modeline + text)
        return ["%d: %s" % (d["range"]["start"]["line"], d["message"]) for d in found]

    def completion(self, text):
        """Returns the labels offered at `|` in their order, each with its inserted text if that differs."""
        document, position = self._cursor(text)
        labels = []
        for item in self._client.completion(self._new_uri(), document, position):
            inserted = item["insertText"]
            labels.append(item["label"] if inserted == item["label"] else "%s -> %s" % (item["label"], inserted))
        return labels

    def hover(self, text):
        """Returns the Markdown of the hover at `|`."""
        document, position = self._cursor(text)
        return self._client.hover(self._new_uri(), document, position)

    def _new_uri(self):
        self._opened += 1
        return "file://%s/devspace-%d.yaml" % (self._folder, self._opened)

    def _cursor(self, text):
        before, after = (self._modeline + text).split("|", 1)
        return before + after, (before.count("\n"), len(before) - before.rfind("\n") - 1)


def check_problems(editor):
    """Yields the name, what is wanted and what was got for each document with mistakes, and for the good ones."""
    for text, wanted in cases.MISTAKES:
        yield "mistake", text, wanted, editor.problems(text)
    for text in cases.GOOD:
        yield "good", text, [], editor.problems(text)


def check_examples(editor):
    """The same for the examples: nothing is wrong with them."""
    paths = sorted(glob.glob("examples/*/devspace.yaml"))
    yield "examples", "at least 10", True, len(paths) >= 10
    for path in paths:
        with open(path, encoding="utf-8") as file:
            yield "example", path, [], editor.problems(file.read())


def check_validate(folder):
    """The same for `ovenbird validate`: it refuses the documents with mistakes, and accepts the others."""
    for text, wanted in cases.MISTAKES:
        # Options that other tools use are no mistake.
        yield "validate", text, any("no effect" not in line for line in wanted), not validates(folder, text)
    for text in cases.GOOD:
        yield "validate", text, True, validates(folder, text)


def check_catalog():
    """The same for SchemaStore's entry: its address is the schema's own."""
    with open(SCHEMA, encoding="utf-8") as schema, open("editors/schemastore.json", encoding="utf-8") as entry:
        yield "catalog", "schemastore.json", json.load(schema)["$id"], json.load(entry)["url"]


def ovenbird(folder, *words):
    """Runs the tool in `folder`, without a cluster."""
    environment = dict(os.environ, HOME=folder, KUBECONFIG="/dev/null")
    environment.pop("BUILD_WORKING_DIRECTORY", None)
    return subprocess.run(
        (os.path.abspath(OVENBIRD),) + words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def validates(folder, text):
    """Returns whether `ovenbird validate` accepts the document as the config in `folder`."""
    for name, content in (("devspace.yaml", text), ("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(content)
    words = ["validate", "--config", "devspace.yaml"]
    for variable in ("CACHE=true", "MODE=full", "NAMESPACE=a"):
        words += ["--var", variable]
    result = ovenbird(folder, *words)
    if result.returncode not in (0, 2):
        raise RuntimeError("validate: %s" % result.stdout.decode())
    return result.returncode == 0


def check_completion(editor):
    """The same for the values and keys that are offered."""
    for text, wanted in cases.COMPLETION:
        yield "completion", text, wanted, editor.completion(text)
    for text, wanted in cases.COMPLETION_HAS:
        got = editor.completion(text)
        yield "completion", text, wanted, [label for label in got if label in wanted]
    for text, unwanted in cases.COMPLETION_LACKS:
        yield "completion", text, [], [label for label in editor.completion(text) if label.split(" -> ")[0] in unwanted]


def check_hover(editor):
    """The same for the hover, of which each case lists parts."""
    for text, wanted in cases.HOVER:
        got = editor.hover(text)
        missing = [part for part in wanted if part not in got]
        yield "hover", text, wanted, wanted if not missing else got


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ovenbird(folder, "schema", "--output", "config.schema.json").check_returncode()
        command = ["node", installed_server(), "--stdio"]
        with lsp.Client(command, folder, SETTINGS) as client:
            editor = Editor(client, folder)
            checks = [check(editor) for check in (check_problems, check_completion, check_hover, check_examples)]
            for check in checks + [check_validate(folder), check_catalog()]:
                for kind, text, wanted, got in check:
                    if wanted == got:
                        passed += 1
                        continue
                    failed += 1
                    print("FAIL %s\n%s\n  wanted: %s\n  got:    %s\n" % (kind, text, wanted, got))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or len(cases.MISTAKES) < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
