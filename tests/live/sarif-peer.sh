#!/bin/sh
# usage: sarif-peer.sh [SCHEMA]
# Validates the SARIF that `validate` writes for all fixtures against the official schema
# (github.com/oasis-tcs/sarif-spec, sarif-2.1/schema/sarif-schema-2.1.0.json; also $SARIF_SCHEMA),
# and the JUnit with an XML parser.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-$root/build/meshbench}
schema=${1:-${SARIF_SCHEMA:-}}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
cd "$root" || exit 3
if [ -z "$schema" ] || ! python3 -c 'import jsonschema' 2>/dev/null; then
    echo "SKIPPED sarif-peer: SARIF: no schema given (SARIF_SCHEMA), or python3 has no jsonschema"
    schema=
fi
for format in sarif junit; do
    "$tool" validate -l publishable -f "$format" -o "$folder/out.$format" \
        fixtures/rules/*/*.yaml fixtures/results/*.json missing-file 2>/dev/null
    status=$?
    [ "$status" -eq 3 ] || { echo "FAILED: status $status for $format"; exit 1; }
done
python3 - "$folder/out.junit" <<'PYTHON' || exit 1
import sys
import xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
cases = suite.findall("testcase")
assert int(suite.get("tests")) == len(cases)
assert int(suite.get("failures")) == sum(c.find("failure") is not None for c in cases)
assert int(suite.get("errors")) == sum(c.find("error") is not None for c in cases) == 1
print(f"sarif-peer: JUnit: {len(cases)} cases agree with their sums")
PYTHON
[ -n "$schema" ] || exit 0
exec python3 - "$schema" "$folder/out.sarif" <<'PYTHON'
import json
import sys
import jsonschema
schema, document = (json.load(open(path, encoding="utf-8")) for path in sys.argv[1:3])
faults = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(document))
for fault in faults[:5]:
    print("FAILED:", list(fault.absolute_path), fault.message[:200])
print(f"sarif-peer: SARIF: {len(document['runs'][0]['results'])} results, {len(faults)} faults")
sys.exit(bool(faults))
PYTHON
