#!/usr/bin/env bash
# Debian's own Python: python3-jsonschema is installed for that one.
exec /usr/bin/python3 -B "$@"
