// Starts `ovenbird lsp` for devspace.yaml and Dockerfiles.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

const FILES = [
  { scheme: "file", pattern: "**/devspace*.{yaml,yml}" },
  { scheme: "file", language: "dockerfile" },
];

let client;

function newClient(settings) {
  const server = {
    command: settings.get("path"),
    args: ["lsp", ...settings.get("arguments")],
    transport: TransportKind.stdio,
  };
  return new LanguageClient("ovenbird", "Ovenbird", server, {
    documentSelector: FILES,
    initializationOptions: { secrets: settings.get("secrets") },
    // Sends the settings again when they change.
    synchronize: { configurationSection: "ovenbird" },
  });
}

async function start(context) {
  const settings = vscode.workspace.getConfiguration("ovenbird");
  client = newClient(settings);
  context.subscriptions.push(client);
  try {
    await client.start();
  } catch {
    // The client shows the error itself.
    const text = `Ovenbird: cannot run \`${settings.get("path")} lsp\`. Install \`ovenbird\`, or set its path.`;
    if ((await vscode.window.showErrorMessage(text, "Set ovenbird.path")) !== undefined) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "ovenbird.path");
    }
  }
}

// YAML files that are not ours start nothing.
async function activate(context) {
  const startFor = async (document) => {
    if (client === undefined && vscode.languages.match(FILES, document) > 0) await start(context);
  };
  context.subscriptions.push(vscode.workspace.onDidOpenTextDocument(startFor));
  await Promise.all(vscode.workspace.textDocuments.map(startFor));
}

async function deactivate() {
  if (client?.isRunning()) await client.stop();
}

module.exports = { activate, deactivate };
