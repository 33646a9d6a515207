#include "format/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

enum { CHUNK_BYTES = 65536 };

struct reading {
    const struct mb_xml_reader *reader;
    const char *name;
    xmlParserCtxtPtr parser;
    int depth;
    enum mb_status status;
    struct mb_err *err;
};

static void stop(struct reading *reading, enum mb_status status)
{
    reading->status = status;
    xmlStopParser(reading->parser);
}

static int line_of(const struct reading *reading)
{
    return xmlSAX2GetLineNumber(reading->parser);
}

static void on_start(void *state, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespace_count, const xmlChar **namespaces,
                     int attribute_count, int defaulted_count, const xmlChar **attributes)
{
    struct reading *reading = state;
    (void)prefix;
    (void)uri;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    if (reading->status != MB_OK) {
        return;
    }
    struct mb_xml_element element = {
        .name = (const char *)name,
        .depth = reading->depth++,
        .line = line_of(reading),
        .attribute_count = attribute_count,
        .attributes = attributes,
    };
    if (element.depth >= MB_XML_MAX_DEPTH) {
        stop(reading,
             mb_err_at(reading->err, MB_INVALID, reading->name, element.line, 0,
                       "elements are nested more than %d deep", (int)MB_XML_MAX_DEPTH));
        return;
    }
    enum mb_status status =
        reading->reader->start(reading->reader->state, &element, reading->err);
    if (status != MB_OK) {
        stop(reading, status);
    }
}

static void on_end(void *state, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct reading *reading = state;
    (void)name;
    (void)prefix;
    (void)uri;
    if (reading->status != MB_OK) {
        return;
    }
    reading->depth--;
    if (reading->reader->end != NULL) {
        enum mb_status status =
            reading->reader->end(reading->reader->state, reading->depth, reading->err);
        if (status != MB_OK) {
            stop(reading, status);
        }
    }
}

// Called before anything of the document type is read.
static void on_doctype(void *state, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct reading *reading = state;
    (void)name;
    (void)external;
    (void)system;
    if (reading->status == MB_OK) {
        mb_err_hint(reading->err, "remove it: results need neither entities nor a DTD");
        stop(reading, mb_err_at(reading->err, MB_INVALID, reading->name, line_of(reading),
                                0, "a document type is not accepted"));
    }
}

// Errors are taken from the parser when it has stopped.
static void on_error(void *state, xmlErrorPtr error)
{
    (void)state;
    (void)error;
}

static xmlSAXHandler handlers(void)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .internalSubset = on_doctype,
        .serror = on_error,
    };
    return sax;
}

// What the parser says of a document that is not well-formed, without its line end.
static enum mb_status syntax_error(const struct reading *reading)
{
    const xmlError *error = xmlCtxtGetLastError(reading->parser);
    const char *message = error != NULL && error->message != NULL ? error->message : "";
    int size = (int)strcspn(message, "\n");
    return mb_err_at(reading->err, MB_INVALID, reading->name,
                     error != NULL ? error->line : 0, error != NULL ? error->int2 : 0,
                     "not well-formed XML: %.*s", size > 160 ? 160 : size, message);
}

static enum mb_status chunks_parse(struct reading *reading, struct mb_input *input)
{
    char chunk[CHUNK_BYTES];
    size_t got = 1;
    while (got > 0) {
        enum mb_status status =
            mb_input_read(input, chunk, sizeof chunk, &got, reading->err);
        if (status != MB_OK) {
            return status;
        }
        int fault = xmlParseChunk(reading->parser, chunk, (int)got, got == 0);
        if (reading->status != MB_OK) {
            return reading->status;
        }
        if (fault != 0 && !reading->parser->wellFormed) {
            return syntax_error(reading);
        }
    }
    return MB_OK;
}

void mb_xml_attribute(const struct mb_xml_element *element, int i, const char **name,
                      const char **value, size_t *size)
{
    // Five pointers for each: name, prefix, namespace, start and end of the value.
    const xmlChar *const *five = (const xmlChar *const *)element->attributes + 5 * i;
    *name = (const char *)five[0];
    *value = (const char *)five[3];
    *size = (size_t)(five[4] - five[3]);
}

enum mb_status mb_xml_read(struct mb_input *input, const struct mb_xml_reader *reader,
                           struct mb_err *err)
{
    struct reading reading = {
        .reader = reader, .name = mb_input_name(input), .status = MB_OK, .err = err};
    xmlSAXHandler sax = handlers();
    reading.parser = xmlCreatePushParserCtxt(&sax, &reading, NULL, 0, NULL);
    if (reading.parser == NULL) {
        return mb_err_set(err, MB_FAILED, "the XML parser cannot be made");
    }
    // NOENT puts characters for their references; there are no other entities here.
    (void)xmlCtxtUseOptions(reading.parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    enum mb_status status = chunks_parse(&reading, input);
    xmlFreeDoc(reading.parser->myDoc);
    xmlFreeParserCtxt(reading.parser);
    return status;
}
