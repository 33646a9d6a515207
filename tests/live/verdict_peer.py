"""The verdicts of `jsonschema` and of meshbench's structural stage, side by side."""
import copy
import glob
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import jsonschema
import referencing
import yaml

root, rounds, seed = sys.argv[1], int((sys.argv[2:3] or ["200"])[0]), int((sys.argv[3:4] or ["1"])[0])
tool = os.environ["MESHBENCH"]
# Codes of the structural stage. MB105 also comes from a rule about shares: told apart by
# its place.
STRUCTURAL = re.compile(r"MB10[1-8]|MB11[125]|MB123")
BEYOND = ("/analysis/confidence", "/trials/until/interval")


class Core(yaml.SafeLoader):
    """YAML 1.2 core schema: `on` and `no` are strings."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("merge", r"^<<$", ["<"]),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file) if path.endswith(".json") else yaml.load(file, Core)


def edited(path):
    """A fixture, with its edit applied if it is one (fixtures/rules/README.md)."""
    document = read(path)
    if not isinstance(document, dict) or "base" not in document:
        return document
    result = read(os.path.join(os.path.dirname(path), document["base"]))
    for pointer, value in document.get("set", {}).items():
        *way, last = pointer.split("/")[1:]
        node = result
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        if not isinstance(node, list):
            node[last] = value
        elif int(last) == len(node):
            node.append(value)
        else:
            node[int(last)] = value
    for pointer in document.get("remove", []):
        *way, last = pointer.split("/")[1:]
        node = result
        for step in way:
            node = node[int(step)] if isinstance(node, list) else node[step]
        del node[int(last) if isinstance(node, list) else last]
    return result


resources = []
schemas = {}
for path in glob.glob(f"{root}/schema/*.schema.json"):
    schema = read(path)
    jsonschema.Draft202012Validator.check_schema(schema)
    resources.append((schema["$id"], referencing.Resource.from_contents(schema)))
    schemas[os.path.basename(path).split(".")[0]] = schema
registry = referencing.Registry().with_resources(resources)


def peer(document):
    kind = document.get("kind") if isinstance(document, dict) else None
    validator = jsonschema.Draft202012Validator(schemas[kind], registry=registry)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:120]}" for e in validator.iter_errors(document)]


def ours(document):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(document, file)
        file.flush()
        run = subprocess.run([tool, "validate", "-f", "json", file.name], capture_output=True, text=True, check=False)
    findings = json.loads(run.stdout)["files"][0]["findings"]
    return [f"{f['code']} {f['pointer']}: {f['message'][:120]}" for f in findings
            if STRUCTURAL.match(f["code"]) and f["severity"] == "error"
            and not (f["code"] == "MB105" and f["pointer"] in BEYOND)]


def change(node, rng):
    """One random change somewhere below."""
    places = []

    def walk(value):
        if isinstance(value, dict):
            places.extend((value, key) for key in value)
            for item in value.values():
                walk(item)
        elif isinstance(value, list):
            places.extend((value, index) for index in range(len(value)))
            for item in value:
                walk(item)

    walk(node)
    holder, key = rng.choice([p for p in places if p[1] not in ("kind", "meshbench")])
    what = rng.randrange(6)
    if what == 0:
        del holder[key]
    elif what == 1 and isinstance(holder, dict):
        holder[rng.choice(["zz", "x-zz", "name"])] = rng.choice([None, 1, "a"])
    elif what == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[key] = rng.choice([None, True, 0, -1, 1, 1.5, 2**53, "", "zz", "10s", "5%", "1Ki", [], {}, ["a", "a"], {"env": "A"}])


def main():
    documents = {}
    for pattern in ("fixtures/specs/good/*.yaml", "fixtures/rules/MB*/*.yaml", "fixtures/constraints/*",
                    "fixtures/results/*.json", "fixtures/rules/result.json", "tools/mesh/adapters/*.yaml",
                    "spec/suite/*.yaml"):
        for path in sorted(glob.glob(f"{root}/{pattern}")):
            try:
                document = edited(path)
                json.dumps(document)  # an alias may stand within its own anchor
            except (yaml.YAMLError, ValueError):
                continue  # not a document at all: MB100
            if isinstance(document, dict) and document.get("kind") in ("benchmark", "adapter", "result") \
                    and document.get("meshbench") == "v1":
                documents[os.path.relpath(path, root)] = document
    rng = random.Random(seed)
    good = [d for d in documents.values() if not peer(d)]
    for number in range(rounds):
        document = copy.deepcopy(rng.choice(good))
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            change(document, rng)
        documents[f"change {number} (seed {seed})"] = document
    differ = invalid = 0
    for name, document in documents.items():
        theirs, mine = peer(document), ours(document)
        invalid += bool(theirs)
        if bool(theirs) != bool(mine):
            differ += 1
            print(f"FAILED: {name}\n  jsonschema: {theirs[:3]}\n  meshbench:  {mine[:3]}")
    print(f"verdict-peer: {len(documents)} documents ({invalid} invalid): {differ} verdicts differ")
    sys.exit(differ > 0)


main()
