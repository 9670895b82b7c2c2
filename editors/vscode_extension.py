#!/usr/bin/env -S python3 -B
"""Loads the extension of editors/vscode in node, with modules in place of VS Code and its language client, and
checks what it starts: the program that is said, for the files that it is for.

Run by ./bazelw run //editors:test. Needs node.
"""

import json
import os
import subprocess
import sys

import outcome

FOLDER = "editors/vscode"

# Records what the extension does.
HOST = """
const Module = require("module");
const settings = {path: "/opt/ovenbird", arguments: ["--profile", "p"]};
const seen = {events: []};
const modules = {
  "vscode": {workspace: {getConfiguration: (name) => ({get: (key) => name === "ovenbird" ? settings[key] : undefined})}},
  "vscode-languageclient/node": {
    TransportKind: {stdio: 0},
    LanguageClient: class {
      constructor(id, name, server, client) { Object.assign(seen, {id, name, server, client}); }
      async start() { seen.events.push("start"); }
      async stop() { seen.events.push("stop"); }
    },
  },
};
const load = Module._load;
Module._load = (name, ...rest) => modules[name] || load(name, ...rest);
const extension = require(process.argv[1]);
const context = {subscriptions: []};
extension.activate(context).then(() => extension.deactivate()).then(() => {
  seen.subscriptions = context.subscriptions.length;
  console.log(JSON.stringify(seen));
});
"""


def checks():
    """Yields the name, what is wanted and what was got."""
    with open(os.path.join(FOLDER, "package.json"), encoding="utf-8") as file:
        package = json.load(file)
    main = os.path.abspath(os.path.join(FOLDER, package["main"]))
    done = subprocess.run(["node", "--check", main], check=False)
    yield "syntax", 0, done.returncode
    yield "dependencies", ["vscode-languageclient"], list(package["dependencies"])
    properties = package["contributes"]["configuration"]["properties"]
    yield "settings", ["ovenbird.path", "ovenbird.arguments"], list(properties)
    # A repository must not choose the program that is started.
    yield "scopes", {"machine"}, {one["scope"] for one in properties.values()}
    seen = json.loads(subprocess.run(["node", "-e", HOST, main], check=True, stdout=subprocess.PIPE).stdout)
    yield "command", ("/opt/ovenbird", ["lsp", "--profile", "p"]), (seen["server"]["command"], seen["server"]["args"])
    yield "life", (["start", "stop"], 1), (seen["events"], seen["subscriptions"])
    selector = seen["client"]["documentSelector"]
    yield "files", ["**/devspace*.{yaml,yml}", "dockerfile"], [one.get("pattern") or one["language"] for one in selector]


if __name__ == "__main__":
    sys.exit(outcome.count("extension", checks()))
