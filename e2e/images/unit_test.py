#!/usr/bin/env -S python3 -B
"""The comparison by itself: images of tar archives made here, cases, verdicts. Needs no
kaniko and no BuildKit."""

import io
import json
import os
import sys
import tarfile
import tempfile
import time
import unittest
import unittest.mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

# pylint: disable=wrong-import-position
import bases
import case as cases
import compare
import image
import ovenbird
import process
import random_cases
import remembered
import report
import shrink
import table
import verdict


def layer():
    return bases.Layer()


def built(*layers, **config):
    """The Image of layers; `config`: of the config file's inner part."""
    return image.assemble({"config": config}, [one.bytes() for one in layers])


class Layers(unittest.TestCase):
    """What is seen after all layers."""

    def paths(self, *layers):
        return sorted(built(*layers).files)

    def test_whiteouts_hide_lower_layers_only(self):
        for what, upper, expected in (
            ("a file", layer().file("d/.wh.a", ""), ["d", "d/b", "d/s", "d/s/c"]),
            ("a folder", layer().file("d/.wh.s", ""), ["d", "d/a", "d/b"]),
            ("nothing", layer().file("d/.wh.none", ""), ["d", "d/a", "d/b", "d/s", "d/s/c"]),
            (
                "before its replacement",
                layer().file("d/.wh.s", "").folders("d/s").file("d/s/new", ""),
                ["d", "d/a", "d/b", "d/s", "d/s/new"],
            ),
            (
                "after its replacement",
                layer().folders("d/s").file("d/s/new", "").file("d/.wh.s", ""),
                ["d", "d/a", "d/b", "d/s", "d/s/new"],
            ),
            ("the whole folder", layer().file(".wh.d", ""), []),
        ):
            with self.subTest(what):
                lower = layer().folders("d").file("d/a", "").file("d/b", "")
                lower.folders("d/s").file("d/s/c", "")
                self.assertEqual(expected, self.paths(lower, upper))

    def test_opaque_folders(self):
        for what, upper, expected in (
            ("first", layer().file("d/.wh..wh..opq", "").file("d/new", ""), ["d", "d/new", "e"]),
            ("last", layer().file("d/new", "").file("d/.wh..wh..opq", ""), ["d", "d/new", "e"]),
            ("empty", layer().file("d/.wh..wh..opq", ""), ["d", "e"]),
            ("of the root", layer().file(".wh..wh..opq", "").file("f", ""), ["f"]),
        ):
            with self.subTest(what):
                lower = layer().folders("d").file("d/old", "").file("e", "")
                self.assertEqual(expected, self.paths(lower, upper))

    def test_other_types_replace(self):
        lower = layer().folders("d").file("d/a", "").file("f", "")
        upper = layer().link("d", "f").folders("f").file("f/new", "")
        found = built(lower, upper).files
        self.assertEqual(["d", "f", "f/new"], sorted(found))
        self.assertEqual(["link", "folder"], [found["d"].kind, found["f"].kind])

    def test_a_folder_keeps_its_content_and_gets_a_new_mode(self):
        lower = layer().folders("d").file("d/a", "")
        found = built(lower, layer().folders("d", 0o700)).files
        self.assertEqual(["d", "d/a"], sorted(found))
        self.assertEqual(0o700, found["d"].mode)

    def test_archives_of_both_kinds(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "image.tar")
            bases.write_archive(path, "x:1", [layer().file("a", "a").bytes()], {"User": "u"})
            docker = image.read_archive(path)
            with tarfile.open(path) as archive:
                blobs = {m.name: archive.extractfile(m).read() for m in archive}
            with tarfile.open(path, "w") as archive:
                index = {"manifests": [{"digest": "sha256:m"}]}
                manifest = {"config": {"digest": "sha256:c"}, "layers": [{"digest": "sha256:l"}]}
                for name, data in (
                    ("index.json", json.dumps(index).encode()),
                    ("blobs/sha256/m", json.dumps(manifest).encode()),
                    ("blobs/sha256/c", blobs["config.json"]),
                    ("blobs/sha256/l", blobs["layer0.tar"]),
                ):
                    member = tarfile.TarInfo(name)
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
            oci = image.read_archive(path)
        self.assertEqual([], compare.differences(docker, oci))
        self.assertEqual("u", oci.config["config"]["User"])
        self.assertEqual(["a"], list(oci.files))


