/* One value of one key: from text to the struct's field, and back to the same text. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/config_internal.h"

/* Length in bytes of the UTF-8 character at `s` and its code point; 0 if it is not valid UTF-8. */
static int utf8_decode(const unsigned char *s, uint32_t *code) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    int n = s[0] < 0x80             ? 1
            : (s[0] & 0xE0) == 0xC0 ? 2
            : (s[0] & 0xF0) == 0xE0 ? 3
            : (s[0] & 0xF8) == 0xF0 ? 4
                                    : 0;
    if (n == 0) return 0;
    *code = n == 1 ? s[0] : s[0] & (0x7Fu >> n);
    for (int i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80) return 0; /* the closing NUL stops here too */
        *code = *code << 6 | (s[i] & 0x3Fu);
    }
    bool surrogate = *code >= 0xD800 && *code <= 0xDFFF;
    return *code < least[n] || surrogate || *code > 0x10FFFF ? 0 : n;
}

/* What can stand raw inside YAML's double quotes on one line: no controls, line breaks or byte order marks.
 */
static bool is_printable(uint32_t c) {
    if (c < 0xA0) return c >= 0x20 && c < 0x7F;
    return c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

/* Only whole, printable characters: a message is one line and sends no codes to the terminal. */
ConfigShown config_shown(const char *text) {
    ConfigShown shown = {""};
    size_t used = 0, room = sizeof shown.text - 4;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        uint32_t code = 0;
        int n = utf8_decode(s, &code);
        bool printable = n > 0 && is_printable(code);
        size_t bytes = printable ? (size_t)n : 1;
        if (used + bytes > room) {
            memcpy(shown.text + used, "...", 4);
            break;
        }
        memcpy(shown.text + used, printable ? (const char *)s : "?", bytes);
        used += bytes;
        s += n > 0 ? n : 1;
    }
    return shown;
}

static void *field_at(void *base, const ConfigKey *key) {
    return (char *)base + key->offset;
}

static bool takes_auto(const ConfigKey *key) {
    return key->type == KEY_REAL && strcmp(key->initial, "auto") == 0;
}

/* "a|b|c" as "a, b, c". */
static void list_choices(const char *choices, char *out, size_t size) {
    size_t used = 0;
    for (const char *c = choices; *c && used + 3 < size; c++) {
        if (*c == '|') out[used++] = ',';
        out[used++] = *c == '|' ? ' ' : *c;
    }
    out[used] = '\0';
}

static void allowed_number(const ConfigKey *key, char *out, size_t size) {
    char lo[TEXT_NUMBER], hi[TEXT_NUMBER];
    text_number(key->lo, lo);
    text_number(key->hi, hi);
    const char *kind = key->type == KEY_COUNT ? "a whole number" : "a number";
    if (key->lo == key->hi)
        snprintf(out, size, "only %s", lo);
    else
        snprintf(out, size, "%s%s from %s to %s", takes_auto(key) ? "auto or " : "", kind, lo, hi);
}

void config_allowed(const ConfigKey *key, char *out, size_t size) {
    char choices[128];
    switch (key->type) {
    case KEY_BOOL: snprintf(out, size, "true or false"); return;
    case KEY_REAL:
    case KEY_COUNT: allowed_number(key, out, size); return;
    case KEY_CHOICE:
    case KEY_TEXT: break;
    }
    if (key->choices == NULL) {
        snprintf(out, size, "text of at most %zu bytes", key->size - 1);
        return;
    }
    list_choices(key->choices, choices, sizeof choices);
    snprintf(out, size, "%s%s", strchr(key->choices, '|') ? "one of " : "only ", choices);
}

/* `"abc" is not a number; drug.kp takes a number from 0.001 to 10 (what it means)` */
static Status refuse(const ConfigKey *key, const char *value, const char *why, const ConfigPlace *place) {
    char allowed[192];
    config_allowed(key, allowed, sizeof allowed);
    return status_set(STATUS_BAD_INPUT, "%s: \"%s\" %s; %s takes %s (%s)", place->text,
                      config_shown(value).text, why, key->path, allowed, key->text);
}

/* Decimal numbers only: strtod alone would also take nan, inf, hexadecimal and leading space. */
static bool parse_number(const char *text, double *out) {
    char *end = NULL;
    if (*text == '\0' || text[strspn(text, "0123456789+-.eE")] != '\0') return false;
    *out = strtod(text, &end);
    return *end == '\0';
}

