"""Credentials: their sources, the ones that a build gets, and the messages about
invalid ones."""

import base64
import json
import signal
import time

from frame import ENVIRONMENT, ClusterTest, get, is_ours, kubectl, registry, until
from test_examples import login_config

ENVIRONMENTAL = 3


class Credentials(ClusterTest):
    @property
    def private_host(self):
        return ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]

    def prepare(self, name=None, kaniko="{}", dockerfile="FROM scratch\nCOPY devspace.yaml /\n"):
        self.name = name or "%s/%s/app" % (self.private_host, self.namespace)
        self.write(
            "devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (self.name, kaniko),
        )
        self.write("Dockerfile", dockerfile)

    def login(self):
        return ENVIRONMENT["OVENBIRD_E2E_USER"], ENVIRONMENT["OVENBIRD_E2E_PASSWORD"]

    def assert_no_pod_was_made(self):
        events = get("events", "-n", self.namespace)["items"]
        made = [e["involvedObject"]["name"] for e in events]
        self.assertEqual([], [name for name in made if is_ours(name)])
        self.assert_namespace_as_before()


class DockerConfig(Credentials):
    """The config.json of this machine."""

    def docker_config(self, config, folder="/.docker"):
        self.write(self.home + folder + "/config.json", json.dumps(config))

    def helper(self, name, script):
        """A program that speaks the helpers' protocol, on PATH."""
        self.write(self.top + "/bin/docker-credential-" + name, "#!/bin/sh\n" + script, 0o755)
        return {"PATH": self.top + "/bin:/usr/bin:/bin"}

    def working_helper(self):
        """Notes what it is asked for; knows one registry."""
        user, password = self.login()
        return self.helper(
            "e2e",
            '[ "$1" = get ] || exit 9\n'
            "read -r server || :\n"
            'echo "$server" >> %s/asked\n'
            'if [ "$server" != %s ]; then\n'
            '  echo "credentials not found in native keychain"; exit 1\n'
            "fi\n"
            'echo \'{"ServerURL":"%s","Username":"%s","Secret":"%s"}\'\n'
            % (self.top, self.private_host, self.private_host, user, password),
        )

    def asked(self):
        with open(self.top + "/asked") as stream:
            return sorted(set(stream.read().split()))

    def test_user_name_and_password(self):
        user, password = self.login()
        self.docker_config({"auths": {self.private_host: {"username": user, "password": password}}})
        self.prepare()
        self.assert_built(self.build())
        self.pull_only(self.name)
        self.assert_namespace_as_before()

    def test_docker_config_variable(self):
        self.docker_config({"auths": {self.private_host: {"auth": "am9objp3cm9uZw=="}}})
        self.docker_config(json.loads(login_config()), "/elsewhere")
        self.prepare()
        self.assert_built(self.build(environment={"DOCKER_CONFIG": self.home + "/elsewhere"}))
        self.pull_only(self.name)

    def test_a_store(self):
        self.docker_config({"credsStore": "e2e"})
        base = "%s/base/busybox:1" % self.private_host
        self.prepare(dockerfile="FROM %s\nCOPY --from=%s /bin/sh /x\n"
                     % (base, registry("library/busybox:1")))
        self.assert_built(self.build(environment=self.working_helper()))
        self.pull_only(self.name)
        # Nothing but what the build needs, and what Docker would ask.
        wanted = [self.private_host, ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]]
        self.assertEqual(sorted(wanted), self.asked())
        self.assert_namespace_as_before()

    def test_a_helper_for_one_registry(self):
        self.docker_config(
            {
                "credHelpers": {self.private_host: "e2e", "gcr.io": "not-installed"},
                "auths": {"unrelated.example.com": {"auth": "am9objpkb2U="}},
            }
        )
        self.prepare()
        self.assert_built(self.build(environment=self.working_helper()))
        self.pull_only(self.name)
        self.assertEqual([self.private_host], self.asked())

    def test_a_helper_that_fails(self):
        environment = self.helper("e2e", "echo 'the keychain is locked' >&2; exit 3\n")
        self.docker_config({"credHelpers": {self.private_host: "e2e"}})
        self.prepare()
        finished = self.build(environment=environment)
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        for words in (
            "credentials for %s: `docker-credential-e2e get` for %s failed with exit code 3: "
            "the keychain is locked" % (self.private_host, self.private_host),
            "names it in `credHelpers`)",
        ):
            self.assertIn(words, finished.stderr)
        self.assert_no_pod_was_made()

    def test_a_helper_that_is_not_installed(self):
        self.docker_config({"credHelpers": {self.private_host: "absent"}})
        self.prepare()
        finished = self.build()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertIn(
            "credential helper `docker-credential-absent` is not installed on this machine "
            "(not in PATH)",
            finished.stderr,
        )
        self.assert_no_pod_was_made()

    def test_a_store_that_nothing_says_is_needed(self):
        """As on a machine without a desktop: prints a warning and builds without credentials."""
        self.docker_config({"credsStore": "absent"})
        self.prepare(registry(self.namespace + "/app"))
        finished = self.build()
        self.assert_built(finished)
        self.assertIn("docker-credential-absent", finished.stderr)
        self.assert_namespace_as_before()

    def test_a_helper_that_hangs(self):
        environment = self.helper("e2e", "echo $$ > %s/pid; exec sleep 600\n" % self.top)
        self.docker_config({"credHelpers": {self.private_host: "e2e"}})
        self.prepare()
        start = time.monotonic()
        finished = self.build(environment=environment)
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        self.assertLess(time.monotonic() - start, 60)
        self.assertIn("`docker-credential-e2e get` did not end within 30s", finished.stderr)
        self.assert_no_pod_was_made()
        self.assert_has_ended()

    def test_ctrl_c_while_a_helper_hangs(self):
        environment = self.helper("e2e", "echo $$ > %s/pid; exec sleep 600\n" % self.top)
        self.docker_config({"credHelpers": {self.private_host: "e2e"}})
        self.prepare()
        running = self.start_build(environment=environment)
        until("the helper runs", self.helper_number)
        running.interrupt()
        finished = running.finish(10)
        self.assertIn(finished.code, (130, -signal.SIGINT), finished.stderr)
        self.assert_no_pod_was_made()
        self.assert_has_ended()

    def helper_number(self):
        try:
            with open(self.top + "/pid") as stream:
                return stream.read().strip()
        except FileNotFoundError:
            return None

    def assert_has_ended(self):
        def ended():
            try:
                with open("/proc/%s/stat" % self.helper_number()) as stream:
                    return stream.read().rsplit(") ", 1)[1][0] == "Z"
            except FileNotFoundError:
                return True

        until("the helper has ended", ended, 5)


