"""Dockerfiles that kaniko does not build as written: the real kaniko differs, and the
tool reports the difference at its line before the build."""

import re

from frame import ENVIRONMENT, ClusterTest, get, is_ours, kubectl, registry
from image import skopeo
from layout import LAST

CONFIG = 2


class LintTest(ClusterTest):
    def prepare(self, dockerfile, kaniko="snapshotMode: full"):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {image: '%s', %s}\n"
            % (self.name, LAST, kaniko),
        )
        self.write("Dockerfile", dockerfile.replace("BUSYBOX", registry("library/busybox:1")))

    def warnings(self, finished):
        """ "FILE:LINE:COLUMN ID" of each, errors too."""
        pattern = r"^(\S+:\d+:\d+): (?:warning|error): .* \[(.*)\]$"
        found = re.findall(pattern, finished.stderr, re.M)
        return [" ".join(one) for one in found]

    def assert_told(self, *warnings):
        """Errors with --strict, before there is a pod."""
        finished = self.build("--strict")
        self.assertEqual(CONFIG, finished.code, finished.stderr)
        self.assertEqual(sorted(warnings), sorted(self.warnings(finished)), finished.stderr)
        events = get("events", "-n", self.namespace)["items"]
        self.assertEqual([], [e for e in events if is_ours(e["involvedObject"]["name"])])

    def build_and_pull(self, *warnings):
        if warnings:
            self.assert_told(*warnings)
        finished = self.build(*([] if warnings else ["--strict"]))
        self.assert_built(finished)
        self.assertEqual(sorted(warnings), sorted(self.warnings(finished)), finished.stderr)
        self.assert_namespace_as_before()
        return self.pull_only(self.name)


class Lints(LintTest):
    def test_here_documents(self):
        self.prepare(
            "FROM BUSYBOX\nRUN <<EOF\necho 1 > /ran\nEOF\n"
            "RUN <<EOF\n#!/bin/awk -f\nBEGIN { print 2 > \"/awk\" }\nEOF\n"
        )
        image = self.build_and_pull()
        self.assertEqual("1\n", image.text("ran"))
        self.assertEqual("2\n", image.text("awk"))

    def test_a_copied_here_document(self):
        self.prepare("FROM BUSYBOX\nARG A=1\nCOPY <<EOF /copied\ntext $A\nEOF\n")
        image = self.build_and_pull()
        self.assertEqual("text 1\n", image.text("copied"))

    def test_flags_of_run(self):
        self.prepare(
            "FROM BUSYBOX\n"
            "RUN --mount=type=ssh,required --network=none "
            "test -z \"$SSH_AUTH_SOCK\" && wget -q -O /net http://%s/v2/\n"
            % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]
        )
        image = self.build_and_pull(
            "Dockerfile:2:5 kaniko-ignored-flag", "Dockerfile:2:31 kaniko-ignored-flag"
        )
        # Neither an agent nor a closed network.
        self.assertEqual("{}", image.text("net"))

    def test_a_checksum(self):
        url = "http://%s/v2/" % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]
        self.prepare("FROM scratch\nADD --checksum=sha256:%s %s /x\n" % ("0" * 64, url))
        image = self.build_and_pull("Dockerfile:2:5 kaniko-ignored-flag")
        self.assertEqual("{}", image.text("x"))

    def test_a_flag_that_it_does_not_know(self):
        self.prepare("FROM scratch\nCOPY --parents a/b /\n")
        self.write("a/b", "b")
        # Written out for it.
        self.assertEqual("b", self.build_and_pull().text("a/b"))

    def test_owners_and_modes_with_time(self):
        self.prepare(
            "FROM BUSYBOX\n"
            "COPY devspace.yaml /app/\n"
            "RUN sleep 2 && \\\n"
            "  chown 333 /app/devspace.yaml\n"
            "RUN mkdir /new && chown 333 /new\n",
            "snapshotMode: time",
        )
        image = self.build_and_pull("Dockerfile:4:3 kaniko-time-mode")
        self.assertEqual(0, image.files["app/devspace.yaml"].uid)
        # Not warned of: what is new is found.
        self.assertEqual(333, image.files["new"].uid)

    def test_writes_below_a_volume(self):
        self.prepare(
            "FROM BUSYBOX\n"
            # -p: kaniko makes the folder before all else.
            "RUN mkdir -p /vol && echo a > /vol/a && echo b > /vol/b\n"
            "VOLUME /vol\n"
            "RUN echo c > /vol/c && chown 333 /vol/b\n"
            "RUN chown 444 /vol && rm /vol/a\n"
            "COPY devspace.yaml /vol/\n",
            "snapshotMode: full",
        )
        # Kept: the VOLUME is sent at the end of the stage.
        image = self.build_and_pull()
        self.assertEqual(
            ["vol/b", "vol/c", "vol/devspace.yaml"],
            [name for name in sorted(image.files) if name.startswith("vol/")],
        )
        self.assertEqual(333, image.files["vol/b"].uid)
        self.assertEqual(444, image.files["vol"].uid)

    def test_another_frontend(self):
        self.prepare("# syntax=example.com/no/such:1\nFROM scratch\nCOPY devspace.yaml /\n")
        image = self.build_and_pull("Dockerfile:1:10 kaniko-syntax")
        self.assertEqual(["devspace.yaml"], list(image.files))

    def test_a_repository_as_source(self):
        # BuildKit would clone it; kaniko downloads what is there: a manifest.
        page = registry(self.namespace + "/page:a.git")
        plain = ("--src-tls-verify=false", "--dest-tls-verify=false")
        busybox = "docker://" + registry("library/busybox:1")
        skopeo("copy", "--quiet", *plain, busybox, "docker://" + page)
        url = "http://%s" % page.replace("/", "/v2/", 1).replace(":a.git", "/manifests/a.git")
        self.prepare("FROM scratch\nADD %s /x\n" % url)
        image = self.build_and_pull("Dockerfile:2:5 kaniko-git-source")
        self.assertIn("schemaVersion", image.text("x"))

    def test_ignored_sources(self):
        self.prepare("FROM scratch\nCOPY kept other /x/\n")
        self.write(".dockerignore", "other\n")
        self.write("kept", "kept")
        self.write("other", "other")
        # Docker fails, too; and kaniko would, after the upload. An error without --strict.
        self.assert_told("Dockerfile:2:11 copy-source-ignored")
        finished = self.build()
        self.assertEqual(CONFIG, finished.code, finished.stderr)
        self.assertEqual(["Dockerfile:2:11 copy-source-ignored"], self.warnings(finished))
        self.assert_namespace_as_before()

    def test_unknown_build_arguments(self):
        self.prepare(
            "FROM scratch\nARG VERSION=1\nLABEL version=$VERSION\nCOPY devspace.yaml /\n",
            "options: {buildArgs: {VERSOIN: '2'}}, snapshotMode: full",
        )
        warnings = self.warnings(self.build())
        self.assertRegex(" ".join(warnings), r"^devspace\.yaml:\d+:\d+ build-arg-unused$")
        self.assertEqual({"version": "1"}, self.pull_only(self.name).config["Labels"])

    def test_what_it_can_do(self):
        """No word about it."""
        self.prepare(
            "FROM BUSYBOX AS one\n"
            "RUN echo 1 > /one\n"
            "FROM BUSYBOX\n"
            "COPY --chmod=750 --chown=12:13 devspace.yaml /app/\n"
            "COPY --from=one --link /one /\n"
            "SHELL [\"/bin/sh\", \"-e\", \"-c\"]\n"
            "RUN chmod 600 /one; printf '<<EOF' > /two\n"
        )
        image = self.build_and_pull()
        copied = image.files["app/devspace.yaml"]
        self.assertEqual((0o750, 12, 13), (copied.mode, copied.uid, copied.gid))
        self.assertEqual(0o600, image.files["one"].mode)
        self.assertEqual("<<EOF", image.text("two"))


