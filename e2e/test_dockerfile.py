"""Where the Dockerfile is, what the config changes in it, and what comes from base
images."""

import json

from frame import ClusterTest, registry

BUILD = 1
FILES_LEFT_OUT = (
    "image `app`: the base image brings ONBUILD instructions, and the files that they copy were "
    "not sent"
)
# To it ENV comes before ARG, and it is on the cluster under its own name.
KANIKO = "gcr.io/kaniko-project/executor:v1.24.0"


class Dockerfiles(ClusterTest):
    def setUp(self):
        super().setUp()
        self.busybox = registry("library/busybox:1")
        self.name = registry(self.namespace + "/app")

    def config(self, **images):
        """{key: lines of the image}; a name that fits is put before them."""
        text = "images:\n"
        for key, lines in images.items():
            text += "  %s:\n    image: %s\n" % (key, registry(self.namespace + "/" + key))
            if not any(line.startswith("build:") for line in lines):
                lines = [*lines, "build: {kaniko: {}}"]
            text += "".join("    %s\n" % line for line in lines)
        self.write("devspace.yaml", text)

    def build_and_pull(self, *args):
        finished = self.build(*args)
        self.assert_built(finished)
        self.assert_namespace_as_before()
        return self.pull_only(self.name)

    def test_outside_of_the_context(self):
        """Its name may be that of a file inside, which stays what it is."""
        self.write("context/Dockerfile", "a file of the context")
        self.write("context/a", "a")
        self.write("docker/Dockerfile", "FROM scratch\nCOPY . /all/\n")
        self.config(app=["dockerfile: docker/Dockerfile", "context: context"])
        image = self.build_and_pull()
        self.assertEqual("a", image.text("all/a"))

    def test_any_name(self):
        for name in ("Dockerfile.prod", "build files/my file", "\u00e9.dockerfile", "-d", "$x"):
            with self.subTest(name=name):
                self.write(name, "FROM scratch\nLABEL name=here\nCOPY a /\n")
                self.write("a", name)
                self.config(app=["dockerfile: %s" % json.dumps(name, ensure_ascii=False)])
                self.assert_built(self.build("--tag", "t"))
                image = self.pull(self.name + ":t")
                self.assertEqual(name, image.text("a"))
                self.assertEqual({"name": "here"}, image.config["Labels"])

    def test_entrypoint_and_cmd(self):
        """As JSON, at the end of the stage that is built; their words stay what they are."""
        words = ["sh", "-c", "echo \"a\\b\" '$HOME' ${X} \u00e9\t<&>", ""]
        self.write(
            "Dockerfile",
            "FROM scratch AS one\nENTRYPOINT [\"old\"]\nCMD [\"old\"]\nCOPY a /\n"
            "FROM scratch AS two\nCOPY devspace.yaml /\n",
        )
        self.write("a", "a")
        written, reversed_words = (
            json.dumps(each, ensure_ascii=False).replace("${", "$${") for each in (words, words[::-1])
        )
        self.config(
            app=[
                "entrypoint: " + written,
                "cmd: " + reversed_words,
                "build: {kaniko: {options: {target: one}}}",
            ]
        )
        image = self.build_and_pull()
        self.assertEqual(words, image.config["Entrypoint"])
        self.assertEqual(words[::-1], image.config["Cmd"])
        self.assertEqual(["a"], list(image.files))

    def test_restart_helper(self):
        self.write(
            "Dockerfile", "FROM %s\nCOPY a /\nENTRYPOINT echo run >> /log; sleep 60\n" % self.busybox
        )
        self.write("a", "a")
        self.write(".dockerignore", "*\n!a\n")
        self.config(app=["tags: [v1]", "injectRestartHelper: true"])
        image = self.build_and_pull()
        helper = "/devspace-restart-helper"
        command = [helper, "/bin/sh", "-c", "echo run >> /log; sleep 60"]
        self.assertEqual(command, image.config["Entrypoint"])
        self.assertEqual(0o755, image.files[helper[1:]].mode)
        # The helper restarts the program if its file is deleted before the program is killed, as
        # `devspace restart` does. The file is written while the program starts, so either may come first.
        self.write(
            "again/Dockerfile",
            "FROM %s:v1\nRUN touch /log; started() { "
            "until [ -s /devspace-pid ] && [ $(grep -c run /log) = $1 ]; do sleep 0.1; done; }; "
            "%s sh -c 'echo run >> /log; exec sleep 60' & helper=$!; "
            "started 1; pid=$(cat /devspace-pid); rm /devspace-pid; kill $pid; started 2; "
            "kill $helper; wait $helper; echo $? > /code\n" % (self.name, helper),
        )
        self.config(again=["dockerfile: again/Dockerfile"])
        self.assert_built(self.build())
        again = self.pull_only(registry(self.namespace + "/again"))
        self.assertEqual("run\nrun\n", again.text("log"))
        self.assertEqual("143\n", again.text("code"))

    def test_rewriting(self):
        """The same file, rewritten and as it is: only the first is Docker's image."""
        self.write("Dockerfile", "FROM %s\nENV X=env\nARG X=arg\nLABEL x=$X\n" % self.busybox)
        self.config(
            app=["build: {kaniko: {image: %s}}" % KANIKO],
            asis=["build: {kaniko: {image: %s, rewriteDockerfile: false}}" % KANIKO],
        )
        self.assert_built(self.build())
        self.assertEqual({"x": "arg"}, self.pull_only(self.name).config["Labels"])
        as_it_is = self.pull_only(registry(self.namespace + "/asis"))
        self.assertEqual({"x": "env"}, as_it_is.config["Labels"])

    def test_onbuild_of_a_stage(self):
        self.write(
            "Dockerfile",
            "FROM %s AS base\nONBUILD COPY a /a\nONBUILD RUN cat /a > /b\n"
            "FROM base\nRUN echo c > /c\n" % self.busybox,
        )
        self.write("a", "a")
        self.config(app=[])
        image = self.build_and_pull()
        self.assertEqual(["a", "a", "c\n"], [image.text(path) for path in "abc"])

    def prepare_base(self):
        """An image that copies its users' files, and an image that uses it."""
        self.write("base/Dockerfile", "FROM %s\nONBUILD COPY a /a\n" % self.busybox)
        self.write("Dockerfile", "FROM %s:v1\nRUN cat /a > /b\n" % registry(self.namespace + "/base"))
        self.write("a", "a")
        self.base = ["tags: [v1]", "dockerfile: base/Dockerfile"]

    def test_onbuild_of_an_image_of_the_same_config(self):
        self.prepare_base()
        self.config(base=self.base, app=[])
        image = self.build_and_pull()
        self.assertEqual(["a", "a"], [image.text(path) for path in "ab"])
        # Also when only the one that starts from it is built.
        self.assert_built(self.build("--force", "app"))

    def test_onbuild_of_an_image_from_elsewhere_without_a_cluster(self):
        """kaniko would not fail, and push an image without the files."""
        self.write("base/Dockerfile", "FROM %s\nONBUILD COPY . /all\n" % self.busybox)
        self.write("Dockerfile", "FROM %s:v1\nRUN sleep 3\n" % registry(self.namespace + "/base"))
        self.config(base=["tags: [v1]", "dockerfile: base/Dockerfile"])
        self.assert_built(self.build())
        self.config(app=[])
        finished = self.start_without_cluster("--engine", "local").finish()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        self.assertIn(FILES_LEFT_OUT, finished.stderr)
        self.assertEqual([], self.tags(self.name))

    def test_onbuild_of_an_image_from_elsewhere(self):
        """No image is made without the files; --full-context sends them."""
        self.prepare_base()
        self.config(base=self.base)
        self.assert_built(self.build())
        self.config(app=[])
        finished = self.build()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        self.assertIn(FILES_LEFT_OUT, finished.stderr)
        self.assertIn("build it with --full-context; or copy the files in", finished.stderr)
        self.assertEqual([], self.tags(self.name))
        self.assert_namespace_as_before()
        image = self.build_and_pull("--full-context")
        self.assertEqual(["a", "a"], [image.text(path) for path in "ab"])
