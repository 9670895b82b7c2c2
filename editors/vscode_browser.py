#!/usr/bin/env -S python3 -B
"""Opens a project in VS Code with the extension of editors/vscode, in headless Chromium: diagnostics, hover, a quick
fix, settings.

Run: editors/vscode.sh. The window is that of a desktop; code-server on the npm registry has the server for it.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import TimeoutError as NotShown
from playwright.sync_api import sync_playwright

import outcome

VERSION = "4.100.3"  # of code-server: VS Code 1.100, for Node 20
NODE = "v20."
EXTENSION = "editors/vscode"
OVENBIRD = os.path.realpath("bazel-bin/tools/ovenbird")
NPM = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
SECONDS = 60  # for one change of the window

CONFIG = """images:
  app:
    image: registry.example.com/team/app
    build:
      kaniko:
        image: ghcr.io/osscontainertools/kaniko:v1.28.3
        cahce: true
"""
DOCKERFILE = "FROM busybox:1.36\nRUN --mount=type=secret,id=token,required cat /run/secrets/token\n"


def cache(name):
    """Returns a folder of the user's cache."""
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "ovenbird", name)


def once(folder, install):
    """Returns the folder; calls `install` with it if that has not yet been done."""
    ready = os.path.join(folder, "ready")
    if not os.path.exists(ready):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        install(folder)
        with open(ready, "w", encoding="utf-8"):
            pass
    return folder


def run(*command, folder=None):
    """Runs a command; shows its output if it fails."""
    done = subprocess.run(command, check=False, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        sys.exit("%s:\n%s%s" % (" ".join(command), done.stdout, done.stderr))


def install_server(folder):
    # Its own scripts compile and download what is not needed here: a terminal, a search.
    run(*NPM, "--ignore-scripts", "--prefix", folder, "code-server@" + VERSION)
    run(*NPM, "--ignore-scripts", "--omit=dev", folder=vscode_of(folder))


def vscode_of(folder):
    return os.path.join(folder, "node_modules/code-server/lib/vscode")


def package_extension(target):
    """Packs the extension as its README says."""
    with open(EXTENSION + "/package.json", "rb") as file:
        name = "vscode-extension-" + hashlib.sha256(file.read()).hexdigest()[:12]

    def install(folder):
        shutil.copy(EXTENSION + "/package.json", folder)
        run(*NPM, "--prefix", folder)

    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "vscode")
        shutil.copytree(once(cache(name), install), copy, symlinks=True)
        os.remove(copy + "/ready")
        shutil.copytree(EXTENSION, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_modules"))
        run("npm", "run", "package", folder=copy)
        shutil.copy(copy + "/ovenbird.vsix", target)


class VsCode:
    """A running server of VS Code with the extension, and its files in a folder."""

    def __init__(self, folder, program):
        self._folder = folder
        self._server = [
            *("node", vscode_of(once(cache("vscode-server-" + VERSION), install_server)) + "/out/server-main.js"),
            *("--accept-server-license-terms", "--without-connection-token", "--disable-workspace-trust"),
            *("--extensions-dir", folder + "/extensions", "--user-data-dir", folder + "/data"),
            *("--server-data-dir", folder + "/server"),
        ]
        self.write("data/Machine/settings.json", json.dumps({"ovenbird.path": program}))
        package_extension(folder + "/ovenbird.vsix")
        run(*self._server, "--install-extension", folder + "/ovenbird.vsix")

    def write(self, name, text):
        path = os.path.join(self._folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    @contextlib.contextmanager
    def serving(self):
        """Yields the address of the window."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with open(self._folder + "/log", "w", encoding="utf-8") as log:
            server = subprocess.Popen(
                self._server + ["--host", "127.0.0.1", "--port", str(port)], stdout=log, stderr=subprocess.STDOUT
            )
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end:
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            yield "http://127.0.0.1:%d/?folder=%s/project" % (port, self._folder)
        finally:
            server.terminate()
            server.wait()


class Window:
    """The window of VS Code."""

    def __init__(self, page, screenshots):
        self._page = page
        self._screenshots = screenshots

    def open_file(self, name):
        self._page.get_by_role("treeitem", name=name).first.dblclick()

    def shows(self, text, state="visible"):
        """Returns whether the text appears, or with `hidden` disappears, in time."""
        try:
            self._page.get_by_text(text).first.wait_for(state=state)
        except NotShown:
            return False
        return True

    def show_problems(self):
        self._page.keyboard.press("Control+Shift+M")

    def hover(self, word):
        self._page.locator(".view-line").get_by_text(word).first.hover()

    def fix(self, word, title):
        """Applies the quick fix for the word at the cursor."""
        self._page.locator(".view-line").get_by_text(word).first.click()
        self._page.keyboard.press("Escape")
        self._page.keyboard.press("Control+.")
        # The first is selected. The mouse would meet what covers the window.
        self._page.locator(".action-widget").get_by_text(title).wait_for()
        self._page.keyboard.press("Enter")

    def lines(self):
        """Returns the visible lines of the editor."""
        return [line.replace("\xa0", " ") for line in self._page.locator(".view-line").all_inner_texts()]

    def take_screenshot(self, name):
        if self._screenshots:
            self._page.screenshot(path=os.path.join(self._screenshots, name + ".png"))


@contextlib.contextmanager
def window_of(code, screenshots):
    """Yields the window in a new browser."""
    with code.serving() as address, sync_playwright() as playwright:
        # As root, Chromium needs it.
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(SECONDS * 1000)
        page.goto(address)
        yield Window(page, screenshots)
        browser.close()


def checks(screenshots):
    """Yields the name, what is wanted and what was got."""
    with tempfile.TemporaryDirectory() as folder:
        code = VsCode(os.path.realpath(folder), OVENBIRD)
        code.write("project/devspace.yaml", CONFIG)
        code.write("project/Dockerfile", DOCKERFILE)
        with window_of(code, screenshots) as window:
            window.open_file("devspace.yaml")
            window.show_problems()
            yield "problem of the config", True, window.shows("unknown field `cahce`")
            yield "problem of the Dockerfile", True, window.shows("the build has no secret `token`")
            window.hover("cahce")
            yield "hover", True, window.shows("a misspelt option would be ignored silently")
            window.take_screenshot("hover")
            window.fix("cahce", "write `cache`")
            yield "fixed", True, window.shows("unknown field `cahce`", "hidden")
            yield "text", True, "        cache: true" in window.lines()
            code.write("project/.vscode/settings.json", '{"ovenbird.secrets": ["id=token"]}')
            yield "secret of the settings", True, window.shows("the build has no secret `token`", "hidden")
            window.take_screenshot("fixed")
        code.write("data/Machine/settings.json", '{"ovenbird.path": "/no/such/ovenbird"}')
        with window_of(code, screenshots) as window:
            window.open_file("devspace.yaml")
            yield "no program", True, window.shows("cannot run `/no/such/ovenbird lsp`. Install `ovenbird`")
            window.take_screenshot("no-program")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenshots", metavar="FOLDER", help="write screenshots to this folder")
    args = parser.parse_args()
    version = subprocess.run(["node", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if not version.startswith(NODE):
        sys.exit("node is %s: this version of VS Code needs %sx" % (version, NODE))
    return outcome.count("vscode", checks(args.screenshots))


if __name__ == "__main__":
    sys.exit(main())