class Differences(unittest.TestCase):
    def assert_found(self, expected, before, after, ignore=()):
        """`expected`: lines; before and after: images, or functions on a layer."""
        images = [built(one(layer())) if callable(one) else one for one in (before, after)]
        self.assertEqual(expected, compare.differences(*images, ignore))
        self.assertEqual([], compare.differences(images[0], images[0]))

    def test_files(self):
        a = lambda **more: lambda one: one.file("a", "1", **more)
        for expected, before, after in (
            (["/a: missing file 0644 0:0"], a(), lambda one: one),
            (["/a: unexpected file 0644 0:0"], lambda one: one, a()),
            (["/a: mode 4755, not 0755"], a(mode=0o755), a(mode=0o4755)),
            (["/a: owner 0:5, not 0:0"], a(), a(owner=(0, 5))),
            (["/a: owner 5:0, not 0:0"], a(), a(owner=(5, 0))),
            (["/a: content b'2' (1 bytes), not b'1' (1 bytes)"], a(), lambda one: one.file("a", "2")),
            (["/a: folder 0755 0:0, not file 0644 0:0"], a(), lambda one: one.folders("a")),
            (["/a: attributes user.x=31, not none"], a(), a(xattrs={"user.x": "1"})),
            (
                ["/a: attributes none, not security.capability=%s" % bases.CAP_NET_RAW.encode().hex()],
                a(xattrs={"security.capability": bases.CAP_NET_RAW}),
                a(),
            ),
            (
                ["/l: leads to b, not a"],
                lambda one: one.link("l", "a"),
                lambda one: one.link("l", "b"),
            ),
            (
                ["/f: fifo 0600 0:0, not file 0600 0:0"],
                lambda one: one.file("f", "", 0o600),
                lambda one: one.add("f", tarfile.FIFOTYPE, 0o600),
            ),
        ):
            with self.subTest(expected):
                self.assert_found(expected, before, after)

    def test_long_contents_that_start_alike(self):
        """A sample is quoted, the whole is compared."""
        text = "x" * (2 * image.SAMPLE)
        images = [built(layer().file("a", text + end)) for end in ("1", "2")]
        self.assertEqual(1, len(compare.differences(*images)))

    def test_devices(self):
        def device(minor):
            data = io.BytesIO()
            with tarfile.open(fileobj=data, mode="w") as archive:
                member = tarfile.TarInfo("x")
                member.type, member.devmajor, member.devminor = tarfile.CHRTYPE, 1, minor
                archive.addfile(member)
            return image.assemble({}, [data.getvalue()])

        self.assert_found(["/x: device (1, 5), not (1, 3)"], device(3), device(5))

    def test_hard_links(self):
        linked = lambda one: one.file("a", "1").hard_link("b", "a").file("c", "1")
        single = lambda one: one.file("a", "1").file("b", "1").file("c", "1")
        other = lambda one: one.file("a", "1").file("b", "1").hard_link("c", "b")
        self.assert_found([], linked, linked)
        self.assert_found(
            ["/a: hard links none, not /a /b", "/b: hard links none, not /a /b"], linked, single
        )
        self.assertEqual(3, len(compare.differences(built(linked(layer())), built(other(layer())))))

    def test_a_hard_link_to_a_lower_layer(self):
        found = built(layer().file("a", "1"), layer().hard_link("b", "a"))
        self.assertEqual({"a": ("a", "b"), "b": ("a", "b")}, found.hard_links())

    def test_a_replaced_hard_link_is_none(self):
        found = built(layer().file("a", "1").hard_link("b", "a"), layer().file("b", "1"))
        self.assertEqual({}, found.hard_links())

    def test_ignored_paths(self):
        more = lambda one: one.folders("d etc").file("d/a", "").file("etc/hosts", "").file("dd", "")
        expected = ["/dd: unexpected file 0644 0:0", "/etc: unexpected folder 0755 0:0"]
        self.assert_found(expected, lambda one: one, more, ["/d"])

    def test_mount_points(self):
        empty = lambda one: one.folders("etc").file("etc/hosts", "")
        full = lambda one: one.folders("etc").file("etc/hosts", "1")
        self.assert_found([], empty, lambda one: one.folders("etc"))
        self.assert_found(["/etc/hosts: missing file 0644 0:0"], full, lambda one: one.folders("etc"))
        self.assert_found(["/etc/hosts: content b'' (0 bytes), not b'1' (1 bytes)"], full, empty)

    def test_config(self):
        for key, before, after, count in (
            ("Env", ["A=1", "B=2"], ["B=2", "A=1"], 0),
            ("Env", ["A=1"], ["A=2"], 1),
            ("Cmd", ["a", "b"], ["b", "a"], 1),
            ("Cmd", None, [], 0),
            ("Entrypoint", ["a"], None, 1),
            ("User", "app", "app:app", 1),
            ("WorkingDir", "/", "", 0),
            ("WorkingDir", "/a", "", 1),
            ("Labels", {"a": "1"}, {"a": "2"}, 1),
            ("Labels", {}, None, 0),
            ("ExposedPorts", {"80/tcp": {}}, {"80/udp": {}}, 1),
            ("Volumes", {"/a": {}}, {"/a": {}, "/b": {}}, 1),
            ("Healthcheck", {"Test": ["NONE"]}, None, 1),
            ("Healthcheck", {"Test": ["a"], "Retries": 0}, {"Test": ["a"]}, 0),
            ("Healthcheck", {"Test": ["a"], "StartInterval": 5}, {"Test": ["a"]}, 1),
            ("StopSignal", "9", "SIGKILL", 1),
            ("Shell", ["a"], None, 1),
            ("OnBuild", ["RUN a"], ["RUN b"], 1),
        ):
            with self.subTest(key=key, before=before, after=after):
                images = [built(**{key: value}) for value in (before, after)]
                found = compare.differences(*images)
                self.assertEqual(count, len(found), found)
                self.assertTrue(all(line.startswith(key + ": ") for line in found))

    def test_what_the_image_is_for(self):
        for key in ("architecture", "os", "variant", "author"):
            images = [image.Image({}, about) for about in ({key: "a"}, {})]
            self.assertEqual(['%s: "", not "a"' % key], compare.differences(*images))


