#!/usr/bin/env -S python3 -B
"""Serves the documentation site to browsers of this machine.

    bazel run //tools:site -- serve [--port N]
"""

import argparse
import functools
import http.server
import sys

SITE = "docs/site"


def main():
    parser = argparse.ArgumentParser(prog="site")
    parser.add_argument("verb", choices=["serve"])
    parser.add_argument("--port", type=int, default=8000, help="0 is a free port (default: %(default)s)")
    options = parser.parse_args()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=SITE)
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), handler)
    except OSError as error:
        sys.exit("site: port %d: %s" % (options.port, error.strerror))
    print("http://127.0.0.1:%d/ (Ctrl-C stops it)" % server.server_port, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
