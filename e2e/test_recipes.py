"""The scripts of the CI recipes in docs/guides/ci.md, each verbatim in the pod of a job: with the service account that
the page creates, without a kubeconfig. tools/ci/recipes_test.py runs all recipes without a cluster."""

import base64
import json
import os
import re
import shutil
import subprocess
import textwrap

from frame import ENVIRONMENT, OVENBIRD, ClusterTest, get, kubectl, until

TOP = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
NAMESPACE = "builds"  # As on the page.
# What the image of a job has: the tool, and jq with the libraries of this machine.
FOLDERS = {"/usr": "/usr", "/lib": "/usr/lib", "/lib64": "/usr/lib64"}


def recipe(name, values):
    """Returns the shell, the text and the variables of a recipe with one script."""
    program = "import json, recipes, sys; page = open(sys.argv[1] + '/' + recipes.PAGE).read(); "
    program += "print(json.dumps(list(getattr(recipes.Recipes(page, json.loads(sys.argv[3])), sys.argv[2])())))"
    done = subprocess.run(
        # Debian's own Python: python3-yaml is installed for it.
        ["/usr/bin/python3", "-B", "-c", program, TOP, name, json.dumps(values)],
        cwd=TOP + "/tools/ci",
        stdout=subprocess.PIPE,
        check=True,
    )
    (script,) = json.loads(done.stdout)
    return script


def rights_script():
    """Returns the commands of the page that create the account with its rights."""
    with open(TOP + "/docs/guides/ci.md") as page:
        (block,) = re.findall(r"^ *```sh\n( *kubectl create serviceaccount .*?)^ *```$", page.read(), re.M | re.S)
    return textwrap.dedent(block)