class Cases(unittest.TestCase):
    def parse(self, text):
        return cases.parse("group/name", text.encode())

    def written(self, text, second=False, **words):
        """path -> (mode, bytes), or a link's target."""
        case = self.parse("why: x\n" + text)
        found = {}
        with tempfile.TemporaryDirectory() as scratch:
            folder = os.path.join(scratch, "case")
            case.write(folder, words)
            if second:
                case.change(folder, words)
            for here, folders, files in os.walk(folder):
                for name in folders + files:
                    path = os.path.join(here, name)
                    about = os.stat(path).st_mode & 0o7777 if os.path.exists(path) else 0
                    if os.path.islink(path):
                        found[os.path.relpath(path, folder)] = os.readlink(path)
                    elif os.path.isfile(path):
                        with open(path, "rb") as stream:
                            found[os.path.relpath(path, folder)] = (about, stream.read())
                    else:
                        found[os.path.relpath(path, folder)] = about
        return found

    def test_files(self):
        text = (
            "-- Dockerfile --\nFROM {registry}/x\n-- d/a (0755 no-newline) --\nx\n"
            "-- d/link -> a --\n-- empty/ --\n-- crlf (bom crlf) --\n1\n2\n-- b (base64) --\nAAE=\n"
        )
        expected = {
            "Dockerfile": (0o644, b"FROM host/x\n"),
            "d": 0o755,
            "d/a": (0o755, b"x"),
            "d/link": "a",
            "empty": 0o755,
            "crlf": (0o644, b"\xef\xbb\xbf1\r\n2\r\n"),
            "b": (0o644, b"\0\1"),
        }
        self.assertEqual(expected, self.written(text, registry="host"))

    def test_the_second_build(self):
        text = (
            "setup: mv b c\nthen: rm Dockerfile\nthen: echo {x} > Dockerfile\n"
            "-- Dockerfile --\n1\n-- a --\n1\n-- a (then) --\n2\n-- b --\nb\n"
        )
        self.assertEqual({"Dockerfile": (0o644, b"1\n"), "a": (0o644, b"1\n"), "c": (0o644, b"b\n")},
                         self.written(text))
        second = self.written(text, True, x="y")
        self.assertEqual((b"y\n", b"2\n"), (second["Dockerfile"][1], second["a"][1]))

    def test_keys(self):
        case = self.parse(
            "why: x\narg: A=b=c\narg: D=\nkaniko: snapshotMode: \"time\"\nlines: 3 4\n"
            "executors: v1 v2\n-- Dockerfile --\nFROM a\n"
        )
        self.assertEqual({"A": "b=c", "D": ""}, case.args())
        self.assertEqual({"snapshotMode": "time"}, case.options())
        self.assertEqual([True, False], [case.counts_at(3), case.counts_at(34)])
        self.assertEqual([True, False], [case.is_for("v1"), case.is_for("v")])
        self.assertFalse(case.has_second_build())

    def test_secrets(self):
        case = self.parse('why: x\nsecret: a=b=c\nsecret: d="e\\n"\n-- Dockerfile --\nFROM a\n')
        with tempfile.TemporaryDirectory() as scratch:
            flags = case.secret_flags(scratch + "/new")
            found = []
            for flag in flags:
                name, _, path = flag.partition(",src=")
                with open(path) as stream:
                    found.append((name, stream.read()))
        self.assertEqual([("--secret=id=a", "b=c"), ("--secret=id=d", "e\n")], found)
        self.assertEqual([], self.parse("why: x\n-- Dockerfile --\n").secret_flags("/"))

    def test_what_is_not_well_formed(self):
        for text in (
            "why: x\n",
            "-- Dockerfile --\n",
            "why: x\nwhat: x\n-- Dockerfile --\n",
            "why: x\ntarget: a\ntarget: b\n-- Dockerfile --\n",
            "why: x\n-- Dockerfile (cr) --\n",
        ):
            with self.subTest(text), self.assertRaises(cases.Wrong):
                self.parse(text)

    def test_all_cases_can_be_read(self):
        found = cases.load_all(os.path.join(HERE, "cases"))
        found += cases.load_all(os.path.join(HERE, "gaps"))
        for case in found:
            paths = [path for path, _, _ in case.sections]
            self.assertEqual(1, case.name.count("/"), case.name)
            self.assertIn(case.dockerfile or "Dockerfile", paths + [case.dockerfile], case.name)
        self.assertEqual(len(found), len({case.why for case in found}), "two cases say the same")


