#!/usr/bin/env -S /usr/bin/python3 -B
"""What the tool writes for programs is what schema/result.schema.json and event.schema.json say.

The images are built by commands of their configs, which push to a registry of this test.

Debian's own Python: python3-jsonschema is installed for it.
"""

import copy
import fcntl
import json
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.getcwd()
OVENBIRD = os.path.join(HERE, "tools/ovenbird")
sys.path.insert(0, os.path.join(HERE, "tools/testing"))

from check_json import errors_of  # noqa: E402

# Pushes an image without layers.
PUSH = """#!/usr/bin/python3 -B
import hashlib, json, sys, urllib.request

def send(method, url, data=b"", kind="application/octet-stream"):
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)
    return urllib.request.urlopen(request)

def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()

domain, _, rest = sys.argv[-1].partition("/")
path, _, tag = rest.rpartition(":")
base = "http://%s/v2/%s" % (domain, path)
config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}).encode()
upload = send("POST", base + "/blobs/uploads/").headers["Location"]
send("PUT", upload + ("&" if "?" in upload else "?") + "digest=" + digest(config), config)
kind = "application/vnd.docker.distribution.manifest.v2+json"
manifest = {"schemaVersion": 2, "mediaType": kind, "layers": []}
manifest["config"] = {"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": digest(config)}
send("PUT", base + "/manifests/" + tag, json.dumps(manifest).encode(), kind)
print("pushed")
"""
IMAGE = "  %s:\n    image: %s/team/%s\n    tags: [v1]\n    build: {custom: {command: %s, args: [%s], onChange: [%s]}}\n"
# In JSON it is another text.
PASSWORD = 'hunter"2'


def read_schema(name):
    with open("schema/%s.schema.json" % name, encoding="utf-8") as file:
        return json.load(file)


