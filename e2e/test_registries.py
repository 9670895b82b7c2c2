"""Registries beyond plain HTTP: what a company has."""

import subprocess

from frame import ENVIRONMENT, ClusterTest, kubectl, registry
from layout import LAST
from test_examples import login_config



class Registries(ClusterTest):
    @property
    def tls_host(self):
        return ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]

    def prepare(self, name, kaniko, base):
        """The image is what `base` holds and /hi."""
        self.name = name
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko:\n        %s\n"
            % (name, "\n        ".join(kaniko)),
        )
        self.write("Dockerfile", "FROM %s\nRUN echo hi > /hi\n" % base)

    def prepare_private(self, *kaniko):
        """In the registry with the cluster's own CA, as the base image is."""
        base = self.tls_host + "/base/busybox:1"
        self.copy_busybox(base)
        self.prepare("%s/%s/app" % (self.tls_host, self.namespace), kaniko, base)
        self.write(self.home + "/.docker/config.json", login_config())

    def copy_busybox(self, to):
        login = "%s:%s" % (ENVIRONMENT["OVENBIRD_E2E_USER"], ENVIRONMENT["OVENBIRD_E2E_PASSWORD"])
        subprocess.run(
            ("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false")
            + ("--dest-creds", login, "docker://" + registry("library/busybox:1"))
            + ("docker://" + to,),
            check=True,
        )

    def make_authority(self, key):
        """The ConfigMap registry-ca."""
        kubectl(
            *("create", "configmap", "registry-ca", "-n", self.namespace),
            "--from-file=%s=%s" % (key, ENVIRONMENT["OVENBIRD_E2E_CA"]),
        )
        self.before = self.objects()

    def assert_builds(self):
        self.assert_built(self.build())
        self.assertEqual("hi\n", self.pull_only(self.name).text("hi"))
        self.assert_namespace_as_before()

    def test_own_certificate_authority(self):
        """With kaniko's own flag and a mount."""
        self.prepare_private(
            "image: " + LAST,
            "additionalMounts: [{mountPath: /kaniko/ca, configMap: {name: registry-ca}}]",
            "args: ['--registry-certificate=%s=/kaniko/ca/ca.crt']" % self.tls_host,
        )
        self.make_authority("ca.crt")
        self.assert_builds()

    def test_certificate_as_an_option(self):
        """For the push, the cache and the base image."""
        self.prepare_private(
            "image: " + LAST,
            "cache: true",
            "registryCertificates:",
            "- {registry: '%s', configMap: registry-ca, key: own.pem}" % self.tls_host,
        )
        self.make_authority("own.pem")
        self.assert_builds()

    def test_insecure_covers_push_cache_and_base_image(self):
        """A certificate signed by an unknown authority."""
        self.prepare_private("insecure: true", "cache: true")
        self.assert_builds()

    def test_mirror(self):
        """The cluster does not reach Docker Hub: it can only come from the mirror."""
        mirror = ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]
        self.prepare(
            registry(self.namespace + "/app"),
            ("image: " + LAST, "registryMirrors: ['%s']" % mirror),
            "busybox:1",
        )
        self.assert_builds()
