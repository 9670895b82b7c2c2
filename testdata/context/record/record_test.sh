#!/usr/bin/env bash
# The corpus is what Docker does: see record.py.
set -euo pipefail
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
exec python3 testdata/context/record/record.py --check
