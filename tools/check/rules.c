#include "check/rules.h"

#include <string.h>

// Shorthands that keep a rule on two or three lines of the table.
enum {
    B = MB_DOCUMENT_BENCHMARK,
    A = MB_DOCUMENT_ADAPTER,
    R = MB_DOCUMENT_RESULT,
    C = MB_DOCUMENT_COMPARISON,
    ANY = B | A | R
};
#define VALID MB_LEVEL_VALID
#define DISCLOSED MB_LEVEL_DISCLOSED
#define RIGOROUS MB_LEVEL_RIGOROUS
#define PUBLISHABLE MB_LEVEL_PUBLISHABLE
#define ERROR MB_SEVERITY_ERROR
#define WARNING MB_SEVERITY_WARNING
#define NOTE MB_SEVERITY_NOTE

static const struct mb_rule rules[] = {
    {"MB100", "unreadable", VALID, ERROR, ANY,
     "the document is YAML or JSON within the reader's limits", NULL},
    {"MB101", "unknown-key", VALID, ERROR, ANY,
     "every key is a known one or an extension that starts with x-", NULL},
    {"MB102", "missing-key", VALID, ERROR, ANY, "every required key is present", NULL},
    {"MB103", "wrong-type", VALID, ERROR, ANY, "every value has the type of its key",
     NULL},
    {"MB104", "not-allowed", VALID, ERROR, ANY,
     "a value with a fixed set of choices is one of them", NULL},
    {"MB105", "out-of-range", VALID, ERROR, ANY, "every number is inside its range",
     NULL},
    {"MB106", "malformed", VALID, ERROR, ANY,
     "every name and text has the form asked for", NULL},
    {"MB107", "wrong-size", VALID, ERROR, ANY,
     "lists, maps and texts are neither too short nor too long", NULL},
    {"MB108", "duplicate-item", VALID, ERROR, ANY, "no list names an item twice", NULL},
    {"MB109", "too-many-findings", VALID, ERROR, ANY,
     "a document has no more findings than are listed", NULL},
    {"MB110", "unknown-document", VALID, ERROR, ANY,
     "the document says what it is: 'meshbench: v1' and a known 'kind'", NULL},
    {"MB111", "unquoted-version", VALID, ERROR, B | A,
     "a version is a string: 1.20 without quotes is the number 1.2", NULL},
    {"MB112", "not-a-quantity", VALID, ERROR, B | A,
     "durations, sizes, rates and shares carry a unit that is known", NULL},
    {"MB113", "inline-secret", VALID, ERROR, B | A,
     "secrets are given by reference, never in the document", NULL},
    {"MB114", "newer-minor", VALID, WARNING, R,
     "the result was written by a version that this build knows", NULL},
};

static const struct mb_rule_family families[] = {
    {"MB1", "Structure and sense of documents", "spec/rules/mb1xx.md"},
    {"MB2", "Adapters", "spec/rules/mb2xx.md"},
    {"MB3", "Disclosure", "spec/rules/mb3xx.md"},
    {"MB4", "Noise of the host", "spec/rules/mb4xx.md"},
    {"MB5", "Structure and accounting of results", "spec/rules/mb5xx.md"},
    {"MB6", "Derived numbers", "spec/rules/mb6xx.md"},
    {"MB7", "Rigour", "spec/rules/mb7xx.md"},
    {"MB8", "Comparison", "spec/rules/mb8xx.md"},
    {"MB9", "Not supported yet", "spec/rules/mb9xx.md"},
};

const struct mb_rule *mb_rules_list(size_t *count)
{
    *count = sizeof rules / sizeof rules[0];
    return rules;
}

const struct mb_rule *mb_rules_find(const char *code)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (strcmp(rules[i].code, code) == 0) {
            return &rules[i];
        }
    }
    return NULL;
}

const struct mb_rule_family *mb_rules_families(size_t *count)
{
    *count = sizeof families / sizeof families[0];
    return families;
}

const char *mb_level_name(enum mb_level level)
{
    switch (level) {
    case MB_LEVEL_NONE:
        return "none";
    case MB_LEVEL_VALID:
        return "valid";
    case MB_LEVEL_DISCLOSED:
        return "disclosed";
    case MB_LEVEL_RIGOROUS:
        return "rigorous";
    case MB_LEVEL_PUBLISHABLE:
        return "publishable";
    }
    return "none";
}

bool mb_level_find(const char *name, enum mb_level *level)
{
    for (enum mb_level i = MB_LEVEL_VALID; i <= MB_LEVEL_PUBLISHABLE; i++) {
        if (strcmp(mb_level_name(i), name) == 0) {
            *level = i;
            return true;
        }
    }
    return false;
}