class Verdicts(unittest.TestCase):
    def judge(
        self, expected, code, actual, messages=(), text="why: x\n", rewritten=False, log="an Error\n"
    ):
        case = cases.parse("a/b", (text + "-- Dockerfile --\n").encode())
        said = [
            {"id": "x", "severity": severity, "location": {"file": "Dockerfile", "line": line}}
            for severity, line in messages
        ]
        tool = ovenbird.Built(code, actual, said, log, rewritten)
        return verdict.judge(case, "v1", expected, "BuildKit's log", tool)

    def test_verdicts(self):
        one, other = built(User="one"), built(User="other")
        warned = [("warning", 3)]
        for expected, alarm, arguments, more in (
            ("same", False, (one, 0, one), {}),
            ("same", True, (one, 0, one, warned), {}),
            ("same", False, (one, 0, one, warned), {"text": "why: x\nlines: 4\n"}),
            ("rewritten", False, (one, 0, one), {"rewritten": True}),
            ("UNTOLD", False, (one, 0, other), {}),
            ("UNTOLD", False, (one, 0, other), {"rewritten": True}),
            ("reported", False, (one, 0, other, warned), {}),
            ("UNTOLD", False, (one, 0, other, warned), {"text": "why: x\nlines: 4\n"}),
            ("FAILED", False, (one, 1, None), {}),
            ("reported", False, (one, 1, None, warned), {}),
            ("refused", False, (one, 2, None, [("error", 9)]), {"text": "why: x\nlines: 4\n"}),
            ("LAXER", False, (None, 0, one), {}),
            ("reported", False, (None, 0, one, warned), {}),
            ("same", False, (None, 2, None, [("error", 3)]), {}),
            ("same", False, (None, 1, None), {}),
            ("same", False, (None, 1, None, warned), {}),
            ("HARNESS", False, (one, 3, None), {}),
            ("FAILED", False, (one, 3, None), {"log": "error building image: no such host"}),
            ("HARNESS", False, (None, 3, None), {}),
            ("same", False, (None, 3, None), {"log": "error building image: no such host"}),
        ):
            with self.subTest(expected=expected, arguments=arguments, more=more):
                outcome = self.judge(*arguments, **more)
                self.assertEqual((expected, alarm), (outcome.verdict, outcome.false_alarm))
                self.assertEqual(expected in verdict.PASSED, outcome.passed)

    def test_errors_count_at_every_line(self):
        said = [("error", 9), ("warning", 9)]
        outcome = self.judge(built(), 2, None, said, "why: x\nlines: 4\n")
        self.assertEqual(["Dockerfile:9 x"], outcome.heard)

    def test_what_is_not_of_the_image(self):
        said = [{"id": "secret-in-dockerfile", "severity": "warning"}]
        case = cases.parse("a/b", b"why: x\n-- Dockerfile --\n")
        self.assertEqual([], verdict.heard(case, said))

    def test_refused_late(self):
        for late, code in ((False, 2), (True, 1)):
            self.assertEqual(late, self.judge(None, code, None).late)

    def test_names_of_executors(self):
        for name, expected in (
            ("v1.24.0", "gcr.io/kaniko-project/executor:v1.24.0"),
            ("chainguard-v1.25.6", "ghcr.io/kaniko-build/dist/chainguard-dev-kaniko/executor:v1.25.6"),
            ("a.example/b:c", "a.example/b:c"),
        ):
            self.assertEqual(expected, ovenbird.executor_image(name))