class Registry:
    """Debian's registry on a free port."""

    def __init__(self, folder):
        config = folder + "/registry.yml"
        with open(config, "w", encoding="utf-8") as file:
            file.write("version: 0.1\nlog: {level: info, formatter: text}\nhttp: {addr: '127.0.0.1:0'}\n")
            file.write("storage: {filesystem: {rootdirectory: %s/registry}}\n" % folder)
        self._process = subprocess.Popen(
            ["docker-registry", "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        self.domain = None
        for line in self._process.stderr:
            found = re.search(r'listening on ([^,"\s]+)', line)
            if found:
                self.domain = found.group(1)
                break
        assert self.domain, "the registry does not listen"

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._process.stderr.close()


class OutputTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = os.path.realpath(temporary.name)
        self.registry = Registry(self.folder)
        self.addCleanup(self.registry.stop)
        self.write("push.py", PUSH, 0o755)
        self.write("content", "one")

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def image(self, key, command="./push.py", args="", on_change="content"):
        return IMAGE % (key, self.registry.domain, key, command, args, on_change)

    def start(self, *args, result="result.json", stdout=subprocess.PIPE, stderr=subprocess.PIPE):
        environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "KUBECONFIG": "/dev/null"}
        return subprocess.Popen(
            [OVENBIRD, "build", "--config", "devspace.yaml", "--result", result, *args],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
        )

    def finish(self, process):
        self.out, self.err = process.communicate(timeout=120)
        self.code = process.returncode

    def build(self, config, *args):
        self.write("devspace.yaml", config)
        self.finish(self.start(*args))
        return self.checked_result()

    def checked_result(self):
        """Returns the result, which must be as its schema says."""
        with open(self.folder + "/result.json", encoding="utf-8") as file:
            result = json.load(file)
        self.assertEqual([], list(errors_of(read_schema("result"), [result])), result)
        self.assertLessEqual(result["start"], result["end"])
        return result

    def checked_events(self):
        """Returns the events of standard error, which must have nothing else."""
        events = [json.loads(line) for line in self.err.splitlines()]
        self.assertEqual([], list(errors_of(read_schema("event"), events)), self.err)
        self.assertEqual("run-started", events[0]["event"])
        self.assertEqual(("run-ended", self.code), (events[-1]["event"], events[-1]["exitCode"]))
        return events

    def test_built_and_unchanged(self):
        config = "images:\n" + self.image("app") + self.image("web")
        result = self.build(config)
        self.assertEqual(0, self.code, self.err)
        app = result["images"][0]
        self.assertEqual((1, "app", "custom", True), (result["schemaVersion"], app["key"], app["engine"], app["ok"]))
        self.assertEqual("%s/team/app@%s" % (self.registry.domain, app["digest"]), app["ref"])
        self.assertEqual(self.folder + "/.ovenbird/logs/app.log", app["logFile"])
        self.assertEqual("check", app["steps"][0]["kind"])
        self.assertNotIn("skipped", app)
        version = subprocess.run([OVENBIRD, "version"], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertIn(result["version"], version)
        # Off a terminal a short table of several images.
        self.assertRegex(self.err, r"(?m)^app  [0-9a-f]{12}  0:\d\d$")
        self.assertRegex(self.err, r"(?m)^2 built  0:\d\d$")

        again = self.build(config, "--progress", "json")
        self.assertEqual([True, True], [image["skipped"] for image in again["images"]])
        self.assertEqual(app["ref"], again["images"][0]["ref"])
        events = self.checked_events()
        ended = [event for event in events if event["event"] == "image-ended"]
        self.assertEqual([True, True], [event["result"]["skipped"] for event in ended])
        self.assertRegex(self.out, "^%s/team/app:v1@sha256:" % self.registry.domain)

    def test_one_image_has_no_table(self):
        self.build("images:\n" + self.image("app"))
        self.assertNotRegex(self.err, r"(?m)^1 built")

    def test_quiet(self):
        self.build("images:\n" + self.image("app") + self.image("web"), "-q")
        self.assertEqual("", self.err)
        self.assertEqual(2, len(self.out.splitlines()), self.out)

    def test_events_of_a_build(self):
        result = self.build("images:\n" + self.image("app"), "--progress", "json")
        events = self.checked_events()
        kinds = [event["event"] for event in events]
        self.assertEqual(["run-started", "image-waiting", "image-started"], kinds[:3])
        self.assertEqual(["image-ended", "run-ended"], kinds[-2:])
        self.assertIn("step", kinds)
        self.assertIn("log", kinds)
        self.assertEqual(result["images"][0], events[-2]["result"])

    def test_passwords(self):
        config = "vars: [{name: TOKEN, password: true}]\nimages:\n"
        config += self.image("app", "sh", "-c, 'echo \"got $0\"; exit 7', '${TOKEN}'")
        result = self.build(config, "--progress", "json", "--var", "TOKEN=" + PASSWORD)
        self.assertEqual(1, self.code)
        events = self.checked_events()
        self.assertIn("got ***", [event.get("text") for event in events])
        self.assertIn("***", result["images"][0]["failure"]["what"])
        for text in (self.err, self.out, json.dumps(result)):
            self.assertNotIn("hunter", text)

    def test_failed_and_not_started(self):
        config = "images:\n" + self.image("app", "sh", "-c, 'echo why; exit 7'")
        result = self.build(config + self.image("web"), "--progress", "json", "--jobs", "1")
        self.assertEqual(1, self.code)
        app, web = result["images"]
        self.assertEqual((False, "build"), (app["ok"], app["failure"]["kind"]))
        self.assertTrue(app["steps"][-1]["failed"])
        self.assertNotIn("start", web)
        events = self.checked_events()
        ended = [event["image"] for event in events if event["event"] == "image-ended"]
        self.assertEqual(["app", "web"], ended)

    def test_interrupted(self):
        self.write("devspace.yaml", "images:\n" + self.image("app", "sh", "-c, 'echo going; exec sleep 60'"))
        process = self.start("--progress", "json")
        lines = []
        for line in process.stderr:
            lines.append(line)
            if json.loads(line).get("text") == "going":
                break
        process.send_signal(signal.SIGINT)
        self.finish(process)
        self.err = "".join(lines) + self.err
        self.assertEqual(130, self.code, self.err)
        self.assertEqual("interrupted", self.checked_result()["images"][0]["failure"]["kind"])
        self.checked_events()

    def check_an_interruption_that_nobody_reads(self, reader, writer, number):
        """A pager, a terminal after Ctrl-S, or a lost connection does not stop the cleanup."""
        self.write("devspace.yaml", "images:\n" + self.image("app", "sh", "-c, 'exec yes going'"))
        process = self.start("--progress", "plain", stdout=writer, stderr=writer)
        os.close(writer)
        self.addCleanup(os.close, reader)
        self.addCleanup(process.kill)
        time.sleep(5)  # Until nothing more can be written.
        process.send_signal(number)
        self.assertEqual(130, process.wait(30))
        self.assertEqual("interrupted", self.checked_result()["images"][0]["failure"]["kind"])

    def test_interrupted_while_nobody_reads_a_pipe(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.check_an_interruption_that_nobody_reads(*os.pipe(), number)

    def test_interrupted_while_nobody_reads_a_terminal(self):
        self.check_an_interruption_that_nobody_reads(*pty.openpty(), signal.SIGINT)

    def test_interrupted_while_another_process_has_the_records(self):
        os.mkdir(self.folder + "/.ovenbird")
        with open(self.folder + "/.ovenbird/builds.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.write("devspace.yaml", "images:\n" + self.image("app"))
            process = self.start("--progress", "plain")
            killer = threading.Timer(60, process.kill)
            killer.start()
            self.addCleanup(killer.cancel)
            lines = iter(process.stderr.readline, "")
            waiting = next((line for line in lines if "which has locked" in line), "")
            self.assertIn("/.ovenbird/builds.lock", waiting)
            process.send_signal(signal.SIGINT)
            self.finish(process)
            self.assertNotEqual(-signal.SIGKILL, self.code)

    def test_no_images(self):
        config = "images:\n" + self.image("app")
        config += "hooks:\n- command: 'false'\n  when: {before: {images: all}}\n"
        result = self.build(config, "--progress", "json")
        self.assertEqual([], result["images"])
        self.assertIn("failure", result)
        self.assertEqual(result["failure"], self.checked_events()[-1]["failure"])

    def test_a_wrong_config_has_events_as_well(self):
        self.write("devspace.yaml", "images: {app: {imgae: x}}\n")
        self.finish(self.start("--progress", "json"))
        self.assertEqual(2, self.code)
        lines = [json.loads(line) for line in self.err.splitlines()]
        self.assertEqual(2, lines[-1]["exitCode"])

    def test_tty_needs_a_terminal(self):
        self.write("devspace.yaml", "images:\n" + self.image("app"))
        self.finish(self.start("--progress", "tty"))
        self.assertEqual(2, self.code)
        self.assertIn("not a terminal", self.err)

    def test_results_on_standard_output(self):
        self.write("devspace.yaml", "images:\n" + self.image("app"))
        self.finish(self.start("--progress", "json", result="-"))
        self.assertEqual([], list(errors_of(read_schema("result"), [json.loads(self.out)])))
        self.checked_events()

    def test_unknown_fields_are_refused(self):
        self.build("images:\n" + self.image("app"), "--progress", "json")
        result, events = self.checked_result(), self.checked_events()
        for path in ((), ("images", 0), ("images", 0, "steps", 0)):
            changed = copy.deepcopy(result)
            inner = changed
            for part in path:
                inner = inner[part]
            inner["another"] = 1
            self.assertEqual(1, len(list(errors_of(read_schema("result"), [changed]))), path)
        self.assertEqual(len(events), len(list(errors_of(read_schema("event"), [dict(e, another=1) for e in events]))))


class ExamplesTest(unittest.TestCase):
    def test_examples_of_the_pages(self):
        for name in ("result", "event"):
            with open("docs/output/%s.md" % name, encoding="utf-8") as file:
                blocks = re.findall(r"(?s)```json\n(.*?)```", file.read())
            self.assertTrue(blocks, name)
            documents = [json.loads(block) for block in blocks]
            self.assertEqual([], list(errors_of(read_schema(name), documents)))


if __name__ == "__main__":
    unittest.main()
