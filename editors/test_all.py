#!/usr/bin/env -S python3 -B
"""Runs the tests of editors that need installed programs: yaml-language-server, VS Code's extension, Neovim.

Run: ./bazelw run //editors:test
Installs Neovim (Debian's package) if it is missing; uses sudo if the user is not root.
"""

import os
import re
import shutil
import subprocess
import sys

SCRIPTS = ["yaml_language_server.py", "vscode_extension.py", "neovim_editor.py"]
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$", re.M)


def install(program, package):
    if shutil.which(program):
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    subprocess.run(sudo + command + [package], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def main():
    install("nvim", "neovim")
    folder = os.path.dirname(os.path.realpath(__file__))
    passed = failed = 0
    for script in SCRIPTS:
        done = subprocess.run([os.path.join(folder, script)], stdout=subprocess.PIPE, text=True, check=False)
        print("== %s\n%s" % (script, done.stdout), end="", flush=True)
        counts = SUMMARY.findall(done.stdout)
        passed += sum(int(count[0]) for count in counts)
        # A script that ends without its last line has failed.
        failed += sum(int(count[1]) for count in counts) or (done.returncode != 0 or not counts)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
