"""Traces of runs, as a small collector gets them, and the groups and commands in
the output for GitHub Actions."""

import contextlib
import http.server
import json
import re
import threading
import time

from frame import registry
from test_running import BUILD, RunningTest

STEP, ERROR = "step", 2
LEAST_COVERED = 0.95


class Sink:
    """A collector on this machine that keeps what it gets; with `status` 0 it never answers."""

    def __init__(self, status=200):
        self.requests = []
        self.over = threading.Event()
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sink.requests.append((self.path, dict(self.headers), json.loads(body)))
                if status == 0:
                    sink.over.wait()
                    return
                self.send_response(status)
                self.send_header("Content-Length", "2")
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = "http://127.0.0.1:%d" % self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self.over.set()
        self._server.shutdown()
        self._server.server_close()


def spans_of(trace):
    """Returns the spans of an OTLP request, each with its attributes as a dict."""
    found = []
    for resource in trace["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                values = {each["key"]: list(each["value"].values())[0] for each in span["attributes"]}
                found.append(dict(span, attributes=values))
    return found


def times_of(span):
    return int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])


def covered(span, children):
    """Returns the share of a span's time in which one of its children was."""
    start, end = times_of(span)
    total, reached = 0, start
    for begin, stop in sorted(map(times_of, children)):
        begin, stop = max(begin, reached), min(stop, end)
        if stop > begin:
            total += stop - begin
            reached = stop
    return total / (end - start)


def commands_in(text):
    """Returns the commands that the runner of GitHub Actions reads: spaces before them are
    ignored, and while commands are stopped only the line with the token counts."""
    commands, token = [], None
    for line in text.splitlines():
        line = line.strip()
        if token:
            if line == "::%s::" % token:
                token = None
        elif line.startswith("::stop-commands::"):
            token = line[len("::stop-commands::") :]
        elif (line.startswith("::") or "##[" in line) and " file=devspace.yaml," not in line:
            commands.append(line)  # Problems of the config apart.
    return commands + (["still stopped"] if token else [])


