"""The context by a registry: a second build pushes what has changed, the image is the same as
by exec, and whatever is in the way leads back to exec with a line that says why."""

import hashlib
import json
import os
import subprocess
import urllib.request

from faults import cutting_proxy, node_that_claims
from frame import ENVIRONMENT, ClusterTest, alone, get, kubectl, named, registry, until
from image import push_executor, skopeo
from layout import DEBIAN, EXECUTORS, LAST

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
DOCKERFILE = "FROM %s\nCOPY . /app/\nRUN ls -lR /app >/list && %s\n"


def executor_in(host, executor=LAST):
    return push_executor(ENVIRONMENT, host, executor)


def index_of(executor):
    """Returns the name of an index with the image and one for a platform without nodes."""
    name, _, tag = executor.rpartition(":")

    def ask(method, reference, manifest=None, kind=None):
        host, _, path = name.partition("/")
        request = urllib.request.Request(
            "http://%s/v2/%s/manifests/%s" % (host, path, reference),
            method=method,
            data=manifest,
            headers={"Content-Type": kind} if kind else {"Accept": ", ".join(MANIFESTS)},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.headers["Content-Type"], answer.read()

    kind, manifest = ask("GET", tag)
    entry = {
        "mediaType": kind,
        "size": len(manifest),
        "digest": "sha256:" + hashlib.sha256(manifest).hexdigest(),
    }
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}
    for architecture in ("s390x", "amd64"):
        platform = {"os": "linux", "architecture": architecture}
        index["manifests"].append(dict(entry, platform=platform))
    ask("PUT", "all-platforms", json.dumps(index).encode(), INDEX)
    return name + ":all-platforms"


def mounts_images():
    """Returns whether the node can mount an image as a volume."""
    return ENVIRONMENT["OVENBIRD_E2E_CONTAINERD"] != DEBIAN


