#!/usr/bin/env -S python3 -B
"""Drives `ovenbird lsp` as an editor does. Its diagnostics and fixes are those of `ovenbird validate`."""

import glob
import json
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from server_case import ServerTest  # noqa: E402

CORPUS = sorted(glob.glob("testdata/config/*/in.yaml"))
SEVERITIES = {"error": 1, "warning": 2, "note": 3}
DOCKERFILE = "FROM scratch\nCOPY Dockerfile gone /\n"
APP = "images:\n  app:\n    image: r.io/app\n"
SECRETS = "FROM scratch\nRUN --mount=type=secret,id=token,required a\nRUN --mount=type=secret,id=other b\n"


def columns(text, column):
    """Returns the UTF-16 code units before a column, which counts code points from 1."""
    return len(text[: column - 1].encode("utf-16-le")) // 2


def case_flags(folder):
    """Returns the flags and environment variables of a case of testdata/config."""
    flags, environment = [], {}
    path = os.path.join(folder, "case.txt")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            for line in file.read().splitlines():
                kind, _, value = line.partition(" ")
                if kind == "env":
                    environment.update([value.split("=", 1)])
                elif kind != "engine" or value in ("local", "kubernetes"):
                    flags += ["--" + kind, value]
    return flags, environment


class Diagnostics(ServerTest):
    def position(self, path, line, column):
        with open(path, encoding="utf-8", newline="") as file:
            lines = file.read().split("\n")
        mark = 1 if line == 1 and lines[0].startswith("\ufeff") else 0
        shown = lines[line - 1][mark:] if line <= len(lines) else ""
        return {"line": line - 1, "character": mark + columns(shown, column)}

    def wanted(self, problem):
        """Returns the diagnostic for a line of `validate --diagnostics json`."""
        text = problem["message"]
        if "label" in problem:
            text += ": " + problem["label"]
        if "help" in problem:
            text += "\nhelp: " + problem["help"]
        place = problem.get("location")
        here = [{"line": 0, "character": 0}] * 2
        if place and place["file"].startswith("/"):
            path = place["file"]
            here = [
                self.position(path, place["line"], place["column"]),
                self.position(path, place["endLine"], place["endColumn"]),
            ]
        related = []
        for note in problem.get("labels", []) + problem.get("notes", []):
            where = note.get("location", {"file": ""})["file"]
            if where.startswith("/") and note["text"]:
                related.append(note["text"])
            elif note in problem.get("notes", []):
                text += "\n" + note["text"]
        return {
            "range": {"start": here[0], "end": here[1]},
            "severity": SEVERITIES[problem["severity"]],
            "source": "ovenbird",
            "message": text,
            "code": problem["id"],
            "codeDescription": {"href": "https://ovenbird.dev/messages/" + problem["id"]},
            "relatedInformation": related,
        }

    def expect_agreement(self, client, path, flags, environment):
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        uri = "file://" + path
        got = client.diagnostics(uri, text)
        client.close(uri)
        for one in got:
            one["relatedInformation"] = [note["message"] for note in one.get("relatedInformation", [])]
        wanted = []
        output = self.validate("--diagnostics", "json", "--config", path, *flags, environment=environment)
        for line in output.splitlines():
            problem = json.loads(line)
            place = problem.get("location", {"file": ""})["file"]
            if place == path or not place.startswith("/"):
                wanted.append(self.wanted(problem))
        self.assertEqual(wanted, got, path)
        return len(wanted)

    def test_are_those_of_validate(self):
        """On each case of testdata/config."""
        self.assertGreater(len(CORPUS), 100)
        common = self.client()
        checked = problems = 0
        for case in CORPUS:
            name = os.path.basename(os.path.dirname(case))
            with open(case, "rb") as file:
                content = file.read()
            try:
                text = content.decode()
            except UnicodeDecodeError:
                continue  # JSON cannot have it.
            flags, environment = case_flags(os.path.dirname(case))
            uri = self.write(name + "/devspace.yaml", text)
            self.write(name + "/Dockerfile", DOCKERFILE)
            client = common
            if flags or environment:
                client = self.client(*flags, environment=environment)
            problems += self.expect_agreement(client, uri[len("file://") :], flags, environment)
            checked += 1
        self.assertGreater(checked, len(CORPUS) - 5)
        self.assertGreater(problems, 200)

    def test_of_unsaved_texts(self):
        """Of the config, and of the Dockerfile that it names."""
        config = self.write("devspace.yaml", "images:\n  app:\n    image: john/app\n")
        dockerfile = self.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
        client = self.client()
        self.assertEqual([], client.diagnostics(config, "images:\n  app:\n    image: john/app\n"))
        client.open(config, "images:\n  app:\n    image: john/app\n    tag: x\n")
        self.assertEqual(["unknown-field"], [one["code"] for one in client.published(config)])
        client.open(config, "images:\n  app:\n    image: john/app\n")
        self.assertEqual([], client.published(config))
        client.open(dockerfile, "FROM scratch\nCOPY gone /\n")
        found = client.published(dockerfile)
        self.assertEqual(["copy-source-missing"], [one["code"] for one in found])
        self.assertEqual({"line": 1, "character": 5}, found[0]["range"]["start"])
        # The file itself is as it was.
        client.close(dockerfile)
        self.assertEqual([], client.published(dockerfile))

    def test_of_a_dockerfile_alone(self):
        """The nearest config above names it."""
        self.write("devspace.yaml", "images:\n  app:\n    image: john/app\n    dockerfile: app/Dockerfile\n")
        dockerfile = self.write("app/Dockerfile", "FROM scratch\n")
        client = self.client()
        self.assertEqual([], client.diagnostics(dockerfile, "FROM scratch\n"))
        client.open(dockerfile, "FROM scratch\nCOPI a b\n")
        self.assertEqual(["dockerfile-unknown-instruction"], [one["code"] for one in client.published(dockerfile)])

    def test_of_a_file_that_changes_on_disk(self):
        config = self.write("devspace.yaml", "images:\n  app:\n    image: john/app\n")
        dockerfile = self.write("Dockerfile", "FROM scratch\n")
        client = self.client()
        client.open(config, "images:\n  app:\n    image: john/app\n")
        self.assertEqual([], client.published(config))
        self.write("Dockerfile", "FROM scratch\nCOPI a b\n")
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": dockerfile, "type": 2}]})
        self.assertEqual(["dockerfile-unknown-instruction"], [one["code"] for one in client.published(dockerfile)])

    def test_of_a_file_that_is_created_while_a_text_is_typed(self):
        """After a pause, files are looked at again."""
        config = self.write("devspace.yaml", "images:\n  app:\n    image: john/app\n")
        dockerfile = self.write("Dockerfile", "FROM scratch\nCOPY late /\n")
        client = self.client()
        client.open(config, "images:\n  app:\n    image: john/app\n")
        self.assertEqual(["copy-source-missing"], [one["code"] for one in client.published(dockerfile)])
        self.write("late", "")
        client.open(config, "images:\n  app:\n    image: john/app2\n")
        self.assertEqual([], client.published(dockerfile))

    def test_of_a_dockerfile_that_two_configs_name(self):
        """Each problem is shown once, as long as one of them is open."""
        text = "images:\n  app:\n    image: john/app\n"
        configs = [self.write(name, text) for name in ("devspace.yaml", "devspace-b.yaml")]
        dockerfile = self.write("Dockerfile", "FROM scratch\nCOPI a b\n")
        client = self.client()
        for config in configs:
            self.assertEqual([], client.diagnostics(config, text))
        client.notify("workspace/didChangeWatchedFiles", {"changes": []})
        client.open(dockerfile, "FROM scratch\nCOPI a b\n")
        self.assertEqual(["dockerfile-unknown-instruction"], [one["code"] for one in client.published(dockerfile)])
        client.close(dockerfile)
        client.close(configs[0])
        client.open(configs[1], text + "    tag: x\n")
        self.assertEqual(["unknown-field"], [one["code"] for one in client.published(configs[1])])
        client.close(configs[1])
        self.assertEqual([], client.published(dockerfile))

    def test_flags(self):
        """Those of `validate`."""
        text = "images:\n  app:\n    image: john/app\n    build: {kaniko: {}}\n"
        self.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
        config = self.write("devspace.yaml", text)
        other = self.write("other.yml", text)
        for flags, uri, wanted in (
            ([], config, [("kaniko-archived", 3)]),
            (["--rule", "kaniko-archived=error"], config, [("kaniko-archived", 1)]),
            (["--rule", "kaniko-archived=off", "--stdio"], config, []),
            (["--config", "other.yml"], other, [("kaniko-archived", 3)]),
        ):
            found = self.client(*flags).diagnostics(uri, text)
            self.assertEqual(wanted, [(one["code"], one["severity"]) for one in found], flags)
        ignored = text.replace("{}}", "{}}  # ovenbird: ignore[kaniko-archived] later")
        self.assertEqual([], self.client().diagnostics(config, ignored))

    def secrets_client(self, *flags, **options):
        """Returns a client of a project whose RUNs ask for two secrets; its Dockerfile is open."""
        self.dockerfile = self.write("Dockerfile", SECRETS)
        config = self.write("devspace.yaml", APP)
        client = self.client(*flags, **options)
        self.assertEqual([], client.diagnostics(config, APP))
        client.open(self.dockerfile, SECRETS)
        return client

    def test_secrets_that_builds_get_on_the_command_line(self):
        """The server has the flag of the build, or the editor says at the start which there are."""
        both = ["id=token", "id=other,src=/gone"]
        missing, optional = ("secret-missing", 1), ("secret-not-given", 3)
        for flags, options, wanted in (
            ([], None, [missing, optional]),
            (["--secret", both[0]], None, [optional]),
            # One that this project does not ask for is one of another project.
            (["--secret", both[0], "--secret", both[1], "--secret", "id=elsewhere"], None, []),
            (["--secret", both[1]], {"secrets": both[:1]}, []),
            ([], {"ovenbird": {"secrets": both + ["id=elsewhere"]}}, []),
            ([], {"another": {"secrets": both}}, [missing, optional]),
        ):
            client = self.secrets_client(*flags, options=options)
            found = client.published(self.dockerfile)
            self.assertEqual(wanted, [(one["code"], one["severity"]) for one in found], (flags, options))

    def test_settings_that_change(self):
        """The files are checked again, without an edit."""
        client = self.secrets_client("--secret", "id=other", options={"secrets": ["id=token"]})
        self.assertEqual([], client.published(self.dockerfile))
        for settings, wanted in (
            ({"ovenbird": {"secrets": []}}, ["secret-missing"]),
            ({"ovenbird": {"secrets": ["id=token"]}}, []),
            ({"secrets": ["id=wrong"]}, ["secret-missing"]),
        ):
            client.notify("workspace/didChangeConfiguration", {"settings": settings})
            self.assertEqual(wanted, [one["code"] for one in client.published(self.dockerfile)], settings)

    def test_settings_that_are_wrong(self):
        for options, said in (
            ({"secrets": ["token"]}, "ovenbird: setting `secrets`: `token`: `token` is not of the form NAME=VALUE"),
            ({"secrets": "id=token"}, "ovenbird: setting `secrets`: not a list of strings"),
        ):
            self.assertEqual(said, self.client(options=options).shown())

    def test_positions(self):
        """In UTF-16 code units, or in bytes."""
        line = "    entrypoint: ['\U0001f426ä', {}]\n"
        text = "images:\n  app:\n    image: john/app\n" + line
        self.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
        config = self.write("devspace.yaml", text)
        before = line[: line.index("{}")]
        for encoding, character in (("utf-16", len(before.encode("utf-16-le")) // 2), ("utf-8", len(before.encode()))):
            client = self.client(encodings=(encoding,))
            self.assertEqual(encoding, client.initialized["capabilities"]["positionEncoding"])
            starts = [one["range"]["start"] for one in client.diagnostics(config, text)]
            self.assertIn({"line": 3, "character": character}, starts)

    def test_of_edits(self):
        """Each edit is a range of the text before it."""
        config = self.write("devspace.yaml", "")
        self.write("Dockerfile", "FROM scratch\nCOPY Dockerfile /\n")
        client = self.client()
        client.open(config, "images:\n  app:\n    # \U0001f426 x\n    image: b/a\n")
        self.assertEqual([], client.published(config))
        at = {"line": 2, "character": 9}
        client.change(
            config,
            [
                {"range": {"start": at, "end": at}, "text": "y\n    tag: z"},
                {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}, "text": "# top\n"},
            ],
        )
        found = client.published(config)
        self.assertEqual([("unknown-field", 4)], [(one["code"], one["range"]["start"]["line"]) for one in found])
        client.change(config, [{"range": {"start": {"line": 4, "character": 0}, "end": {"line": 5, "character": 0}}, "text": ""}])
        self.assertEqual([], client.published(config))


if __name__ == "__main__":
    unittest.main()
