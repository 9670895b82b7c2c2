"""Observes builds on the e2e cluster from outside, in seconds of this machine's clock:
pods through the API server, containers on the node.

The pod's status has whole seconds only, and the kubelet writes it late; containerd reports
each start and end when it happens.
"""

import collections
import contextlib
import datetime
import http.client
import json
import os
import re
import select
import ssl
import subprocess
import threading
import time

import configs
import layout

# Of containers: `start` and `end`; None until the event happens.
Container = collections.namedtuple("Container", "start end")


class Api:
    """A client of the API server with admin rights. Each request has a connection of its own."""

    def __init__(self, state):
        self._context = ssl.create_default_context(cafile=state + "/pki/ca.crt")
        self._context.load_cert_chain(state + "/pki/admin.crt", state + "/pki/admin.key")

    def open(self, method, path, body=None):
        connection = http.client.HTTPSConnection(
            layout.NODE_ADDRESS, layout.API_PORT, context=self._context
        )
        headers = {"Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        if answer.status >= 300:
            raise SystemExit("%s %s: %s" % (method, path, answer.read().decode()))
        return answer

    def send(self, method, path, body=None):
        with self.open(method, path, body) as answer:
            return json.load(answer)


class Pod:
    def __init__(self, name):
        self.name = name
        self.created = None
        self.ended = None  # The end of the pod's containers, as the API server reports it.
        self.succeeded = False
        self.deleted = None
        self.ids = {}  # Name of the container -> its ID in containerd.


class PodWatch:
    """Records the times of the events of a namespace's pods."""

    def __init__(self, api, namespace):
        self._path = "/api/v1/namespaces/%s/pods" % namespace
        self._api = api
        self._changed = threading.Condition()
        self._pods = {}
        version = api.send("GET", self._path)["metadata"]["resourceVersion"]
        self._answer = api.open("GET", "%s?watch=1&resourceVersion=%s" % (self._path, version))
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._answer:
            event = json.loads(line)
            with self._changed:
                self._note(event["type"], event["object"], time.time())
                self._changed.notify_all()

    def _note(self, what, pod, now):
        name = pod["metadata"]["name"]
        seen = self._pods.setdefault(name, Pod(name))
        seen.created = seen.created or now
        status = pod.get("status", {})
        for key in ("initContainerStatuses", "containerStatuses"):
            for container in status.get(key, []):
                identity = container.get("containerID", "").rpartition("/")[2]
                if identity:
                    seen.ids[container["name"]] = identity
        if status.get("phase") in ("Succeeded", "Failed"):
            seen.ended = seen.ended or now
            seen.succeeded = status["phase"] == "Succeeded"
        if what == "DELETED":
            seen.deleted = now

    def wait(self, wanted, seconds=300):
        """Returns the first pod for which the condition is true."""
        with self._changed:
            if not self._changed.wait_for(lambda: any(map(wanted, self._pods.values())), seconds):
                raise SystemExit("a pod made no progress within %d s" % seconds)
            return next(pod for pod in self._pods.values() if wanted(pod))

    def names(self):
        with self._changed:
            return set(self._pods)

    def create(self, pod):
        self._api.send("POST", self._path, pod)

    def delete(self, name):
        now = {"gracePeriodSeconds": 0}
        self._api.send("DELETE", "%s/%s" % (self._path, name), now)


def _seconds(text):
    """Parses 2026-11-23 18:47:41.093187796 +0000 UTC"""
    date, fraction = re.match(r"(\S+ [0-9:]+)\.?(\d*)", text).groups()
    day = datetime.datetime.strptime(date + " +0000", "%Y-%m-%d %H:%M:%S %z")
    return day.timestamp() + float("0." + (fraction or "0"))


class NodeEvents:
    """The times when the containers of the node started and ended."""

    def __init__(self, node_pid):
        self._changed = threading.Condition()
        self._starts = {}
        self._ends = {}
        self._ctr = subprocess.Popen(
            ("nsenter", "--target", node_pid, "--mount", "ctr", "--namespace", "k8s.io")
            + ("--address", configs.CONTAINERD_SOCKET, "events"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def close(self):
        self._ctr.kill()
        self._ctr.wait()

    def _read(self):
        for line in self._ctr.stdout:
            found = re.match(r"(.*? UTC) k8s.io /tasks/(start|exit) (.*)", line)
            if not found:
                continue
            event = json.loads(found.group(3))
            identity = event["container_id"]
            # The end of a command that `exec` ran in the container has a different id.
            if event.get("id", identity) != identity:
                continue
            with self._changed:
                times = self._starts if found.group(2) == "start" else self._ends
                times[identity] = _seconds(found.group(1))
                self._changed.notify_all()

    def container(self, identity):
        """Waits until the container has ended; returns its times."""
        with self._changed:
            if not self._changed.wait_for(lambda: identity in self._ends, 30):
                raise SystemExit("the node did not report the end of container " + identity)
            return Container(self._starts[identity], self._ends[identity])


class Run:
    """A process: its output lines with their times, and its peak memory."""

    def __init__(self, command, environment, cwd, errors=True):
        """`errors`: also reads the lines of stderr."""
        self.lines = []
        self.peak = 0
        self.start = time.time()
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
        reader = threading.Thread(target=self._read, args=(process.stdout,))
        reader.start()
        handle = os.pidfd_open(process.pid)
        while not select.select([handle], [], [], 0.2)[0]:
            self._note_memory(process.pid)
        self.end = time.time()
        os.close(handle)
        process.wait()
        reader.join()
        if process.returncode:
            raise SystemExit("%s\n%s" % (" ".join(command), self.output()))

    def _note_memory(self, pid):
        with contextlib.suppress(OSError):
            with open("/proc/%d/status" % pid) as stream:
                found = re.search(r"VmHWM:\s*(\d+) kB", stream.read())
                if found:  # The process may be about to exit.
                    self.peak = int(found.group(1)) * 1024

    def _read(self, stream):
        for line in stream:
            self.lines.append((time.time(), line))

    def output(self):
        return "".join(line for _, line in self.lines)

    def time_of(self, text):
        return next((when for when, line in self.lines if text in line), None)
