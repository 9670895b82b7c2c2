"""The account that the tests run builds as: it has exactly the rights that `ovenbird rbac`
prints for the build, as an account of a strict cluster has."""

import base64
import http.client
import json
import re
import ssl
import subprocess
import tempfile
import threading
import time

from layout import API_PORT, NODE_ADDRESS

NAME = "builder"
RBAC = "/apis/rbac.authorization.k8s.io/v1/"
RESOURCES = {
    "Role": "roles",
    "RoleBinding": "rolebindings",
    "ClusterRole": "clusterroles",
    "ClusterRoleBinding": "clusterrolebindings",
}
# The flags of `build` and `render` that `rbac` has, too, and whether a value follows.
FLAGS = {
    "--config": True,
    "-c": True,
    "--var": True,
    "--profile": True,
    "-p": True,
    "--platform": True,
    "--namespace": True,
    "-n": True,
    "--secret": True,
    "--schedule-timeout": True,
    "--kube-context": True,
    "--no-rewrite": False,
}
# The others, with a value that must not be taken for an image.
OTHERS = set(
    "--context-repo --context-transfer --diagnostics --engine -e --jobs -j --output -o --result "
    "--retries --tag -t --trace".split()
)


def flags_of_rbac(args):
    """Returns the arguments of a build that `rbac` understands."""
    kept, rest = [], list(args)
    while rest:
        flag = rest.pop(0)
        name, has_value = flag.partition("=")[::2]
        if name in OTHERS:
            if not has_value:
                rest.pop(0)
        elif name in FLAGS:
            kept.append(flag)
            if FLAGS[name] and not has_value:
                kept.append(rest.pop(0))
        elif not flag.startswith("-"):
            kept.append(flag)
    return kept


def ordered(rules):
    """Returns the rules in an order of their own, without those that every user has, and those
    of the ClusterRole."""
    kept = [
        rule
        for rule in rules
        if not rule["apiGroups"][0].endswith(".k8s.io") and rule["resources"] != ["nodes"]
    ]
    return sorted(json.dumps({k: v for k, v in rule.items() if v}, sort_keys=True) for rule in kept)


class Administrator:
    """Talks to the API server as the cluster's administrator, without a kubectl for each
    request."""

    def __init__(self, kubeconfig):
        with open(kubeconfig) as stream:
            config = json.load(stream)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]

        def data(of, key):
            return base64.b64decode(of[key + "-data"])

        self._tls = ssl.create_default_context(cadata=data(cluster, "certificate-authority").decode())
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(data(user, "client-certificate") + data(user, "client-key"))
            pair.flush()
            self._tls.load_cert_chain(pair.name)

    def request(self, method, path, body, headers):
        """Returns the status and the answer."""
        connection = http.client.HTTPSConnection(
            NODE_ADDRESS, API_PORT, context=self._tls, timeout=30
        )
        try:
            connection.request(
                method, path, body, {"Content-Type": "application/json", **headers}
            )
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


class Account:
    """A service account of one test. It does not have to exist: RBAC compares names."""

    def __init__(self, kubeconfig, namespace):
        self.lacks = ()  # Resources that the account gets no rights for.
        self._kubeconfig = kubeconfig
        self._administrator = Administrator(kubeconfig)
        self._namespace = namespace
        self._user = "system:serviceaccount:%s:%s" % (namespace, NAME)
        self._granted = ""
        self._lock = threading.Lock()

    @property
    def flag(self):
        """The flag that makes `rbac` print the rights for this account."""
        return "--service-account=%s:%s" % (self._namespace, NAME)

    @property
    def kubeconfig(self):
        """The text of a kubeconfig: the administrator's, who acts as this account."""
        with open(self._kubeconfig) as stream:
            config = json.load(stream)
        for entry in config["users"]:
            entry["user"]["as"] = self._user
        return json.dumps(config)

    def is_of(self, kubeconfig):
        """Returns whether the kubeconfig is this account's."""
        try:
            with open(kubeconfig) as stream:
                return self._user in stream.read()
        except OSError:
            return False

    def grant_for(self, command, build_args, env, cwd):
        """Gives the account what `rbac` prints for the build, and takes away other rights.
        A build of a wrong config gets none: it must fail before it contacts the cluster."""
        done = subprocess.run(
            command + ["rbac", self.flag] + flags_of_rbac(build_args),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=env,
            cwd=cwd,
        )
        if done.returncode == 0:
            with self._lock:
                self._grant(done.stdout)

    def _grant(self, text):
        if text == self._granted and not self.lacks:
            return
        for part in re.split("^---$", text, flags=re.M):
            if not re.search("^kind:", part, re.M):
                continue
            # All accounts share the ClusterRole: without its right there is no binding.
            if "nodes" in self.lacks and re.search("^kind: Cluster", part, re.M):
                continue
            made = self._apply(self._without(part))
            if made is None:
                return
            if made["kind"] == "Role":
                role = made
            elif made["kind"] == "RoleBinding":
                self._wait_for_rules(role)
            elif made["kind"] == "ClusterRoleBinding":
                self._wait_for_nodes()
        self._granted = text

    def _without(self, part):
        """Leaves out the rules for what the account lacks."""
        rules = re.split("^(?=- apiGroups:)", part, flags=re.M)
        lacks = ['resources: ["%s"]' % resource for resource in self.lacks]
        return "".join(rule for rule in rules if not any(text in rule for text in lacks))

    def _apply(self, part):
        """Creates or replaces the object; returns None if its namespace is missing or ends:
        rights cannot be granted there, and the build has to say why it fails."""
        kind, name, namespace = (
            (re.search(r"^ *%s: *(\S+)" % key, part, re.M) or [None, ""])[1]
            for key in ("kind", "name", "namespace")
        )
        where = "" if kind.startswith("Cluster") else "namespaces/%s/" % namespace
        path = RBAC + "%s%s/%s?fieldManager=e2e&force=true" % (where, RESOURCES[kind], name)
        status, answer = self._administrator.request(
            "PATCH", path, part.encode(), {"Content-Type": "application/apply-patch+yaml"}
        )
        if status == 404 or (status == 403 and "being terminated" in answer["message"]):
            return None
        if status not in (200, 201):
            raise AssertionError("%s %s: %s" % (kind, name, answer.get("message")))
        return answer

    def _wait_for_nodes(self):
        """As _wait_for_rules, for the right that is not in a namespace."""
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {"verb": "list", "resource": "nodes"}},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        end = time.monotonic() + 10
        while time.monotonic() < end:
            _, answer = self._administrator.request(
                "POST", path, json.dumps(review), {"Impersonate-User": self._user}
            )
            if answer["status"]["allowed"]:
                return
            time.sleep(0.05)
        raise AssertionError("the account may not list nodes")

    def _wait_for_rules(self, role):
        """The API server reads changed Roles with a delay."""
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": role["metadata"]["namespace"]},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
        wanted = ordered(role["rules"])
        end = time.monotonic() + 10
        while time.monotonic() < end:
            _, answer = self._administrator.request(
                "POST", path, json.dumps(review), {"Impersonate-User": self._user}
            )
            if ordered(answer["status"]["resourceRules"]) == wanted:
                return
            time.sleep(0.05)
        raise AssertionError("the rights are not as in %s" % json.dumps(role["rules"]))
