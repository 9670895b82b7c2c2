"""The first day of a new user: from a Dockerfile, or the file of another tool, to a pushed image."""

import os

from frame import ENVIRONMENT, ClusterTest, registry
from layout import FORK

# The node has another fork.
MAINTAINED = "ghcr.io/osscontainertools/kaniko:v1.28.3"


class FirstDay(ClusterTest):
    def run_tool(self, *args, code=0, **options):
        """Runs `ovenbird ARGS` in the folder; returns what it prints."""
        done = self.start(*args, **options).finish()
        self.assertEqual(code, done.code, done.stdout + done.stderr)
        return done

    def change_config(self, *replacements):
        """Edits the config that the tool has written; returns its text."""
        with open(os.path.join(self.folder, "devspace.yaml")) as stream:
            text = stream.read()
        for old, new in replacements:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.write("devspace.yaml", text)
        return text

    def write_dockerfile(self, path="Dockerfile", more=""):
        base = registry("library/busybox:1.36")
        self.write(path, "FROM %s\nCOPY hello /hello\n%s" % (base, more))
        self.write(os.path.join(os.path.dirname(path), "hello"), "hi\n")

    def migrate(self, name, text):
        """Converts a file; the result is valid and can be built."""
        self.write(name, text)
        done = self.run_tool("migrate", name, "--output", "converted.yaml")
        os.rename(os.path.join(self.folder, "converted.yaml"), os.path.join(self.folder, "devspace.yaml"))
        self.change_config((MAINTAINED, FORK))
        self.run_tool("validate", "devspace.yaml")
        self.assert_built(self.build())
        return done

    def test_from_a_dockerfile_to_a_pushed_image(self):
        self.write_dockerfile(more="RUN echo it works\n")

        done = self.run_tool("init", "--registry", registry(self.namespace))
        self.assertIn("devspace.yaml: written, 1 image\n", done.stderr)
        following = [line.split()[1] for line in done.stderr.splitlines() if line.startswith("  ovenbird")]
        self.assertEqual(["validate", "doctor", "build"], following)
        done = self.run_tool("validate", "--strict")
        self.assertEqual("devspace.yaml: valid, 1 image\n", done.stderr)

        self.change_config((MAINTAINED, FORK))
        # Whoever looks at quotas and nodes has more rights than a build.
        admin = {"KUBECONFIG": ENVIRONMENT["KUBECONFIG"]}
        done = self.run_tool("doctor", "--namespace", self.namespace, environment=admin)
        self.assertIn("no errors", done.stdout)

        self.assert_built(self.build())
        pulled = self.pull_only(registry(self.namespace + "/project"))
        self.assertEqual("hi\n", pulled.text("hello"))
        self.assertIn("it works", self.run_tool("logs").stdout)

        # Break it: the config ...
        self.change_config(("\n    image: ", "\n    imag: "))
        done = self.run_tool("validate", code=2)
        self.assertIn("did you mean `image`?", done.stderr)
        self.assertIn("run `ovenbird explain", done.stderr)
        done = self.run_tool("explain", "unknown-field")
        self.assertIn("\nCorrected, devspace.yaml:\n", done.stdout)
        self.change_config(("\n    imag: ", "\n    image: "))
        # ... and the Dockerfile.
        self.write_dockerfile(more="RUN echo no such luck && false\n")
        done = self.build()
        self.assertEqual(1, done.code, done.stdout + done.stderr)
        self.assertIn("no such luck", done.stderr)
        self.assertIn("no such luck", self.run_tool("logs", "project").stdout)

        # Fix it.
        self.write_dockerfile(more="RUN echo it works again\n")
        self.assert_built(self.build())
        self.assertIn("it works again", self.run_tool("logs", "project", "--follow").stdout)
        self.assert_namespace_as_before()

    def test_a_project_of_devspace_6(self):
        self.write_dockerfile("api/Dockerfile", "ARG VERSION\nLABEL version=${VERSION}\n")
        done = self.migrate(
            "devspace6.yaml",
            "version: v2beta1\n"
            "name: shop\n"
            "vars:\n"
            "  REGISTRY: %s\n"
            "images:\n"
            "  api:\n"
            "    image: ${REGISTRY}/api\n"
            "    tags: [v1]\n"
            "    context: ./api\n"
            "    dockerfile: ./api/Dockerfile\n"
            "    buildArgs:\n"
            '      VERSION: "1.50"\n'
            "    rebuildStrategy: always\n"
            "deployments:\n"
            "  api: {helm: {}}\n" % registry(self.namespace),
        )
        self.assertIn("devspace6.yaml:13:5: warning: `rebuildStrategy` is not carried over", done.stderr)
        self.assertIn("only builds images: `deployments`", done.stderr)
        pulled = self.pull(registry(self.namespace + "/api:v1"))
        self.assertEqual({"version": "1.50"}, pulled.config["Labels"])
        self.assert_namespace_as_before()

    def test_a_project_of_skaffold(self):
        self.write_dockerfile("base/Dockerfile")
        self.write("api/Containerfile", "ARG BASE\nFROM ${BASE} AS release\nCOPY main /main\nFROM ${BASE}\n")
        self.write("api/main", "main\n")
        base = registry(self.namespace + "/base")
        api = registry(self.namespace + "/api")
        done = self.migrate(
            "skaffold.yaml",
            "apiVersion: skaffold/v4beta13\n"
            "kind: Config\n"
            "build:\n"
            "  artifacts:\n"
            "  - image: %s\n"
            "    context: api\n"
            "    requires:\n"
            "    - image: %s\n"
            "      alias: BASE\n"
            "    kaniko:\n"
            "      dockerfile: Containerfile\n"
            "      target: release\n"
            "  - image: %s\n"
            "    context: base\n"
            "    kaniko: {}\n"
            "  tagPolicy:\n"
            "    sha256: {}\n"
            "  cluster:\n"
            "    timeout: 10m\n" % (api, base, base),
        )
        self.assertIn("build argument `BASE` is `%s:latest`" % base, done.stderr)
        pulled = self.pull_only(api)
        self.assertEqual("main\n", pulled.text("main"))
        self.assertEqual("hi\n", pulled.text("hello"))
        self.assert_namespace_as_before()

    def test_a_project_of_compose(self):
        self.write_dockerfile("web/Dockerfile", "ARG MODE\nLABEL mode=${MODE}\n")
        web = registry(self.namespace + "/web")
        done = self.migrate(
            "compose.yaml",
            "services:\n"
            "  db:\n"
            "    image: postgres:16\n"
            "  web:\n"
            "    image: %s:${TAG:-v2}\n"
            "    ports: ['8080:8080']\n"
            "    build:\n"
            "      context: ./web\n"
            "      args: [MODE=fast]\n"
            "      tags: ['%s:stable']\n"
            "      shm_size: 64mb\n" % (web, web),
        )
        self.assertIn("compose.yaml:11:7: warning: `shm_size` is not carried over", done.stderr)
        self.assertEqual(["stable", "v2"], sorted(self.tags(web)))
        self.assertEqual({"mode": "fast"}, self.pull(web + ":v2").config["Labels"])
        self.assert_namespace_as_before()
