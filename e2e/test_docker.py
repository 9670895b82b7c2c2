"""Images with `build.docker`, by a real Docker daemon, and by kaniko where none answers."""

import json
import os
import stat

import image
from dockerd import Dockerd
from frame import ENVIRONMENT, ClusterTest, get, is_ours, kubectl, registry, until
from test_examples import login_config

BUILD, ENVIRONMENTAL, INTERRUPTED = 1, 3, 130
NOWHERE = {"DOCKER_HOST": "unix:///nowhere/docker.sock"}


class Docker(ClusterTest):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Dockerd()
        cls.addClassCleanup(cls.daemon.stop)

    def prepare(self, build, dockerfile=None, name=None):
        self.name = name or registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    tags: [v1, v2]\n%s"
            % (self.name, build and "    build: %s\n" % build),
        )
        self.write("file", "content\n")
        self.write(
            "Dockerfile",
            dockerfile
            or "FROM scratch AS first\nARG WORD\nLABEL word=$WORD\nCOPY file /file\n"
            "FROM scratch\nCOPY file /other\n",
        )

    def start_it(self, *args, environment=None):
        return self.start(
            *("build", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--result", self.top + "/result.json"),
            *args,
            environment=environment or self.daemon.environment
        )

    def run_build(self, *args, **options):
        return self.start_it(*args, **options).finish()

    def containers(self):
        return self.daemon.docker("ps", "--all", "--quiet").stdout

    def pods_made(self):
        events = get("events", "-n", self.namespace)["items"]
        return {
            e["involvedObject"]["name"]
            for e in events
            if is_ours(e["involvedObject"]["name"])
        }

    def assert_by(self, engine, finished):
        self.assert_built(finished)
        self.assertEqual(engine, finished.result["images"][0]["engine"])
        self.assertEqual(engine == "kubernetes", bool(self.pods_made()))
        self.assert_namespace_as_before()

    def test_options(self):
        self.prepare(
            "{docker: {args: [--label=more=yes], options: {target: first, network: host, "
            'buildArgs: {WORD: "two words"}}}, kaniko: {}}'
        )
        finished = self.run_build()
        self.assert_by("docker", finished)
        for tag in ("v1", "v2"):
            pulled = self.pull("%s:%s" % (self.name, tag))
            self.assertEqual(["file"], list(pulled.files))
            self.assertEqual({"word": "two words", "more": "yes"}, pulled.config["Labels"])
            self.assertEqual(pulled.digest, finished.result["images"][0]["digest"])

    def test_platforms(self):
        """Docker pulls the base image for each platform, and this machine pushes the index."""
        self.prepare("", "FROM %s\nCOPY file /file\n" % registry(self.namespace + "/base:v1"))
        both = "platforms: [linux/amd64, linux/arm64]"
        self.write(
            "devspace.yaml",
            "images:\n"
            "  base: {image: %s, tags: [v1], dockerfile: base, %s, build: {kaniko: {}}}\n"
            "  app: {image: %s, tags: [v1, v2], %s, build: {docker: {}}}\n"
            % (registry(self.namespace + "/base"), both, self.name, both),
        )
        self.write("base", "FROM scratch\nARG TARGETARCH\nCOPY bin-$TARGETARCH /arch\n")
        for architecture in ("amd64", "arm64"):
            self.write("bin-" + architecture, architecture + "\n")
        finished = self.run_build()
        self.assert_built(finished)
        result = {one["key"]: one for one in finished.result["images"]}["app"]
        self.assertEqual("docker", result["engine"])
        self.assertEqual(2, len(result["platforms"]))
        for one in result["platforms"]:
            pulled = self.pull("%s@%s" % (self.name, one["digest"]))
            self.assertEqual(one["platform"], "linux/" + pulled.text("arch").strip())
            self.assertIn("file", pulled.files)
        for tag in ("v1", "v2"):
            self.assertEqual(result["digest"], image.digest(ENVIRONMENT, "%s:%s" % (self.name, tag)))
        self.assert_namespace_as_before()

    def test_without_any_section(self):
        self.prepare("")
        self.assert_by("docker", self.run_build())
        self.assertEqual(["other"], list(self.pull(self.name + ":v1").files))

    def test_skip_push(self):
        self.prepare("{docker: {skipPush: true}}")
        finished = self.run_build()
        self.assert_by("docker", finished)
        self.assertIn("not pushed", finished.stdout)
        self.assertEqual([], self.tags(self.name))
        self.daemon.docker("image", "inspect", self.name + ":v1", self.name + ":v2")

    def test_entrypoint_and_ignore_file(self):
        self.prepare("{docker: {}}", "FROM scratch\nCOPY . /\n")
        with open(self.folder + "/devspace.yaml", "a") as stream:
            stream.write("    entrypoint: [say, '\"hi\"']\n")
        self.write(".dockerignore", "*\n!file\n")
        self.assert_by("docker", self.run_build())
        pulled = self.pull(self.name + ":v1")
        self.assertEqual(["file"], list(pulled.files))
        self.assertEqual(["say", '"hi"'], pulled.config["Entrypoint"])

    def test_login(self):
        private = "%s/%s/app" % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"], self.namespace)
        self.prepare("{docker: {}}", name=private)
        self.write(self.home + "/.docker/config.json", login_config())
        self.assert_by("docker", self.run_build())
        self.pull(private + ":v2")

    def test_a_wrong_login_is_known_before_the_build(self):
        private = "%s/%s/app" % (ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"], self.namespace)
        self.prepare("{docker: {}}", name=private)
        finished = self.run_build()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        self.assertIn("image `app`: the registry does not accept the image: ", finished.stderr)
        self.assertIn("; there are no credentials for ", finished.stderr)
        self.assertNotIn("building with docker", finished.stderr)

    def test_a_build_that_fails(self):
        self.prepare("{docker: {}}", "FROM %s\n" % registry("no/such:image"))
        finished = self.run_build()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        self.assertIn("image `app`: `docker build` exited with code 1", finished.stderr)
        self.assertIn("no/such", finished.stderr)

    def test_a_secret_of_the_cluster(self):
        secrets = "secrets: [{id: token, secret: {name: ci-token, key: token}}]"
        self.prepare(
            "{docker: {options: {%s}}}" % secrets,
            "FROM scratch\nRUN --mount=type=secret,id=token x\n",
        )
        finished = self.run_build()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn(
            "image `app`: the build secret `token` is in the Secret `ci-token` of the cluster, "
            "which Docker does not have; use `--secret id=token,src=FILE`",
            finished.stderr,
        )

    def busybox(self, script):
        return "FROM %s\nRUN %s\n" % (registry("library/busybox:1"), script)

    def test_ctrl_c(self):
        self.prepare("{docker: {args: [--network=host]}}", self.busybox("echo going; sleep 600"))
        running = self.start_it()
        running.wait_for(r"^  going$")
        running.interrupt()
        finished = running.finish(30)
        self.assertEqual(INTERRUPTED, finished.code, finished.stderr)
        self.assertEqual("interrupted", finished.result["images"][0]["failure"]["what"])
        until("the daemon has ended it", lambda: not self.containers(), 30)
        self.assertEqual([], self.tags(self.name))

    def test_kill_ends_the_build(self):
        self.prepare("{docker: {args: [--network=host]}}", self.busybox("echo going; sleep 600"))
        running = self.start_it()
        running.wait_for(r"^  going$")
        running.kill()
        until("the daemon has ended it", lambda: not self.containers(), 30)

    def test_a_failed_command_leaves_no_container(self):
        self.prepare("{docker: {args: [--network=host]}}", self.busybox("echo said; exit 7"))
        finished = self.run_build()
        self.assertEqual(BUILD, finished.code, finished.stderr)
        self.assertIn("returned a non-zero code: 7", finished.stderr)
        self.assertEqual("", self.containers())

    def test_several_at_once_with_their_logs(self):
        lines = ["images:"]
        for key in ("a", "b"):
            lines.append(
                "  %s: {image: %s, dockerfile: %s, build: {docker: {args: [--pull, "
                "--network=host]}}}" % (key, registry("%s/%s" % (self.namespace, key)), key)
            )
            self.write(key, self.busybox("echo said by %s; sleep 5" % key))
        self.write("devspace.yaml", "\n".join(lines) + "\n")
        running = self.start_it("--jobs", "2")
        for key in ("a", "b"):
            running.wait_for(r"^\[%s\]   said by %s$" % (key, key))
        self.assertEqual(2, len(self.containers().split()))
        finished = running.finish()
        self.assert_built(finished)
        for result in finished.result["images"]:
            pulled = self.pull("%s:%s" % (result["image"], result["tags"][0]))
            self.assertEqual(pulled.digest, result["digest"])
            with open(os.path.join(self.folder, result["logFile"])) as stream:
                self.assertIn("said by " + result["key"], stream.read())
        again = self.start_it("--jobs", "2").finish()
        self.assertEqual([True, True], [one.get("skipped") for one in again.result["images"]])

    def test_minikube(self):
        """Its name and its output imitate minikube, which needs a machine of its own."""
        host = self.daemon.environment["DOCKER_HOST"]
        program = self.write(
            self.top + "/bin/minikube",
            '#!/bin/sh\n[ "$*" = "docker-env --shell none" ] || exit 2\necho DOCKER_HOST=%s\n'
            % host,
        )
        os.chmod(program, stat.S_IRWXU)
        path = self.write(self.top + "/kubeconfig", open(self.kubeconfig).read())
        kubectl(
            *("--kubeconfig", path, "config", "rename-context"),
            *(ENVIRONMENT["OVENBIRD_E2E_CONTEXT"], "minikube"),
        )
        self.kubeconfig = path
        environment = dict(NOWHERE, PATH="%s/bin:%s" % (self.top, os.environ["PATH"]))
        self.prepare("{docker: {}}")
        self.assert_by("docker", self.run_build(environment=environment))
        self.prepare("{docker: {preferMinikube: false, disableFallback: true}}")
        finished = self.run_build(environment=environment)
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn(
            "image `app` is for Docker, and no Docker daemon answers (", finished.stderr
        )

    # Without a daemon.

    def test_kaniko_where_no_daemon_answers(self):
        self.prepare("{docker: {}, kaniko: {options: {target: first, buildArgs: {WORD: x}}}}")
        finished = self.run_build(environment=NOWHERE)
        self.assert_by("kubernetes", finished)
        self.assertIn("kaniko builds `app`: no Docker daemon answers (", finished.stderr)
        self.assertEqual({"word": "x"}, self.pull(self.name + ":v1").config["Labels"])

    def test_kaniko_does_not_push_either(self):
        self.prepare("{docker: {skipPush: true}, kaniko: {}}")
        self.assert_by("kubernetes", self.run_build(environment=NOWHERE))
        self.assertEqual([], self.tags(self.name))

    def test_no_fallback(self):
        self.prepare("{docker: {disableFallback: true}, kaniko: {}}")
        finished = self.run_build(environment=NOWHERE)
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        for word in (
            "image `app` is for Docker, and no Docker daemon answers (",
            "/nowhere/docker.sock",
            "; start one, or let kaniko build it: remove `disableFallback`, or set --engine",
        ):
            self.assertIn(word, finished.stderr)
        self.assertEqual(set(), self.pods_made())

    def test_the_command_line_is_stronger(self):
        self.prepare("{docker: {disableFallback: true, args: [--pull]}, kaniko: {}}")
        finished = self.run_build("--engine", "kubernetes")
        self.assert_by("kubernetes", finished)

    def test_without_a_section_kaniko_has_dockers_options(self):
        """Seen in the pod: its image, the default, cannot be had here."""
        self.prepare("{docker: {args: [--pull], options: {target: first, buildArgs: {WORD: x}}}}")
        running = self.start_it("--engine", "kubernetes")
        (pod,) = until("the pod is there", self.build_pods)
        running.interrupt()
        finished = running.finish()
        self.assertIn("option `args` has no effect with engine `kubernetes`", finished.stderr)
        (kaniko,) = pod["spec"]["containers"]
        self.assertEqual("gcr.io/kaniko-project/executor:v0.17.1", kaniko["image"])
        self.assertIn("--target=first", kaniko["args"])
        self.assertIn("WORD=x", kaniko["args"])
        self.assert_namespace_as_before()

    def test_render_names_what_has_no_pod(self):
        self.prepare("{docker: {}}")
        finished = self.start("render", "--config", "devspace.yaml").finish()
        self.assertEqual(0, finished.code, finished.stderr)
        self.assertIn("# image `app`: built by a Docker daemon, without a pod", finished.stdout)
        as_json = self.start("render", "--config", "devspace.yaml", "-o", "json").finish()
        self.assertEqual(["Pod"], [o["kind"] for o in json.loads(as_json.stdout)["items"]])
        self.assertIn("without a pod", as_json.stderr)
