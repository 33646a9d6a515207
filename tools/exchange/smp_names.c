#include "exchange/smp_names.h"

#include <ctype.h>

bool mb_smp_is(const struct mb_node *key, const char *name)
{
    const char *text = mb_node_text(key, "");
    while (*text != '\0' || *name != '\0') {
        if (*text == '_') {
            text++;
        } else if (*name == '_') {
            name++;
        } else if (tolower((unsigned char)*text) != tolower((unsigned char)*name)) {
            return false;
        } else {
            text++;
            name++;
        }
    }
    return true;
}

struct mb_node *mb_smp_find(const struct mb_node *map, const char *name)
{
    size_t count = map != NULL && map->type == MB_NODE_MAP ? mb_node_count(map) : 0;
    for (size_t i = 0; i < count; i++) {
        struct mb_node *value = map->as.map.entries[i].value;
        if (value->type != MB_NODE_NULL && mb_smp_is(map->as.map.entries[i].key, name)) {
            return value;
        }
    }
    return NULL;
}

bool mb_smp_is_config(const struct mb_node *root)
{
    const struct mb_node *test = mb_smp_find(root, "test");
    test = test != NULL ? test : root;
    bool versioned = mb_smp_find(test, "smp_version") != NULL ||
                     mb_smp_find(test, "smps_version") != NULL;
    const struct mb_node *clients = mb_smp_find(test, "clients");
    return mb_node_find(root, "meshbench") == NULL && versioned && clients != NULL &&
           clients->type == MB_NODE_LIST && mb_smp_find(test, "latencies_ms") == NULL;
}
