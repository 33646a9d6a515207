#include "meshbench/commands.h"

#include <string.h>

#include "check/page.h"
#include "check/rules.h"
#include "meshbench/documents.h"

struct explain_options {
    const char *format;
};

static const char *const formats[] = {"text", "markdown", NULL};

static const struct mb_opt options[] = {
    {.name = "format",
     .letter = 'f',
     .type = MB_OPT_CHOICE,
     .offset = offsetof(struct explain_options, format),
     .argument = "FORMAT",
     .choices = formats,
     .fallback = "text",
     .help = "text for people, markdown as in spec/rules"},
    {0},
};

static const struct mb_example examples[] = {
    {"meshbench explain", "all rules, by family"},
    {"meshbench explain MB112", "what a rule means, why it exists, how to satisfy it"},
    {0},
};

static void list_print(struct mb_buf *out)
{
    size_t family_count = 0;
    size_t rule_count = 0;
    const struct mb_rule_family *families = mb_rules_families(&family_count);
    const struct mb_rule *rules = mb_rules_list(&rule_count);
    for (size_t i = 0; i < family_count; i++) {
        mb_buf_print(out, "%s%sxx  %s\n", i > 0 ? "\n" : "", families[i].prefix,
                     families[i].title);
        for (size_t j = 0; j < rule_count; j++) {
            if (strncmp(rules[j].code, families[i].prefix, 3) == 0) {
                mb_buf_print(out, "  %s  %-11s  %s\n", rules[j].code,
                             mb_level_name(rules[j].level), rules[j].summary);
            }
        }
    }
    mb_buf_append_string(out, "\nMore on one: meshbench explain CODE\n");
}

static enum mb_status unknown(const char *code, struct mb_err *err)
{
    size_t count = 0;
    const struct mb_rule *rules = mb_rules_list(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rules[i].name, code) == 0) {
            enum mb_status status =
                mb_err_set(err, MB_USAGE, "'%s' is a rule's name, not its code", code);
            mb_err_hint(err, "meshbench explain %s", rules[i].code);
            return status;
        }
    }
    enum mb_status status = mb_err_set(err, MB_USAGE, "no rule has the code '%s'", code);
    mb_err_hint(err, "'meshbench explain' lists all of them");
    return status;
}

static enum mb_status explain_run(struct mb_ctx *ctx, const void *given,
                                  const struct mb_args *args, struct mb_err *err)
{
    const struct explain_options *opts = given;
    struct mb_buf out = {0};
    enum mb_status status = MB_OK;
    if (args->count == 0) {
        list_print(&out);
    } else if (!mb_page_section(args->items[0], strcmp(opts->format, "markdown") == 0,
                                &out)) {
        status = unknown(args->items[0], err);
    }
    if (status == MB_OK) {
        status = mb_documents_write(ctx, NULL, &out, err);
    }
    mb_buf_release(&out);
    return status;
}

const struct mb_cmd mb_cmd_explain = {
    .name = "explain",
    .group = "Specify",
    .summary = "say what a rule means, why it exists and how to satisfy it",
    .usage = "explain [CODE] [options]",
    .description = "Prints the page of a rule: what it means, why it exists, how to "
                   "satisfy it, with "
                   "a bad and a good example. Without CODE it lists all rules by family.",
    .options = options,
    .options_size = sizeof(struct explain_options),
    .args_min = 0,
    .args_max = 1,
    .examples = examples,
    .run = explain_run,
};
