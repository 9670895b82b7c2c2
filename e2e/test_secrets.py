"""Build secrets: RUN gets them from each source, and nothing keeps their values."""

import hashlib
import os
import time

import leaks
from frame import ENVIRONMENT, ClusterTest, get, is_ours, kubectl, named, registry, until
from layout import cache

# Gives the test time to look at all that is there during the build.
SLOW = "sleep 6"
SUMS = (
    "RUN --mount=type=secret,id=of-file --mount=type=secret,id=of-cluster,target=/root/.netrc,mode=0440"
    " --mount=type=secret,id=of-env,env=TOKEN,required"
    " sha256sum < /run/secrets/of-file > /sums && sha256sum < /root/.netrc >> /sums"
    " && printf %%s \"$TOKEN\" | sha256sum >> /sums && %s\n" % SLOW
)
LEAK = "RUN --mount=type=secret,id=of-file cp /run/secrets/of-file /leak\n"


def storage():
    """Returns the folder with all that the registries store."""
    return os.path.join(os.path.dirname(ENVIRONMENT["KUBECONFIG"]), "registries")


class Secrets(ClusterTest):
    def setUp(self):
        super().setUp()
        self.values = {one: leaks.make_value() for one in ("file", "cluster", "env")}
        self.search = leaks.Search(self.values.values())
        self.started = time.time() - 1
        # Of the user: the only file that has a value.
        self.given = self.write(self.top + "/given/token", self.values["file"])
        os.mkdir(self.top + "/tmp")
        self.environment = {"TOKEN_OF_CI": self.values["env"], "TMPDIR": self.top + "/tmp"}

    def write_project(self, run, sources):
        lines = [
            "images:",
            "  app:",
            "    image: " + registry(self.namespace + "/app"),
            "    build:",
            "      kaniko:",
            "        cache: true",
            "        args: [--cache-repo=%s, --verbosity=trace]" % registry(self.namespace + "/kept"),
            "        options:",
            "          secrets:",
        ]
        lines += ["          - {id: of-%s, %s}" % pair for pair in sources.items()]
        self.write("devspace.yaml", "\n".join(lines) + "\n")
        self.write("Dockerfile", "FROM %s\n%s" % (registry("library/busybox:1"), run))

    def sources(self):
        return {"file": "file: " + self.given, "env": "env: TOKEN_OF_CI"}

    def make_secret_of_the_cluster(self):
        kubectl(
            *("create", "secret", "generic", "ci-token", "-n", self.namespace),
            "--from-literal=token=" + self.values["cluster"]
        )
        self.before = self.objects()

    def build_pod(self, running):
        """Waits until kaniko runs; returns the pod."""

        def found():
            self.assertTrue(running.is_running(), running.output())
            for pod in self.build_pods():
                statuses = pod["status"].get("containerStatuses")
                if statuses and "running" in named(statuses, "kaniko")["state"]:
                    return pod
            return None

        return until("kaniko runs", found, 120)

    def own_secret(self):
        """Returns the Secret of the build in the namespace."""
        found = [
            one
            for one in get("secrets", "-n", self.namespace)["items"]
            if is_ours(one["metadata"]["name"])
        ]
        self.assertEqual(1, len(found), found)
        return found[0]

    def search_in_the_cluster(self):
        """All that a user who cannot read Secrets sees of the build."""
        for kind in ("pods", "jobs", "configmaps", "events"):
            args = ("-n", self.namespace, kind)
            self.search.text(kind, kubectl("get", *args, "-o", "yaml"))
            self.search.text(kind + ", described", kubectl("describe", *args))
        for pod in self.build_pods():
            name = pod["metadata"]["name"]
            args = ("-n", self.namespace, name, "--all-containers")
            self.search.text("the pod's log", kubectl("logs", *args, check=False))

    def search_here(self):
        """All that is on this machine, but for the user's own file, and in the registries."""
        self.search.folder(self.top, without=(self.top + "/given",))
        self.search.folder(cache(), self.started)
        self.search.folder("/dev/shm", self.started)
        self.search.folder(storage(), self.started)

    def search_in_output_of(self, *args):
        """What other commands print."""
        finished = self.start(*args, environment=self.environment).finish()
        self.assert_built(finished)
        self.search.text(" ".join(args), finished.stdout + finished.stderr)
        return finished.stdout

    def check_sums(self, image, *names):
        sums = [hashlib.sha256(self.values[name].encode()).hexdigest() for name in names]
        self.assertEqual(sums, [line.split()[0] for line in image.text("sums").splitlines()])
        for path in ("run/secrets/of-file", "root/.netrc"):
            self.assertNotIn(path, image.files)

    def test_from_each_source(self):
        self.make_secret_of_the_cluster()
        self.write_project(SUMS, {**self.sources(), "cluster": "secret: {name: ci-token, key: token}"})
        config = ("--config", "devspace.yaml")
        shown = self.search_in_output_of("render", *config)
        self.assertIn("kind: Secret", shown)
        self.search_in_output_of("render", *config, "--dockerfile")
        self.search_in_output_of("validate", *config)
        running = self.start_build(environment=self.environment)
        self.build_pod(running)
        self.search.arguments()
        self.search_in_the_cluster()
        self.assertTrue(running.is_running(), "too fast for this test:\n" + running.output())
        finished = running.finish()
        self.assert_built(finished)
        self.search.text("the output", finished.stdout + finished.stderr)
        self.search.text("the result", str(finished.result))
        self.search_in_the_cluster()
        again = ("--namespace", self.namespace, "--explain-rebuild")
        self.search_in_output_of("build", *config, *again)
        self.search_here()
        self.assertEqual([], self.search.found)
        self.check_sums(self.pull_only(registry(self.namespace + "/app")), "file", "cluster", "env")
        # The layer is kept, too.
        self.assertIn("Pushing layer " + registry(self.namespace + "/kept"), finished.stderr)
        self.assert_namespace_as_before()

    def test_from_each_source_on_this_machine(self):
        self.write_project(SUMS.replace("of-cluster", "of-file"), self.sources())
        running = self.start_without_cluster("--engine", "local", **self.environment)
        running.wait_for("sha256sum")
        self.search.arguments()
        # During the build the values are in memory only.
        self.search.folder(cache(), self.started)
        self.search.folder(self.top, without=(self.top + "/given",))
        self.assertTrue(running.is_running(), "too fast for this test:\n" + running.output())
        finished = running.finish()
        self.assert_built(finished)
        self.search.text("the output", finished.stdout + finished.stderr)
        self.search_here()
        self.assertEqual([], self.search.found)
        self.check_sums(self.pull_only(registry(self.namespace + "/app")), "file", "file", "env")

    def test_a_leak_is_found(self):
        """What the tests above search would have the values if the build kept them."""
        self.write_project(LEAK, self.sources())
        self.assert_built(self.build(environment=self.environment))
        shown = self.start(
            *("render", "--config", "devspace.yaml", "--show-secrets"), environment=self.environment
        ).finish()
        self.search.text("render", shown.stdout)
        self.search_here()
        self.assertIn("render", self.search.found)
        # The image's layer, and the cache's, which may be one blob.
        self.assertTrue([path for path in self.search.found if path.startswith(storage())])

    def test_flags(self):
        self.write_project(
            "RUN --mount=type=secret,id=of-file,target=/t sha256sum < /t > /sums\n"
            "RUN --mount=type=secret,id=of-flag,env=T printf %s \"$T\" | sha256sum >> /sums\n",
            {"file": "file: missing"},
        )
        flags = ("--secret", "id=of-file,src=" + self.given, "--secret=id=of-flag,env=TOKEN_OF_CI")
        self.assert_built(self.build("--strict", *flags, environment=self.environment))
        self.check_sums(self.pull_only(registry(self.namespace + "/app")), "file", "env")
        self.assert_namespace_as_before()

    def test_the_secret_of_a_killed_build_goes_with_its_pod(self):
        self.write_project("RUN --mount=type=secret,id=of-file sleep 600\n", self.sources())
        running = self.start_build(environment=self.environment)
        pod = self.build_pod(running)["metadata"]
        running.kill()
        secret = self.own_secret()
        self.assertEqual(["build-secret-0"], list(secret["data"]))
        owners = [(one["kind"], one["uid"]) for one in secret["metadata"]["ownerReferences"]]
        self.assertEqual([("Pod", pod["uid"])], owners)
        kubectl("delete", "pod", pod["name"], "-n", self.namespace, "--grace-period=0", "--force")

        def gone():
            names = [one["metadata"]["name"] for one in get("secrets", "-n", self.namespace)["items"]]
            return pod["name"] not in names

        until("the Secret is gone", gone, 90)

    def test_a_missing_secret_of_the_cluster(self):
        self.write_project(
            "RUN --mount=type=secret,id=of-cluster true\n",
            {"cluster": "secret: {name: ci-token, key: token}"},
        )
        finished = self.build()
        self.assertEqual(3, finished.code, finished.stderr)
        self.assertIn(
            "image `app`: a Secret or ConfigMap that the build pod mounts does not exist",
            finished.stderr,
        )
        self.assertIn("ci-token", finished.stderr)
        self.assert_namespace_as_before()

    def test_a_missing_key_of_the_cluster(self):
        self.make_secret_of_the_cluster()
        self.write_project(
            "RUN --mount=type=secret,id=of-cluster true\n",
            {"cluster": "secret: {name: ci-token, key: other}"},
        )
        finished = self.build()
        self.assertEqual(3, finished.code, finished.stderr)
        self.assertIn(
            "image `app`: a Secret or ConfigMap lacks a key that the build pod mounts",
            finished.stderr,
        )
        self.assert_namespace_as_before()
