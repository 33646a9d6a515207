// Thompson's construction, run as a set of states (R. Cox, "Regular Expression Matching
// Can Be Simple And Fast", 2007). Jumps are relative, so that {n,m} copies code as it is.
#include "schema/regex.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum op_kind { OP_CLASS, OP_SPLIT, OP_JUMP, OP_START, OP_END, OP_MATCH };

struct range {
    int32_t low;
    int32_t high;
};

struct op {
    enum op_kind kind;
    bool negated;  // OP_CLASS
    int to;        // OP_JUMP, OP_SPLIT: relative
    int or_to;     // OP_SPLIT
    size_t ranges; // OP_CLASS: first of them in the regex's list
    size_t range_count;
};

enum { ASCII = 128 };

struct mb_regex {
    // Characters of ASCII that no class tells apart are of one kind.
    unsigned char kinds[ASCII];
    struct op *ops;
    size_t count;
    size_t capacity;
    struct range *ranges;
    size_t range_count;
    size_t range_capacity;
};

struct parser {
    struct mb_arena *arena;
    struct mb_regex *regex;
    const char *pattern;
    const char *at;
    struct mb_err *err;
    int depth;
};

enum { INFINITE = -1, CHARACTER_MAX = 0x10FFFF };

static bool fault(struct parser *parser, const char *what)
{
    (void)mb_err_set(parser->err, MB_INVALID, "pattern '%.128s': %s at character %td",
                     parser->pattern, what, parser->at - parser->pattern + 1);
    return false;
}

static bool op_insert(struct parser *parser, size_t where, struct op op)
{
    struct mb_regex *regex = parser->regex;
    if (regex->count >= MB_REGEX_MAX_STEPS) {
        return fault(parser, "too large (MB_REGEX_MAX_STEPS)");
    }
    regex->ops = mb_arena_grow(parser->arena, regex->ops, regex->count, &regex->capacity,
                               sizeof *regex->ops);
    memmove(regex->ops + where + 1, regex->ops + where,
            (regex->count - where) * sizeof *regex->ops);
    regex->ops[where] = op;
    regex->count++;
    return true;
}

static bool op_append(struct parser *parser, struct op op)
{
    return op_insert(parser, parser->regex->count, op);
}

static void range_add(struct parser *parser, int32_t low, int32_t high)
{
    struct mb_regex *regex = parser->regex;
    regex->ranges = mb_arena_grow(parser->arena, regex->ranges, regex->range_count,
                                  &regex->range_capacity, sizeof *regex->ranges);
    regex->ranges[regex->range_count++] = (struct range){low, high};
}

