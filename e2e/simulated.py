"""A node that runs nothing: plays scheduler and kubelet for the pods of one namespace, so that
a benchmark can run a thousand builds on the real API server.

Each pod is bound to a Node object without a machine, then its containers run for a moment and
succeed. The tool under test talks to the API server through a proxy of this process, which counts its
requests, answers those for logs in place of a kubelet, and can play a busy server (429).
No init container is ever seen to run, so that no context is sent.
"""

import collections
import heapq
import http.client
import http.server
import json
import queue
import re
import ssl
import sys
import threading
import time
import urllib.parse

import layout

NODE = "simulated"
SCHEDULER = "simulated"  # No scheduler has this name: the pods are bound here.
LOG = "".join("2026-01-01T00:00:0%d.000000000Z INFO[000%d] Taking snapshot\n" % (i, i) for i in range(9))
DIGEST = "sha256:" + "1" * 64
RETRY_AFTER = 1  # seconds, of the busy server
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def kind_of(method, target):
    """Returns what a request asks for: "create pods", "watch events", "get pods/log"."""
    path, _, query = target.partition("?")
    found = re.match(
        r"/apis?/(?:[^/]+/)?v[^/]+/(?:namespaces/[^/]+/)?([a-z]+)(/[^/]+)?(/[a-z]+)?$", path
    )
    if not found:
        return method.lower() + " " + path
    plural, name, part = found.groups()
    verb = VERBS.get(method, "get" if name else "list")
    if "watch=1" in query or "watch=true" in query:
        verb = "watch"
    return "%s %s%s" % (verb, plural, part or "")


class Upstream(threading.local):
    """The API server as the administrator sees it; a connection for each thread."""

    def __init__(self, state):
        self._context = ssl.create_default_context(cafile=state + "/pki/ca.crt")
        self._context.load_cert_chain(state + "/pki/admin.crt", state + "/pki/admin.key")
        self._connection = None

    def connect(self):
        return http.client.HTTPSConnection(
            layout.NODE_ADDRESS, layout.API_PORT, context=self._context
        )

    def send(self, method, target, body=None, headers=None):
        """Returns the answer and its body."""
        for attempt in (1, 2):
            self._connection = self._connection or self.connect()
            try:
                self._connection.request(method, target, body, headers or {})
                answer = self._connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                self._connection = None
                if attempt == 2:
                    raise

    def change(self, method, target, body, kind="application/json", allowed=()):
        """Sends an object; fails unless the server accepts it, or answers with `allowed`."""
        answer, text = self.send(method, target, json.dumps(body), {"Content-Type": kind})
        if answer.status >= 300 and answer.status not in allowed:
            raise SystemExit("%s %s: %s" % (method, target, text.decode()))


class Proxy(http.server.ThreadingHTTPServer):
    """Counts requests and passes them on. `counts`: kind -> number."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, node, upstream, busy=0):
        """`busy`: every so many requests one is answered with 429; 0: none."""
        super().__init__(("127.0.0.1", 0), ProxyHandler)
        self.node = node
        self.upstream = upstream
        self.lock = threading.Lock()
        self.counts = collections.Counter()
        self.refused = collections.Counter()  # 429, by who answered
        self.too_early = collections.Counter()  # Requests that came again before their time.
        self._busy = busy
        self._refused_at = {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """Leaves out connections that the tool has closed: it cuts a watch at its end."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def note(self, method, target, body):
        """Counts the request; returns whether it is to be refused."""
        request = method, target, body  # Other builds create other pods at the same target.
        with self.lock:
            self.counts[kind_of(method, target)] += 1
            refused_at = self._refused_at.pop(request, None)
            if refused_at and time.monotonic() - refused_at < RETRY_AFTER:
                self.too_early[kind_of(method, target)] += 1
            if not self._busy or refused_at or sum(self.counts.values()) % self._busy:
                return False
            self._refused_at[request] = time.monotonic()
            self.refused["proxy"] += 1
            return True


class ProxyHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # Header and body in one packet.

    def _handle(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
        if self.server.note(self.command, self.path, body):
            return self._answer(429, b"{}", {"Retry-After": str(RETRY_AFTER)})
        kind = kind_of(self.command, self.path)
        if kind == "get pods/log":
            return self._log(urllib.parse.urlsplit(self.path).path.split("/")[-2])
        if kind.startswith("watch "):
            return self._stream()
        headers = {k: v for k in ("Accept", "Content-Type") if (v := self.headers.get(k))}
        answer, text = self.server.upstream.send(self.command, self.path, body, headers)
        more = {k: v for k in ("Content-Type", "Retry-After") if (v := answer.headers.get(k))}
        if answer.status == 429:
            self.server.refused["API server"] += 1
        return self._answer(answer.status, text, more)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle

    def _answer(self, status, text, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.wfile.flush()

    def _chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _start_chunks(self, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def _log(self, pod):
        self._start_chunks("text/plain")
        self._chunk(LOG.encode())
        self.server.node.ended(pod).wait(60)
        self._chunk(b"")

    def _stream(self):
        connection = self.server.upstream.connect()
        connection.request("GET", self.path)
        answer = connection.getresponse()
        if answer.status != 200:
            return self._answer(answer.status, answer.read(), {})
        self._start_chunks("application/json")
        try:
            for line in answer:
                self._chunk(line)
            self._chunk(b"")
        except OSError:  # The tool has what it needs.
            self.close_connection = True
        finally:
            connection.close()
        return None

    def log_message(self, *args):
        pass


class Node:
    """Moves the pods of a namespace to their end, each after `seconds`."""

    def __init__(self, state, namespace, seconds, workers=4):
        self.upstream = Upstream(state)
        self._pods = "/api/v1/namespaces/%s/pods" % namespace
        self._seconds = seconds
        self._work = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = collections.defaultdict(threading.Event)
        self._waiting = []  # (end, pod): a heap
        self._news = threading.Condition()
        self.most_running = 0
        node = {"metadata": {"name": NODE}, "spec": {"unschedulable": True}}
        self.upstream.change("POST", "/api/v1/nodes", node, allowed=(409,))
        for target in [self._watch, self._end_pods] + [self._run] * workers:
            threading.Thread(target=target, daemon=True).start()

    def close(self):
        self.upstream.send("DELETE", "/api/v1/nodes/" + NODE)

    def ended(self, pod):
        """Returns the event of the end of the pod's kaniko."""
        with self._lock:
            return self._ended[pod]

    def _watch(self):
        listed = json.loads(self.upstream.send("GET", self._pods)[1])
        version = listed["metadata"]["resourceVersion"]
        known = set()
        connection = self.upstream.connect()
        connection.request("GET", "%s?watch=1&resourceVersion=%s" % (self._pods, version))
        for line in connection.getresponse():
            pod = json.loads(line)["object"]
            name = pod["metadata"]["name"]
            if pod["spec"].get("schedulerName") == SCHEDULER and name not in known:
                known.add(name)
                self._work.put((self._start, name))

    def _run(self):
        while True:
            work, name = self._work.get()
            work(name)

    def _end_pods(self):
        while True:
            with self._news:
                while not self._waiting or self._waiting[0][0] > time.monotonic():
                    self._news.wait(
                        self._waiting[0][0] - time.monotonic() if self._waiting else None
                    )
                name = heapq.heappop(self._waiting)[1]
            self._work.put((self._end, name))

    def _start(self, name):
        target = {"apiVersion": "v1", "kind": "Node", "name": NODE}
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": name},
            "target": target,
        }
        self.upstream.change("POST", "%s/%s/binding" % (self._pods, name), binding, allowed=(404,))
        self._set_status(name, "Running", {"running": {"startedAt": "2026-01-01T00:00:00Z"}})
        with self._news:
            heapq.heappush(self._waiting, (time.monotonic() + self._seconds, name))
            self.most_running = max(self.most_running, len(self._waiting))
            self._news.notify()

    def _end(self, name):
        terminated = {
            "exitCode": 0,
            "reason": "Completed",
            "message": DIGEST,
            "startedAt": "2026-01-01T00:00:00Z",
            "finishedAt": "2026-01-01T00:00:01Z",
        }
        self._set_status(name, "Succeeded", {"terminated": terminated})
        self.ended(name).set()

    def _set_status(self, name, phase, state):
        def container(name, state):
            return {
                "name": name,
                "state": state,
                "ready": False,
                "restartCount": 0,
                "image": name,
                "imageID": "",
            }

        done = {"terminated": {"exitCode": 0, "startedAt": "2026-01-01T00:00:00Z"}}
        status = {
            "phase": phase,
            "initContainerStatuses": [container("context", done)],
            "containerStatuses": [container("kaniko", state)],
        }
        self.upstream.change(
            *("PATCH", "%s/%s/status" % (self._pods, name), {"status": status}),
            *("application/merge-patch+json", (404,)),
        )
