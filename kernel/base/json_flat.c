/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_flat.h"

#include <string.h>

#include "base/error.h"

typedef struct Reader {
	const guchar *at, *end;
	Arena *arena;
} Reader;

static void skip_blanks(Reader *reader)
{
	while (reader->at < reader->end &&
	       (*reader->at == ' ' || *reader->at == '\n' || *reader->at == '\t' || *reader->at == '\r'))
		reader->at++;
}

static gboolean take(Reader *reader, char c)
{
	skip_blanks(reader);
	if (reader->at == reader->end || *reader->at != (guchar)c)
		return FALSE;
	reader->at++;
	return TRUE;
}

/* Bytes of the well-formed character that begins with a byte over 0x7f; 0 = ill-formed. */
static gsize wide_length(const guchar *at, gsize left)
{
	const guchar c = at[0];
	const gsize length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;

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

/* The letter after a backslash as the byte it stands for; 0 = \u or none. */
static char unescaped(guchar letter)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *found = letter != '\0' ? strchr(from, letter) : NULL;

	return found != NULL ? to[found - from] : '\0';
}

static char *unescape(Reader *reader, const guchar *from, gsize length, gsize *out_length)
{
	char *out = arena_alloc(reader->arena, length + 1);
	gsize n = 0;

	for (gsize i = 0; i < length; i++)
		out[n++] = from[i] == '\\' ? unescaped(from[++i]) : (char)from[i];
	out[n] = '\0';
	*out_length = n;
	return out;
}

/* Bytes from @at on that stand for themselves, eight at a time: letters but quotes and backslashes; at most a few short. */
static gsize plain_run(const guchar *at, const guchar *end)
{
	const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), tops = ones << 7;
	const guchar *from = at;

	for (; end - at >= 8; at += 8) {
		guint64 eight, quote, slash;

		memcpy(&eight, at, 8);
		quote = eight ^ (ones * '"');
		slash = eight ^ (ones * '\\');
		/* The top bit of a byte: it was set, or the byte is below 0x20, or one of the two. A borrow only finds more. */
		if (((eight | (eight - ones * 0x20) | (quote - ones) | (slash - ones)) & tops) != 0)
			break;
	}
	return (gsize)(at - from);
}

/* After the first quote. */
static gboolean read_text(Reader *reader, const char **out, gsize *out_length, gboolean *out_escaped)
{
	const guchar *from = reader->at;
	gboolean escaped = FALSE;

	reader->at += plain_run(reader->at, reader->end);
	while (reader->at < reader->end && *reader->at != '"') {
		const guchar c = *reader->at;
		gsize step = 1;

		if (c < 0x20)
			return FALSE;
		if (c == '\\') {
			if (reader->end - reader->at < 2 || unescaped(reader->at[1]) == '\0')
				return FALSE;
			escaped = TRUE;
			step = 2;
		} else if (c >= 0x80) {
			step = wide_length(reader->at, (gsize)(reader->end - reader->at));
			if (step == 0)
				return FALSE;
		}
		reader->at += step;
	}
	if (reader->at == reader->end)
		return FALSE;
	*out = (const char *)from;
	*out_length = (gsize)(reader->at - from);
	*out_escaped = escaped;
	if (escaped)
		*out = unescape(reader, from, *out_length, out_length);
	reader->at++;
	return TRUE;
}

/* At most 18 digits, so that it cannot overflow; no leading zero; no fraction. */
static gboolean read_int(Reader *reader, gint64 *out)
{
	const gboolean minus = *reader->at == '-';
	const guchar *from;
	gint64 value = 0;

	reader->at += minus;
	from = reader->at;
	while (reader->at < reader->end && reader->at - from < 19 && g_ascii_isdigit(*reader->at))
		value = value * 10 + (*reader->at++ - '0');
	if (reader->at == from || reader->at - from > 18 || (*from == '0' && reader->at - from > 1))
		return FALSE;
	if (reader->at < reader->end && (*reader->at == '.' || *reader->at == 'e' || *reader->at == 'E'))
		return FALSE;
	*out = minus ? -value : value;
	return TRUE;
}

