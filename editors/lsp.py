"""A small LSP client, for tests that drive a language server over its standard input and output."""

import json
import os
import queue
import subprocess
import threading

TIMEOUT = 60  # seconds for one answer of the server


class Client:
    """One running language server. Use it in a `with` statement: the server stops at its end."""

    def __init__(self, command, root, settings, encodings=("utf-16",), options=None, **process):
        """Starts the server; `options` are its initializationOptions, `process` further arguments for subprocess.Popen."""
        self._settings = settings
        self._next = 0
        self._versions = {}
        self._messages = queue.Queue()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **process)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.initialized = self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": "file://" + root,
                "initializationOptions": options,
                "capabilities": {
                    "general": {"positionEncodings": list(encodings)},
                    "workspace": {"configuration": True},
                    "textDocument": {
                        "hover": {"contentFormat": ["markdown"]},
                        "completion": {
                            "completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}
                        },
                    },
                },
            },
        )
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": settings})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.request("shutdown", None)
        self.notify("exit", None)
        self.code = self._process.wait(TIMEOUT)
        self._reader.join()
        self._process.stdin.close()
        self._process.stdout.close()

    def cpu_seconds(self):
        """Returns the CPU time that the server has used."""
        with open("/proc/%d/stat" % self._process.pid, encoding="utf-8") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def diagnostics(self, uri, text):
        """Opens a document; returns the diagnostics that the server publishes for it."""
        self._open(uri, text)
        return self.published(uri)

    def open(self, uri, text):
        """Opens a document, or gives an open one another text."""
        if uri in self._versions:
            self.change(uri, [{"text": text}])
        else:
            self._open(uri, text)

    def change(self, uri, changes):
        """Sends changes of an open document: a list of TextDocumentContentChangeEvent."""
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def close(self, uri):
        """Closes a document."""
        del self._versions[uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def published(self, uri):
        """Returns the diagnostics of a file when the server publishes them next: of an open one for its last text."""
        while True:
            message = self._messages.get(timeout=TIMEOUT)
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                if message["params"].get("version", self._versions.get(uri)) == self._versions.get(uri):
                    return message["params"]["diagnostics"]
            self._answer(message)

    def shown(self):
        """Returns the text of the message that the server shows next."""
        while True:
            message = self._messages.get(timeout=TIMEOUT)
            if message.get("method") == "window/showMessage":
                return message["params"]["message"]
            self._answer(message)

    def completion(self, uri, text, position):
        """Opens a document; returns the completion items at `position`, (line, character), in an editor's order."""
        self._open(uri, text)
        result = self.request("textDocument/completion", self._at(uri, position))
        items = result["items"] if isinstance(result, dict) else result or []
        return sorted(items, key=lambda item: item.get("sortText") or item["label"])

    def hover(self, uri, text, position):
        """Opens a document; returns the Markdown of the hover at `position`, or ""."""
        self._open(uri, text)
        result = self.request("textDocument/hover", self._at(uri, position))
        return result["contents"]["value"] if result else ""

    @staticmethod
    def _at(uri, position):
        return {"textDocument": {"uri": uri}, "position": {"line": position[0], "character": position[1]}}

    def _open(self, uri, text):
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def request(self, method, params):
        """Returns the result of a request; RuntimeError if the server answers with an error."""
        self._next += 1
        number = self._next
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._messages.get(timeout=TIMEOUT)
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise RuntimeError("%s: %s" % (method, message["error"]))
                return message["result"]
            self._answer(message)

    def _answer(self, message):
        """Answers what the server asks of its editor."""
        if "id" not in message or "method" not in message:
            return
        result = None
        if message["method"] == "workspace/configuration":
            result = [self._settings.get(item.get("section")) for item in message["params"]["items"]]
        self._send({"id": message["id"], "result": result})

    def notify(self, method, params):
        """Sends a notification."""
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps(dict(message, jsonrpc="2.0")).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self):
        out = self._process.stdout
        while True:
            length = 0
            for line in iter(out.readline, b"\r\n"):
                if not line:
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self._messages.put(json.loads(out.read(length)))