static const struct range digits[] = {{'0', '9'}};
static const struct range words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
static const struct range blanks[] = {
    {'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680},
    {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
    {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
static const struct range line_ends[] = {{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}};

// Adds sorted ranges, or all that is between them.
static void ranges_add(struct parser *parser, const struct range *ranges, size_t count,
                       bool complement)
{
    int32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (!complement) {
            range_add(parser, ranges[i].low, ranges[i].high);
        } else if (ranges[i].low > next) {
            range_add(parser, next, ranges[i].low - 1);
        }
        next = ranges[i].high + 1;
    }
    if (complement) {
        range_add(parser, next, CHARACTER_MAX);
    }
}

// \d and its like; false when the letter is none of them.
static bool class_escape(struct parser *parser, char letter)
{
    switch (letter) {
    case 'd':
    case 'D':
        ranges_add(parser, digits, 1, letter == 'D');
        return true;
    case 'w':
    case 'W':
        ranges_add(parser, words, sizeof words / sizeof words[0], letter == 'W');
        return true;
    case 's':
    case 'S':
        ranges_add(parser, blanks, sizeof blanks / sizeof blanks[0], letter == 'S');
        return true;
    default:
        return false;
    }
}

static bool hex_read(struct parser *parser, size_t least, size_t most, int32_t *value)
{
    size_t count = strspn(parser->at, "0123456789abcdefABCDEF");
    count = count > most ? most : count;
    if (count < least) {
        return fault(parser, "too few hexadecimal digits");
    }
    *value = 0;
    for (size_t i = 0; i < count; i++) {
        static const char hex[] = "0123456789abcdef0123456789ABCDEF";
        *value = *value * 16 + (int32_t)((strchr(hex, parser->at[i]) - hex) & 15);
    }
    parser->at += count;
    return true;
}

static bool unicode_escape(struct parser *parser, int32_t *value)
{
    if (*parser->at != '{') {
        return hex_read(parser, 4, 4, value);
    }
    parser->at++;
    if (!hex_read(parser, 1, 6, value)) {
        return false;
    }
    if (*parser->at != '}' || *value > CHARACTER_MAX) {
        return fault(parser, "bad \\u{...}");
    }
    parser->at++;
    return true;
}

// An escape that stands for one character; the backslash is behind us.
static bool character_escape(struct parser *parser, int32_t *value)
{
    static const char letters[] = "tnvfr";
    static const char controls[] = "\t\n\v\f\r";
    char c = *parser->at;
    const char *letter = c != '\0' ? strchr(letters, c) : NULL;
    if (letter != NULL) {
        *value = (unsigned char)controls[letter - letters];
    } else if (c == 'x' || c == 'u') {
        parser->at++;
        return c == 'x' ? hex_read(parser, 2, 2, value) : unicode_escape(parser, value);
    } else if (c == 'c' &&
               ((parser->at[1] | 0x20) >= 'a' && (parser->at[1] | 0x20) <= 'z')) {
        *value = (unsigned char)parser->at[1] & 0x1F;
        parser->at++;
    } else if (c == '0' && (parser->at[1] < '0' || parser->at[1] > '9')) {
        *value = 0;
    } else if (c != '\0' && strchr("^$\\.*+?()[]{}|/-\"'#%&,:;<=>@_`~! ", c) != NULL) {
        *value = (unsigned char)c;
    } else {
        return fault(parser, "escape is not supported");
    }
    parser->at++;
    return true;
}

static bool character_read(struct parser *parser, int32_t *value)
{
    size_t length = 1;
    if (*parser->at == '\\') {
        parser->at++;
        return character_escape(parser, value);
    }
    *value = mb_text_decode(parser->at, strlen(parser->at), &length);
    if (*value < 0) {
        return fault(parser, "not valid UTF-8");
    }
    parser->at += length;
    return true;
}

// One member of [...]: a character, a range, or \d and its like.
static bool member_parse(struct parser *parser)
{
    int32_t low;
    int32_t high;
    if (*parser->at == '\\' && class_escape(parser, parser->at[1])) {
        parser->at += 2;
        if (*parser->at == '-' && parser->at[1] != ']') {
            return fault(parser, "a class cannot start a range");
        }
        return true;
    }
    if (!character_read(parser, &low)) {
        return false;
    }
    high = low;
    if (*parser->at == '-' && parser->at[1] != ']' && parser->at[1] != '\0') {
        parser->at++;
        if (!character_read(parser, &high)) {
            return false;
        }
    }
    if (high < low) {
        return fault(parser, "a range goes backwards");
    }
    range_add(parser, low, high);
    return true;
}

static bool brackets_parse(struct parser *parser)
{
    struct op op = {.kind = OP_CLASS, .ranges = parser->regex->range_count};
    parser->at++;
    op.negated = *parser->at == '^';
    parser->at += op.negated;
    while (*parser->at != ']') {
        if (*parser->at == '\0') {
            return fault(parser, "'[' is not closed");
        }
        if (!member_parse(parser)) {
            return false;
        }
    }
    parser->at++;
    op.range_count = parser->regex->range_count - op.ranges;
    return op_append(parser, op);
}

static bool alternatives_parse(struct parser *parser);

static bool group_parse(struct parser *parser)
{
    parser->at++;
    if (*parser->at == '?') {
        if (parser->at[1] != ':') {
            return fault(parser,
                         "only groups of the kinds (..) and (?:..) are supported");
        }
        parser->at += 2;
    }
    if (++parser->depth > MB_REGEX_MAX_DEPTH) {
        return fault(parser, "groups nest too deep (MB_REGEX_MAX_DEPTH)");
    }
    if (!alternatives_parse(parser)) {
        return false;
    }
    parser->depth--;
    if (*parser->at != ')') {
        return fault(parser, "'(' is not closed");
    }
    parser->at++;
    return true;
}

static bool single_parse(struct parser *parser)
{
    struct op op = {.kind = OP_CLASS, .ranges = parser->regex->range_count};
    int32_t value;
    if (*parser->at == '.') {
        ranges_add(parser, line_ends, sizeof line_ends / sizeof line_ends[0], true);
        parser->at++;
    } else if (*parser->at == '\\' && class_escape(parser, parser->at[1])) {
        parser->at += 2;
    } else if (character_read(parser, &value)) {
        range_add(parser, value, value);
    } else {
        return false;
    }
    op.range_count = parser->regex->range_count - op.ranges;
    return op_append(parser, op);
}

// *assertion: what was read takes no quantifier.
static bool atom_parse(struct parser *parser, bool *assertion)
{
    *assertion = *parser->at == '^' || *parser->at == '$';
    if (*assertion) {
        struct op op = {.kind = *parser->at == '^' ? OP_START : OP_END};
        parser->at++;
        return op_append(parser, op);
    }
    if (*parser->at == '[') {
        return brackets_parse(parser);
    }
    if (*parser->at == '(') {
        return group_parse(parser);
    }
    if (strchr("*+?{}]", *parser->at) != NULL) {
        return fault(parser, "nothing to repeat, or a bracket without its twin");
    }
    return single_parse(parser);
}

static bool count_read(struct parser *parser, int *count)
{
    size_t size = strspn(parser->at, "0123456789");
    if (size == 0 || size > 5) {
        return fault(parser, "a count of up to five digits is expected");
    }
    *count = 0;
    for (size_t i = 0; i < size; i++) {
        *count = *count * 10 + (parser->at[i] - '0');
    }
    parser->at += size;
    return true;
}

static bool braces_parse(struct parser *parser, int *least, int *most)
{
    parser->at++;
    if (!count_read(parser, least)) {
        return false;
    }
    *most = *least;
    if (*parser->at == ',') {
        parser->at++;
        *most = INFINITE;
        if (*parser->at != '}' && !count_read(parser, most)) {
            return false;
        }
    }
    if (*parser->at != '}' || (*most != INFINITE && *most < *least)) {
        return fault(parser, "'{' is not closed, or its counts go backwards");
    }
    parser->at++;
    return true;
}

// What follows an atom; {1,1} when nothing does.
static bool quantifier_parse(struct parser *parser, int *least, int *most)
{
    char c = *parser->at;
    *least = c == '*' || c == '?' ? 0 : 1;
    *most = c == '*' || c == '+' ? INFINITE : 1;
    if (c == '{' && !braces_parse(parser, least, most)) {
        return false;
    }
    bool quantified = c != '\0' && strchr("*+?{", c) != NULL;
    parser->at += quantified && c != '{';
    parser->at += quantified && *parser->at == '?';
    if (quantified && *parser->at != '\0' && strchr("*+?{", *parser->at) != NULL) {
        return fault(parser, "two quantifiers in a row");
    }
    return true;
}

// Writes out the code from `start` to the end as often as the quantifier asks.
static bool repeat(struct parser *parser, size_t start, int least, int most)
{
    struct mb_regex *regex = parser->regex;
    size_t size = regex->count - start;
    struct op *atom = mb_arena_alloc(parser->arena, size + 1, sizeof *atom);
    memcpy(atom, regex->ops + start, size * sizeof *atom);
    regex->count = start;
    int copies = most == INFINITE ? least + 1 : most;
    bool good = true;
    for (int i = 0; good && i < copies; i++) {
        bool loop = most == INFINITE && i == copies - 1;
        struct op skip = {
            .kind = OP_SPLIT, .to = 1, .or_to = (int)size + 1 + (loop ? 1 : 0)};
        good = i < least || op_append(parser, skip);
        for (size_t k = 0; good && k < size; k++) {
            good = op_append(parser, atom[k]);
        }
        if (good && loop) {
            good = op_append(parser, (struct op){.kind = OP_JUMP, .to = -(int)size - 1});
        }
    }
    return good;
}

static bool sequence_parse(struct parser *parser)
{
    while (*parser->at != '\0' && *parser->at != '|' && *parser->at != ')') {
        size_t start = parser->regex->count;
        bool assertion = false;
        int least = 1;
        int most = 1;
        if (!atom_parse(parser, &assertion) || !quantifier_parse(parser, &least, &most)) {
            return false;
        }
        if (least == 1 && most == 1) {
            continue;
        }
        if (assertion) {
            return fault(parser, "'^' and '$' cannot be repeated");
        }
        if (!repeat(parser, start, least, most)) {
            return false;
        }
    }
    return true;
}

// While it is read, the jumps to the end form a chain: each holds the place of the one
// before it.
static bool alternatives_parse(struct parser *parser)
{
    struct mb_regex *regex = parser->regex;
    int chain = -1;
    for (;;) {
        size_t start = regex->count;
        if (!sequence_parse(parser)) {
            return false;
        }
        if (*parser->at != '|') {
            break;
        }
        parser->at++;
        int size = (int)(regex->count - start);
        struct op split = {.kind = OP_SPLIT, .to = 1, .or_to = size + 2};
        if (!op_insert(parser, start, split) ||
            !op_append(parser, (struct op){.kind = OP_JUMP, .to = chain})) {
            return false;
        }
        chain = (int)regex->count - 1;
    }
    while (chain >= 0) {
        int before = regex->ops[chain].to;
        regex->ops[chain].to = (int)regex->count - chain;
        chain = before;
    }
    return true;
}

static bool class_holds(const struct mb_regex *regex, const struct op *op,
                        int32_t character)
{
    for (size_t i = 0; i < op->range_count; i++) {
        const struct range *range = &regex->ranges[op->ranges + i];
        if (character >= range->low && character <= range->high) {
            return !op->negated;
        }
    }
    return op->negated;
}

// Splits the kinds by one class: what it holds of a kind and what it does not.
static void kinds_split(struct mb_regex *regex, const struct op *op)
{
    unsigned char numbers[2][ASCII] = {{0}}; // from 1; of the halves of each kind
    unsigned char count = 0;
    for (int32_t c = 0; c < ASCII; c++) {
        unsigned char *number = &numbers[class_holds(regex, op, c)][regex->kinds[c]];
        if (*number == 0) {
            *number = ++count;
        }
        regex->kinds[c] = *number - 1;
    }
}

enum mb_status mb_regex_compile(struct mb_arena *arena, const char *pattern,
                                const struct mb_regex **regex, struct mb_err *err)
{
    struct parser parser = {
        .arena = arena, .pattern = pattern, .at = pattern, .err = err};
    parser.regex = mb_arena_alloc(arena, 1, sizeof *parser.regex);
    bool good = alternatives_parse(&parser);
    if (good && *parser.at == ')') {
        good = fault(&parser, "')' without '('");
    }
    good = good && op_append(&parser, (struct op){.kind = OP_MATCH});
    if (!good) {
        return err->code;
    }
    for (size_t i = 0; i < parser.regex->count; i++) {
        if (parser.regex->ops[i].kind == OP_CLASS) {
            kinds_split(parser.regex, &parser.regex->ops[i]);
        }
    }
    *regex = parser.regex;
    return MB_OK;
}

struct search {
    const struct mb_regex *regex;
    unsigned *seen; // per op: the position (plus 1) for which it was added last
    unsigned *stack;
    unsigned *now; // ops that wait for the next character
    unsigned *next;
    size_t now_count;
    size_t next_count;
    bool matched;
};

// Follows everything from `op` that needs no character. `mark` is new for each position.
static void state_add(struct search *search, unsigned op, unsigned mark, bool at_start,
                      bool at_end)
{
    size_t depth = 0;
    search->stack[depth++] = op;
    while (depth > 0) {
        unsigned index = search->stack[--depth];
        const struct op *state = &search->regex->ops[index];
        if (search->seen[index] == mark) {
            continue;
        }
        search->seen[index] = mark;
        if (state->kind == OP_CLASS) {
            search->next[search->next_count++] = index;
        } else if (state->kind == OP_MATCH) {
            search->matched = true;
        } else if (state->kind == OP_SPLIT) {
            search->stack[depth++] = (unsigned)((int)index + state->or_to);
            search->stack[depth++] = (unsigned)((int)index + state->to);
        } else if (state->kind == OP_JUMP) {
            search->stack[depth++] = (unsigned)((int)index + state->to);
        } else if (state->kind == OP_START ? at_start : at_end) {
            search->stack[depth++] = index + 1;
        }
    }
}

// Long texts are mostly one class repeated, such as Base64: bytes of ASCII that lead from
// the states of now to the same ones are noted, and passed over until the states change.
// What holds for one byte holds for its kind.
struct stays {
    bool any;
    bool bytes[256];
};

static void stays_note(const struct search *search, unsigned char byte,
                       struct stays *stays)
{
    size_t size = search->now_count * sizeof *search->now;
    if (search->next_count != search->now_count ||
        memcmp(search->next, search->now, size) != 0) {
        if (stays->any) {
            *stays = (struct stays){0};
        }
        return;
    }
    const unsigned char *kinds = search->regex->kinds;
    stays->any = stays->any || byte < ASCII;
    for (size_t i = 0; byte < ASCII && i < ASCII; i++) {
        stays->bytes[i] = stays->bytes[i] || kinds[i] == kinds[byte];
    }
}

static void swap(struct search *search)
{
    unsigned *old = search->now;
    search->now = search->next;
    search->now_count = search->next_count;
    search->next = old;
    search->next_count = 0;
}

// Marks repeat after 2^32 characters, more than a document can hold.
static void search_run(struct search *search, const char *text, size_t size)
{
    const struct mb_regex *regex = search->regex;
    bool anchored = regex->ops[0].kind == OP_START;
    unsigned mark = 1;
    state_add(search, 0, mark, true, size == 0);
    swap(search);
    size_t length = 1;
    struct stays stays = {0};
    for (size_t at = 0; at < size && !search->matched; at += length) {
        while (at + 1 < size && stays.bytes[(unsigned char)text[at]]) {
            at++;
        }
        unsigned char byte = (unsigned char)text[at];
        int32_t character = mb_text_decode(text + at, size - at, &length);
        bool at_end = at + length == size;
        mark++;
        for (size_t i = 0; i < search->now_count; i++) {
            unsigned index = search->now[i];
            if (class_holds(regex, &regex->ops[index], character)) {
                state_add(search, index + 1, mark, false, at_end);
            }
        }
        if (!anchored) {
            state_add(search, 0, mark, false, at_end);
        } else if (search->next_count == 0) {
            return;
        }
        stays_note(search, length == 1 && !at_end ? byte : 0xFF, &stays);
        swap(search);
    }
}

bool mb_regex_search(const struct mb_regex *regex, const char *text, size_t size)
{
    size_t count = regex->count;
    unsigned *memory = mb_mem_alloc(5 * count + 2, sizeof *memory);
    struct search search = {.regex = regex,
                            .seen = memory,
                            .now = memory + count,
                            .next = memory + 2 * count,
                            .stack = memory + 3 * count};
    search_run(&search, text, size);
    mb_mem_free(memory);
    return search.matched;
}