static gboolean read_word(Reader *reader, const char *word)
{
	const gsize length = strlen(word);

	if ((gsize)(reader->end - reader->at) < length || memcmp(reader->at, word, length) != 0)
		return FALSE;
	reader->at += length;
	return TRUE;
}

static gboolean read_value(Reader *reader, JsonFlat *out)
{
	gboolean escaped;

	skip_blanks(reader);
	if (reader->at == reader->end)
		return FALSE;
	switch (*reader->at) {
	case '"':
		reader->at++;
		out->kind = JSON_FLAT_TEXT;
		return read_text(reader, &out->text, &out->length, &escaped);
	case 'n':
		out->kind = JSON_FLAT_NULL;
		return read_word(reader, "null");
	case 't':
	case 'f':
		out->kind = JSON_FLAT_BOOL;
		out->integer = *reader->at == 't';
		return read_word(reader, out->integer ? "true" : "false");
	default:
		out->kind = JSON_FLAT_INT;
		return read_int(reader, &out->integer);
	}
}

static gboolean read_member(Reader *reader, JsonFlat *all, guint count)
{
	JsonFlat *member = &all[count];
	gsize length;
	gboolean escaped;
	const char *name;

	*member = (JsonFlat){ 0 };
	if (!take(reader, '"') || !read_text(reader, &name, &length, &escaped) || !take(reader, ':'))
		return FALSE;
	member->name = arena_strndup(reader->arena, name, length);
	for (guint i = 0; i < count; i++)
		if (all[i].name[0] == member->name[0] && strcmp(all[i].name, member->name) == 0)
			return FALSE;
	return read_value(reader, member);
}

gboolean json_flat_read(const char *text, gsize length, Arena *arena, JsonFlat out[JSON_FLAT_MAX], guint *out_count)
{
	Reader reader = { (const guchar *)text, (const guchar *)text + length, arena };
	guint count = 0;

	if (!take(&reader, '{'))
		return FALSE;
	if (!take(&reader, '}')) {
		do {
			if (count == JSON_FLAT_MAX || !read_member(&reader, out, count))
				return FALSE;
			count++;
		} while (take(&reader, ','));
		if (!take(&reader, '}'))
			return FALSE;
	}
	skip_blanks(&reader);
	*out_count = count;
	return reader.at == reader.end;
}

JsonFlat json_flat_of(const char *name, const json_t *value)
{
	JsonFlat flat = { .name = name, .kind = JSON_FLAT_OTHER };

	if (json_is_null(value)) {
		flat.kind = JSON_FLAT_NULL;
	} else if (json_is_boolean(value)) {
		flat.kind = JSON_FLAT_BOOL;
		flat.integer = json_is_true(value);
	} else if (json_is_integer(value)) {
		flat.kind = JSON_FLAT_INT;
		flat.integer = json_integer_value(value);
	} else if (json_is_string(value)) {
		flat.kind = JSON_FLAT_TEXT;
		flat.text = json_string_value(value);
		flat.length = json_string_length(value);
	}
	return flat;
}

gboolean json_members_read(JsonMembers *members, const char *text, gsize length, Arena *arena, GError **error)
{
	members->tree = NULL;
	members->count = 0;
	if (length == 0 || json_flat_read(text, length, arena, members->flat, &members->count))
		return TRUE;
	members->count = 0;
	members->tree = json_read(text, length, error);
	if (members->tree == NULL)
		return FALSE;
	if (json_is_object(members->tree))
		return TRUE;
	json_members_clear(members);
	return throw_error(error, ERROR_INVALID, "应为 JSON 对象");
}

void json_members_clear(JsonMembers *members)
{
	json_decref(members->tree);
	members->tree = NULL;
}

gboolean json_members_find(const JsonMembers *members, const char *name, JsonFlat *out)
{
	const json_t *value;

	for (guint i = 0; i < members->count; i++)
		if (strcmp(members->flat[i].name, name) == 0) {
			*out = members->flat[i];
			return TRUE;
		}
	value = members->tree != NULL ? json_object_get(members->tree, name) : NULL;
	if (value != NULL)
		*out = json_flat_of(name, value);
	return value != NULL;
}