static Status parse_in_range(const ConfigKey *key, const char *value, double *out, const ConfigPlace *place) {
    if (!parse_number(value, out)) return refuse(key, value, "is not a number", place);
    if (!(*out >= key->lo && *out <= key->hi)) return refuse(key, value, "is out of range", place);
    return STATUS_OK;
}

static Status store_real(void *field, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    double number = NAN;
    if (!(takes_auto(key) && strcmp(value, "auto") == 0)) TRY(parse_in_range(key, value, &number, place));
    memcpy(field, &number, sizeof number);
    return STATUS_OK;
}

static Status store_count(void *field, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    double number = 0;
    TRY(parse_in_range(key, value, &number, place));
    if (number != floor(number)) return refuse(key, value, "is not a whole number", place);
    int64_t count = (int64_t)number;
    memcpy(field, &count, sizeof count);
    return STATUS_OK;
}

static Status store_bool(void *field, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    bool on = strcmp(value, "true") == 0;
    if (!on && strcmp(value, "false") != 0) return refuse(key, value, "is neither true nor false", place);
    memcpy(field, &on, sizeof on);
    return STATUS_OK;
}

/* Position of `value` in "a|b|c", or -1. */
static int choice_position(const char *choices, const char *value) {
    size_t length = strlen(value);
    int position = 0;
    for (const char *at = choices;; position++) {
        size_t n = strcspn(at, "|");
        if (n == length && memcmp(at, value, n) == 0) return position;
        if (at[n] == '\0') return -1;
        at += n + 1;
    }
}

static Status store_choice(void *field, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    assert(key->size == sizeof(int));
    int position = choice_position(key->choices, value);
    if (position < 0) return refuse(key, value, "is not a choice", place);
    memcpy(field, &position, sizeof position);
    return STATUS_OK;
}

static bool is_plain_text(const char *text) {
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        uint32_t code = 0;
        int n = utf8_decode(s, &code);
        if (n == 0 || !is_printable(code)) return false;
        s += n;
    }
    return true;
}

static Status store_text(void *field, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    size_t length = strlen(value);
    if (length >= key->size) return refuse(key, value, "is too long", place);
    if (!is_plain_text(value))
        return refuse(key, value, "has line breaks, control characters or bytes that are not UTF-8", place);
    if (key->choices && choice_position(key->choices, value) < 0)
        return refuse(key, value, "is not a choice", place);
    memset(field, 0, key->size); /* what follows the text is zero too: structs are compared whole */
    memcpy(field, value, length);
    return STATUS_OK;
}

Status config_store(void *base, const ConfigKey *key, const char *value, const ConfigPlace *place) {
    void *field = field_at(base, key);
    switch (key->type) {
    case KEY_REAL: return store_real(field, key, value, place);
    case KEY_COUNT: return store_count(field, key, value, place);
    case KEY_BOOL: return store_bool(field, key, value, place);
    case KEY_CHOICE: return store_choice(field, key, value, place);
    case KEY_TEXT: return store_text(field, key, value, place);
    }
    return status_set(STATUS_FAILED, "%s: type %d is unknown", key->path, (int)key->type);
}

void config_quote(const char *text, char *out) {
    *out++ = '"';
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') *out++ = '\\';
        *out++ = *text;
    }
    *out++ = '"';
    *out = '\0';
}

static void format_choice(const char *choices, int position, char out[CONFIG_VALUE]) {
    for (; position > 0; position--) choices += strcspn(choices, "|") + 1;
    snprintf(out, CONFIG_VALUE, "%.*s", (int)strcspn(choices, "|"), choices);
}

void config_format(const void *base, const ConfigKey *key, char out[CONFIG_VALUE]) {
    const char *field = (const char *)base + key->offset;
    double number;
    int64_t count;
    int position;
    switch (key->type) {
    case KEY_REAL:
        memcpy(&number, field, sizeof number);
        if (isnan(number))
            strcpy(out, "auto");
        else
            text_number(number, out);
        break;
    case KEY_COUNT:
        memcpy(&count, field, sizeof count);
        snprintf(out, CONFIG_VALUE, "%" PRId64, count);
        break;
    case KEY_CHOICE:
        memcpy(&position, field, sizeof position);
        format_choice(key->choices, position, out);
        break;
    case KEY_BOOL: strcpy(out, *(const bool *)field ? "true" : "false"); break;
    case KEY_TEXT: config_quote(field, out); break;
    }
}
