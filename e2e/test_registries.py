"""Registries beyond plain HTTP: what a company has."""

import subprocess

from frame import ENVIRONMENT, ClusterTest, kubectl, registry
from test_examples import login_config


class Registries(ClusterTest):
    def test_own_certificate_authority(self):
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        name = "%s/%s/app" % (host, self.namespace)
        self.write(
            "devspace.yaml",
            """
images:
  app:
    image: %s
    build:
      kaniko:
        image: gcr.io/kaniko-project/executor:v1.24.0
        additionalMounts:
        - mountPath: /kaniko/ca
          configMap:
            name: registry-ca
        args:
        - --registry-certificate=%s=/kaniko/ca/ca.crt
""" % (name, host),
        )
        self.write("Dockerfile", "FROM scratch\nCOPY devspace.yaml /\n")
        self.write(self.home + "/.docker/config.json", login_config())
        kubectl(
            *("create", "configmap", "registry-ca", "-n", self.namespace),
            "--from-file=ca.crt=" + ENVIRONMENT["OVENBIRD_E2E_CA"],
        )
        self.before = self.objects()
        self.assert_built(self.build())
        self.assertEqual(["devspace.yaml"], list(self.pull_only(name).files))
        self.assert_namespace_as_before()

    def test_certificate_as_an_option(self):
        """For the push, the cache and the base image."""
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        name = "%s/%s/app" % (host, self.namespace)
        self.write(
            "devspace.yaml",
            """
images:
  app:
    image: %s
    build:
      kaniko:
        image: gcr.io/kaniko-project/executor:v1.24.0
        registryCertificates:
        - registry: %s
          configMap: registry-ca
          key: own.pem
""" % (name, host),
        )
        self.copy_busybox(host)
        self.write("Dockerfile", "FROM %s/base/busybox:1\nRUN echo hi > /hi\n" % host)
        self.write(self.home + "/.docker/config.json", login_config())
        kubectl(
            *("create", "configmap", "registry-ca", "-n", self.namespace),
            "--from-file=own.pem=" + ENVIRONMENT["OVENBIRD_E2E_CA"],
        )
        self.before = self.objects()
        self.assert_built(self.build())
        self.assertEqual("hi\n", self.pull_only(name).text("hi"))
        self.assert_namespace_as_before()

    def copy_busybox(self, host):
        login = "%s:%s" % (ENVIRONMENT["OVENBIRD_E2E_USER"], ENVIRONMENT["OVENBIRD_E2E_PASSWORD"])
        subprocess.run(
            ("skopeo", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false")
            + ("--dest-creds", login, "docker://" + registry("library/busybox:1"))
            + ("docker://%s/base/busybox:1" % host,),
            check=True,
        )

    def test_insecure_covers_push_cache_and_base_image(self):
        """A certificate that nobody vouches for."""
        host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_TLS"]
        name = "%s/%s/app" % (host, self.namespace)
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: {insecure: true, "
            "cache: true}\n" % name,
        )
        self.copy_busybox(host)
        self.write("Dockerfile", "FROM %s/base/busybox:1\nRUN echo hi > /hi\n" % host)
        self.write(self.home + "/.docker/config.json", login_config())
        self.assert_built(self.build())
        self.assertEqual("hi\n", self.pull_only(name).text("hi"))
        self.assert_namespace_as_before()

    def test_mirror(self):
        """The cluster does not reach Docker Hub: it can only come from the mirror."""
        name = registry(self.namespace + "/app")
        self.write(
            "devspace.yaml",
            """
images:
  app:
    image: %s
    build:
      kaniko:
        image: gcr.io/kaniko-project/executor:v1.24.0
        registryMirrors: ["%s"]
""" % (name, ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]),
        )
        self.write("Dockerfile", "FROM busybox:1\nRUN echo hi > /hi\n")
        self.assert_built(self.build())
        self.assertEqual("hi\n", self.pull_only(name).text("hi"))
        self.assert_namespace_as_before()
