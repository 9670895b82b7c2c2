"""The base of the end-to-end tests: namespaces, kubectl, the tool under test.

Tests run the tool as a process, as a user does, and inspect its results with
independent programs: kubectl and skopeo.
"""

import collections
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import account
import image
import stored
from layout import LAST, cache

ENVIRONMENT = {}  # The environment of the cluster (cluster.py, environment()); set by run.py.
NAMESPACE_PREFIX = "e2e-%d-" % os.getpid()  # Identifies this run.
# Pods and Secrets of another user, who builds with DevSpace and with Ovenbird.
ANOTHER = "devspace-build-another"
ANOTHERS = {
    ANOTHER: {"devspace-build": "true", "devspace-build-id": "another"},
    "ovenbird-app-another": {
        "app.kubernetes.io/managed-by": "ovenbird",
        "ovenbird.dev/build-id": "another",
        "ovenbird.dev/image": "app",
        "ovenbird.dev/run": "another",
    },
}
OVENBIRD = []  # The tool's command; set by run.py.

Finished = collections.namedtuple("Finished", "code stdout stderr result")


def registry(path):
    return ENVIRONMENT["OVENBIRD_E2E_REGISTRY"] + "/" + path


def kubectl(*args, text=None, check=True):
    config = ENVIRONMENT["KUBECONFIG"]
    done = subprocess.run(
        # The cache is next to the cluster's files, so that it is deleted with them.
        ("kubectl", "--kubeconfig", config, "--cache-dir", config + ".cache") + args,
        input=text if text is not None else "",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if check and done.returncode:
        raise AssertionError("kubectl %s: %s" % (" ".join(args), done.stderr.strip()))
    return done.stdout


def get(*args):
    """Returns the parsed output of `kubectl get ARGS`."""
    return json.loads(kubectl("get", *args, "-o", "json"))


def is_ours(name):
    """Returns whether an object's name is one of a build, not of the other user."""
    return name.startswith("ovenbird-") and not name.endswith("-another")


def named(containers, name):
    """Returns the item with that name; a pod's containers and statuses are in any order."""
    return next(container for container in containers if container["name"] == name)


def until(what, condition, seconds=60):
    """Polls until the condition returns a true value; returns that value."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError("not within %d s: %s" % (seconds, what))


def alone(test):
    """Marks a test (or a class of tests) that changes shared parts: the node, its servers,
    the network. No other test runs at the same time."""
    test.alone = True
    return test


def name_executors(config, executor):
    """Adds `image` if it is not the first field of `kaniko`: its default, v0.17.1, is not on
    the node (layout.py)."""
    flow = re.sub(r"\bkaniko: *\{(?! *image:)", "kaniko: {image: %s, " % executor, config)
    return re.sub(
        r"^( *)kaniko:\n(?! *image:)", r"\1kaniko:\n\1  image: %s\n" % executor, flow, flags=re.M
    ).replace(", }", "}")


def assert_is_described(path):
    """Fails if a file of --result is not as its JSON Schema says."""
    top = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    done = subprocess.run(
        [top + "/tools/testing/check_json.py", top + "/schema/result.schema.json", path],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError("%s is not as its schema says:\n%s" % (path, done.stdout))


class Running:
    """A running tool: a test can wait for its output and interrupt it."""

    def __init__(self, command, environment, cwd, result):
        self._result = result
        self._text = {"stdout": "", "stderr": ""}
        self._changed = threading.Condition()
        # A session of its own, so that the tests do not receive the tool's signals.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
        self._readers = []
        for name in self._text:
            reader = threading.Thread(target=self._read, args=(name,), daemon=True)
            reader.start()
            self._readers.append(reader)

    def _read(self, name):
        for line in getattr(self._process, name):
            with self._changed:
                self._text[name] += line
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def output(self):
        with self._changed:
            return self._text["stdout"] + self._text["stderr"]

    def wait_for(self, pattern, seconds=120):
        """Waits until a line of the output matches; fails immediately if the tool exits before."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                both = self._text["stdout"] + self._text["stderr"]
                if re.search(pattern, both, re.MULTILINE):
                    return
                over = not any(reader.is_alive() for reader in self._readers)
                left = end - time.monotonic()
                if over or left <= 0:
                    raise AssertionError("the output has no %r:\n%s" % (pattern, both))
                self._changed.wait(min(left, 1))

    def interrupt(self):
        """Sends Ctrl-C, as a terminal does, to the tool and to all its child processes."""
        os.killpg(self._process.pid, signal.SIGINT)

    def send(self, number):
        """Sends a signal to the tool alone."""
        self._process.send_signal(number)

    def is_running(self):
        return self._process.poll() is None

    def peak_memory(self, seconds):
        """Waits for the tool's exit, `seconds` at most; returns its peak memory in bytes."""
        most = 0
        end = time.monotonic() + seconds
        while self.is_running() and time.monotonic() < end:
            with contextlib.suppress(OSError):  # The tool may exit at any moment.
                with open("/proc/%d/status" % self._process.pid) as stream:
                    found = re.search(r"VmHWM:\s*(\d+) kB", stream.read())
                    most = int(found.group(1)) * 1024 if found else most
            time.sleep(0.1)
        return most

    def finish(self, seconds=300):
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("still running after %d s:\n%s" % (seconds, self.output()))
        for reader in self._readers:
            reader.join(10)
        result = None
        with contextlib.suppress(OSError):
            with open(self._result) as stream:
                result = json.load(stream)
            assert_is_described(self._result)
        return Finished(code, self._text["stdout"], self._text["stderr"], result)

    def kill(self):
        if self.is_running():
            self._process.kill()
            self._process.wait()

    def kill_all(self):
        """Kills the tool and all its child processes, as at the end of a CI job. None of them
        sees the exit of another."""
        # The tool is killed last: the kernel wakes the stopped group of a child whose parent
        # has exited, with SIGHUP, which docker would pass on to the container.
        mine = [pid for pid in members_of_session(self._process.pid) if pid != self._process.pid]
        mine.append(self._process.pid)
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in mine:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
        self._process.wait()


def members_of_session(session):
    found = []
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError), open(path) as stream:
            # "pid (name) state parent group session"; the name may contain any character.
            if int(stream.read().rpartition(")")[2].split()[3]) == session:
                found.append(int(path.split("/")[2]))
    return found


