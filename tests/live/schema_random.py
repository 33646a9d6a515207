#!/usr/bin/env python3
"""Holds the schema engine against Python's jsonschema on random schemas and values.

usage: schema_random.py DRIVER SCHEMAS SEED   (see schema-random.sh)
"""
import json
import random
import subprocess
import sys

from jsonschema import Draft202012Validator

KEYS = ["a", "b", "c"]
SCALARS = [None, True, False, 0, 1, 2, 3, -1, 1.0, 1.5, 2.5, 10, "", "a", "ab", "abc", "1",
           "x-a", "\u00e9"]
PATTERNS = ["^a", "b$", "^[a-c]+$", ".", "^x-", "^(a|ab)?$", "^\\w{2,}$"]
TYPES = ["string", "integer", "number", "object", "array", "null", "boolean",
         ["string", "object"], ["array", "null"]]
DEFS = {"p": {"properties": {"a": {"type": "string"}, "b": True}, "items": {"type": "integer"}},
        "q": {"type": ["object", "array"], "prefixItems": [True],
              "patternProperties": {"^c": True}}}
LEAVES = [True, False, {}, {"type": "string"}, {"type": "integer"}, {"const": 1},
          {"$ref": "#/$defs/p"}, {"$ref": "#/$defs/q"}]
INSTANCES = 8


def value(rng, depth):
    kind = rng.randrange(10)
    if depth > 0 and kind == 0:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    if depth > 0 and kind < 4:
        return {rng.choice(KEYS + ["x-a", "d"]): value(rng, depth - 1)
                for _ in range(rng.randrange(4))}
    return rng.choice(SCALARS)


def schemas(rng, depth):
    return [schema(rng, depth - 1) for _ in range(rng.randrange(1, 4))]


def by_key(rng, depth):
    return {key: schema(rng, depth - 1) for key in rng.sample(KEYS, rng.randrange(1, 3))}


def one(rng, depth):
    return schema(rng, depth - 1)


def pick(choices):
    return lambda rng, depth: rng.choice(choices)


KEYWORDS = {
    "type": pick(TYPES),
    "const": lambda rng, depth: value(rng, 2),
    "enum": lambda rng, depth: [value(rng, 2) for _ in range(3)],
    "multipleOf": pick([1, 2, 0.5]),
    "pattern": pick(PATTERNS),
    "uniqueItems": pick([True, False]),
    "required": lambda rng, depth: rng.sample(KEYS, rng.randrange(1, 3)),
    "dependentRequired": lambda rng, depth: {rng.choice(KEYS): [rng.choice(KEYS)]},
    "patternProperties": lambda rng, depth: {rng.choice(PATTERNS): one(rng, depth)},
    "$ref": pick(["#/$defs/p", "#/$defs/q"]),
}
for name in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
    KEYWORDS[name] = pick([0, 1, 2, 1.5])
for name in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
             "minContains", "maxContains"):
    KEYWORDS[name] = pick([0, 1, 2])
for name in ("prefixItems", "allOf", "anyOf", "oneOf"):
    KEYWORDS[name] = schemas
for name in ("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then",
             "else", "unevaluatedItems", "unevaluatedProperties"):
    KEYWORDS[name] = one
for name in ("properties", "dependentSchemas"):
    KEYWORDS[name] = by_key


def schema(rng, depth):
    if depth == 0 or rng.random() < 0.08:
        return rng.choice(LEAVES)
    names = rng.choices(sorted(KEYWORDS), k=rng.randrange(1, 5))
    if "if" in names:
        names += ["then", "else"]
    return {name: KEYWORDS[name](rng, depth) for name in names}


def main():
    driver, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    cases = []
    for _ in range(count):
        root = {"allOf": [schema(rng, 3)], "$defs": DEFS} if rng.random() < 0.1 else None
        while root is None or not isinstance(root, dict):
            root = schema(rng, 3)
        cases.append({"schema": {**root, "$defs": DEFS},
                      "instances": [value(rng, 3) for _ in range(INSTANCES)]})
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run([driver], input=lines, capture_output=True, text=True, check=True)
    differ = valid = 0
    for case, got in zip(cases, done.stdout.splitlines(), strict=True):
        peer = Draft202012Validator(case["schema"])
        wanted = "".join("01"[peer.is_valid(instance)] for instance in case["instances"])
        valid += wanted.count("1")
        if got != wanted:
            differ += 1
            print(f"wanted {wanted}, got {got}: {json.dumps(case)}")
    print(f"{count} schemas, {count * INSTANCES} values, {valid} of them valid (seed {seed}): "
          f"{differ} schemas differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
