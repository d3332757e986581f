/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/table.h"

#include <string.h>

#include "base/arena.h"
#include "runtime/rows.h"
#include "runtime/table_parts.h"

/* The members that every SDK since 1.0 has before its tables. */
#define ENTRY_MIN offsetof(zhen_plugin, migrations)
#define ENTRY_MAX 65536
#define TEXT_MAX (256 * 1024)

typedef struct Copy {
	Arena *arena;
	guint32 field_size;
	char where[160]; /* "routes[3]" */
	GError **error;
} Copy;

static gboolean copy_fault(const Copy *copy, const char *format, ...) G_GNUC_PRINTF(2, 3);

static gboolean copy_fault(const Copy *copy, const char *format, ...)
{
	va_list args;
	g_autofree char *text = NULL;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return throw_error(copy->error, ERROR_INVALID, "%s: %s", copy->where, text);
}

static gboolean all_zero(const char *bytes, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (bytes[i] != 0)
			return FALSE;
	return TRUE;
}

static gboolean size_fits(const Copy *copy, gsize size)
{
	if (size < sizeof(void *) || size > ROW_SIZE_MAX || size % sizeof(void *) != 0)
		return copy_fault(copy, "a row size of %zu bytes is not possible", size);
	return TRUE;
}

static gboolean check_texts(const Copy *copy, const RowType *type, const void *row)
{
	for (guint i = 0; i < type->n_members; i++) {
		const RowMember *member = &type->members[i];
		const char *text = member->kind == MEMBER_TEXT ? row_text(row, member->offset) : NULL;

		if (text == NULL)
			continue;
		if (strnlen(text, TEXT_MAX + 1) > TEXT_MAX)
			return copy_fault(copy, "%s: longer than %d bytes", member->name, TEXT_MAX);
		if (!g_utf8_validate(text, -1, NULL))
			return copy_fault(copy, "%s: not UTF-8", member->name);
	}
	return TRUE;
}

static gboolean copy_rows(Copy *copy, const RowType *type, const void *from, gsize from_size, guint depth, void **out,
                          guint *out_count);

/* The field lists that @row points to, copied at the host's size too. */
static gboolean copy_lists(Copy *copy, const RowType *type, void *row, guint depth)
{
	for (guint i = 0; i < type->n_members; i++) {
		const RowMember *member = &type->members[i];
		g_autofree char *where = NULL;
		const void *list;
		void *copied;
		guint count;

		if (member->kind != MEMBER_FIELDS)
			continue;
		memcpy(&list, (char *)row + member->offset, sizeof(list));
		if (list == NULL)
			continue;
		if (depth > LIST_DEPTH_MAX)
			return copy_fault(copy, "%s: lists are nested deeper than %d", member->name, LIST_DEPTH_MAX);
		where = g_strdup(copy->where);
		g_snprintf(copy->where, sizeof(copy->where), "%s %s", where, member->name);
		if (!copy_rows(copy, &row_field, list, copy->field_size, depth + 1, &copied, &count))
			return FALSE;
		g_strlcpy(copy->where, where, sizeof(copy->where));
		memcpy((char *)row + member->offset, &copied, sizeof(copied));
	}
	return TRUE;
}

static gboolean copy_row(Copy *copy, const RowType *type, const char *from, gsize from_size, guint depth, void *to)
{
	memcpy(to, from, MIN(from_size, type->size));
	if (from_size > type->size && !all_zero(from + type->size, from_size - type->size))
		return copy_fault(copy, "uses members that this host does not know (row of %zu bytes, here %zu)",
		                  from_size, type->size);
	return check_texts(copy, type, to) && copy_lists(copy, type, to, depth);
}

/* Counts first: rows are read at the size their SDK gave them, never past it. */
static gboolean count_rows(const Copy *copy, const RowType *type, const char *from, gsize size, guint *out_count)
{
	g_autofree char *row = g_malloc0(type->size);

	for (guint i = 0; i <= ROWS_MAX; i++) {
		memset(row, 0, type->size);
		memcpy(row, from + i * size, MIN(size, type->size));
		if (row_is_end(type, row)) {
			*out_count = i;
			return TRUE;
		}
	}
	return copy_fault(copy, "more than %d rows, or no empty row at the end", ROWS_MAX);
}

