/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"

#define WRITE_DEPTH_MOST 31 /* bits of JsonOut.first */

/* What a byte becomes in a string: 0 = itself, 'u' = \u00XX, 'w' = part of a wide character, else the letter after the
 * backslash. */
static const char escapes[256] = {
	['\0'] = 'u', [1] = 'u',     [2] = 'u',     [3] = 'u',     [4] = 'u',     [5] = 'u',  [6] = 'u',  [7] = 'u',
	['\b'] = 'b', ['\t'] = 't',  ['\n'] = 'n',  [11] = 'u',    ['\f'] = 'f',  ['\r'] = 'r', [14] = 'u', [15] = 'u',
	[16] = 'u',   [17] = 'u',    [18] = 'u',    [19] = 'u',    [20] = 'u',    [21] = 'u', [22] = 'u', [23] = 'u',
	[24] = 'u',   [25] = 'u',    [26] = 'u',    [27] = 'u',    [28] = 'u',    [29] = 'u', [30] = 'u', [31] = 'u',
	['"'] = '"',  ['\\'] = '\\', [128 ... 255] = 'w',
};

static const char hex_digits[] = "0123456789abcdef";

/* Bytes of the well-formed character at @at that begins with a byte over 0x7f; 0 = ill-formed. */
static gsize utf8_length(const guchar *at, gsize left)
{
	guchar c = at[0];
	gsize length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

	if (length == 0 || length > left || (at[1] & 0xc0) != 0x80)
		return 0;
	if (length == 2)
		return 2;
	/* Overlong forms, surrogates and what lies beyond U+10FFFF. */
	if ((c == 0xe0 && at[1] < 0xa0) || (c == 0xed && at[1] > 0x9f) || (c == 0xf0 && at[1] < 0x90) ||
	    (c == 0xf4 && at[1] > 0x8f) || (at[2] & 0xc0) != 0x80)
		return 0;
	return length == 3 || (at[3] & 0xc0) == 0x80 ? length : 0;
}

static void append_escape(GString *text, guchar c)
{
	char out[6] = { '\\', escapes[c], '0', '0', hex_digits[c >> 4], hex_digits[c & 15] };

	g_string_append_len(text, out, escapes[c] == 'u' ? 6 : 2);
}

/* Sixteen bytes at a time, by the compiler's vectors: every text of every answer passes here. */
typedef guint8 Bytes __attribute__((vector_size(16)));
typedef gint8 Signed __attribute__((vector_size(16)));

static inline Bytes bytes_at(const guchar *at)
{
	Bytes bytes;

	memcpy(&bytes, at, sizeof bytes);
	return bytes;
}

/* Whether of the first @count bytes, 12 or 16, none was found. */
static inline gboolean none_found(Signed found, guint count)
{
	const guint64 last = count == 12 ? GUINT64_TO_LE(0xffffffffu) : G_MAXUINT64;
	guint64 halves[2];

	memcpy(halves, &found, sizeof halves);
	return (halves[0] | (halves[1] & last)) == 0;
}

/* Sixteen of which none is wide (below zero when signed), a control, a quote or a backslash. */
static inline gboolean are_plain(Bytes bytes)
{
	return none_found(((Signed)bytes < 0x20) | (bytes == '"') | (bytes == '\\'), 16);
}

/* The first twelve are four characters as is_wide_pair wants two. */
static inline gboolean are_wide(Bytes bytes)
{
	static const Bytes which = { 0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0, 0xf0, 0xc0, 0xc0 };
	static const Bytes wanted = { 0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80, 0xe0, 0x80, 0x80 };

	return none_found(((bytes & which) != wanted) | (bytes == 0xe0) | (bytes == 0xed), 12);
}

