"""What the benchmarks on the e2e cluster share: their flags, and the cluster for themselves alone.

Import it after e2e is in the search path.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile

import layout


def flags(doc):
    """Returns a parser with the flags of all these benchmarks."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kubernetes", default="current")
    parser.add_argument("--state", default=layout.default_state())
    parser.add_argument("--ovenbird", default="tools/ovenbird")
    return parser


def run(args, its, measure_all):
    """Exits with code 0 if measure_all(args, its, FOLDER) is true, else with 1. `its`: the
    cluster."""
    args.ovenbird = os.path.abspath(args.ovenbird)
    # The same as Ctrl-C: the builds delete everything.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    work = tempfile.mkdtemp(prefix="ovenbird-bench-")
    try:
        # Tests that run simultaneously would change the figures.
        with its.used(args.kubernetes), its.alone.owned():
            good = measure_all(args, its, work)
    finally:
        shutil.rmtree(work)
    sys.exit(0 if good else 1)
