#!/usr/bin/env python3
"""Holds `meshbench validate` against Python's jsonschema on broken specs.

usage: schema_peer.py MESHBENCH FOLDER   (in the repository; see schema-peer.sh)

Takes a spec that has every key of schema/benchmark.schema.json, breaks it in one place at a
time (each node replaced by values of other kinds, removed, or given an unknown neighbour),
writes each into FOLDER, and asks both whether its structure is valid. Fails when a verdict
differs, and when a constraint of the schema was broken by none of them.
"""
import copy
import json
import os
import subprocess
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

# Codes that the structural stage reports by keyword; those that the schemas name themselves
# (x-meshbench-code) are added. The other rules see what a schema cannot express.
STRUCTURAL = {"MB101", "MB102", "MB103", "MB104", "MB105", "MB106", "MB107", "MB108", "MB110",
              "MB112", "MB115"}
KEYWORDS = ("type", "const", "enum", "pattern", "minLength", "minimum", "maximum", "minItems",
            "uniqueItems", "required", "additionalProperties", "not")
OTHERS = [None, True, -1, 0, 1.5, 10**16, "", "zzz", "Z z", [], {}, [1, 1], ["a", "a"],
          {"zzz": 1}]

COMPONENT = {"name": "c", "role": "other", "count": 1, "cpu": 0.5, "memory": "1Gi",
             "rate": "5rps", "bandwidth": "1Gbps", "cache_hit_ratio": "5%"}
LABELS = {"a": "b"}
SPEC = {
    "meshbench": "v1", "kind": "benchmark", "name": "t", "question": "q", "description": "d",
    "authors": [{"name": "n", "organisation": "o", "contact": "c", "role": "user"}],
    "labels": LABELS,
    "suite": {"name": "s", "version": "1", "division": "open", "changes": ["c"]},
    "availability": "research",
    "environment": {
        "name": "e", "labels": LABELS,
        "orchestrator": {"type": "nomad", "version": "1", "distribution": "d"},
        "nodes": [{"role": "all", "count": 1, "instance": "i", "cpus": 1, "cpu_model": "m",
                   "memory": "1Gi", "storage": "s", "kernel": "6", "os": "o", "arch": "a",
                   "nic": "n", "labels": LABELS}],
        "network": {"cni": "c", "cni_version": "1", "medium": "m", "rate": "1Gbps",
                    "mtu": 1500, "topology": "t", "encryption": "none"},
        "cloud": {"provider": "p", "region": "r", "zone": "z"},
        "load_balancer": {"name": "n", "address": "a"},
        "neighbours": [COMPONENT],
    },
    "application": {"name": "a", "version": "1", "path": "/p", "url": "http://a:1/b",
                    "builtin": "echo", "arguments": ["x"], "cpu": 0, "health_path": "/h",
                    "packaging": {"type": "helm", "name": "n", "version": "1",
                                  "orchestrator_versions": "2"}},
    "variants": [
        {"name": "a", "mesh": "none", "adapter": "running", "url": "http://a"},
        {"name": "b", "description": "d", "labels": LABELS,
         "mesh": {"type": "istio", "version": "1", "proxy_version": "1", "build": "b",
                  "distribution": "d", "profile": "p", "revision": "r", "mode": "sidecar",
                  "availability": "research", "labels": LABELS, "annotations": LABELS},
         "config": {"mtls": "strict", "proxy_concurrency": 2, "telemetry": ["metrics"],
                    "tracing_sample": "1%", "policy": ["authorization"], "layer": "l7",
                    "routing_rules": 1, "retries": 0,
                    "scale": {"services": 1, "endpoints": 1, "sidecars": 1,
                              "virtual_services": 1, "destination_rules": 1},
                    "propagation": {"listeners": "1s", "clusters": "1s"},
                    "options": {"a": 1}},
         "config_files": [{"path": "f", "sha256": "0" * 64}], "components": [COMPONENT],
         "url": "http://b", "adapter": {"use": "u", "parameters": {"a": 1}}}],
    "workloads": [{"name": "w", "description": "d", "labels": LABELS, "type": "load",
                   "protocol": "http1", "load_model": "open", "arrivals": "poisson",
                   "connections": [1], "rate": ["1rps"], "duration": "1s", "warmup": "1s",
                   "threads": 1,
                   "request": {"method": "GET", "path": "/p",
                               "headers": {"A": "b", "C": {"env": "D"}, "E": {"file": "f"}},
                               "body": "b", "body_size": "1k", "timeout": "1s",
                               "keepalive": True, "expect_status": [200]}},
                  {"name": "v", "load_model": "paced", "connections": 1, "rate": "1rps",
                   "duration": "1s"}],
    "trials": {"count": 6, "order": "interleaved", "seed": 1, "aa": "a", "pause": "1s",
               "discard": "none",
               "until": {"metric": "throughput", "interval": "5%", "at_most": 9}},
    "analysis": {"confidence": "95%", "primary": ["throughput"], "margin": {"memory": "1%"}},
    "collect": {"interval": "1s", "prometheus": {"url": "http://p", "adapter": "a",
                                                 "headers": {"A": "b"}}},
    "gates": [{"metric": "throughput", "description": "d", "variant": "b", "versus": "a",
               "at_most": "5rps"},
              {"metric": "throughput", "at_least": "5rps"}],
    "generator": {"name": "fortio", "cpu": 0, "placement": "inside", "workers": ["w"]},
    "x-a": 1,
}


