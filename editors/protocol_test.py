#!/usr/bin/env -S python3 -B
"""Sends what no good editor sends to `ovenbird lsp`: it answers with an error, or exits with a message."""

import json
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from server_case import OVENBIRD, ServerTest  # noqa: E402

INITIALIZE = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
SHUTDOWN = {"jsonrpc": "2.0", "id": 2, "method": "shutdown"}
EXIT = {"jsonrpc": "2.0", "method": "exit"}
UNKNOWN = {"jsonrpc": "2.0", "id": 9, "method": "no/such"}


def frame(body):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def messages(output):
    """Returns the messages of the server; the output must have nothing else."""
    found = []
    while output:
        head, end, rest = output.partition(b"\r\n\r\n")
        assert end and head.startswith(b"Content-Length: "), output
        length = int(head.split(b":")[1])
        found.append(json.loads(rest[:length]))
        output = rest[length:]
    return found


class ProtocolTest(ServerTest):
    def talk(self, *pieces):
        """Sends the pieces, then closes the input. Returns the exit code, the messages and standard error."""
        done = subprocess.run(
            [OVENBIRD, "lsp"],
            input=b"".join(piece if isinstance(piece, bytes) else frame(piece) for piece in pieces),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
            env=self.environment,
            timeout=60,
            check=False,
        )
        return done.returncode, messages(done.stdout), done.stderr.decode()

    def errors(self, *pieces):
        """Returns the exit code, and the codes of the errors with their ids."""
        code, replies, _ = self.talk(*pieces)
        return code, [(reply["id"], reply["error"]["code"]) for reply in replies if "error" in reply]

    def test_good_end(self):
        code, replies, text = self.talk(INITIALIZE, SHUTDOWN, EXIT)
        self.assertEqual((0, [1, 2], ""), (code, [reply["id"] for reply in replies], text))

    def test_bad_end(self):
        self.assertEqual((1, []), self.errors(INITIALIZE, EXIT))
        self.assertEqual((1, []), self.errors(INITIALIZE))
        self.assertEqual((1, []), self.errors())

    def test_order(self):
        self.assertEqual((1, [(2, -32002)]), self.errors(SHUTDOWN, EXIT))
        self.assertEqual((1, [(1, -32600)]), self.errors(INITIALIZE, INITIALIZE, EXIT))
        self.assertEqual((0, [(9, -32600)]), self.errors(INITIALIZE, SHUTDOWN, UNKNOWN, EXIT))
        self.assertEqual((0, [(9, -32601)]), self.errors(INITIALIZE, UNKNOWN, SHUTDOWN, EXIT))
        early = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}}
        self.assertEqual((0, []), self.errors(early, INITIALIZE, SHUTDOWN, EXIT))

    def test_broken_json(self):
        for body in (b"", b"{", b"[1,", b"\xff\xfe", b"[" * 100000, b"nonsense", b'{"id": 1e999}'):
            code, errors = self.errors(frame(body), INITIALIZE, SHUTDOWN, EXIT)
            self.assertEqual(0, code, body[:20])
            self.assertEqual([None], [name for name, _ in errors], body[:20])

    def test_not_a_request(self):
        for body in (5, [], [INITIALIZE], {}, "x", {"method": 5}, {"id": {}, "method": "initialize"}, None):
            self.assertEqual((0, [(None, -32600)]), self.errors(body, INITIALIZE, SHUTDOWN, EXIT), body)
        # An answer to a question that was not asked.
        self.assertEqual((0, []), self.errors({"id": 5, "result": 1}, INITIALIZE, SHUTDOWN, EXIT))

    def test_wrong_lengths(self):
        for head in (b"Content-Length: -1\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Length: 1\r\n\r\n", b"\r\n\r\n", b"x" * 100000):
            code, replies, text = self.talk(INITIALIZE, head, b"{}")
            self.assertEqual(1, code, head[:30])
            self.assertEqual(-32700, replies[-1]["error"]["code"])
            self.assertIn("ovenbird: a ", text)
        # Too long: the rest never comes.
        self.assertEqual((1, []), self.errors(INITIALIZE, b"Content-Length: 1000\r\n\r\n{}"))
        # Too short: what follows is no header.
        code, errors = self.errors(INITIALIZE, b"Content-Length: 3\r\n\r\n" + json.dumps(UNKNOWN).encode(), SHUTDOWN)
        self.assertEqual(1, code)
        self.assertIn((None, -32700), errors)

    def test_huge_messages(self):
        size = 70 << 20
        huge = b"Content-Length: %d\r\n\r\n" % size + b" " * size
        self.assertEqual((0, [(None, -32600)]), self.errors(INITIALIZE, huge, SHUTDOWN, EXIT))
        self.assertEqual((1, []), self.errors(INITIALIZE, b"Content-Length: 18446744073709551615\r\n\r\n{}"))
        long = {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": {"uri": "file:///x/devspace.yaml", "text": "a: b\n" * 1000000}}}
        self.assertEqual((0, []), self.errors(INITIALIZE, long, SHUTDOWN, EXIT))

    def test_wrong_parameters(self):
        names = ["completion", "hover", "definition", "rename", "prepareRename", "codeAction"]
        for params in (None, 5, [], {}, {"textDocument": 5}, {"textDocument": {"uri": "file:///nowhere"}}, {"textDocument": {"uri": "x"}}):
            requests = [{"id": n, "method": "textDocument/" + name, "params": params} for n, name in enumerate(names)]
            code, errors = self.errors(INITIALIZE, *requests, SHUTDOWN, EXIT)
            self.assertEqual((0, [(n, -32602) for n in range(len(names))]), (code, errors), params)

    def test_wrong_positions(self):
        """They are moved into the text."""
        uri = self.write("devspace.yaml", "")
        opened = {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "text": "images:\n  \U0001f426: {}\n"}}}
        pieces = [INITIALIZE, opened]
        places = [-1, 0, 1, 3, 4, 1000, 2**31, 2**63 - 1, 1.5, "x", None]
        for line in places:
            for character in places:
                at = {"line": line, "character": character}
                where = {"textDocument": {"uri": uri}, "position": at, "range": {"start": at, "end": at}, "newName": "X"}
                for name in ("completion", "hover", "definition", "codeAction"):
                    pieces.append({"id": 5, "method": "textDocument/" + name, "params": where})
                change = {"textDocument": {"uri": uri}, "contentChanges": [{"range": {"start": at, "end": {"line": 0, "character": 0}}, "text": "\U0001f426\n"}]}
                pieces.append({"method": "textDocument/didChange", "params": change})
        self.assertEqual((0, []), self.errors(*pieces, SHUTDOWN, EXIT))

    def test_texts_without_sense(self):
        """Every prefix of a config, with a cursor at its end."""
        uri = self.write("devspace.yaml", "")
        text = (
            'vars: [{name: "A"}]\nimages:\n  app: &x\n    image: "a/${A}"\n    build: {kaniko: {args: [--x, \'y\']}}\n'
            "  b: *x\n  c:\n  - - a: |\n      x\n  - b\n\t? x\n&*!|>%@`\n"
        )
        pieces = [INITIALIZE, {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "text": ""}}}]
        for end in range(len(text)):
            change = {"textDocument": {"uri": uri}, "contentChanges": [{"text": text[:end]}]}
            pieces.append({"method": "textDocument/didChange", "params": change})
            at = {"line": text[:end].count("\n"), "character": end - text.rfind("\n", 0, end) - 1}
            where = {"textDocument": {"uri": uri}, "position": at, "range": {"start": at, "end": at}}
            for name in ("completion", "hover", "definition", "codeAction"):
                pieces.append({"id": 5, "method": "textDocument/" + name, "params": where})
        self.assertEqual((0, []), self.errors(*pieces, SHUTDOWN, EXIT))


if __name__ == "__main__":
    unittest.main()