static gboolean copy_rows(Copy *copy, const RowType *type, const void *from, gsize from_size, guint depth, void **out,
                          guint *out_count)
{
	g_autofree char *table = g_strdup(copy->where);
	char *rows;
	guint count = 0;

	if (!size_fits(copy, from_size) || !count_rows(copy, type, from, from_size, &count))
		return FALSE;
	rows = arena_alloc0(copy->arena, (count + 1) * type->size);
	for (guint i = 0; i < count; i++) {
		g_snprintf(copy->where, sizeof(copy->where), "%s[%u]", table, i);
		if (!copy_row(copy, type, (const char *)from + i * from_size, from_size, depth, rows + i * type->size))
			return FALSE;
	}
	g_strlcpy(copy->where, table, sizeof(copy->where));
	*out = rows;
	*out_count = count;
	return TRUE;
}

static gboolean copy_table(Copy *copy, const zhen_plugin *entry, const RowType *type, Plugin *plugin)
{
	const char *at = (const char *)entry;
	const void *from;
	void *rows = NULL;
	guint32 size, reserved;
	guint count = 0;

	memcpy(&from, at + type->entry_rows, sizeof(from));
	memcpy(&size, at + type->entry_size, sizeof(size));
	memcpy(&reserved, at + type->entry_reserved, sizeof(reserved));
	g_strlcpy(copy->where, type->table, sizeof(copy->where));
	if (reserved != 0)
		return copy_fault(copy, "its reserved word is not 0");
	if (from == NULL)
		return TRUE;
	if (!copy_rows(copy, type, from, size, 0, &rows, &count))
		return FALSE;
	rows_set(plugin, type, count > 0 ? rows : NULL, count);
	return TRUE;
}

gboolean abi_check(guint16 major, guint16 minor, GError **error)
{
	if (major != ZHEN_ABI_MAJOR)
		return throw_error(error, ERROR_ABI,
				   "按 SDK %u.%u 编译，本机提供 %d.%d：请用 SDK %d.x 重新编译 (built for SDK %u.%u, this host "
				   "offers %d.%d: rebuild it with an SDK %d.x)",
				   major, minor, ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR, ZHEN_ABI_MAJOR, major, minor,
				   ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR, ZHEN_ABI_MAJOR);
	if (minor > ZHEN_ABI_MINOR)
		return throw_error(
			error, ERROR_ABI,
			"按 SDK %u.%u 编译，本机提供 %d.%d：请升级本机，或用较旧的 SDK 重新编译 (built for SDK %u.%u, this host "
			"offers %d.%d: update the host or rebuild with an older SDK)",
			major, minor, ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR, major, minor, ZHEN_ABI_MAJOR, ZHEN_ABI_MINOR);
	return TRUE;
}

/* The plugin's own struct at the host's size; what it does not have is zero. */
static gboolean copy_entry(const zhen_plugin *entry, zhen_plugin *out, GError **error)
{
	guint32 size = entry->size;

	memset(out, 0, sizeof(*out));
	if (size < ENTRY_MIN || size > ENTRY_MAX)
		return throw_error(error, ERROR_ABI,
		                   "plugin: 大小不可能是 %u 字节 (a size of %u bytes is not possible)", size, size);
	if (!abi_check(entry->abi_major, entry->abi_minor, error))
		return FALSE;
	memcpy(out, entry, MIN(size, sizeof(*out)));
	if (size > sizeof(*out) && !all_zero((const char *)entry + sizeof(*out), size - sizeof(*out)))
		return throw_error(error, ERROR_ABI,
				   "plugin: 用到了本机不认识的成员，%u 字节，本机 %zu (uses members that this host does not know)",
				   size, sizeof(*out));
	if (out->reserved != 0)
		return throw_error(error, ERROR_INVALID, "plugin: 保留字不是 0 (its reserved word is not 0)");
	return TRUE;
}