class Random(unittest.TestCase):
    """Random cases, and the smallest of those that fail."""

    def test_a_seed_always_gives_the_same_case(self):
        for seed in range(200):
            text = shrink.text_of(random_cases.generate(seed))
            self.assertEqual(text, shrink.text_of(random_cases.generate(seed)))
            again = cases.parse("random/%d" % seed, text.encode())
            self.assertEqual(again, random_cases.generate(seed))

    def test_all_instructions_occur(self):
        texts = "".join(shrink.text_of(random_cases.generate(seed)) for seed in range(200))
        for name in """ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL RUN SHELL
                STOPSIGNAL USER VOLUME WORKDIR""".split():
            self.assertIn("\n%s " % name, texts)
        for part in ("COPY --from=build ", "--mount=type=bind", "<<END", ".dockerignore", " -> "):
            self.assertIn(part, texts)

    def test_what_is_not_needed_is_dropped(self):
        text = b"""why: x
setup: ln a c
setup: chmod 0700 d
-- Dockerfile --
FROM {registry}/base
RUN true && echo 1 > /f; true
COPY --chown=1 --chmod=0600 a b d/
USER app
-- a (0600) --
1
-- b --
2
-- d/c --
3
"""

        def fails(case):
            text = shrink.text_of(case)
            return all(one in text for one in ("FROM", "echo", "--chmod", " b d/", "-- b", "0700"))

        smallest = shrink.shrink(cases.parse("a/b", text), fails)
        self.assertEqual(
            shrink.text_of(smallest),
            """why: x
setup: chmod 0700 d
-- Dockerfile --
FROM {registry}/base
RUN echo 1 > /f
COPY --chmod=0600 b d/
-- b --
2
""",
        )

    def test_joined_lines_are_dropped_together(self):
        text = b"why: x\n-- Dockerfile --\nFROM a\nCOPY \\\n# a comment\n  b c\nRUN d\n"
        smallest = shrink.shrink(
            cases.parse("a/b", text), lambda case: "RUN d" in shrink.text_of(case)
        )
        self.assertEqual(shrink.text_of(smallest), "why: x\n-- Dockerfile --\nRUN d\n")
        seen = []
        shrink.shrink(cases.parse("a/b", text), lambda case: seen.append(shrink.text_of(case)))
        self.assertFalse([one for one in seen if "COPY" in one and "b c" not in one])

    def test_a_thing_that_another_one_needed_is_dropped_in_the_end(self):
        text = b"why: x\n-- Dockerfile --\nFROM a\nRUN b\n-- c --\n"

        def fails(case):
            text = shrink.text_of(case)
            return "FROM" in text and ("RUN" not in text or "-- c" in text)

        smallest = shrink.shrink(cases.parse("a/b", text), fails)
        self.assertEqual(shrink.text_of(smallest), "why: x\n-- Dockerfile --\nFROM a\n")