class Transfer(ClusterTest):
    def prepare(self, repo=None, more="", run="true", executor=None):
        self.name = registry(self.namespace + "/app")
        self.repo = repo or registry(self.namespace + "/contexts")
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko:\n"
            "        image: %s\n        insecure: true\n        contextRepo: %s\n%s"
            % (self.name, executor or executor_in(registry("")[:-1]), self.repo, more),
        )
        self.write("Dockerfile", DOCKERFILE % (registry("library/busybox:1"), run))
        for number in range(200):
            self.write("src/%02d/file-%d" % (number % 20, number), "%d\n" % number * 50)
        self.write("src/run.sh", "#!/bin/sh\n", 0o755)

    def files(self, *args, environment=None):
        """Builds; returns the output and the image's files, without the list of times."""
        tag = "t%d" % len(self.tags(self.name))
        finished = self.build(
            *("--tag", tag, *args),
            environment={"SSL_CERT_FILE": ENVIRONMENT["OVENBIRD_E2E_CA"], **(environment or {})}
        )
        self.assert_built(finished)
        self.assert_namespace_as_before()
        files = dict(self.pull("%s:%s" % (self.name, tag)).files)
        self.assertIn("app/src/run.sh", files)
        files.pop("list")
        return finished.stderr, files

    def assert_same_as_by_exec(self, files):
        output, by_exec = self.files("--context-transfer", "exec", "--force")
        self.assertIn("the context has arrived", output)
        self.assertEqual(by_exec, files)

    def test_a_second_build_pushes_what_changed(self):
        self.prepare()
        output, files = self.files()
        self.assertRegex(output, r"context in %s: 22\d files and folders, \d" % self.repo)
        if mounts_images():
            self.assertIn("pushed; the pod mounts it", output)
        else:
            self.assertRegex(output, "the pod runs it as its image, because node `node` has ")
        self.assert_same_as_by_exec(files)
        self.write("src/03/file-3", "changed\n")
        os.remove(self.folder + "/src/04/file-4")
        os.rename(self.folder + "/src/05", self.folder + "/src/moved")
        output, files = self.files()
        self.assertRegex(output, r"context in .*: \d+ changed of 22\d files and folders, \d\.\d kB pushed")
        self.assertNotIn("the context has arrived", output)
        self.assertNotIn("app/src/04/file-4", files)
        self.assertIn("app/src/moved/file-5", files)
        self.assert_same_as_by_exec(files)
        # One tag, whatever was built.
        self.assertEqual(1, len(self.tags(self.repo)))

    def test_every_executor(self):
        for executor in EXECUTORS:
            with self.subTest(executor):
                self.prepare(executor=executor_in(registry("")[:-1], executor))
                self.write("src/03/file-3", executor)
                output, files = self.files()
                self.assertNotIn("the context has arrived", output)
                self.assert_same_as_by_exec(files)

    def test_the_pod_mounts_it_or_runs_it(self):
        self.prepare(run="sleep 600")
        running = self.start_build()
        running.wait_for("kaniko runs")
        (pod,) = self.build_pods()
        self.assertNotIn("initContainers", pod["spec"])
        volumes = {volume["name"]: volume for volume in pod["spec"].get("volumes", [])}
        image = named(pod["spec"]["containers"], "kaniko")["image"]
        if mounts_images():
            self.assertRegex(volumes["context"]["image"]["reference"], "^%s@sha256:" % self.repo)
            # With its signature, if it has one.
            self.assertEqual(executor_in(registry("")[:-1]), image)
        else:
            self.assertNotIn("context", volumes)
            self.assertRegex(image, "^%s@sha256:" % self.repo)
        running.interrupt()
        self.assertEqual(130, running.finish(60).code)
        self.assert_namespace_as_before()

    def test_caches_and_secrets_of_run(self):
        run = (
            "true\nRUN --mount=type=cache,target=/c,mode=0750 stat -c %a /c >/cache\n"
            "RUN --mount=type=secret,id=token wc -c </run/secrets/token >/secret"
        )
        self.prepare(run=run)
        self.write("token", "seven!!")
        self.write(".dockerignore", "token\n")
        secret = ("--secret", "id=token,src=" + self.folder + "/token")
        output, files = self.files(*secret)
        self.assertNotIn("the context has arrived", output)
        self.assertEqual(b"750\n", files["cache"].data)
        self.assertEqual(b"7\n", files["secret"].data)
        _, by_exec = self.files("--context-transfer", "exec", "--force", *secret)
        self.assertEqual(by_exec, files)

    def test_without_the_right_to_exec(self):
        self.prepare(more="        contextTransfer: registry\n")
        self.account.lacks = ("pods/exec",)
        output, files = self.files()
        self.assertNotIn("exec", output)
        self.write("src/03/file-3", "changed\n")
        _, files = self.files()
        self.assertEqual(b"changed\n", files["app/src/03/file-3"].data)

    def test_an_executor_for_several_platforms_on_unknown_nodes(self):
        self.prepare(executor=index_of(executor_in(registry("")[:-1])))
        self.account.lacks = ("nodes",)
        output, files = self.files()
        self.assertNotIn("the context has arrived", output)
        self.assert_same_as_by_exec(files)
        self.write("src/03/file-3", "changed\n")
        output, files = self.files()
        self.assertRegex(output, r": \d+ changed of 22\d files and folders")
        self.assert_same_as_by_exec(files)

    def test_cleanup_deletes_the_tags_of_this_user(self):
        self.prepare()
        self.files()
        (tag,) = self.tags(self.repo)
        skopeo(
            *("copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"),
            *("docker://" + registry("library/busybox:1"), "docker://%s:another" % self.repo),
        )
        command = ("cleanup", "--contexts", "--context-repo", self.repo)
        shown = self.start(*command, "--dry-run").finish()
        self.assertIn("would be deleted: %s (image `app`, folder `" % tag, shown.stdout)
        self.assertIn(tag, self.tags(self.repo))
        done = self.start(*command).finish()
        self.assertEqual(0, done.code, done.stderr)
        self.assertEqual(["another"], self.tags(self.repo))
        # The record of this machine names an image that is gone.
        self.write("src/03/file-3", "changed\n")
        _, files = self.files()
        self.assertEqual(b"changed\n", files["app/src/03/file-3"].data)

    def test_another_machine_pushes_nothing_of_the_same_files(self):
        self.prepare()
        key = {"OVENBIRD_CONTEXT_KEY": self.namespace}
        self.files(environment=key)
        # As a fresh machine with a copy of the folder: times and all, but no records.
        another = {**key, "XDG_CACHE_HOME": self.home + "/another"}
        output, files = self.files("--force", environment=another)
        self.assertRegex(output, r"context in .*: 22\d files and folders, 0\.0 kB pushed")
        self.assert_same_as_by_exec(files)

    def test_a_push_that_is_cut_goes_on(self):
        self.prepare(more="        contextTransfer: registry\n")
        parts = 6
        for number in range(parts):
            self.write("large-%d" % number, os.urandom(16 << 20))
        size = parts * (16 << 20)
        with cutting_proxy(after=size // 2, cuts=1) as proxy:
            output, files = self.files(environment=proxy.proxy())
            self.assertEqual(1, proxy.cut)
            # Layers that were there are not sent again: at most one.
            self.assertLess(proxy.sent, size + 1.3 * (16 << 20))
        self.keeps_cut_uploads = True
        self.assertNotIn("the context has arrived", output)
        for number in range(parts):
            self.assertEqual(16 << 20, len(files["app/large-%d" % number].data))

    # What is in the way.

    def fails_over(self, reason, *args):
        output, files = self.files(*args)
        self.assertRegex(output, "the context is sent into the pod, not through a registry: " + reason)
        self.assertIn("the context has arrived", output)
        return files

    @alone
    def test_a_node_that_only_claims_to_mount_images(self):
        self.prepare()
        versions = {"kubeletVersion": "v1.35.0", "containerRuntimeVersion": "containerd://2.1.0"}
        with node_that_claims(**versions):
            for _ in range(5):  # The kubelet says the truth in between.
                output, files = self.files("--force")
                if "pushed; the pod mounts it" in output:
                    break
        self.assertIn("pushed; the pod mounts it", output)
        if not mounts_images():
            self.assertIn("as its image, because the node does not mount it: ", output)
        self.assertNotIn("the context has arrived", output)
        self.assert_same_as_by_exec(files)

    def test_the_node_cannot_log_in(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.log_in(private)
        self.prepare(
            repo="%s/%s/contexts" % (private, self.namespace),
            more="        skipPullSecretMount: true\n",
        )
        self.fails_over("the node does not pull it .*the nodes must trust this registry")

    def test_the_node_logs_in_with_the_credentials_of_the_build(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.log_in(private)
        self.prepare(repo="%s/%s/contexts" % (private, self.namespace))
        output, _ = self.files()
        self.assertNotIn("the context has arrived", output)

    def log_in(self, host):
        """As `docker login` does."""
        subprocess.run(
            ["skopeo", "login", "--cert-dir", ENVIRONMENT["OVENBIRD_E2E_CA_FOLDER"], "--authfile", self.home + "/.docker/config.json"]
            + ["--username", ENVIRONMENT["OVENBIRD_E2E_USER"]]
            + ["--password", ENVIRONMENT["OVENBIRD_E2E_PASSWORD"], host],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def test_the_registry_refuses_it(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        self.prepare(repo="%s/%s/contexts" % (private, self.namespace))
        self.fails_over(".*there are no credentials for " + private)

    def test_the_executor_is_not_in_a_registry(self):
        self.prepare(executor=registry("e2e/no-executor:v1.24.0"))
        finished = self.build()
        self.assertRegex(
            finished.stderr, "not through a registry: manifest of .*e2e/no-executor:v1.24.0: 404 Not Found"
        )

    def test_no_repository_is_set(self):
        self.prepare()
        text = open(self.folder + "/devspace.yaml").read()
        self.write("devspace.yaml", text.replace("contextRepo: " + self.repo, "cache: false"))
        self.fails_over("no repository is set: set `contextRepo`", "--context-transfer", "registry")

    def test_a_mount_needs_the_context_as_a_volume(self):
        self.prepare()
        self.write(
            "Dockerfile",
            "FROM %s\nRUN --mount=type=bind,target=/in cp -r /in /app\nRUN ls -lR /app >/list\n"
            % registry("library/busybox:1"),
        )
        self.fails_over("RUN --mount=type=bind needs the context as a volume")

    def test_another_repository_gets_all_files(self):
        self.prepare()
        self.files()
        self.prepare(repo=self.repo + "-2")
        self.write("src/03/file-3", "changed\n")
        output, files = self.files()
        self.assertRegex(output, r"contexts-2: 22\d files and folders")
        self.assertEqual(b"changed\n", files["app/src/03/file-3"].data)

    def test_a_large_context_is_pushed_beside_the_first_build(self):
        self.prepare()
        self.write("large", os.urandom(20 << 20))
        output, _ = self.files()
        self.assertIn("pushing the context to %s for the next build" % self.repo, output)
        self.assertIn("the context has arrived", output)
        until("the tag", lambda: self.tags(self.repo))
        self.write("src/03/file-3", "changed\n")
        output, _ = self.files()
        self.assertNotIn("the context has arrived", output)
        self.assertRegex(output, r": 1 changed of 22\d files and folders")