Plugin *plugin_new(void)
{
	PluginBox *box = g_new0(PluginBox, 1);

	box->arena = arena_new();
	return &box->plugin;
}

void plugin_free(Plugin *plugin)
{
	PluginBox *box = (PluginBox *)plugin;

	if (box == NULL)
		return;
	arena_free(box->arena);
	g_free(box->plugin.note);
	g_free(box);
}

Arena *plugin_arena(Plugin *plugin)
{
	return ((PluginBox *)plugin)->arena;
}

static gboolean check_heading(const zhen_plugin *entry, GError **error)
{
	const char *const texts[] = { entry->id, entry->version, entry->title, entry->summary };
	static const char *const names[] = { "id", "version", "title", "summary" };

	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		if (texts[i] != NULL && (strnlen(texts[i], 1000) == 1000 || !g_utf8_validate(texts[i], -1, NULL)))
			return throw_error(error, ERROR_INVALID,
			                   "plugin: %s: 不是 UTF-8 文本，或超过 999 字节 (not UTF-8, or longer than 999 bytes)",
			                   names[i]);
	return TRUE;
}

Plugin *plugin_bind(const zhen_plugin *entry, GError **error)
{
	g_autoptr(Plugin) plugin = plugin_new();
	g_autoptr(Faults) faults = faults_new();
	zhen_plugin own;
	Copy copy = { .arena = plugin_arena(plugin), .error = error };

	if (!copy_entry(entry, &own, error) || !check_heading(&own, error))
		return NULL;
	copy.field_size = own.field_size;
	plugin->id = own.id;
	plugin->version = own.version;
	plugin->title = own.title;
	plugin->summary = own.summary;
	plugin->start = own.start;
	plugin->ready = own.ready;
	plugin->stop = own.stop;
	for (guint i = 0; i < N_ROW_TYPES; i++)
		if (!copy_table(&copy, &own, &row_types[i], plugin))
			return NULL;
	if (!plugin_complete(plugin, faults)) {
		faults_none(faults, error);
		return NULL;
	}
	plugin->note = plugin_to_json(plugin);
	return g_steal_pointer(&plugin);
}

const zhen_field *field_find(const zhen_field *fields, const char *name)
{
	for (; fields != NULL && fields->name != NULL; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

gboolean type_is_personal(guint32 type)
{
	return type == ZHEN_NAME || type == ZHEN_ID_CARD || type == ZHEN_PHONE;
}

const char *type_name(guint32 type)
{
	static const char *const names[ZHEN_TYPES] = {
		[ZHEN_TEXT] = "text",   [ZHEN_LONG_TEXT] = "long_text", [ZHEN_INT] = "int",
		[ZHEN_BOOL] = "bool",   [ZHEN_MONEY] = "money",         [ZHEN_DATE] = "date",
		[ZHEN_TIME] = "time",   [ZHEN_CHOICE] = "choice",       [ZHEN_DIVISION] = "division",
		[ZHEN_BODY] = "body",   [ZHEN_NAME] = "name",           [ZHEN_ID_CARD] = "id_card",
		[ZHEN_PHONE] = "phone", [ZHEN_SECRET] = "secret",       [ZHEN_FILE] = "file",
		[ZHEN_LIST] = "list",   [ZHEN_DECIMAL] = "decimal",
		[ZHEN_ACCOUNT] = "account",
	};

	return type < ZHEN_TYPES && names[type] != NULL ? names[type] : "unknown";
}

const char *method_name(guint32 method)
{
	static const char *const names[] = { [ZHEN_GET] = "GET",
					     [ZHEN_POST] = "POST",
					     [ZHEN_PUT] = "PUT",
					     [ZHEN_PATCH] = "PATCH",
					     [ZHEN_DELETE] = "DELETE" };

	return method < G_N_ELEMENTS(names) && names[method] != NULL ? names[method] : "?";
}