class Mounts(LintTest):
    """`additionalMounts` and a Dockerfile in each other's way."""

    def prepare_mount(self, path, dockerfile, more=""):
        kubectl("create", "configmap", "settings", "-n", self.namespace, "--from-literal=key=value")
        self.before = self.objects()
        self.prepare(dockerfile)
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko:\n        image: %s\n"
            "        snapshotMode: full\n        additionalMounts:\n        - mountPath: %s\n"
            "          configMap: {name: settings}\n%s" % (self.name, LAST, path, more),
        )

    def assert_not_written(self, path, dockerfile, line):
        self.prepare_mount(path, dockerfile)
        self.assert_told("devspace.yaml:9:22 mount-written")
        finished = self.build()
        self.assertEqual(1, finished.code, finished.stderr)
        self.assertIn("image `app`: an instruction writes to a mounted path", finished.stderr)
        self.assertIn("Dockerfile:%d: " % line, finished.stderr)
        self.assert_namespace_as_before()

    def test_copy_below_a_mount(self):
        self.assert_not_written("/app", "FROM BUSYBOX\nCOPY devspace.yaml /app/\n", 2)

    def test_copy_around_a_mount(self):
        self.write("src/conf/a", "a")
        self.assert_not_written("/app/conf", "FROM BUSYBOX\nCOPY src /app\n", 2)

    def test_workdir_below_a_mount(self):
        self.assert_not_written("/app", "FROM BUSYBOX\nWORKDIR /app/sub\n", 2)

    def test_what_another_stage_copies_along(self):
        self.prepare_mount(
            "/app/conf",
            "FROM BUSYBOX AS one\nRUN mkdir -p /app && touch /app/a\n"
            "FROM scratch\nCOPY --from=one /app /out\n",
        )
        image = self.build_and_pull("devspace.yaml:9:22 mount-copied")
        self.assertIn("out/conf/key", image.files)

    def test_a_mount_that_harms_nobody(self):
        self.write("src/a", "a")
        self.prepare_mount(
            "/app/conf", "FROM BUSYBOX\nWORKDIR /app\nCOPY src .\nRUN cat conf/key > /seen\n"
        )
        image = self.build_and_pull()
        self.assertEqual("value", image.text("seen"))
        self.assertEqual([], [path for path in image.files if path.startswith("app/conf/")])

    def test_a_key_that_is_a_link(self):
        self.prepare_mount(
            "/context/conf",
            "FROM BUSYBOX\nCOPY conf/key /one/\nCOPY conf/k* /two/\nCOPY conf /all/\n"
            "RUN cp /context/conf/key /by\n",
        )
        image = self.build_and_pull("devspace.yaml:9:22 mount-link-copied")
        for folder in ("one/", "two/"):
            link = image.files[folder + "key"]
            self.assertEqual("link", link.kind)
            self.assertNotIn(folder + link.data, image.files)
        # Not warned of: the folder brings its files along, and a RUN sees them.
        self.assertIn("all/" + image.files["all/key"].data.split("/")[0], image.files)
        self.assertEqual("value", image.text("by"))

    def test_a_mount_in_the_context(self):
        self.prepare_mount(
            "/context/conf/key", "FROM scratch\nCOPY conf/key /\n", "          subPath: key\n"
        )
        self.assertEqual("value", self.build_and_pull().text("key"))
