"""Several images of a run: order, parallel builds, failures, hooks, unchanged
images, and fifty images that leave nothing behind."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys

import image
from faults import cutting_relay
from frame import ENVIRONMENT, ClusterTest, registry, until
from layout import cache
from test_examples import login_config

BUILD, CONFIG, INTERRUPTED = 1, 2, 130
MEASURE = """
import os, sys
process = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(process, 0)
with open(sys.argv[1], "w") as stream:
    stream.write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status))
"""


class RunningTest(ClusterTest):
    def prepare(self, dockerfiles, hooks="", tags=None, kaniko="{}"):
        """An image for each Dockerfile, in a folder of its own with a file `content`."""
        lines = ["images:"]
        for key, dockerfile in dockerfiles.items():
            lines += [
                "  %s:" % key,
                "    image: " + self.repository(key),
                "    dockerfile: %s/Dockerfile" % key,
                "    context: %s" % key,
                "    build: {kaniko: %s}" % kaniko,
            ]
            if tags:
                lines.append("    tags: [%s]" % tags)
            self.write(key + "/Dockerfile", dockerfile)
            self.write(key + "/content", key + "\n")
        self.write("devspace.yaml", hooks + "\n".join(lines) + "\n")

    def repository(self, key):
        return registry("%s/%s" % (self.namespace, key))

    def busybox(self, run):
        return "FROM %s\nRUN %s\n" % (registry("library/busybox:1"), run)

    def results(self, finished):
        return {one["key"]: one for one in finished.result["images"]}

    def ends(self, code, *args, **options):
        finished = self.build(*args, **options)
        self.assertEqual(code, finished.code, finished.stdout + finished.stderr)
        self.assert_namespace_as_before()
        return finished


SIMPLE = "FROM scratch\nCOPY content /\n"


class Order(RunningTest):
    def test_an_image_is_built_after_the_one_it_starts_from(self):
        self.prepare(
            {
                "app": "FROM %s:v1\nCOPY content /app\n" % self.repository("base"),
                "base": "FROM scratch\nCOPY content /base\n",
            }
        )
        self.ends(0, "--tag", "v1")
        pulled = self.pull(self.repository("app") + ":v1")
        self.assertEqual("base\n", pulled.text("base"))
        self.assertEqual("app\n", pulled.text("app"))

    def test_a_base_without_a_tag_is_latest(self):
        self.prepare(
            {
                "app": "FROM %s\nCOPY content /app\n" % self.repository("base"),
                "base": "FROM scratch\nCOPY content /base\n",
            },
            tags="v1, latest",
        )
        self.assertNotIn("warning", self.ends(0).stderr)
        self.assertEqual("base\n", self.pull(self.repository("app") + ":v1").text("base"))
        # Now this run pushes another tag: the text of the Dockerfile still means latest.
        self.write("base/content", "newer\n")
        finished = self.ends(0, "--tag", "v2")
        self.assertIn("[base-image-tag]", finished.stderr)
        self.assertEqual("base\n", self.pull(self.repository("app") + ":v2").text("base"))

    def test_build_args_name_the_base(self):
        self.prepare(
            {
                "app": "ARG BASE\nARG TAG=v0\nFROM ${BASE}:$TAG\nCOPY content /app\n",
                "base": "FROM scratch\nCOPY content /base\n",
            },
            tags="v1",
            kaniko="{options: {buildArgs: {BASE: %s, TAG: v1}}}" % self.repository("base"),
        )
        self.ends(0)
        self.assertEqual("base\n", self.pull(self.repository("app") + ":v1").text("base"))

    def test_a_base_that_is_found_at_a_mirror(self):
        """The base has a name of Docker Hub, and this run pushes it to the mirror."""
        base = self.namespace + "/base"
        self.prepare(
            {
                "app": "FROM %s:v1\nCOPY content /app\n" % base,
                "base": "FROM scratch\nCOPY content /base\n",
            },
            tags="v1",
            kaniko="{image: 'gcr.io/kaniko-project/executor:v1.24.0', registryMirrors: ['%s']}"
            % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"],
        )
        self.ends(0)
        self.assertEqual("base\n", self.pull(self.repository("app") + ":v1").text("base"))

    def test_a_circle_is_an_error_of_the_config(self):
        self.prepare(
            {
                "a": "FROM %s:v1\nCOPY content /\n" % self.repository("b"),
                "b": "FROM %s:v1\nCOPY content /\n" % self.repository("a"),
            },
            tags="v1",
        )
        finished = self.ends(CONFIG)
        self.assertIn(
            "error: images are built from each other: `a` from `b` from `a` [image-circle]",
            finished.stderr,
        )
        self.assertIn("devspace.yaml:2:3", finished.stderr)

    def test_several_at_the_same_time(self):
        self.prepare(
            {
                "a": self.busybox("sleep 15"),
                "b": self.busybox("sleep 15"),
                "c": SIMPLE,
            }
        )
        running = self.start_build("--jobs", "2")

        def both_run():
            self.assertTrue(running.is_running(), running.output())
            pods = self.build_pods()
            self.assertLessEqual(len(pods), 2)
            states = [
                state["state"]
                for pod in pods
                for state in pod["status"].get("containerStatuses", [])
                if state["name"] == "kaniko"
            ]
            return len([state for state in states if "running" in state]) == 2

        until("two kanikos run", both_run)
        finished = running.finish()
        self.assert_built(finished)
        self.assertEqual(["a", "b", "c"], list(self.results(finished)))
        self.assert_namespace_as_before()


class Failures(RunningTest):
    def test_the_first_failure_ends_the_run(self):
        self.prepare({"a": SIMPLE, "b": self.busybox("exit 7"), "c": SIMPLE})
        results = self.results(self.ends(BUILD, "--sequential"))
        self.assertTrue(results["a"]["ok"])
        self.pull_only(self.repository("a"))
        self.assertEqual(
            "a command of the Dockerfile failed (exit code 7)", results["b"]["failure"]["what"]
        )
        self.assertEqual(
            "not started, because another image failed", results["c"]["failure"]["what"]
        )
        self.assertEqual([], self.tags(self.repository("c")))

    def test_keep_going(self):
        self.prepare(
            {
                "a": self.busybox("exit 7"),
                "b": "FROM %s:v1\nCOPY content /\n" % self.repository("a"),
                "c": SIMPLE,
            },
            tags="v1",
        )
        finished = self.ends(BUILD, "--keep-going", "--jobs", "1")
        results = self.results(finished)
        blocked = "not started, because it is built from image `a`, which failed"
        self.assertEqual(blocked, results["b"]["failure"]["what"])
        self.assertIn("image `b`: " + blocked, finished.stderr)
        self.assertTrue(results["c"]["ok"])
        self.assertEqual(results["c"]["digest"], self.pull_only(self.repository("c")).digest)


class Unchanged(RunningTest):
    def setUp(self):
        super().setUp()
        self.prepare({"app": SIMPLE})
        self.first = self.results(self.ends(0))["app"]
        self.assertNotIn("skipped", self.first)

    def again(self, *args, **options):
        finished = self.ends(0, "--explain-rebuild", *args, **options)
        self.result = self.results(finished)["app"]
        return finished

    def assert_skipped(self, finished):
        self.assertIn("unchanged", finished.stdout)
        self.assertIn(self.first["digest"], finished.stdout)
        self.assertTrue(self.result["skipped"])
        self.assertEqual(self.first["digest"], self.result["digest"])

    def assert_built_because(self, reason, finished):
        self.assertIn(reason, finished.stderr)
        self.assertNotIn("skipped", self.result)

    def test_an_unchanged_image_is_skipped(self):
        self.assert_skipped(self.again())
        # Different times and a different folder are not a change.
        os.utime(self.folder + "/app/content", (1, 1))
        self.assert_skipped(self.again())

    def test_a_changed_file(self):
        self.write("app/content", "other\n")
        self.write("app/.dockerignore", "")
        self.assert_built_because("file `content` has changed", self.again())
        self.assertNotEqual(self.first["digest"], self.result["digest"])
        self.first = self.result
        self.assert_skipped(self.again())

    def test_a_changed_option(self):
        path = self.folder + "/devspace.yaml"
        with open(path) as stream:
            text = stream.read()
        self.write(path, text.replace(self.executor, self.executor + ", snapshotMode: full"))
        self.assert_built_because("option `build.kaniko.snapshotMode` has changed", self.again())

    def test_what_is_none_of_the_images_business(self):
        path = self.folder + "/devspace.yaml"
        with open(path) as stream:
            text = stream.read()
        self.write(path, text.replace(self.executor, self.executor + ", timeout: 1h"))
        self.assert_skipped(self.again())

    def test_another_tag(self):
        self.assert_built_because(":other", self.again("--tag", "other"))
        self.first = self.result
        self.assert_skipped(self.again("--tag", "other"))

    def test_the_tag_is_another_image_by_now(self):
        tag = self.repository("app") + ":" + self.first["tags"][0]
        options = [
            *image.login_options(ENVIRONMENT, tag, "src-"),
            *image.login_options(ENVIRONMENT, tag, "dest-"),
        ]
        busybox = registry("library/busybox:1")
        image.skopeo("copy", "--quiet", *options, "docker://" + busybox, "docker://" + tag)
        self.assert_built_because(tag, self.again())
        self.assertEqual(self.result["digest"], self.pull(tag).digest)

    def test_force(self):
        self.assert_built_because("--force", self.again("-b"))

    def test_damaged_records(self):
        self.write(".ovenbird/builds.json", '{"version": 1, "builds"')
        finished = self.again()
        self.assertIn("builds.json` is damaged", finished.stderr)
        self.assert_built_because("was not built from this folder before", finished)
        self.first = self.result
        self.assert_skipped(self.again())

    def test_an_image_whose_base_was_built_anew(self):
        self.prepare(
            {
                "app": "FROM %s:v1\nCOPY content /app\n" % self.repository("base"),
                "base": "FROM scratch\nCOPY content /base\n",
            },
            tags="v1",
        )
        self.ends(0)
        results = self.results(self.ends(0))
        self.assertTrue(results["app"]["skipped"] and results["base"]["skipped"])
        self.write("base/content", "newer\n")
        name = self.repository("base") + ":v1"
        self.assert_built_because("base image `%s` has changed" % name, self.again())
        self.assertEqual("newer\n", self.pull(self.repository("app") + ":v1").text("base"))
        # The same image by a run that does not build its base.
        self.first = self.result
        self.assert_skipped(self.again("app"))

    def copy(self, source, target):
        options = [
            *image.login_options(ENVIRONMENT, source, "src-"),
            *image.login_options(ENVIRONMENT, target, "dest-"),
        ]
        image.skopeo("copy", "--quiet", *options, "docker://" + source, "docker://" + target)

    def test_a_base_image_that_changes_behind_its_tag(self):
        base = self.repository("foreign") + ":1"
        self.copy(self.repository("app") + ":" + self.first["tags"][0], base)
        self.prepare({"app": "FROM %s\nCOPY content /app\n" % base})
        self.first = self.results(self.ends(0))["app"]
        self.assert_skipped(self.again())
        self.copy(registry("library/busybox:1"), base)
        self.assert_built_because("base image `%s` has changed" % base, self.again())
        tag = "%s:%s" % (self.repository("app"), self.result["tags"][0])
        self.assertIn("bin/sh", self.pull(tag).files)
        self.first = self.result
        self.assert_skipped(self.again())

    def test_a_base_image_that_cannot_be_asked_for(self):
        """Its change is unknown, and a build would fail, too."""
        base = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"] + "/base/busybox:1"
        login = self.write(self.home + "/.docker/config.json", login_config())
        self.prepare({"app": "FROM %s\nCOPY content /app\n" % base})
        self.first = self.results(self.ends(0))["app"]
        os.remove(login)
        finished = self.again()
        self.assert_skipped(finished)
        self.assertIn("cannot tell whether base image `%s` has changed" % base, finished.stderr)

    def test_images_that_the_config_no_longer_has_are_forgotten(self):
        self.prepare({"app": SIMPLE, "other": SIMPLE})
        self.ends(0)
        self.write(".ovenbird/files/mine", "a file of the user's\n")
        self.prepare({"app": SIMPLE})
        self.ends(0)
        names = sorted(os.listdir(self.folder + "/.ovenbird/files"))
        self.assertEqual(["app", "mine"], [name.split("-")[0] for name in names])
        with open(self.folder + "/.ovenbird/builds.json") as stream:
            self.assertEqual(["app"], list(json.load(stream)["builds"]))


class SkipPush(RunningTest):
    def check(self, finished):
        result = self.results(finished)["app"]
        self.assertFalse(result["pushed"])
        self.assertIn("not pushed", finished.stdout)
        # Nor layers of the cache.
        self.assertEqual([], image.tags(ENVIRONMENT, self.repository("app")))

    def test_nothing_is_pushed(self):
        self.prepare({"app": self.busybox("echo built > /built")})
        for _ in range(2):  # Images that were not pushed are not recorded.
            self.check(self.ends(0, "--skip-push"))
        self.assertNotIn("skipped", self.results(self.ends(0))["app"])
        self.pull_only(self.repository("app"))

    def test_nothing_is_pushed_by_engine_local(self):
        self.prepare({"app": self.busybox("echo built > /built")})
        finished = self.start(
            *("build", "--engine", "local", "--skip-push"),
            *("--config", "devspace.yaml", "--result", self.top + "/result.json"),
            environment={"XDG_CACHE_HOME": os.path.dirname(cache())}
        ).finish()
        self.assert_built(finished)
        self.check(finished)


class Hooks(RunningTest):
    def hook(self, time, images, script):
        lines = (
            "- command: sh\n  args: [-c, %s]\n" % json.dumps(script),
            "  when: {%s: {images: %s}}\n" % (time, images),
        )
        return "".join(lines)

    def test_before_and_after(self):
        hooks = (
            self.hook("after", "all", "echo all >> order")
            + self.hook("after", "app", "echo app >> order")
            + self.hook("after", "other", "echo other >> order")
            # The files that the hook writes are part of the build.
            + self.hook("before", "app", "echo made by a hook > app/content")
            + self.hook("before", "other", "exit 1")
        )
        self.prepare({"app": SIMPLE, "other": SIMPLE}, hooks="hooks:\n" + hooks)
        self.ends(0, "app")
        pulled = self.pull_only(self.repository("app"))
        self.assertEqual("made by a hook\n", pulled.text("content"))
        with open(self.folder + "/order") as stream:
            self.assertEqual("app\nall\n", stream.read())

    def test_a_failure_stops_the_run(self):
        hooks = self.hook("before", "all", "echo its output; exit 4")
        self.prepare({"app": SIMPLE}, hooks="hooks:\n" + hooks)
        finished = self.ends(BUILD)
        self.assertIn("its output", finished.stderr)
        self.assertRegex(finished.result["failure"]["what"], "^hook `.*` failed: exit code 4$")
        self.assertEqual([], self.tags(self.repository("app")))


    def test_words_are_no_shell_text(self):
        hooks = (
            "- command: printf\n  args: ['<%s>\\n', 'a b', $HOME, '*']\n"
            "  when: {before: {images: all}}\n"
        )
        self.prepare({"app": SIMPLE}, hooks="hooks:\n" + hooks)
        finished = self.ends(0)
        self.assertIn("<a b>\n<$HOME>\n<*>\n", finished.stderr)

    def test_their_output_is_shown_with_its_image(self):
        hooks = (
            self.hook("before", "app", "echo before app")
            + self.hook("before", "all", "echo before all")
            + self.hook("after", "app", "echo after app; echo to stderr >&2")
        )
        self.prepare({"app": SIMPLE, "other": SIMPLE}, hooks="hooks:\n" + hooks)
        finished = self.ends(0)
        lines = finished.stderr.splitlines()
        for line in ("[app] before app", "before all", "[app]   after app", "[app]   to stderr"):
            self.assertIn(line, lines)
        with open(os.path.join(self.folder, self.results(finished)["app"]["logFile"])) as stream:
            self.assertIn("\nafter app\n", stream.read())

    def test_a_failure_after_an_image(self):
        hooks = self.hook("after", "app", "exit 4") + self.hook("after", "all", "touch too-far")
        self.prepare({"app": SIMPLE}, hooks="hooks:\n" + hooks)
        finished = self.ends(BUILD)
        self.assertRegex(
            self.results(finished)["app"]["failure"]["what"], "^hook `.*` failed: exit code 4$"
        )
        self.assertFalse(os.path.exists(self.folder + "/too-far"))
        # The image is there; what hangs on it is done the next time.
        self.pull_only(self.repository("app"))
        self.prepare({"app": SIMPLE})
        self.assertNotIn("skipped", self.results(self.ends(0))["app"])

    def test_ctrl_c(self):
        hooks = self.hook("after", "app", "echo going; sleep 600") + self.hook(
            "after", "all", "touch too-far"
        )
        self.prepare({"app": SIMPLE}, hooks="hooks:\n" + hooks)
        running = self.start_build()
        running.wait_for("going$")
        running.interrupt()
        finished = running.finish(30)
        self.assertEqual(INTERRUPTED, finished.code, finished.stderr)
        self.assertFalse(os.path.exists(self.folder + "/too-far"))
        self.assert_namespace_as_before()


COUNTING = "for i in $(seq %d); do echo line $i of many; %s; done"


class Logs(RunningTest):
    def counted(self, text, prefix=""):
        return re.findall(r"^%sline (\d+) of many$" % re.escape(prefix), text, re.MULTILINE)

    def log_of(self, result):
        with open(os.path.join(self.folder, result["logFile"])) as stream:
            return stream.read()

    def test_live_with_the_images_name_and_whole_in_files(self):
        script = COUNTING % (200, "if [ $i = 100 ]; then sleep 5; fi")
        self.prepare({"a": self.busybox(script), "b": self.busybox(script)})
        running = self.start_build()
        for key in ("a", "b"):
            running.wait_for(r"^\[%s\]   line 100 of many$" % key)
        self.assertTrue(running.is_running())
        self.assertNotIn("line 200 of many", running.output())
        finished = running.finish()
        self.assert_built(finished)
        numbers = [str(i) for i in range(1, 201)]
        for key, result in self.results(finished).items():
            self.assertEqual(numbers, self.counted(finished.stderr, "[%s]   " % key))
            self.assertEqual(numbers, self.counted(self.log_of(result)))
            self.assertIn(os.path.relpath(result["logFile"], self.folder), finished.stdout)

    def test_a_build_that_ends_at_once(self):
        self.prepare({"app": SIMPLE})
        log = self.log_of(self.results(self.ends(0))["app"])
        self.assertIn("COPY content /", log)
        self.assertIn("Pushed", log)

    def test_nothing_is_lost_when_the_connection_is_cut(self):
        # A line of 200 letters: each connection passes some of them on before it is cut.
        script = "x=$(printf %%0200d 0); " + COUNTING % (2000, "echo $x")
        self.prepare({"app": self.busybox(script.replace("%%", "%") + "; sleep 2")})
        with cutting_relay(100_000, 4, of_server=True) as relay:
            self.kubeconfig = relay.kubeconfig(self.top, self.kubeconfig)
            finished = self.build()
            self.assertEqual(4, relay.cut)
        self.assert_built(finished)
        self.assert_namespace_as_before()
        numbers = [str(i) for i in range(1, 2001)]
        self.assertEqual(numbers, self.counted(self.log_of(self.results(finished)["app"])))

    def logs_of(self, *args):
        done = self.start("logs", "--namespace", self.namespace, *args).finish()
        self.assertEqual(0, done.code, done.stdout + done.stderr)
        return done

    def test_of_a_pod_whose_build_was_killed(self):
        self.prepare(
            {"app": self.busybox("echo before; sleep 20; echo after")}, kaniko="{cache: false}"
        )
        running = self.start_build()
        running.wait_for(r"^\s*before$")
        running.kill()
        (pod,) = self.build_pods()
        which = "note: log of pod `%s` in namespace `%s`, started by " % (
            pod["metadata"]["name"],
            self.namespace,
        )
        done = self.logs_of("app")
        self.assertRegex(done.stdout, r"(?m)^before$")
        self.assertNotRegex(done.stdout, r"(?m)^after$")
        self.assertRegex(done.stderr, re.escape(which) + r"\S+, whose process \d+ has exited\n")
        self.assertIn("the build is running", done.stderr)
        # It ends with kaniko.
        whole = self.logs_of("--follow").stdout
        # kaniko's own lines come by another stream, and can stand between them.
        printed = [line for line in whole.splitlines() if line in ("before", "after")]
        self.assertEqual(["before", "after"], printed)
        self.assertIn("Pushed ", whole)
        # Another machine has no files.
        shutil.rmtree(self.folder + "/.ovenbird")
        done = self.logs_of()
        self.assertEqual(whole, done.stdout)
        self.assertIn(which, done.stderr)
        cleanup = self.start("cleanup", "--engine", "kubernetes", "--namespace", self.namespace)
        self.assertEqual(0, cleanup.finish().code, cleanup.output())
        until("all is gone", lambda: self.objects() == self.before)

    def test_two_processes_of_the_same_image(self):
        run = self.busybox("for i in $(seq 300); do echo line $i of 300; done")
        # A RUN from the cache prints nothing.
        self.prepare({"app": run}, kaniko="{cache: false}")
        both = [self.start_build("--force") for _ in range(2)]
        for running in both:
            self.assert_built(running.finish())
        logs = glob.glob(self.folder + "/.ovenbird/logs/*")
        self.assertEqual(2, len(logs), logs)
        for path in logs:
            with open(path) as stream:
                found = re.findall(r"^line (\d+) of 300$", stream.read(), re.MULTILINE)
            self.assertEqual([str(i) for i in range(1, 301)], found)

    def test_a_read_only_folder(self):
        self.prepare({"app": SIMPLE})
        subprocess.run(["mount", "--bind", "-o", "ro", self.folder, self.folder], check=True)
        self.addCleanup(subprocess.run, ["umount", self.folder], check=True)
        for _ in range(2):  # No record can be written.
            finished = self.ends(0)
            self.assertEqual(1, finished.stderr.count("warning: no log file is written: "))
            self.assertEqual(1, finished.stderr.count("the next run will build it again: "))
            app = self.results(finished)["app"]
            self.assertNotIn("skipped", app)
            self.assertNotIn("logFile", app)
        self.assertEqual("app\n", self.pull_only(self.repository("app")).text("content"))

    def test_short_log(self):
        self.prepare({"app": self.busybox("echo said")})
        finished = self.ends(0, "--short-log")
        self.assertIn("said", finished.stderr)
        self.assertNotIn("Taking snapshot", finished.stderr)
        path = self.results(finished)["app"]["logFile"]
        with open(os.path.join(self.folder, path)) as stream:
            self.assertIn("Taking snapshot", stream.read())


class Many(RunningTest):
    def test_fifty_images(self):
        keys = ["image-%d" % i for i in range(50)]
        self.prepare({key: SIMPLE for key in keys})
        measured = self.top + "/memory"
        finished = self.start_build(
            *("--jobs", "8"), prefix=[sys.executable, "-c", MEASURE, measured]
        ).finish(900)
        self.assert_built(finished)
        self.assert_namespace_as_before()
        results = self.results(finished)
        self.assertEqual(keys, list(results))
        for key in keys:
            self.assertEqual(key + "\n", self.pull_only(self.repository(key)).text("content"))
        with open(measured) as stream:
            megabytes = int(stream.read()) / 1024
        print("50 images: %.0f MB" % megabytes, file=sys.stderr)
        self.assertLess(megabytes, 200)
        again = self.results(self.ends(0, "--jobs", "8"))
        self.assertEqual(50, sum(one.get("skipped", False) for one in again.values()))
