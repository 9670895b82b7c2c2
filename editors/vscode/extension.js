// Starts `ovenbird lsp` for devspace.yaml and Dockerfiles.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function activate(context) {
  const settings = vscode.workspace.getConfiguration("ovenbird");
  const server = {
    command: settings.get("path"),
    args: ["lsp", ...settings.get("arguments")],
    transport: TransportKind.stdio,
  };
  client = new LanguageClient("ovenbird", "Ovenbird", server, {
    documentSelector: [
      { scheme: "file", pattern: "**/devspace*.{yaml,yml}" },
      { scheme: "file", language: "dockerfile" },
    ],
  });
  context.subscriptions.push(client);
  await client.start();
}

async function deactivate() {
  if (client) await client.stop();
}

module.exports = { activate, deactivate };
