#!/bin/sh
# usage: demo.sh
# One block of the demo, with the proxies that are found here: its result validates, verifies,
# and has the structure that its schema asks for in the eyes of Python's jsonschema.
set -eu
cd "$(dirname "$0")/../.."
tools/deps.sh --for demo --test || { echo "SKIPPED: the proxies of the demo are missing"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
DEMO_DIR=$dir DEMO_BLOCKS=1 tools/demo.sh

python3 -c 'import jsonschema, referencing' 2>/dev/null || {
    echo "demo: python3 has no package 'jsonschema': structure not compared"
    exit 0
}
python3 - "$dir/result.json" <<'PYTHON'
import glob, json, sys
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

registry = Registry()
for path in glob.glob("schema/*.json"):
    schema = json.load(open(path))
    registry = registry.with_resource(schema["$id"], Resource.from_contents(schema))
schema = json.load(open("schema/result.schema.json"))
document = json.load(open(sys.argv[1]))
errors = list(Draft202012Validator(schema, registry=registry).iter_errors(document))
for error in errors[:10]:
    print("demo:", error.json_path, error.message)
if errors or len(document["cells"]) < 4:
    sys.exit("demo: the result is not as its schema says")
print("demo: jsonschema agrees")
PYTHON