class ClusterTest(unittest.TestCase):
    """Creates a namespace and a folder for each test; both are deleted after the test."""

    maxDiff = None
    executor = LAST  # The executor of images that do not name one.
    _count = 0

    def shortDescription(self):
        return None  # The test's name says more than its docstring.

    def setUp(self):
        self.top = tempfile.mkdtemp(prefix="ovenbird-e2e-")
        self.addCleanup(shutil.rmtree, self.top)
        self.folder = self.top + "/project"  # The user's folder.
        self.home = self.top + "/home"
        os.mkdir(self.folder)
        os.mkdir(self.home)
        self.keeps_cut_uploads = False  # The CNCF's registry does, after a cut within a piece.
        self.named = []  # What the test has written and passed: the repositories of its builds.
        self.namespace = self.make_namespace()
        self.addCleanup(self._check_registries)
        self.account = account.Account(ENVIRONMENT["KUBECONFIG"], self.namespace)
        self.kubeconfig = self.write(self.top + "/kubeconfig-of-account", self.account.kubeconfig, 0o600)
        self._make_objects_of_others()
        others = self._objects_of_others()
        self.assertEqual(2 * len(ANOTHERS), len(others))
        # Before the namespace is deleted: cleanups run from the last to the first.
        self.addCleanup(lambda: self.assertEqual(others, self._objects_of_others()))
        self.before = self.objects()

    def _check_registries(self):
        """Only the repositories that the test has named have tags, and kaniko's cache next to
        the image; in one for contexts, which only Ovenbird writes, no upload is left open."""
        named = "\n".join(self.named)
        state = os.path.dirname(ENVIRONMENT["KUBECONFIG"])
        for name, (tags, uploads) in stored.repositories(state, self.namespace).items():
            image = name[: -len("/cache")] if name.endswith("/cache") else name
            # Or a variable is a part of it.
            is_named = image in named or "${" in named
            self.assertTrue(is_named or not tags, "%s has tags %s" % (name, tags))
            is_of_contexts = re.search("(?i)context.?repo.*" + re.escape(name), named)
            if is_of_contexts and not self.keeps_cut_uploads:
                self.assertEqual(set(), uploads, name)

    def make_namespace(self):
        ClusterTest._count += 1
        # Tests run in several processes.
        name = "%s%d-%d" % (NAMESPACE_PREFIX, os.getpid(), ClusterTest._count)
        kubectl("create", "namespace", name)
        # Deleted in the background; run.py waits until all namespaces are gone.
        self.addCleanup(kubectl, "delete", "namespace", name, "--wait=false")
        self._wait_until_settled(name)
        return name

    def _wait_until_settled(self, namespace):
        """Waits until the controllers have created an account, a CA and, before 1.24, a token."""
        minor = int(ENVIRONMENT["OVENBIRD_E2E_KUBERNETES"].split(".")[1])

        def settled():
            accounts = get("serviceaccounts", "-n", namespace)["items"]
            if not accounts or (minor < 24 and not accounts[0].get("secrets")):
                return False
            return minor < 20 or bool(get("configmaps", "-n", namespace)["items"])

        until("default account in " + namespace, settled)

    def _make_objects_of_others(self):
        """Creates the objects of another user, which no test may change."""
        items = []
        for name, labels in ANOTHERS.items():
            metadata = {
                "name": name,
                "labels": labels,
                "annotations": {"ovenbird.dev/user": "another", "ovenbird.dev/host": "elsewhere"},
            }
            container = {"name": "kaniko", "image": "busybox:1"}
            # No node accepts the pod, so that it uses no resources.
            spec = {"containers": [container], "nodeSelector": {"pool": "of-others"}}
            items.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
            data = {".dockerconfigjson": "{}"}
            items.append(
                {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}
            )
        every = {"apiVersion": "v1", "kind": "List", "items": items}
        kubectl("create", "-n", self.namespace, "-f", "-", text=json.dumps(every))

    def _objects_of_others(self):
        """Returns the other user's objects without their status and the server's own fields."""
        found = {}
        for item in get("pods,secrets", "-n", self.namespace)["items"]:
            if item["metadata"]["name"] in ANOTHERS:
                kept = ("uid", "labels", "annotations", "ownerReferences", "deletionTimestamp")
                found[item["kind"], item["metadata"]["name"]] = (
                    [item["metadata"].get(key) for key in kept],
                    [item.get(key) for key in ("spec", "data", "type", "immutable")],
                )
        return found

    def build_pods(self):
        """Returns the namespace's pods without those of the other user."""
        pods = get("pods", "-n", self.namespace)["items"]
        return [pod for pod in pods if pod["metadata"]["name"] not in ANOTHERS]

    def make_volume(self, claim):
        """Creates the volume for a claim of the namespace that names no class: a folder of the
        test."""
        spec = {
            "capacity": {"storage": "1Gi"},
            "accessModes": ["ReadWriteOnce"],
            "claimRef": {"namespace": self.namespace, "name": claim},
            "hostPath": {"path": self.top + "/volume", "type": "DirectoryOrCreate"},
        }
        volume = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": self.namespace},
            "spec": spec,
        }
        kubectl("create", "-f", "-", text=json.dumps(volume))
        self.addCleanup(kubectl, "delete", "pv", self.namespace, "--wait=false")

    def objects(self):
        """Returns the objects of the namespace, by kind, name and UID."""
        kinds = "pods,secrets,configmaps,serviceaccounts,jobs"
        return sorted(
            (o["kind"], o["metadata"]["name"], o["metadata"]["uid"])
            for o in get(kinds, "-n", self.namespace)["items"]
        )

    def assert_namespace_as_before(self):
        # Without a delay: the tool waits until its pod no longer exists.
        self.assertEqual(self.before, self.objects())

    def write(self, path, text, mode=0o644):
        path = os.path.join(self.folder, path)  # Absolute paths are unchanged.
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.basename(path) == "devspace.yaml":
            text = name_executors(text, self.executor)
        if isinstance(text, str):
            self.named.append(text)
        with open(path, "wb" if isinstance(text, bytes) else "w") as stream:
            stream.write(text)
        os.chmod(path, mode)
        return path

    def start(self, *args, environment=None, prefix=()):
        """Starts `ovenbird ARGS` in the test's folder with a clean environment; `prefix`:
        a command that starts it."""
        env = {
            "HOME": self.home,  # Without the user's credentials and kubeconfig.
            "KUBECONFIG": self.kubeconfig,
            "PATH": os.environ["PATH"],
            # The scripts that build executors are in the tests' runfiles.
            "RUNFILES_DIR": os.path.abspath(os.path.join(OVENBIRD[0], "../../..")),
        }
        env.update(environment or {})
        asks_cluster = args[0] == "build" or "--verify" in args
        if asks_cluster and self.account.is_of(env["KUBECONFIG"]):
            self.account.grant_for(OVENBIRD, args[1:], env, self.folder)
        # Background jobs of a script ignore these signals, and the tool would inherit that.
        signals = ["env", "--default-signal=INT,HUP"]
        command = signals + list(prefix) + OVENBIRD + list(args)
        self.named.append(" ".join(list(args) + ["%s %s" % pair for pair in env.items()]))
        running = Running(command, env, self.folder, self.top + "/result.json")
        self.addCleanup(running.kill)
        return running

    def start_build(self, *args, **options):
        """Starts `ovenbird build` of ./devspace.yaml in the test's namespace of the cluster."""
        return self.start(
            *("build", "--config", "devspace.yaml", "--namespace", self.namespace),
            *("--engine", "kubernetes", "--result", self.top + "/result.json"),
            *args,
            **options
        )

    def start_without_cluster(self, *args, **environment):
        """Starts `ovenbird build` of ./devspace.yaml without a kubeconfig."""
        return self.start(
            *("build", "--config", "devspace.yaml", "--result", self.top + "/result.json"),
            *args,
            # The executor is in the cache, from which the cluster has its executor, too.
            environment={
                "KUBECONFIG": "/dev/null",
                "XDG_CACHE_HOME": os.path.dirname(cache()),
                **environment,
            }
        )

    def build(self, *args, **options):
        return self.start_build(*args, **options).finish()

    def assert_built(self, finished):
        self.assertEqual(0, finished.code, finished.stdout + finished.stderr)

    def pull(self, reference):
        return image.pull(ENVIRONMENT, reference)

    def tags(self, repository):
        """Returns the tags without those of kaniko's cache, which may be in the same repository."""
        found = image.tags(ENVIRONMENT, repository)
        return [tag for tag in found if not re.fullmatch("[0-9a-f]{64}", tag)]

    def pull_only(self, repository):
        """Pulls the image of a repository that has exactly one tag."""
        found = self.tags(repository)
        self.assertEqual(1, len(found), found)
        return self.pull("%s:%s" % (repository, found[0]))
