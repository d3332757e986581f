/* SPDX-License-Identifier: Apache-2.0
 * The tables as canonical JSON, and back. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "runtime/rows.h"
#include "runtime/table_parts.h"

static const struct {
	const char *name;
	gsize offset;
} heading_texts[] = {
	{ "id", offsetof(Plugin, id) },
	{ "version", offsetof(Plugin, version) },
	{ "title", offsetof(Plugin, title) },
	{ "summary", offsetof(Plugin, summary) },
};

static const struct {
	const char *name;
	gsize offset;
} heading_handles[] = {
	{ "start", offsetof(Plugin, start) },
	{ "ready", offsetof(Plugin, ready) },
	{ "stop", offsetof(Plugin, stop) },
};

/* As jansson writes it, which made the notes that are in files: it has its own way with control characters. */
static void put_text(JsonOut *out, const char *name, const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if ((guchar)*at < ' ' && strchr("\b\f\n\r\t", *at) == NULL) {
			g_autoptr(json_t) value = json_string(text);
			char *dumped = json_dumps(value, JSON_ENCODE_ANY);

			json_put_raw(out, name, dumped, strlen(dumped));
			free(dumped);
			return;
		}
	json_put_text(out, name, text);
}

static void put_fields(JsonOut *out, const char *name, const void *row, gsize offset);

static void put_row(JsonOut *out, const RowType *type, const void *row)
{
	json_open(out, NULL, FALSE);
	for (guint i = 0; i < type->n_members; i++) {
		const RowMember *member = &type->members[i];

		if (member->kind == MEMBER_TEXT || member->kind == MEMBER_HANDLE || member->kind == MEMBER_FIELDS) {
			const char *pointer = row_text(row, member->offset);

			if (pointer == NULL)
				continue;
			if (member->kind == MEMBER_TEXT)
				put_text(out, member->name, pointer);
			else if (member->kind == MEMBER_HANDLE)
				json_put_bool(out, member->name, TRUE);
			else
				put_fields(out, member->name, row, member->offset);
		} else if (row_number(row, member) != 0) {
			json_put_int(out, member->name, row_number(row, member));
		}
	}
	json_close_one(out);
}

static void put_fields(JsonOut *out, const char *name, const void *row, gsize offset)
{
	const zhen_field *field;

	memcpy(&field, (const char *)row + offset, sizeof(field));
	json_open(out, name, TRUE);
	for (; field->name != NULL; field++)
		put_row(out, &row_field, field);
	json_close_one(out);
}

char *plugin_to_json(const Plugin *plugin)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, FALSE);
	for (guint i = 0; i < G_N_ELEMENTS(heading_texts); i++) {
		const char *heading = row_text(plugin, heading_texts[i].offset);

		if (heading != NULL)
			put_text(&out, heading_texts[i].name, heading);
	}
	for (guint i = 0; i < G_N_ELEMENTS(heading_handles); i++)
		if (row_text(plugin, heading_handles[i].offset) != NULL)
			json_put_bool(&out, heading_handles[i].name, TRUE);
	for (guint i = 0; i < N_ROW_TYPES; i++) {
		guint count;
		const char *rows = rows_of(plugin, &row_types[i], &count);

		if (count == 0)
			continue;
		json_open(&out, row_types[i].table, TRUE);
		for (guint n = 0; n < count; n++)
			put_row(&out, &row_types[i], rows + n * row_types[i].size);
		json_close_one(&out);
	}
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

/* ---- back ---- */

/* Stands for a handler while a note is checked; taken out before anybody could call it. */
static zhen_result handler_of_a_note(zhen_call *call)
{
	(void)call;
	return ZHEN_INTERNAL;
}

typedef struct Reader {
	Arena *arena;
	Faults *faults;
} Reader;

static gboolean read_list(const Reader *reader, const RowType *type, const json_t *list, guint depth, void **out,
                          guint *out_count);

