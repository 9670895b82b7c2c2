"""Registries beyond plain HTTP: what a company has."""

from frame import ENVIRONMENT, ClusterTest, kubectl
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