class Remembered(unittest.TestCase):
    """Images of BuildKit that are built once."""

    TEXT = b"why: x\n-- Dockerfile --\nFROM {registry}/bare\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.builds = 0
        one = layer()
        one.file("a/b", b"1")
        one.hard_link("a/c", "a/b")
        one.file("d/e", b"2")  # Two folders without an entry.
        self.image = built(one)

    def build(self, text=TEXT, tools="1", addresses=("127.0.0.1:5000",)):
        docker = remembered.Remembered(self.Docker(self), self.folder, tools, addresses)
        return docker.build(cases.parse("a/b", text), "", "", 1)

    # What a Remembered asks.
    class Docker:
        def __init__(self, test):
            self.test = test

        def build(self, *_):
            self.test.builds += 1
            return self.test.image

    def test_is_built_once(self):
        first, second = self.build(), self.build()
        self.assertEqual(1, self.builds)
        self.assertEqual(first.hard_links(), second.hard_links())
        self.assertEqual([], compare.differences(first, second))

    def test_what_changes_the_image_builds_it_again(self):
        self.build()
        self.build(text=self.TEXT + b"RUN x\n")
        self.build(tools="2")
        self.assertEqual(3, self.builds)

    def test_an_image_with_an_address_is_built_again(self):
        self.image.config["config"]["Labels"] = {"at": "127.0.0.1:5000/x"}
        self.build()
        self.build()
        self.assertEqual(2, self.builds)


class Processes(unittest.TestCase):
    def test_the_environment_of_a_builder(self):
        with unittest.mock.patch.dict(os.environ, dict.fromkeys(process.HIDDEN, "x"), KEPT="y"):
            done = process.run(["env"], "/", 60)
        names = [line.partition("=")[0] for line in done.stdout.splitlines()]
        self.assertEqual([], [name for name in names if name in process.HIDDEN])
        self.assertIn("KEPT", names)

    def test_a_time_limit_ends_the_children(self):
        started = time.monotonic()
        done = process.run(["sh", "-c", "sleep 100 | sleep 100"], "/", 0.2)
        self.assertEqual(process.TIMED_OUT, done.code)
        self.assertLess(time.monotonic() - started, 60)