class BuildSecret(Credentials):
    """The Secret that a build makes of them."""

    def secret_while_it_runs(self, running):
        def there():
            self.assertTrue(running.is_running(), running.output())
            secrets = get("secrets", "-n", self.namespace)["items"]
            return [
                s
                for s in secrets
                if is_ours(s["metadata"]["name"]) and s["metadata"].get("ownerReferences")
            ]

        return until("the Secret is there and has its owner", there)[0]

    def test_only_what_the_build_needs(self):
        config = json.loads(login_config())
        for host in ("https://index.docker.io/v1/", "unrelated.example.com"):
            config["auths"][host] = {"auth": "am9objpkb2U="}
        self.write(self.home + "/.docker/config.json", json.dumps(config))
        self.prepare(
            kaniko='{image: "gcr.io/kaniko-project/executor:v1.24.0", registryMirrors: ["%s"]}'
            % ENVIRONMENT["OVENBIRD_E2E_REGISTRY"],
            # The build arguments' default counts, and each stage that is built.
            dockerfile="ARG BASE=busybox\nFROM $BASE:1 AS one\nRUN sleep 3 && echo 1 > /one\n"
            "FROM scratch\nCOPY --from=one /one /\n",
        )
        running = self.start_build()
        secret = self.secret_while_it_runs(running)
        pod = self.build_pods()[0]["metadata"]
        owner = secret["metadata"]["ownerReferences"][0]
        # The pod; or what owns the pod, too, and goes by itself (a Job with a time to live).
        owners = [("Pod", pod["uid"])]
        owners += [(o["kind"], o["uid"]) for o in pod.get("ownerReferences", [])]
        self.assertIn((owner["kind"], owner["uid"]), owners)
        self.assertNotIn("immutable", secret)  # It is replaced when credentials expire.
        given = json.loads(base64.b64decode(secret["data"][".dockerconfigjson"]))
        self.assertEqual(
            {"https://index.docker.io/v1/", self.private_host}, set(given["auths"])
        )
        self.assert_built(running.finish())
        self.pull_only(self.name)
        self.assert_namespace_as_before()

    def test_no_login_no_secret(self):
        self.prepare(
            registry(self.namespace + "/app"),
            dockerfile="FROM %s\nRUN sleep 1\n" % registry("library/busybox:1"),
        )
        running = self.start_build()

        def pod():
            self.assertTrue(running.is_running(), running.output())
            return self.build_pods()

        pods = until("the pod is there", pod)
        self.assertEqual([], [v for v in pods[0]["spec"]["volumes"] if "secret" in v])
        secrets = get("secrets", "-n", self.namespace)["items"]
        self.assertEqual([], [s for s in secrets if is_ours(s["metadata"]["name"])])
        self.assert_built(running.finish())