static gboolean wrong(const Reader *reader, const RowType *type, const char *name)
{
	return faults_add(reader->faults, ERROR_INVALID, "note: %s: \"%s\" has the wrong type or range", type->table,
	                  name);
}

static gboolean read_number(const Reader *reader, const RowType *type, const RowMember *member, const json_t *value,
                            char *at)
{
	gint64 wide = json_integer_value(value);
	gint32 narrow = (gint32)wide;
	guint32 positive = (guint32)wide;

	if (!json_is_integer(value))
		return wrong(reader, type, member->name);
	if (member->kind == MEMBER_I64) {
		memcpy(at, &wide, sizeof(wide));
		return TRUE;
	}
	if (member->kind == MEMBER_I32) {
		memcpy(at, &narrow, sizeof(narrow));
		return narrow == wide || wrong(reader, type, member->name);
	}
	memcpy(at, &positive, sizeof(positive));
	return positive == wide || wrong(reader, type, member->name);
}

static gboolean read_member(const Reader *reader, const RowType *type, const RowMember *member, const json_t *value,
                            char *row, guint depth)
{
	char *at = row + member->offset;
	zhen_handle *handler = handler_of_a_note;
	const char *text;
	void *list = NULL;
	guint count;

	if (member->kind == MEMBER_TEXT) {
		if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
			return wrong(reader, type, member->name);
		text = arena_strdup(reader->arena, json_string_value(value));
		memcpy(at, &text, sizeof(text));
		return TRUE;
	}
	if (member->kind == MEMBER_HANDLE) {
		memcpy(at, &handler, sizeof(handler));
		return json_is_true(value) || wrong(reader, type, member->name);
	}
	if (member->kind != MEMBER_FIELDS)
		return read_number(reader, type, member, value, at);
	if (depth > LIST_DEPTH_MAX)
		return faults_add(reader->faults, ERROR_INVALID, "note: %s: lists are nested deeper than %d",
		                   type->table, LIST_DEPTH_MAX);
	if (!read_list(reader, &row_field, value, depth + 1, &list, &count))
		return FALSE;
	memcpy(at, &list, sizeof(list));
	return TRUE;
}

static const RowMember *member_find(const RowType *type, const char *name)
{
	for (guint i = 0; i < type->n_members; i++)
		if (strcmp(type->members[i].name, name) == 0)
			return &type->members[i];
	return NULL;
}

static gboolean read_row(const Reader *reader, const RowType *type, json_t *object, char *row, guint depth)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return faults_add(reader->faults, ERROR_INVALID, "note: %s: a row is not an object", type->table);
	json_object_foreach(object, name, value)
	{
		const RowMember *member = member_find(type, name);

		if (member == NULL)
			return faults_add(reader->faults, ERROR_INVALID, "note: %s: unknown member \"%s\"", type->table,
			                   name);
		if (!read_member(reader, type, member, value, row, depth))
			return FALSE;
	}
	if (row_is_end(type, row))
		return faults_add(reader->faults, ERROR_INVALID, "note: %s: a row is empty", type->table);
	return TRUE;
}

static gboolean read_list(const Reader *reader, const RowType *type, const json_t *list, guint depth, void **out,
                          guint *out_count)
{
	gsize count = json_array_size(list);
	gboolean fine = TRUE;
	char *rows;

	if (!json_is_array(list))
		return faults_add(reader->faults, ERROR_INVALID, "note: %s: not a list", type->table);
	if (count > ROWS_MAX)
		return faults_add(reader->faults, ERROR_INVALID, "note: %s: more than %d rows", type->table, ROWS_MAX);
	rows = arena_alloc0(reader->arena, (count + 1) * type->size);
	for (gsize i = 0; i < count; i++)
		fine &= read_row(reader, type, json_array_get(list, i), rows + i * type->size, depth);
	*out = rows;
	*out_count = (guint)count;
	return fine;
}