class Traces(RunningTest):
    def sink(self, status=200):
        sink = Sink(status)
        self.addCleanup(sink.stop)
        return sink

    def one(self, spans, name):
        found = [span for span in spans if re.fullmatch(name, span["name"])]
        self.assertEqual(1, len(found), "%s in %s" % (name, [span["name"] for span in spans]))
        return found[0]

    def children(self, spans, span):
        return [each for each in spans if each.get("parentSpanId") == span["spanId"]]

    def steps(self, spans, key):
        """Returns the steps of an image."""
        image = self.one(spans, "image " + key)
        return [
            each
            for each in self.children(spans, image)
            if each["attributes"]["ovenbird.phase"] == STEP
        ]

    def check_times(self, spans):
        """Children lie in their parents, and phases cover their images."""
        run = self.one(spans, "ovenbird build")
        for span in spans:
            if span is run:
                continue
            (parent,) = [each for each in spans if each["spanId"] == span["parentSpanId"]]
            self.assertLessEqual(times_of(parent)[0], times_of(span)[0], span["name"])
            self.assertGreaterEqual(times_of(parent)[1], times_of(span)[1], span["name"])
        images = [each for each in spans if each["name"].startswith("image ")]
        for image in images:
            share = covered(image, self.children(spans, image))
            print("%s: phases cover %.1f %%" % (image["name"], 100 * share))
            self.assertGreaterEqual(share, LEAST_COVERED, image["name"])
        share = covered(run, self.children(spans, run))
        self.assertGreaterEqual(share, LEAST_COVERED, "the run")

    def test_the_phases_of_a_run(self):
        self.prepare(
            {
                "app": "FROM %s:v1\nWORKDIR /app\nCOPY content .\n" % self.repository("base"),
                "base": "FROM %s AS build\nRUN sleep 5\nFROM scratch\nCOPY --from=build /etc /\n"
                % registry("library/busybox:1"),
            },
            kaniko="{cache: true}",
        )
        sink = self.sink()
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": sink.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "api-key=of-the-test",
            "TRACEPARENT": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        }
        file = self.top + "/trace.json"
        began = time.time_ns()
        self.ends(0, "--tag", "v1", "--trace", file, environment=environment)
        ended = time.time_ns()
        ((path, headers, trace),) = sink.requests
        self.assertEqual("/v1/traces", path)
        self.assertEqual("of-the-test", headers["api-key"])
        with open(file) as stream:
            self.assertEqual(trace, json.load(stream))
        spans = spans_of(trace)
        self.check_times(spans)
        run = self.one(spans, "ovenbird build")
        self.assertEqual("b7ad6b7169203331", run["parentSpanId"])
        self.assertEqual({"0af7651916cd43dd8448eb211c80319c"}, {each["traceId"] for each in spans})
        self.assertLess(began, times_of(run)[0])
        self.assertLess(times_of(run)[1], ended)
        self.assertFalse([each for each in spans if each["status"]])
        app = self.one(spans, "image app")
        phases = [each["attributes"]["ovenbird.phase"] for each in self.children(spans, app)]
        for phase in ("wait", "check", "prepare", "schedule", "upload", "start", "base", STEP):
            self.assertIn(phase, phases)
        self.assertLess(phases.index("upload"), phases.index(STEP))
        self.assertEqual(["push", "clean-up"], [each for each in phases if each != "verify"][-2:])
        self.assertEqual(self.repository("app"), app["attributes"]["container.image.name"])
        self.assertRegex(app["attributes"]["oci.manifest.digest"], "^sha256:")
        pods = [each for each in spans if "k8s.pod.name" in each["attributes"]]
        self.assertEqual(2, len(pods))
        names = [each["name"] for each in self.steps(spans, "app")]
        self.assertEqual(["[1/2] WORKDIR /app", "[2/2] COPY content ."], names)
        sleep, copy = self.steps(spans, "base")
        self.assertEqual("[1/2] RUN sleep 5", sleep["name"])
        self.assertEqual(("0", "1"), tuple(e["attributes"]["ovenbird.step.stage"] for e in (sleep, copy)))
        # By the times of the container, however late the log arrives.
        took = (times_of(sleep)[1] - times_of(sleep)[0]) / 1e9
        self.assertGreater(took, 4.9)
        self.assertLess(took, 10)
        self.assertFalse(sleep["attributes"]["ovenbird.step.cached"])
        # The second time kaniko finds it.
        self.ends(0, "base", "--tag", "v1", "--force", environment=environment)
        spans = spans_of(sink.requests[1][2])
        self.check_times(spans)
        sleep = self.steps(spans, "base")[0]
        self.assertTrue(sleep["attributes"]["ovenbird.step.cached"])
        self.assertLess(times_of(sleep)[1] - times_of(sleep)[0], 1.5e9)

    def test_a_step_that_fails(self):
        """Its span says why, without passwords; the trace is sent all the same."""
        self.prepare(
            {"app": self.busybox("true of-the-test; exit 7")},
            hooks="vars: [{name: TOKEN, password: true}]\n",
            kaniko="{options: {buildArgs: {TOKEN: '${TOKEN}'}}}",
        )
        sink = self.sink()
        self.ends(
            BUILD, "--var", "TOKEN=of-the-test", environment={"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url}
        )
        ((_, _, trace),) = sink.requests
        self.assertNotIn("of-the-test", json.dumps(trace))
        spans = spans_of(trace)
        self.check_times(spans)
        what = "a command of the Dockerfile failed (exit code 7)"
        failed = {each["name"]: each["status"]["message"] for each in spans if each["status"]}
        self.assertEqual(
            {
                "ovenbird build": "image `app`: " + what,
                "image app": what,
                "[1/1] RUN true ***; exit 7": what,
            },
            failed,
        )
        for span in spans:
            self.assertIn(span["status"].get("code"), (None, ERROR))
        run = self.one(spans, "ovenbird build")
        self.assertEqual("1", run["attributes"]["process.exit.code"])

    def test_a_collector_that_is_no_help(self):
        """One that is down, refuses or hangs costs a warning and some seconds."""
        self.prepare({"app": "FROM scratch\nCOPY content /\n"})
        down = Sink()
        down.stop()
        for url, most in ((down.url, 3), (self.sink(500).url, 3), (self.sink(0).url, 6)):
            with self.subTest(url=url):
                running = self.start_build(
                    "--force", environment={"OTEL_EXPORTER_OTLP_ENDPOINT": url}
                )
                running.wait_for(r"app:\S+@sha256:")  # The result.
                began = time.monotonic()
                finished = running.finish()
                self.assertLess(time.monotonic() - began, most)
                self.assertEqual(0, finished.code, finished.stderr)
                self.assertEqual(1, finished.stderr.count("warning: the trace is not sent: "))
        self.assert_namespace_as_before()


# What a RUN of an untrusted project prints.
EVIL = (
    "printf '%s\\n' '::set-output name=x::evil' '  ::add-mask::evil' '##[error]evil' "
    "'::stop-commands::evil' '::evil::' '::endgroup::' '::error::evil'; "
)


class Workflows(RunningTest):
    ACTIONS = {"GITHUB_ACTIONS": "true"}

    def test_an_image_is_a_group(self):
        self.prepare({"app": self.busybox(EVIL + "exit 7")})
        finished = self.ends(BUILD, environment=self.ACTIONS)
        commands = commands_in(finished.stderr)
        self.assertEqual(["::group::app", "::endgroup::"], commands[:2])
        self.assertRegex(
            commands[2],
            r"^::error title=image app::a command of the Dockerfile failed \(exit code 7\)%0A.*evil",
        )
        self.assertEqual(3, len(commands), commands)
        group = finished.stderr.partition("::group::app\n")[2].partition("::endgroup::")[0]
        self.assertIn("::set-output name=x::evil", group)

    def test_groups_of_parallel_images(self):
        self.prepare({"a": self.busybox(EVIL + "sleep 3"), "b": self.busybox(EVIL + "sleep 3")})
        finished = self.ends(0, environment=self.ACTIONS)
        commands = commands_in(finished.stderr)
        groups = [line for line in commands if line.startswith("::group::")]
        self.assertEqual(["::group::a: log", "::group::b: log"], sorted(groups))
        self.assertEqual(groups[0:1] + ["::endgroup::"] + groups[1:] + ["::endgroup::"], commands)
        # Each has its own lines only, and events are not in it.
        for key in "ab":
            group = finished.stderr.partition("::group::%s: log\n" % key)[2]
            group = group.partition("\n::endgroup::\n")[0]
            self.assertIn("/%s" % key, group)
            self.assertNotRegex(group, r"^\[[ab]\]")
            self.assertIn("[%s] kaniko runs\n" % key, finished.stderr)
