"""A small LSP client, for tests that drive a language server over its standard input and output."""

import json
import os
import queue
import subprocess
import threading

TIMEOUT = 60  # seconds for one answer of the server


class Client:
    """One running language server. Use it in a `with` statement: the server stops at its end."""

    def __init__(self, command, root, settings):
        self._settings = settings
        self._next = 0
        self._messages = queue.Queue()
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self._read, daemon=True).start()
        self._request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": "file://" + root,
                "capabilities": {
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
        self._notify("initialized", {})
        self._notify("workspace/didChangeConfiguration", {"settings": settings})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._request("shutdown", None)
        self._notify("exit", None)
        self._process.wait(TIMEOUT)

    def diagnostics(self, uri, text):
        """Opens a document; returns the diagnostics that the server publishes for it."""
        self._open(uri, text)
        while True:
            message = self._messages.get(timeout=TIMEOUT)
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return message["params"]["diagnostics"]
            self._answer(message)

    def completion(self, uri, text, position):
        """Opens a document; returns the completion items at `position`, (line, character), in an editor's order."""
        self._open(uri, text)
        result = self._request("textDocument/completion", self._at(uri, position))
        items = result["items"] if isinstance(result, dict) else result or []
        return sorted(items, key=lambda item: item.get("sortText") or item["label"])

    def hover(self, uri, text, position):
        """Opens a document; returns the Markdown of the hover at `position`, or ""."""
        self._open(uri, text)
        result = self._request("textDocument/hover", self._at(uri, position))
        return result["contents"]["value"] if result else ""

    @staticmethod
    def _at(uri, position):
        return {"textDocument": {"uri": uri}, "position": {"line": position[0], "character": position[1]}}

    def _open(self, uri, text):
        item = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._notify("textDocument/didOpen", {"textDocument": item})

    def _request(self, method, params):
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

    def _notify(self, method, params):
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