static gboolean read_heading(const Reader *reader, Plugin *plugin, const char *name, const json_t *value,
                             gboolean *out_known)
{
	zhen_handle *handler = handler_of_a_note;
	const char *text;

	*out_known = TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(heading_texts); i++)
		if (strcmp(name, heading_texts[i].name) == 0) {
			if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
				return faults_add(reader->faults, ERROR_INVALID, "note: \"%s\" is not a text", name);
			text = arena_strdup(reader->arena, json_string_value(value));
			memcpy((char *)plugin + heading_texts[i].offset, &text, sizeof(text));
			return TRUE;
		}
	for (guint i = 0; i < G_N_ELEMENTS(heading_handles); i++)
		if (strcmp(name, heading_handles[i].name) == 0) {
			memcpy((char *)plugin + heading_handles[i].offset, &handler, sizeof(handler));
			return json_is_true(value) ||
			       faults_add(reader->faults, ERROR_INVALID, "note: \"%s\" is not true", name);
		}
	*out_known = FALSE;
	return TRUE;
}

static gboolean read_part(const Reader *reader, Plugin *plugin, const char *name, const json_t *value)
{
	gboolean known = FALSE;
	void *rows = NULL;
	guint count = 0;

	if (!read_heading(reader, plugin, name, value, &known))
		return FALSE;
	if (known)
		return TRUE;
	for (guint i = 0; i < N_ROW_TYPES; i++) {
		if (strcmp(name, row_types[i].table) != 0)
			continue;
		if (!read_list(reader, &row_types[i], value, 0, &rows, &count))
			return FALSE;
		rows_set(plugin, &row_types[i], count > 0 ? rows : NULL, count);
		return TRUE;
	}
	return faults_add(reader->faults, ERROR_INVALID, "note: unknown member \"%s\"", name);
}

static void forget_handlers(Plugin *plugin)
{
	plugin->start = plugin->ready = plugin->stop = NULL;
	for (guint i = 0; i < N_ROW_TYPES; i++) {
		const RowType *type = &row_types[i];
		guint count;
		char *rows = rows_of(plugin, type, &count);

		for (guint n = 0; n < count; n++)
			for (guint m = 0; m < type->n_members; m++)
				if (type->members[m].kind == MEMBER_HANDLE)
					memset(rows + n * type->size + type->members[m].offset, 0,
					       sizeof(zhen_handle *));
	}
}

/* TRUE: what stands in the tables can be looked at. */
static gboolean read_parts(const Reader *reader, Plugin *plugin, json_t *object)
{
	gboolean fine = TRUE;
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
		fine &= read_part(reader, plugin, name, value);
	return fine;
}

Plugin *plugin_from_note_all(const char *json, gsize length, Faults *faults)
{
	GError *error = NULL;
	g_autoptr(json_t) object = json_read(json, length, &error);
	g_autoptr(Plugin) plugin = plugin_new();
	Reader reader = { .arena = plugin_arena(plugin), .faults = faults };
	gboolean fine;

	if (object == NULL) {
		prefix_error(&error, "note");
		faults_take(faults, error);
		return NULL;
	}
	if (!json_is_object(object)) {
		faults_add(faults, ERROR_INVALID, "note: not an object");
		return NULL;
	}
	if (!read_parts(&reader, plugin, object))
		return NULL;
	fine = plugin_complete(plugin, faults);
	plugin->note = plugin_to_json(plugin);
	forget_handlers(plugin);
	if (fine && (strlen(plugin->note) != length || memcmp(plugin->note, json, length) != 0))
		fine = faults_add(faults, ERROR_INVALID, "note: not in its canonical form");
	return fine ? g_steal_pointer(&plugin) : NULL;
}

Plugin *plugin_from_note(const char *json, gsize length, GError **error)
{
	g_autoptr(Faults) faults = faults_new();
	Plugin *plugin = plugin_from_note_all(json, length, faults);

	faults_none(faults, error);
	return plugin;
}