/* Eight bytes of which none is wide, a control, a quote or a backslash. */
static inline gboolean is_plain_word(guint64 word)
{
	const guint64 ones = 0x0101010101010101u;
	const guint64 quote = word ^ ones * '"';
	const guint64 slash = word ^ ones * '\\';

	return ((word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & ones << 7) == 0;
}

/* Its first six bytes are two well-formed characters of three, as nearly all Chinese is. Those that begin with e0 or ed
 * are left to utf8_length, which knows what may follow. */
static inline gboolean is_wide_pair(guint64 word)
{
	const guint64 little = GUINT64_FROM_LE(word);
	const guint picky = 1u << 0x0 | 1u << 0xd;

	if ((little & 0xc0c0f0c0c0f0u) != 0x8080e08080e0u)
		return FALSE;
	return ((picky >> (little & 15) | picky >> (little >> 24 & 15)) & 1) == 0;
}

static inline guint64 word_at(const guchar *at)
{
	guint64 word;

	memcpy(&word, at, sizeof word);
	return word;
}

/* Bytes from @at on that stand in a string as they are. */
static gsize plain_length(const guchar *at, gsize length)
{
	gsize i = 0;

	while (i < length) {
		gsize wide;

		while (length - i >= 16 && are_plain(bytes_at(at + i)))
			i += 16;
		if (length - i >= 8 && is_plain_word(word_at(at + i)))
			i += 8;
		if (length >= 8 && is_plain_word(word_at(at + length - 8)) && length - i <= 8)
			return length; /* some of them looked at twice */
		while (i < length && escapes[at[i]] == 0)
			i++;
		if (i == length || escapes[at[i]] != 'w')
			break;
		while (length - i >= 16 && are_wide(bytes_at(at + i)))
			i += 12;
		while (length - i >= 8 && is_wide_pair(word_at(at + i)))
			i += 6;
		if (i == length || at[i] < 0x80)
			continue;
		wide = utf8_length(at + i, length - i);
		if (wide == 0)
			break;
		i += wide;
	}
	return i;
}

/* Where @bytes more may be written; take() then says up to where they were. */
static inline char *room(GString *text, gsize bytes)
{
	const gsize length = text->len;

	if (text->allocated_len - length <= bytes) {
		g_string_set_size(text, length + bytes);
		text->len = length;
	}
	return text->str + length;
}

static inline void take(GString *text, char *end)
{
	*end = '\0';
	text->len = (gsize)(end - text->str);
}

static inline char *put_plain(char *out, const char *utf8, gsize length)
{
	*out++ = '"';
	memcpy(out, utf8, length);
	out += length;
	*out++ = '"';
	return out;
}

void json_append_quoted(GString *text, const char *utf8, gsize length)
{
	const guchar *at = (const guchar *)utf8;
	const guchar *end = at + length;
	gsize plain = plain_length(at, length);

	if (plain == length) {
		take(text, put_plain(room(text, length + 2), utf8, length));
		return;
	}
	g_string_append_c(text, '"');
	while (at < end) {
		g_string_append_len(text, (const char *)at, (gssize)plain);
		at += plain;
		if (at == end)
			break;
		if (*at < 0x80)
			append_escape(text, *at);
		else
			g_string_append_len(text, "\xef\xbf\xbd", 3); /* an ill-formed byte must not spoil the answer */
		at++;
		plain = plain_length(at, (gsize)(end - at));
	}
	g_string_append_c(text, '"');
}

void json_out_init(JsonOut *out, GString *text)
{
	*out = (JsonOut){ .text = text, .first = 1 };
}

static inline guint64 half_at(const char *at)
{
	guint32 half;

	memcpy(&half, at, sizeof half);
	return half;
}

/* Whether nothing in it needs an escape, as in all names of ours; its last bytes may be looked at twice. */
static gboolean is_plain_name(const char *name, gsize length)
{
	gsize i = 0;

	if (length >= 8) {
		for (; i + 8 < length; i += 8)
			if (!is_plain_word(word_at((const guchar *)name + i)))
				return FALSE;
		return is_plain_word(word_at((const guchar *)name + length - 8));
	}
	if (length >= 4)
		return is_plain_word(half_at(name) | half_at(name + length - 4) << 32);
	while (i < length && escapes[(guchar)name[i]] == 0)
		i++;
	return i == length;
}

/* The comma, and inside an object the name; then room for @bytes more. */
static char *begin(JsonOut *out, const char *name, gsize bytes)
{
	const guint32 bit = (guint32)1 << out->depth;
	const gboolean named = out->depth > 0 && !(out->list & bit);
	/* Names come from plugins: one left out spoils its member, not the host. */
	const gsize length = named && name != NULL ? strlen(name) : 0;
	char *at = room(out->text, length + bytes + 4);
	char *end;

	if (out->first & bit)
		out->first &= ~bit;
	else
		*at++ = ',';
	if (!named)
		return at;
	if (is_plain_name(name, length)) {
		end = put_plain(at, length > 0 ? name : "", length);
	} else {
		take(out->text, at);
		json_append_quoted(out->text, name, length);
		end = room(out->text, bytes + 1);
	}
	*end++ = ':';
	return end;
}

static void put_bytes(JsonOut *out, const char *name, const char *bytes, gsize length)
{
	char *at = begin(out, name, length);

	memcpy(at, bytes, length);
	take(out->text, at + length);
}

void json_open(JsonOut *out, const char *name, gboolean list)
{
	g_assert(out->depth < WRITE_DEPTH_MOST);
	put_bytes(out, name, list ? "[" : "{", 1);
	out->depth++;

	guint32 bit = (guint32)1 << out->depth;

	out->first |= bit;
	out->list = list ? out->list | bit : out->list & ~bit;
}

void json_close_one(JsonOut *out)
{
	g_assert(out->depth > 0);
	g_string_append_c(out->text, out->list & ((guint32)1 << out->depth) ? ']' : '}');
	out->depth--;
}

void json_put_text_n(JsonOut *out, const char *name, const char *text, gsize length)
{
	if (text == NULL) {
		put_bytes(out, name, "null", 4);
	} else if (plain_length((const guchar *)text, length) == length) {
		take(out->text, put_plain(begin(out, name, length + 2), text, length));
	} else {
		take(out->text, begin(out, name, length + 2));
		json_append_quoted(out->text, text, length);
	}
}

void json_put_text(JsonOut *out, const char *name, const char *text)
{
	json_put_text_n(out, name, text, text != NULL ? strlen(text) : 0);
}

void json_put_int(JsonOut *out, const char *name, gint64 value)
{
	char digits[24];
	char *at = digits + sizeof digits;
	guint64 left = value < 0 ? -(guint64)value : (guint64)value;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		*--at = '-';
	put_bytes(out, name, at, (gsize)(digits + sizeof digits - at));
}

void json_put_bool(JsonOut *out, const char *name, gboolean value)
{
	put_bytes(out, name, value ? "true" : "false", value ? 4 : 5);
}

void json_put_time(JsonOut *out, const char *name, gint64 ms)
{
	char when[CLOCK_TEXT_SIZE];

	json_put_text_n(out, name, when, clock_format(ms, when));
}

void json_put_raw(JsonOut *out, const char *name, const char *json, gsize length)
{
	put_bytes(out, name, json, length);
}

/* The shorter of two ways to write it that reads back as the same number. */
static void put_real(JsonOut *out, const char *name, double value)
{
	char digits[G_ASCII_DTOSTR_BUF_SIZE];

	if (!isfinite(value)) {
		json_put_raw(out, name, "null", 4);
		return;
	}
	g_ascii_formatd(digits, sizeof digits, "%.15g", value);
	if (g_ascii_strtod(digits, NULL) != value)
		g_ascii_formatd(digits, sizeof digits, "%.17g", value);
	json_put_raw(out, name, digits, strlen(digits));
}

static void put_hex(JsonOut *out, const char *name, const guchar *bytes, gsize length)
{
	char *at = begin(out, name, 2 * length + 2);

	*at++ = '"';
	for (gsize i = 0; i < length; i++) {
		*at++ = hex_digits[bytes[i] >> 4];
		*at++ = hex_digits[bytes[i] & 15];
	}
	*at++ = '"';
	take(out->text, at);
}

void json_put_value(JsonOut *out, const char *name, const zhen_value *value)
{
	switch (value->kind) {
	case ZHEN_KIND_INT:
		json_put_int(out, name, value->as.integer);
		break;
	case ZHEN_KIND_REAL:
		put_real(out, name, value->as.real);
		break;
	case ZHEN_KIND_TEXT:
		json_put_text_n(out, name, value->as.text, value->length);
		break;
	case ZHEN_KIND_BLOB:
		put_hex(out, name, value->as.blob, value->length);
		break;
	default:
		json_put_raw(out, name, "null", 4);
		break;
	}
}

/* Says where: lines and characters from 1. */
static gboolean throw_at(GError **error, const char *text, gsize offset, const char *what)
{
	guint line = 1, column = 1;

	for (gsize i = 0; i < offset; i++) {
		if (text[i] == '\n') {
			line++;
			column = 1;
		} else if (((guchar)text[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	return throw_error(error, ERROR_INVALID, "JSON 第 %u 行第 %u 列：%s", line, column, what);
}

/* Before the parser runs, because it goes down one call for each level. A bracket inside a string is no level; text
 * that is wrong in its strings is stopped by the parser at the same place. */
static gboolean check_depth(const char *text, gsize length, GError **error)
{
	gboolean in_string = FALSE;
	guint depth = 0;

	for (gsize i = 0; i < length; i++) {
		char c = text[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = FALSE;
		} else if (c == '"') {
			in_string = TRUE;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH)
				return throw_at(error, text, i, "嵌套太深，最多 " G_STRINGIFY(JSON_DEPTH) " 层");
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return TRUE;
}

/* Our own words: the parser's quote the text, which may hold personal data and ends up in a log. */
static const char *what_went_wrong(enum json_error_code code)
{
	switch (code) {
	case json_error_duplicate_key:
		return "键重复";
	case json_error_invalid_utf8:
		return "不是有效的 UTF-8";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "含有空字符";
	case json_error_premature_end_of_input:
		return "内容不完整";
	case json_error_end_of_input_expected:
		return "结尾之后还有内容";
	case json_error_numeric_overflow:
		return "数值超出范围";
	default:
		return "语法错误";
	}
}

json_t *json_read(const char *text, gsize length, GError **error)
{
	json_error_t wrong = { 0 };
	const char *end;

	if (length == 0) {
		throw_error(error, ERROR_INVALID, "JSON 第 1 行第 1 列：没有内容");
		return NULL;
	}
	if (memchr(text, '\0', length) != NULL) {
		throw_at(error, text, (gsize)((const char *)memchr(text, '\0', length) - text), "含有空字符");
		return NULL;
	}
	if (!g_utf8_validate_len(text, length, &end)) {
		throw_at(error, text, (gsize)(end - text), "不是有效的 UTF-8");
		return NULL;
	}
	if (!check_depth(text, length, error))
		return NULL;

	json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &wrong);

	if (json == NULL)
		throw_error(error, ERROR_INVALID, "JSON 第 %d 行第 %d 列：%s", MAX(wrong.line, 1), MAX(wrong.column, 1),
		            what_went_wrong(json_error_code(&wrong)));
	return json;
}