class Recipes(ClusterTest):
    def setUp(self):
        super().setUp()
        self.make_builds_namespace()
        self.host = ENVIRONMENT["OVENBIRD_E2E_REGISTRY_LOGIN"]
        self.login = (ENVIRONMENT["OVENBIRD_E2E_USER"], ENVIRONMENT["OVENBIRD_E2E_PASSWORD"])
        self.programs = self.top + "/programs"
        os.mkdir(self.programs)
        shutil.copy(os.path.realpath(OVENBIRD[0]), self.programs + "/ovenbird")

    def make_builds_namespace(self):
        # Another run may have it, or it is still being deleted.
        until(
            "the namespace %s can be created" % NAMESPACE,
            lambda: "created" in kubectl("create", "namespace", NAMESPACE, check=False),
        )
        self.addCleanup(kubectl, "delete", "namespace", NAMESPACE, "--wait=false")
        self._wait_until_settled(NAMESPACE)

    def project(self, name, kaniko):
        """Writes a project of its own; returns its folder and the repository of its image."""
        repository = "%s/%s/%s" % (self.host, self.namespace, name)
        self.write(
            name + "/devspace.yaml",
            "images:\n  app:\n    image: %s\n    build:\n      kaniko: %s\n" % (repository, kaniko),
        )
        self.write(
            name + "/Dockerfile",
            "FROM %s/base/busybox:1\nCOPY greeting /\nRUN cat /greeting > /seen\n" % self.host,
        )
        self.write(name + "/greeting", name + "\n")
        return os.path.join(self.folder, name), repository

    def create_account(self, *kanikos):
        """Runs the page's commands as the administrator, in a project that has the images of all."""
        image = "  app%d:\n    image: r.io/app%d\n    build:\n      kaniko: %s\n"
        images = [image % (n, n, kaniko) for n, kaniko in enumerate(kanikos)]
        path = self.write("all/devspace.yaml", "images:\n" + "".join(images))
        self.write("all/Dockerfile", "FROM scratch\n")
        subprocess.run(
            ["sh", "-e", "-c", rights_script()],
            cwd=os.path.dirname(path),
            env={
                "HOME": self.home,
                "KUBECONFIG": ENVIRONMENT["KUBECONFIG"],
                "PATH": "%s:%s" % (self.programs, os.environ["PATH"]),
            },
            stdout=subprocess.DEVNULL,
            check=True,
        )
        self._wait_until_settled(NAMESPACE)

    def start_job(self, name, folder, script, account, variables):
        """Starts a pod that runs the script in the project, as the runner of a CI system does."""
        shell, text, _ = script
        mounts = dict(FOLDERS, **{"/opt/ovenbird": self.programs, "/project": folder})
        environment = dict(variables, HOME="/root", PATH="/opt/ovenbird:/usr/bin:/bin")
        spec = {
            "serviceAccountName": account,
            "restartPolicy": "Never",
            "containers": [
                {
                    "name": "job",
                    "image": "busybox:1",
                    "imagePullPolicy": "IfNotPresent",
                    "command": shell + [text],
                    "workingDir": "/project",
                    "env": [{"name": key, "value": value} for key, value in environment.items()],
                    "volumeMounts": [
                        {"name": "v%d" % n, "mountPath": path} for n, path in enumerate(mounts)
                    ],
                }
            ],
            "volumes": [
                {"name": "v%d" % n, "hostPath": {"path": path}} for n, path in enumerate(mounts.values())
            ],
        }
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}
        kubectl("create", "-n", NAMESPACE, "-f", "-", text=json.dumps(pod))

    def end_job(self, name):
        """Waits until the job has ended well; returns what it has printed."""

        def ended():
            phase = get("pod", name, "-n", NAMESPACE)["status"].get("phase")
            return phase if phase in ("Succeeded", "Failed") else None

        phase = until("the job %s ends" % name, ended, 120)
        printed = kubectl("logs", name, "-n", NAMESPACE)
        self.assertEqual("Succeeded", phase, printed)
        return printed

    def assert_built(self, repository, tag, greeting, digest):
        self.assertEqual([tag], self.tags(repository))
        pulled = self.pull("%s:%s" % (repository, tag))
        self.assertEqual(greeting + "\n", pulled.text("seen"))
        self.assertEqual(pulled.digest, digest)

    def test_gitlab_and_tekton(self):
        user, password = self.login
        kanikos = ("{insecure: true}", "{insecure: true, pullSecret: registry-login}")
        gitlab, of_gitlab = self.project("gitlab", kanikos[0])
        tekton, of_tekton = self.project("tekton", kanikos[1])
        auth = base64.b64encode(("%s:%s" % self.login).encode()).decode()
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "registry-login"},
            "type": "kubernetes.io/dockerconfigjson",
            "stringData": {".dockerconfigjson": json.dumps({"auths": {self.host: {"auth": auth}}})},
        }
        kubectl("create", "-n", NAMESPACE, "-f", "-", text=json.dumps(secret))
        self.create_account(*kanikos)

        script = recipe("gitlab", {})
        account = script[2]["KUBERNETES_SERVICE_ACCOUNT_OVERWRITE"]
        self.start_job(
            "gitlab",
            gitlab,
            script,
            account,
            {
                "CI_COMMIT_SHORT_SHA": "abc123",
                "CI_REGISTRY": self.host,
                "CI_REGISTRY_USER": user,
                "CI_REGISTRY_PASSWORD": password,
            },
        )
        script = recipe("tekton", {"params.tag": "v1", "results.digest.path": "/project/digest"})
        self.start_job("tekton", tekton, script, account, {})

        self.end_job("gitlab")
        with open(gitlab + "/result.json") as stream:
            (built,) = json.load(stream)["images"]
        self.assert_built(of_gitlab, "abc123", "gitlab", built["digest"])
        self.end_job("tekton")
        with open(tekton + "/digest") as stream:
            self.assert_built(of_tekton, "v1", "tekton", stream.read())
        # The pods and Secrets of the builds are gone, those of the user are not.
        self.assertEqual(["gitlab", "tekton"], self.names("pods"))
        self.assertEqual(["registry-login"], [name for name in self.names("secrets") if "-token-" not in name])

    def names(self, kind):
        return sorted(item["metadata"]["name"] for item in get(kind, "-n", NAMESPACE)["items"])