def places(node, path=()):
    """Every node below the root, by its path."""
    items = (node.items() if isinstance(node, dict)
             else enumerate(node) if isinstance(node, list) else ())
    for key, value in items:
        yield path + (key,)
        yield from places(value, path + (key,))


def at(root, path):
    for key in path:
        root = root[key]
    return root


def mutants(spec):
    yield "as it is", spec
    for path in places(spec):
        if path[0] == "x-a" or "labels" in path[:-1] or path[-1] == "annotations":
            continue
        for other in OTHERS:
            changed = copy.deepcopy(spec)
            at(changed, path[:-1])[path[-1]] = other
            yield f"{path} = {other!r}", changed
        changed = copy.deepcopy(spec)
        del at(changed, path[:-1])[path[-1]]
        yield f"{path} removed", changed
        changed = copy.deepcopy(spec)
        if isinstance(at(changed, path), dict):
            at(changed, path)["- z"] = 1
            yield f"{path} with an unknown key", changed
    yield "an unknown key", {**spec, "zzz": 1}
    yield "a list", []
    yield "both limits", {**spec, "gates": [{"metric": "throughput", "at_most": "1rps",
                                             "at_least": "1rps"}]}
    yield "mesh of type none", {**spec, "variants": [{"name": "a", "mesh": {"type": "none"}}]}


def constraints(schema, where):
    """Every constraint of a schema: file, pointer, and the key for `required`."""
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key == "required":
            yield from ((*where, key, name) for name in value)
        elif key in KEYWORDS:
            yield (*where, key)
        if key in ("properties", "patternProperties", "$defs"):
            for name, inner in value.items():
                yield from constraints(inner, (*where, key, name))
        elif key in ("items", "then", "additionalProperties"):
            yield from constraints(value, (*where, key))
        elif key == "oneOf":
            for i, inner in enumerate(value):
                yield from constraints(inner, (*where, key, i))


def broken_by(error, schemas):
    """The constraints that an error, or those of its branches, are about."""
    for inner in error.context or ():
        yield from broken_by(inner, schemas)
    owner = next((where for where, schema in schemas.items() if schema is error.schema), None)
    if owner is None:
        return
    if error.validator == "required":
        for name in error.validator_value:
            if name not in error.instance:
                yield (*owner, "required", name)
    else:
        yield (*owner, error.validator)


def index(schema, where, found):
    found[where] = schema
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in ("properties", "patternProperties", "$defs"):
            for name, inner in value.items():
                index(inner, (*where, key, name), found)
        elif key in ("items", "then", "additionalProperties", "not"):
            index(value, (*where, key), found)
        elif key == "oneOf":
            for i, inner in enumerate(value):
                index(inner, (*where, key, i), found)


def main():
    meshbench, folder = sys.argv[1:]
    registry, schemas, wanted = Registry(), {}, set()
    for name in ("benchmark", "common"):
        with open(f"schema/{name}.schema.json", encoding="utf-8") as file:
            schema = json.load(file)
        Draft202012Validator.check_schema(schema)
        registry = registry.with_resource(schema["$id"], Resource.from_contents(schema))
        index(schema, (name,), schemas)
        wanted |= set(constraints(schema, (name,)))
    validator = Draft202012Validator(schemas[("benchmark",)], registry=registry)
    codes = STRUCTURAL | {schema["x-meshbench-code"] for schema in schemas.values()
                          if isinstance(schema, dict) and "x-meshbench-code" in schema}
    says, titles, broken = {}, {}, set()
    for number, (title, spec) in enumerate(mutants(SPEC)):
        path = os.path.join(folder, f"{number:05}.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(spec, file)
        titles[path] = title
        errors = list(validator.iter_errors(spec))
        says[path] = not errors
        for error in errors:
            broken |= set(broken_by(error, schemas))
    paths, differ = sorted(says), 0
    for start in range(0, len(paths), 500):
        done = subprocess.run([meshbench, "validate", "--format", "json",
                               *paths[start:start + 500]], capture_output=True, check=False)
        for file in json.loads(done.stdout)["files"]:
            found = {f["code"] for f in file["findings"] if f["severity"] == "error"}
            if says[file["path"]] == bool(found & codes):
                differ += 1
                print(f"jsonschema: {'valid' if says[file['path']] else 'invalid'}, "
                      f"meshbench: {sorted(found)}: {titles[file['path']]}")
    missed = sorted("/".join(map(str, where)) for where in wanted - broken)
    for where in missed:
        print(f"never broken: {where}")
    print(f"{len(says)} specs, {sum(says.values())} of them valid: {differ} verdicts differ; "
          f"{len(wanted)} constraints: {len(missed)} never broken")
    return 1 if differ or missed else 0


if __name__ == "__main__":
    sys.exit(main())
