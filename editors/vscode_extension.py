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
const settings = {path: "/opt/ovenbird", arguments: ["--profile", "p"], secrets: ["id=token"]};
const seen = {events: []};
// A YAML file of another program is opened first.
const documents = [{path: "values.yaml"}, {path: "devspace.yaml"}, {path: "devspace.yaml"}];
const modules = {
  "vscode": {
    workspace: {
      getConfiguration: (name) => ({get: (key) => name === "ovenbird" ? settings[key] : undefined}),
      onDidOpenTextDocument: () => ({dispose() {}}),
      textDocuments: documents,
    },
    languages: {
      match: (selector, document) => { seen.events.push("match " + document.path); return document.path === "devspace.yaml" ? 10 : 0; },
    },
  },
  "vscode-languageclient/node": {
    TransportKind: {stdio: 0},
    LanguageClient: class {
      constructor(id, name, server, client) { Object.assign(seen, {id, name, server, client}); }
      async start() { seen.events.push("start"); }
      isRunning() { return seen.events.includes("start"); }
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
    # A repository must not choose the program that is started, but may say which secrets its builds get.
    scopes = {"ovenbird.path": "machine", "ovenbird.arguments": "machine", "ovenbird.secrets": "window"}
    yield "settings", scopes, {name: one["scope"] for name, one in properties.items()}
    seen = json.loads(subprocess.run(["node", "-e", HOST, main], check=True, stdout=subprocess.PIPE).stdout)
    yield "command", ("/opt/ovenbird", ["lsp", "--profile", "p"]), (seen["server"]["command"], seen["server"]["args"])
    # One server, for the first file that it is for.
    life = ["match values.yaml", "match devspace.yaml", "start", "stop"]
    yield "life", (life, 2), (seen["events"], seen["subscriptions"])
    yield "secrets", {"secrets": ["id=token"]}, seen["client"]["initializationOptions"]
    yield "changed settings", {"configurationSection": "ovenbird"}, seen["client"]["synchronize"]
    selector = seen["client"]["documentSelector"]
    yield "files", ["**/devspace*.{yaml,yml}", "dockerfile"], [one.get("pattern") or one["language"] for one in selector]


if __name__ == "__main__":
    sys.exit(outcome.count("extension", checks()))