class Page(unittest.TestCase):
    def test_counts_and_names(self):
        def result(case, said, heard=()):
            data = {"case": case, "executor": "v1", "verdict": said, "heard": list(heard)}
            return dict(data, snapshotMode="full", falseAlarm=case == "a/1", late=case == "b/2")

        results = [
            result("a/1", "same"),
            result("a/2", "FAILED"),
            result("b/1", "reported", ["Dockerfile:2 some-id"]),
            result("b/2", "same"),
        ]
        page = report.render([{"commit": "abc", "results": results}])
        for line in (
            "| class | v1, full |",
            "| a | 1 / 0 / 0 / 0 / 1 |",
            "| b | 1 / 0 / 1 / 0 / 0 |",
            "| **all** | 2 / 0 / 1 / 0 / 1 |",
            "same, with a warning that says otherwise: `a/1`",
            "rejected by both, by Ovenbird only during the build: `b/2`",
            "reported: `b/1` (some-id)",
            "silent: `a/2`",
        ):
            self.assertIn(line, page.splitlines())
        self.assertIn("commit abc", page)

    def test_differing(self):
        def run(executor, said):
            results = [
                {"case": "a/%d" % i, "executor": executor, "verdict": one, "heard": ["f:1 id"]}
                for i, one in enumerate(said)
            ]
            facts = {"snapshotMode": "full", "falseAlarm": False, "late": True}
            return {"commit": "abc", "results": [dict(one, **facts) for one in results]}

        page = report.render(
            [
                run("v1", ["same", "rewritten", "reported", "same"]),
                run("v2", ["same", "reported", "reported", "rewritten"]),
                run("r/x:v3", ["same", "rewritten", "same", "same"]),
            ]
        )
        self.assertEqual({"v2": {"a/1", "a/3"}, "r/x:v3": {"a/2"}}, report.differing(page))


class Table(unittest.TestCase):
    def test_every_capability_has_its_case_and_its_evidence(self):
        known = {one.name: one for one in cases.load_all(os.path.join(HERE, "cases"))}
        for capability in table.load(os.path.join(HERE, "executors.json")):
            with self.subTest(capability.name):
                self.assertTrue(capability.case_name in known, capability.case_name)
                for entry in capability.ranges:
                    if entry["evidence"] != "RUN":
                        continue
                    # What cannot be built here was never run.
                    runs = [one for one in table.RUNNABLE if table.is_in(entry, one)]
                    self.assertTrue(
                        [one for one in runs if known[capability.case_name].is_for(one)], entry
                    )

    def test_ranges(self):
        def entry(since, before):
            found = {"flavour": "GOOGLE", "since": since, "before": before}
            return {key: value for key, value in found.items() if value}

        for executor, since, before, expected in (
            ("v0.19.0", "", "0.24.0", True),
            ("v0.19.0", "0.19.0", "", True),
            ("v0.19.0", "", "0.19.0", False),
            ("v1.24.0", "1.9.0", "", True),
            ("v1.24.0", "", "1.9.0", False),
            ("chainguard-v1.25.6", "", "", False),
        ):
            self.assertEqual(expected, table.is_in(entry(since, before), executor))

    def test_what_a_build_shows(self):
        def wrong(said, verdict_of_table, evidence="RUN", details=()):
            ranges = [{"flavour": "GOOGLE", "verdict": verdict_of_table, "evidence": evidence}]
            outcome = verdict.Outcome("a/b", "v1.24.0", said, [], list(details))
            return table.wrong_lines([table.Capability("x", "a/b", ranges)], [outcome])

        failed = ["Ovenbird: error building image"]
        for said, right, details in (
            ("same", "YES", ()),
            ("UNTOLD", "WRONG", ["/x: missing file"]),
            ("reported", "IGNORED", ["/x: missing file"]),
            ("FAILED", "REFUSED", failed),
            ("reported", "REFUSED", failed),
        ):
            for each in ("YES", "IGNORED", "WRONG", "REFUSED"):
                same = each == right or {each, right} == {"IGNORED", "WRONG"}
                self.assertEqual(same, not wrong(said, each, details=details), (said, each))
        self.assertTrue(wrong("HARNESS", "YES"))
        self.assertEqual([], wrong("same", "REFUSED", "READ"))


if __name__ == "__main__":
    unittest.main()
