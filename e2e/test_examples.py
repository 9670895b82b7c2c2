"""Builds every folder of examples/ that a cluster can build.

Only the names of registries are replaced by those of the cluster.
"""

import base64
import json
import os
import shutil

from frame import ENVIRONMENT, ClusterTest, alone, kubectl, registry
from layout import FORK, OLD


def examples():
    here = os.path.dirname(os.path.realpath(__file__))
    return os.path.join(os.path.dirname(here), "examples")


def login_config():
    """Returns the file that `docker login` writes, for the registries that need a login."""
    pair = "%s:%s" % (ENVIRONMENT["OVENBIRD_E2E_USER"], ENVIRONMENT["OVENBIRD_E2E_PASSWORD"])
    login = {"auth": base64.b64encode(pair.encode()).decode()}
    hosts = ("OVENBIRD_E2E_REGISTRY_LOGIN", "OVENBIRD_E2E_REGISTRY_TLS")
    config = {"auths": {ENVIRONMENT[host]: login for host in hosts}}
    return json.dumps(config, separators=(",", ":"))  # Fits into one YAML word.


class Examples(ClusterTest):
    executor = OLD  # The nearest to the default, v0.17.1.

    def copy(self, name, replace=()):
        """Copies an example into the test's folder, the registries' names replaced."""
        kept = shutil.ignore_patterns(".cache", ".ovenbird")  # by builds in the checkout
        source = os.path.join(examples(), name)
        shutil.copytree(source, self.folder, ignore=kept, dirs_exist_ok=True)
        replace = tuple(replace) + (
            ("registry.example.com/team", registry(self.namespace)),
            ("busybox:1.36", registry("library/busybox:1.36")),
            # The node has another fork.
            ("ghcr.io/osscontainertools/kaniko:v1.28.3", FORK),
        )
        for folder, _, files in os.walk(self.folder):
            for file in files:
                path = os.path.join(folder, file)
                with open(path) as stream:
                    text = stream.read()
                for old, new in replace:
                    text = text.replace(old, new)
                self.write(path, text, os.stat(path).st_mode)

    def same_file(self, name, pulled, path):
        with open(os.path.join(self.folder, name), "rb") as stream:
            self.assertEqual(stream.read(), pulled.files[path].data)

    def test_quickstart(self):
        self.copy("quickstart")
        self.assert_built(self.build("--var", "REGISTRY=" + registry(self.namespace)))
        pulled = self.pull_only(registry(self.namespace + "/quickstart"))
        self.same_file("site/index.html", pulled, "srv/www/index.html")
        self.assert_namespace_as_before()

    def test_build_args(self):
        self.copy("build-args")
        finished = self.build(environment={"RELEASED_BY": "jane"})
        self.assert_built(finished)
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual({"version": "1.50", "released-by": "jane"}, pulled.config["Labels"])
        self.same_file("app.txt", pulled, "app.txt")
        self.assert_namespace_as_before()

    def test_build_args_without_the_variable(self):
        self.copy("build-args")
        finished = self.build()
        self.assertEqual(2, finished.code, finished.stdout + finished.stderr)
        self.assertIn(
            "error: build argument `RELEASED_BY` has no value, and the environment variable "
            "`RELEASED_BY` is not set [build-arg-unset]",
            finished.stderr,
        )
        self.assert_namespace_as_before()

    def test_caches(self):
        self.copy("caches")
        self.make_volume("build-cache")
        kubectl("create", "-f", self.folder + "/claim.yaml", "-n", self.namespace)
        self.build_twice_with_a_cache(self.start_build)

    def test_caches_on_this_machine(self):
        self.copy("caches")
        self.build_twice_with_a_cache(
            self.start_without_cluster, "--engine", "local", "--profile", "local"
        )
        with open(self.folder + "/.cache/words/sizes") as stream:
            self.assertEqual("2\n3\n", stream.read())

    def build_twice_with_a_cache(self, start, *args):
        """Builds, adds a word and builds again: the second build finds the first one's cache."""
        for tag, word, sizes in (("v1", "", "2\n"), ("v2", "saw\n", "2\n3\n")):
            with open(self.folder + "/words.txt", "a") as stream:
                stream.write(word)
            self.assert_built(start("--strict", "--tag", tag, *args).finish())
            image = self.pull(registry("%s/app:%s" % (self.namespace, tag)))
            self.assertEqual(sizes, image.text("srv/sizes"))
            self.assertNotIn("root/.cache/words/sizes", image.files)
        self.assert_namespace_as_before()

    def test_docker_with_kaniko_in_its_place(self):
        self.copy("docker")
        self.assert_built(self.build())
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual({"version": "2"}, pulled.config["Labels"])
        self.assert_namespace_as_before()

    def test_hooks(self):
        helper = 'config.json={"credsStore":"ecr-login"}'
        self.copy("hooks", [(helper, "config.json=" + login_config())])
        self.set_namespace_of_kubectl()
        self.assert_built(self.build())
        self.pull_only(registry(self.namespace + "/app"))
        with open(self.folder + "/builds.log") as stream:
            self.assertEqual(1, len(stream.readlines()))
        kubectl("delete", "secret", "custom-pull-secret", "-n", self.namespace)
        self.assert_namespace_as_before()

    def set_namespace_of_kubectl(self):
        """The hook's kubectl knows only the kubeconfig: the administrator's, because the hook
        needs rights that builds do not need, with this namespace."""
        path = self.write(self.top + "/kubeconfig", open(ENVIRONMENT["KUBECONFIG"]).read())
        kubectl(
            *("--kubeconfig", path, "config", "set-context", "--current"),
            *("--namespace", self.namespace),
        )
        self.kubeconfig = path

    def test_insecure_registry(self):
        self.copy("insecure-registry", [("registry.registry.svc:5000", registry(self.namespace))])
        self.assert_built(self.build())
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.same_file("app.txt", pulled, "app.txt")
        self.assert_namespace_as_before()

    def test_modern_dockerfile(self):
        self.copy("modern-dockerfile")
        self.assert_built(self.build("--strict"))
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual(0o755, pulled.files["bin/words"].mode & 0o7777)
        self.assertIn('grep "${1:-.}"', pulled.text("bin/words"))
        self.assertEqual("apple\nhammer\npear\nsaw\n", pulled.text("srv/words.txt"))
        self.same_file("words/tools/list.txt", pulled, "srv/words/tools/list.txt")
        self.assertNotIn("srv/words/README.md", pulled.files)
        mounted = ("in/", "root/.cache/", "scratch/")
        self.assertEqual([], [path for path in pulled.files if path.startswith(mounted)])
        self.assert_namespace_as_before()

    def test_mounts(self):
        self.copy("mounts")
        kubectl(
            *("create", "configmap", "build-settings", "-n", self.namespace),
            "--from-literal=greeting=hello from the cluster",
        )
        kubectl(
            *("create", "secret", "generic", "build-token", "-n", self.namespace),
            "--from-literal=token=s3cr3t",
        )
        self.before = self.objects()
        self.assert_built(self.build())
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual("hello from the cluster", pulled.text("greeting.txt"))
        self.assertEqual("6", pulled.text("token-length.txt").strip())
        self.assertEqual([], [path for path in pulled.files if path.startswith("kaniko/")])
        self.assert_namespace_as_before()

    def test_multi_stage(self):
        self.copy("multi-stage")
        self.assert_built(self.build())
        production = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual(["greeting.txt"], list(production.files))
        with open(self.folder + "/greeting.txt") as stream:
            self.assertEqual(stream.read().upper(), production.text("greeting.txt"))
        debug = self.pull_only(registry(self.namespace + "/app-debug"))
        self.assertEqual(["sh"], debug.config["Cmd"])
        self.assertIn("bin/busybox", debug.files)
        self.assert_namespace_as_before()

    @alone
    def test_pod_options(self):
        mirror = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"] + "/mirror"
        self.copy("pod-options", [("registry.example.com/mirror", mirror)])
        kubectl("label", "node", "node", "pool=builds")
        self.addCleanup(kubectl, "label", "node", "node", "pool-")
        kubectl("taint", "node", "node", "dedicated=builds:NoSchedule")
        self.addCleanup(kubectl, "taint", "node", "node", "dedicated-")
        kubectl(
            *("create", "secret", "docker-registry", "mirror-login", "-n", self.namespace),
            "--docker-server=" + ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"],
            "--docker-username=" + ENVIRONMENT["OVENBIRD_E2E_USER"],
            "--docker-password=" + ENVIRONMENT["OVENBIRD_E2E_PASSWORD"],
        )
        self.before = self.objects()
        self.assert_built(self.build())
        self.pull_only(registry(self.namespace + "/app"))
        self.assert_namespace_as_before()

    def test_private_registry(self):
        private = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        repository = "%s/%s/app" % (private, self.namespace)
        self.copy("private-registry", [("registry.example.com/team/app", repository)])
        kubectl(
            *("create", "secret", "docker-registry", "registry-login", "-n", self.namespace),
            "--docker-server=" + private,
            "--docker-username=" + ENVIRONMENT["OVENBIRD_E2E_USER"],
            "--docker-password=" + ENVIRONMENT["OVENBIRD_E2E_PASSWORD"],
        )
        self.before = self.objects()
        self.assert_built(self.build())
        self.same_file("app.txt", self.pull(repository + ":latest"), "app.txt")
        self.assert_namespace_as_before()

    def test_profiles(self):
        self.copy("profiles")
        self.assert_built(self.build("--profile", "production"))
        for tag in ("v1.2.3", "stable"):
            pulled = self.pull(registry("%s/app:%s" % (self.namespace, tag)))
            self.assertEqual({"mode": "release"}, pulled.config["Labels"])
        self.assertEqual([], self.tags(registry(self.namespace + "/app-debug")))
        self.assert_built(self.build("--var", "TAG=try"))
        pulled = self.pull(registry(self.namespace + "/app-debug:try"))
        self.assertEqual({"mode": "debug"}, pulled.config["Labels"])
        self.assert_namespace_as_before()

    def make_deploy_keys(self):
        kubectl(
            *("create", "secret", "generic", "deploy-keys", "-n", self.namespace),
            "--from-literal=ci=12345"
        )
        self.before = self.objects()

    def check_secrets(self, finished):
        self.assert_built(finished)
        pulled = self.pull_only(registry(self.namespace + "/app"))
        self.assertEqual("1\n", pulled.text("machines.txt"))
        self.assertIn("packages.txt", pulled.files)
        self.assertEqual("5", pulled.text("key-size.txt").strip())
        self.assertNotIn("root/.netrc", pulled.files)
        self.assert_namespace_as_before()

    def test_secrets(self):
        self.copy("secrets")
        self.make_deploy_keys()
        self.check_secrets(self.build("--strict", environment={"PACKAGES_TOKEN": "s3cr3t"}))

    def test_secrets_on_this_machine(self):
        self.copy("secrets")
        self.write("deploy-key", "12345")
        flags = ("--strict", "--engine", "local", "--secret", "id=deploy-key,src=deploy-key")
        running = self.start_without_cluster(*flags, PACKAGES_TOKEN="s3cr3t")
        self.check_secrets(running.finish())

    def test_several_images(self):
        self.copy("several-images")
        self.assert_built(self.build())
        for tag in ("latest", "v2"):
            pulled = self.pull(registry("%s/api:%s" % (self.namespace, tag)))
            self.same_file("api/api.txt", pulled, "api.txt")
        web = self.pull_only(registry(self.namespace + "/web"))
        self.assertEqual(
            ["/bin/sh", "-c", 'echo "ready" && sleep 3600'],
            web.config["Entrypoint"],
        )
        self.assert_namespace_as_before()
