"""The build context: all kinds of files arrive unchanged, also over a bad
connection."""

import json
import os
import re
import socket
import time

import layout
from faults import cutting_relay, slow_network
from frame import ClusterTest, alone, registry

MEGABYTE = 1 << 20


class Context(ClusterTest):
    def prepare(self, dockerfile="FROM scratch\nCOPY . /\n"):
        self.name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {}\n" % self.name,
        )
        self.write("Dockerfile", dockerfile)
        self.write(".dockerignore", "devspace.yaml\nDockerfile\n.dockerignore\n")

    def build_image(self, *args, **more):
        finished = self.build(*args, **more)
        self.assert_built(finished)
        self.assert_namespace_as_before()
        self.output = finished.stderr
        return self.pull_only(self.name)

    def write_text(self, path, size):
        """A text that compression makes much smaller."""
        text = b"".join(b"line %d of a text\n" % n for n in range(size // 16))[:size]
        self.write(path, text)
        return text

    def test_files_of_all_kinds(self):
        self.prepare()
        names = [b"plain", b"a b", b"line\nfeed", b"\xff\xfe", "\u00e9\u732b".encode(), b"-", b"'\"$`\\"]
        for name in names:
            with open(os.fsencode(self.folder) + b"/" + name, "wb") as stream:
                stream.write(name)
        self.write("run", "#!/bin/sh\n", mode=0o700)
        self.write("secret", "x", mode=0o600)
        self.write("zero", "")
        self.write("deep/" * 60 + "file", "deep")
        long_name = "long-" + "n" * 240
        self.write(long_name, "long")
        os.mkdir(self.folder + "/empty")
        os.symlink("deep", self.folder + "/link-to-folder")
        os.symlink("/etc/nowhere", self.folder + "/dangling")
        os.link(self.folder + "/plain", self.folder + "/same")
        with open(self.folder + "/sparse", "wb") as stream:
            stream.truncate(3 * MEGABYTE)
            stream.seek(2 * MEGABYTE)
            stream.write(b"data")
        os.mkfifo(self.folder + "/pipe")
        here = os.getcwd()
        os.chdir(self.folder)  # The address of a socket is short.
        try:
            with socket.socket(socket.AF_UNIX) as unix:
                unix.bind("socket")
        finally:
            os.chdir(here)
        files = self.build_image().files
        for name in names:
            path = os.fsdecode(name)
            if path in files:
                self.assertEqual(name, files[path].data)
        self.assertEqual(
            {os.fsdecode(n) for n in names},
            set(files)
            - {"run", "secret", "zero", long_name, "empty", "link-to-folder", "dangling"}
            - {"same", "sparse"}
            - {p for p in files if p.split("/")[0] == "deep"},
        )
        self.assertEqual(b"plain", files["same"].data)
        self.assertEqual(b"deep", files["deep/" * 60 + "file"].data)
        self.assertEqual(b"long", files[long_name].data)
        self.assertEqual(b"", files["zero"].data)
        self.assertEqual(("folder", 0o755), files["empty"][:2])
        self.assertEqual(("link", "deep"), (files["link-to-folder"].kind, files["link-to-folder"].data))
        self.assertEqual("/etc/nowhere", files["dangling"].data)
        sparse = files["sparse"].data
        self.assertEqual(3 * MEGABYTE, len(sparse))
        self.assertEqual(b"data", sparse[2 * MEGABYTE :][:4])
        # Owners are the same on every machine, modes are the files', as with BuildKit.
        self.assertEqual((0o700, 0, 0), files["run"][1:4])
        self.assertEqual((0o600, 0, 0), files["secret"][1:4])
        self.assertIn("named pipe `pipe`", self.output)
        self.assertIn("socket `socket`", self.output)

    def test_a_dockerfiles_own_ignore_file(self):
        self.prepare()
        self.write("Dockerfile.dockerignore", "*\n!kept\n")
        self.write("kept", "kept")
        self.write("other", "other")
        self.assertEqual(["kept"], list(self.build_image().files))

    def test_only_what_is_copied_is_sent(self):
        self.prepare("FROM scratch\nCOPY kept /\n")
        self.write("kept", "kept")
        self.write("other", os.urandom(MEGABYTE))
        self.assertEqual(["kept"], list(self.build_image().files))
        small = float(re.search(r"sending the context: .*, ([0-9.]+) MB", self.output).group(1))
        self.assertLess(small, 0.1)

    def test_a_cut_connection_is_tried_again(self):
        self.prepare()
        data = os.urandom(6 * MEGABYTE)
        self.write("big", data)
        with cutting_relay(after=3 * MEGABYTE, cuts=2) as relay:
            self.kubeconfig = relay.kubeconfig(self.top, self.kubeconfig)
            files = self.build_image().files
        self.assertEqual(data, files["big"].data)
        self.assertEqual(2, self.output.count("sending the context again"), self.output)
        self.assertEqual(2, relay.cut)

    def test_a_connection_that_is_always_cut(self):
        self.prepare()
        self.write("big", os.urandom(6 * MEGABYTE))
        with cutting_relay(after=3 * MEGABYTE, cuts=100) as relay:
            self.kubeconfig = relay.kubeconfig(self.top, self.kubeconfig)
            finished = self.build()
        self.assertEqual(3, finished.code, finished.stderr)
        self.assertEqual(3, relay.cut)
        self.assertIn("image `app`: cannot send the context: ", finished.stderr)
        self.assert_namespace_as_before()

    @alone
    def test_a_slow_way_is_compressed(self):
        self.prepare()
        text = self.write_text("text", 20 * MEGABYTE)
        for receiver, how in (("", "zstd"), ("script", "gzip")):
            with self.subTest(how), slow_network("40mbit"):
                files = self.build_image_by(receiver).files
                self.assertEqual(text, files["text"].data)
                self.assertRegex(self.output, r"sent [0-9.]+ MB \(%s\) instead of 2[0-9.]+ MB" % how)

    def build_image_by(self, receiver):
        """As build_image, always with the same tag."""
        return self.build_image(
            *("--force", "--tag", "same"), environment={"OVENBIRD_CONTEXT_RECEIVER": receiver}
        )

    def test_the_receiver_brings_what_the_script_brings(self):
        self.prepare()
        self.write_text("text", 8 * MEGABYTE)
        self.write("noise", os.urandom(100000))
        for number in range(500):
            self.write("many/%d/file-%d" % (number % 20, number), "%d" % number, 0o600 + number % 0o200)
        self.write("n" * 120 + "/" + "n" * 120 + "/setuid", "x", 0o4755)
        os.symlink("t" * 150, self.folder + "/link")
        os.link(self.folder + "/noise", self.folder + "/same")
        by_receiver = self.build_image_by("").files
        # The init image has no zstd: this can only be the receiver.
        self.assertRegex(self.output, r"sent [0-9.]+ MB \(zstd\) instead of ")
        by_script = self.build_image_by("script").files
        self.assertNotIn("(zstd)", self.output)
        self.assertEqual(by_script, by_receiver)

    @alone
    def test_zstd_is_chosen_where_the_init_image_has_it(self):
        self.prepare()
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {initImage: %s}\n"
            % (self.name, layout.ZSTD_IMAGE),
        )
        text = self.write_text("text", 20 * MEGABYTE)
        with slow_network("40mbit"):
            files = self.build_image(environment={"OVENBIRD_CONTEXT_RECEIVER": "script"}).files
        self.assertEqual(["text"], list(files))
        self.assertEqual(text, files["text"].data)
        self.assertRegex(self.output, r"sent [0-9.]+ MB \(zstd\) instead of 2[0-9.]+ MB")

    @alone
    def test_a_file_that_changes_on_the_way(self):
        self.prepare()
        self.write("a", os.urandom(4 * MEGABYTE))
        self.write("b", "before")
        with slow_network("8mbit"):
            running = self.start_build()
            running.wait_for("sending the context")
            time.sleep(0.5)
            self.write("b", "after")
            finished = running.finish(120)
        self.assertEqual(3, finished.code, finished.stderr)
        self.assertIn("/b` changed while it was read: it ", finished.stderr)
        self.assert_namespace_as_before()

    def test_a_gigabyte_in_little_memory(self):
        self.prepare("FROM scratch\nCOPY kept /\n")
        self.write("kept", "kept")
        with open(self.folder + "/big", "wb") as stream:
            stream.truncate(1024 * MEGABYTE)
        running = self.start_build("--full-context")
        most = running.peak_memory(300)
        self.assert_built(running.finish())
        self.assertEqual(["kept"], list(self.pull_only(self.name).files))
        self.assertLess(most, 64 * MEGABYTE)

    def test_fifty_thousand_files(self):
        self.prepare("FROM scratch\nCOPY 7/kept /\n")
        for folder in range(250):
            os.mkdir("%s/%d" % (self.folder, folder))
            for n in range(200):
                with open("%s/%d/%d" % (self.folder, folder, n), "w") as stream:
                    stream.write("%d" % n)
        self.write("7/kept", "kept")
        image = self.build_image("--full-context")
        self.assertEqual(["kept"], list(image.files))
        self.assertRegex(self.output, r"sending the context: 5\d{4} files")

    def test_what_would_be_sent(self):
        self.prepare("FROM scratch\nCOPY src /\n")
        self.write("src/.env", "A=b\n")
        self.write("src/large", "x" * 5000)
        self.write("other", "x")
        finished = self.start("context", "app").finish()
        self.assertEqual(0, finished.code, finished.stderr)
        self.assertIn("looks like a secret: src/.env", finished.stdout)
        self.assertIn("no COPY or ADD uses 1 file", finished.stdout)
        self.assertIn(".dockerignore:1: `devspace.yaml`", finished.stdout)
        finished = self.start("context", "-o", "json", "--all").finish()
        self.assertEqual(0, finished.code, finished.stderr)
        report = json.loads(finished.stdout)[0]
        self.assertEqual(
            ["src/", "src/large", "src/.env"], [s["path"] for s in report["sizes"]][:3]
        )
        self.assert_namespace_as_before()