class PullSecret(Credentials):
    """`pullSecret`: what is in it is looked at before there is a pod."""

    def make_secret(self, content, key=".dockerconfigjson"):
        kind = "kubernetes.io/dockerconfigjson" if key[0] == "." else "Opaque"
        data = {key: base64.b64encode(content.encode()).decode()}
        metadata = {"name": "login"}
        secret = {"apiVersion": "v1", "kind": "Secret", "type": kind, "metadata": metadata}
        kubectl("create", "-n", self.namespace, "-f", "-", text=json.dumps(dict(secret, data=data)))
        self.before = self.objects()

    def refused(self, content, *words, key="config.json"):
        self.make_secret(content, key)
        self.prepare(kaniko="{pullSecret: login}")
        finished = self.build()
        self.assertEqual(ENVIRONMENTAL, finished.code, finished.stderr)
        for word in ("pull secret `login`",) + words:
            self.assertIn(word, finished.stderr)
        self.assert_no_pod_was_made()
        return finished

    def test_of_a_desktop(self):
        config = {"auths": {self.private_host: {}}, "credsStore": "desktop"}
        self.refused(
            json.dumps(config),
            "credential store `desktop` of the machine that it was copied from",
            "kubectl create secret docker-registry",
            key=".dockerconfigjson",
        )

    def test_helper_of_a_desktop_for_one_registry(self):
        config = {"credHelpers": {self.private_host: "osxkeychain"}}
        self.refused(json.dumps(config), "it names the credential store `osxkeychain` of the machine")

    def test_quotes_of_a_shell(self):
        """As DevSpace's page writes it in a hook."""
        self.refused(
            "'{ \"credsStore\":\"ecr-login\" }'",
            "it is wrapped in single quotes, and no shell removed them",
        )

    def test_quotes_that_a_shell_took(self):
        self.refused(
            "{credsStore:ecr-login}",
            "it has no double quotes, because a shell removed them; put the JSON into single quotes",
        )

    def test_key_of_a_service_account(self):
        key = {"type": "service_account", "private_key": "-----BEGIN s3cr3t"}
        finished = self.refused(
            json.dumps(key),
            "it is the key of a Google service account, not a Docker config; log in with it "
            "(user `_json_key`, the key as password)",
        )
        self.assertNotIn("s3cr3t", finished.stdout + finished.stderr)

    def test_encoded_twice(self):
        twice = base64.b64encode(login_config().encode()).decode()
        self.refused(
            twice, "it was base64-encoded twice: `data` of a Secret is base64-encoded once"
        )

    def test_nothing_for_the_destination(self):
        config = {"auths": {"other.example.com": {"auth": "am9objpkb2U="}}}
        self.make_secret(json.dumps(config))
        self.prepare(kaniko="{pullSecret: login}")
        finished = self.build()
        self.assertEqual(1, finished.code, finished.stderr)
        self.assertIn(
            "pull secret `login` has no entry for %s; it has other.example.com"
            % self.private_host,
            finished.stderr,
        )
        self.assert_namespace_as_before()

    def test_nothing_for_a_base_image(self):
        """It may be public, as this one."""
        self.make_secret(login_config())
        public = ENVIRONMENT["OVENBIRD_E2E_REGISTRY"]
        self.prepare(
            kaniko="{pullSecret: login}",
            dockerfile="FROM %s\nRUN echo 1 > /1\n" % registry("library/busybox:1"),
        )
        finished = self.build()
        self.assert_built(finished)
        self.assertIn("pull secret `login` has no entry for %s" % public, finished.stderr)
        self.assertNotIn("warning", finished.stderr)
        self.pull_only(self.name)
        self.assert_namespace_as_before()
