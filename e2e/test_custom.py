"""Images with `build.custom`: a command of the user's, on this machine."""

import os

from frame import ClusterTest, get, is_ours, registry

BUILD, ENVIRONMENTAL, INTERRUPTED = 1, 3, 130


class Custom(ClusterTest):
    def prepare(self, build, script, tags="[v1, v2]"):
        self.name = registry(self.namespace + "/app")
        self.write(
            "project/devspace.yaml",
            "images:\n  app:\n    image: %s\n    tags: %s\n    build: %s\n"
            % (self.name, tags, build),
        )
        self.write("project/build.sh", "#!/bin/sh\n" + script, 0o755)

    def start_it(self, *args):
        return self.start(
            *("build", "--config", "project/devspace.yaml", "--namespace", self.namespace),
            *("--result", self.top + "/result.json"),
            *args
        )

    def run_it(self, *args):
        finished = self.start_it(*args).finish()
        events = get("events", "-n", self.namespace)["items"]
        names = [e["involvedObject"]["name"] for e in events]
        self.assertEqual([], [name for name in names if is_ours(name)])
        self.assert_namespace_as_before()
        return finished

    def lines(self, path):
        with open("%s/project/%s" % (self.folder, path)) as stream:
            return stream.read().splitlines()

    def test_words_and_folder(self):
        self.prepare(
            "{custom: {command: ./build.sh, args: [--a, 'b c'], imageFlag: --name, "
            "appendArgs: [., '$HOME']}}",
            'pwd > seen; for w in "$@"; do echo "$w" >> seen; done; echo to the screen; '
            "echo and this >&2\n",
        )
        finished = self.run_it()
        self.assert_built(finished)
        self.assertEqual(
            [self.folder + "/project", "--a", "b c", "--name", self.name + ":v1"]
            + ["--name", self.name + ":v2", ".", "$HOME"],
            self.lines("seen"),
        )
        self.assertIn("to the screen", finished.stderr)
        self.assertIn("and this", finished.stderr)
        self.assertEqual("custom", finished.result["images"][0]["engine"])

    def test_it_comes_before_the_others(self):
        self.prepare(
            "{custom: {command: ./build.sh}, docker: {disableFallback: true}, kaniko: {}}",
            'echo "$@" > seen\n',
        )
        for engine in ("auto", "kubernetes", "local"):
            self.assert_built(self.run_it("--engine", engine))
            self.assertEqual(["%s:v1 %s:v2" % (self.name, self.name)], self.lines("seen"))

    def test_several_at_once_with_their_logs(self):
        """Each waits for the other's file, so that both must run at the same time."""
        self.prepare("", "")
        image = "  %s: {image: %s, build: {custom: {command: ./build.sh, args: [%s, %s]}}}\n"
        names = [(key, registry("%s/%s" % (self.namespace, key))) for key in ("a", "b")]
        (a, first), (b, second) = names
        self.write(
            "project/devspace.yaml",
            "images:\n" + image % (a, first, a, b) + image % (b, second, b, a),
        )
        self.write(
            "project/build.sh",
            "#!/bin/sh\ntouch at-$1; echo said by $1\n"
            "while [ ! -e at-$2 ]; do sleep 0.1; done\n",
            0o755,
        )
        finished = self.run_it("--jobs", "2")
        self.assert_built(finished)
        for result in finished.result["images"]:
            key = result["key"]
            self.assertIn("[%s]   said by %s\n" % (key, key), finished.stderr)
            with open(os.path.join(self.folder, result["logFile"])) as stream:
                self.assertEqual("said by %s\n" % key, stream.read())

    def test_disabled(self):
        self.prepare("{disabled: true, custom: {command: ./build.sh}}", "touch seen\n")
        finished = self.run_it()
        self.assertNotIn("running", finished.stderr)
        with self.assertRaises(OSError):
            self.lines("seen")

    def test_a_command_that_fails(self):
        self.prepare("{custom: {command: ./build.sh}}", "echo no luck; exit 7\n")
        finished = self.run_it()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        for word in ("image `app`: `./build.sh", "` failed with exit code 7", "no luck"):
            self.assertIn(word, finished.stderr)

    def test_a_command_that_is_missing(self):
        self.prepare("{custom: {command: ./no-such.sh}}", "")
        finished = self.run_it()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn("image `app`: cannot run `./no-such.sh", finished.stderr)
        self.assertIn("set `build.custom.command` to a path relative to", finished.stderr)

    def test_it_needs_no_cluster(self):
        self.kubeconfig = "/dev/null"
        self.prepare("{custom: {command: ./build.sh}}", "touch seen\n")
        self.assert_built(self.run_it("--engine", "kubernetes"))

    def test_ctrl_c(self):
        self.prepare("{custom: {command: ./build.sh}}", "echo started; sleep 600; touch seen\n")
        running = self.start_it()
        running.wait_for("started")
        running.interrupt()
        finished = running.finish(30)
        self.assertEqual(INTERRUPTED, finished.code)
        self.assertEqual("interrupted", finished.result["images"][0]["failure"]["what"])

    def copy_to_all_names(self):
        base = registry("library/busybox:1")
        return (
            'echo run >> runs; for name in "$@"; do skopeo copy --quiet --src-tls-verify=false '
            '--dest-tls-verify=false docker://%s "docker://$name"; done\n' % base
        )

    def test_on_change(self):
        self.write("project/src/main.c", "1")
        self.prepare(
            "{custom: {command: ./build.sh, onChange: ['src/**']}}", self.copy_to_all_names()
        )
        first = self.run_it()
        self.assert_built(first)
        self.assertEqual(
            self.pull(self.name + ":v1").digest, first.result["images"][0]["digest"]
        )
        self.assert_built(self.run_it())
        self.assertEqual(["run"], self.lines("runs"))
        self.write("project/other", "1")
        self.assert_built(self.run_it())
        self.assertEqual(["run"], self.lines("runs"))
        self.write("project/src/main.c", "2")
        self.assert_built(self.run_it())
        self.assertEqual(["run", "run"], self.lines("runs"))
        self.assert_built(self.run_it("--force"))
        self.assertEqual(3, len(self.lines("runs")))

    def test_without_on_change_it_runs_every_time(self):
        self.prepare("{custom: {command: ./build.sh}}", self.copy_to_all_names(), tags="[]")
        names = set()
        for _ in range(2):
            finished = self.run_it()
            self.assert_built(finished)
            names.update(finished.result["images"][0]["tags"])
        self.assertEqual(["run", "run"], self.lines("runs"))
        self.assertEqual(2, len(names))  # It is unknown whether the image is the same.
        self.assertEqual(sorted(names), sorted(self.tags(self.name)))

    def test_render(self):
        self.prepare("{custom: {command: ./build.sh}}", "")
        finished = self.start("render", "--config", "project/devspace.yaml").finish()
        self.assertEqual(0, finished.code, finished.stderr)
        self.assertIn("# image `app`", finished.stdout)
        self.assertNotIn("kind: Pod", finished.stdout)
