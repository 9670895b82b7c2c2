#!/bin/sh
# Debian's own Python: python3-jsonschema and python3-yaml are installed for it.
exec /usr/bin/python3 tools/testing/json_schema_agreement.py "$@"
