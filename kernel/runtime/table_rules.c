/* SPDX-License-Identifier: Apache-2.0
 * The rules of each table. */
#include <string.h>

#include "base/clock.h"
#include "runtime/rows.h"
#include "runtime/table_check.h"

typedef void TableRule(Check *check, guint n, GHashTable *seen);

static void check_flags(const Check *check, guint32 flags, guint32 known, guint32 reserved)
{
	if ((flags & ~known) != 0)
		check_fault(check, "flags", "unknown bits %#x", flags & ~known);
	if (reserved != 0)
		check_fault(check, "reserved", "not 0");
}

static void check_handle(const Check *check, zhen_handle *handle)
{
	if (handle == NULL)
		check_fault(check, "handle", "missing");
}

/* FALSE: no name at all. */
static gboolean check_word(const Check *check, const char *name)
{
	if (!word_valid(name, "", 60))
		check_fault(check, "name", "\"%s\" is not a name (a-z, then a-z 0-9 _)", name != NULL ? name : "");
	return name != NULL;
}

static void rule_migrations(Check *check, guint n, GHashTable *seen)
{
	const zhen_migration *row = &check->plugin->migrations[n];

	(void)seen;
	if (row->number != (gint32)n + 1)
		check_fault(check, "number", "%d where %u comes next (numbered from 1 without gaps)", row->number,
		            n + 1);
	if (row->phase > ZHEN_CONTRACT)
		check_fault(check, "phase", "%u is no phase", row->phase);
	if (row->phase == ZHEN_BACKFILL) {
		check_handle(check, row->handle);
		return;
	}
	if (row->handle != NULL)
		check_fault(check, "handle", "belongs to a backfill only");
	if (row->sql == NULL || row->sql[strspn(row->sql, " \t\r\n;")] == '\0')
		check_fault(check, "sql", "missing");
}

/* Splits a path into its segments; parameters come out as "{}" in @out_shape and by name in @out_params. */
static gboolean path_parse(const Check *check, const char *path, GString *out_shape, GPtrArray *out_params)
{
	g_auto(GStrv) parts =
		path != NULL && path[0] == '/' && strlen(path) <= 200 ? g_strsplit(path + 1, "/", -1) : NULL;

	if (parts == NULL)
		return check_fault(check, "path", "does not begin with '/', or is longer than 200 bytes");
	if (strcmp(path, "/") == 0)
		return TRUE;
	for (guint i = 0; parts[i] != NULL; i++) {
		gsize length = strlen(parts[i]);
		gboolean param = length > 2 && parts[i][0] == '{' && parts[i][length - 1] == '}';
		g_autofree char *name = param ? g_strndup(parts[i] + 1, length - 2) : g_strdup(parts[i]);

		if (param && !word_valid(name, "", 60))
			return check_fault(check, "path", "\"{%s}\" is no parameter", name);
		if (!param && (length == 0 || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-.") != length ||
		               name[0] == '.'))
			return check_fault(check, "path", "segment \"%s\" is not made of a-z 0-9 _ - .", name);
		g_string_append_printf(out_shape, "/%s", param ? "{}" : name);
		if (param)
			g_ptr_array_add(out_params, g_steal_pointer(&name));
	}
	return TRUE;
}

static void check_path(const Check *check, const zhen_route *row, GHashTable *seen)
{
	g_autoptr(GString) shape = g_string_new(method_name(row->method));
	g_autoptr(GPtrArray) params = g_ptr_array_new_with_free_func(g_free);

	g_string_append_c(shape, ' ');
	if (!path_parse(check, row->path, shape, params))
		return;
	for (guint i = 0; i < params->len; i++) {
		const char *name = params->pdata[i];
		const zhen_field *field = field_find(row->fields, name);

		if (field == NULL)
			check_fault(check, "path", "parameter \"%s\" is not among the fields", name);
		else if (field->type == ZHEN_LIST || field->type == ZHEN_FILE || field->type == ZHEN_LONG_TEXT)
			check_fault(check, "path", "parameter \"%s\" cannot be of type %s", name,
			            type_name(field->type));
		for (guint before = 0; before < i; before++)
			if (strcmp(params->pdata[before], name) == 0)
				check_fault(check, "path", "parameter \"%s\" stands twice", name);
	}
	check_unique(check, seen, "path", shape->str);
}

static void check_route_members(const Check *check, const zhen_route *row)
{
	const zhen_field *subject = row->subject != NULL ? field_find(row->fields, row->subject) : NULL;
	gboolean read = row->method == ZHEN_GET;

	if (row->permission == NULL && (row->flags & ZHEN_PUBLIC) == 0)
		check_fault(check, "permission", "missing (only a ZHEN_PUBLIC route has none)");
	if (row->summary == NULL)
		check_fault(check, "summary", "missing");
	if (read && row->prepare != NULL)
		check_fault(check, "prepare", "belongs to a write");
	if (!read && (row->flags & ZHEN_POOL) != 0)
		check_fault(check, "flags", "ZHEN_POOL belongs to a read");
	if (row->upload_bytes < 0 || row->upload_files < 0)
		check_fault(check, row->upload_bytes < 0 ? "upload_bytes" : "upload_files", "below 0");
	if (row->subject != NULL && subject == NULL && field_find(row->reply, row->subject) == NULL)
		check_fault(check, "subject", "\"%s\" is not among the fields", row->subject);
	if (subject != NULL && type_is_personal(subject->type))
		check_fault(check, "subject", "\"%s\" is personal: it would stand in the audit for ever", row->subject);
	if (row->version != NULL && row->reply != NULL && field_find(row->reply, row->version) == NULL)
		check_fault(check, "version", "\"%s\" is not a field of the reply", row->version);
}

static void rule_routes(Check *check, guint n, GHashTable *seen)
{
	const zhen_route *row = &check->plugin->routes[n];

	g_snprintf(check->label, sizeof(check->label), "%s %s", method_name(row->method), row->path);
	if (row->method == 0 || row->method > ZHEN_DELETE)
		check_fault(check, "method", "%u is no method", row->method);
	check_flags(check, row->flags, ZHEN_PUBLIC | ZHEN_POOL | ZHEN_UPLOADS, row->reserved);
	check_handle(check, row->handle);
	check_fields(check, "fields", row->fields, FIELDS_REQUEST);
	check_fields(check, "reply", row->reply, FIELDS_REPLY);
	check_path(check, row, seen);
	check_route_members(check, row);
	check_permission(check, "permission", row->permission);
	check_permission(check, "unmask", row->unmask);
	check_feature(check, row->feature);
}

/* Names of a plugin's own begin with its id. */
static gboolean is_own(const Check *check, const char *name)
{
	gsize length = strlen(check->plugin->id);

	return dotted_valid(name, 2) && strncmp(name, check->plugin->id, length) == 0 && name[length] == '.';
}

static void rule_topics(Check *check, guint n, GHashTable *seen)
{
	const zhen_topic *row = &check->plugin->topics[n];
	const zhen_field *scope = row->scope != NULL ? field_find(row->fields, row->scope) : NULL;

	if (!is_own(check, row->name))
		check_fault(check, "name", "\"%s\" is not like %s.noun.verb", row->name, check->plugin->id);
	check_flags(check, row->flags, ZHEN_TRANSIENT, row->reserved);
	check_unique(check, seen, "name", row->name);
	check_fields(check, "fields", row->fields, FIELDS_EVENT);
	if (row->subject != NULL && field_find(row->fields, row->subject) == NULL)
		check_fault(check, "subject", "\"%s\" is not among the fields", row->subject);
	if (row->scope != NULL && (scope == NULL || scope->type != ZHEN_DIVISION))
		check_fault(check, "scope", "\"%s\" is not a division among the fields", row->scope);
	check_permission(check, "permission", row->permission);
}

static void rule_subscriptions(Check *check, guint n, GHashTable *seen)
{
	const zhen_subscription *row = &check->plugin->subscriptions[n];

	if (!dotted_valid(row->topic, 2))
		check_fault(check, "topic", "\"%s\" is not like plugin.noun.verb", row->topic);
	if (row->publisher_min != NULL && !version_valid(row->publisher_min))
		check_fault(check, "publisher_min", "\"%s\" is not like 1.2.3", row->publisher_min);
	check_unique(check, seen, "topic", row->topic);
	check_handle(check, row->handle);
	check_fields(check, "fields", row->fields, FIELDS_EVENT);
	check_feature(check, row->feature);
}

static void rule_jobs(Check *check, guint n, GHashTable *seen)
{
	const zhen_job *row = &check->plugin->jobs[n];

	check_word(check, row->name);
	if (row->every_ms < 0)
		check_fault(check, "every_ms", "below 0");
	check_unique(check, seen, "name", row->name);
	check_handle(check, row->handle);
	check_feature(check, row->feature);
}

static gboolean is_choice(const zhen_setting *row)
{
	g_autofree char *hay = g_strdup_printf("|%s|", row->choices);
	g_autofree char *bare = g_strdup_printf("|%s|", row->def);
	g_autofree char *labelled = g_strdup_printf("|%s=", row->def);

	return strstr(hay, bare) != NULL || strstr(hay, labelled) != NULL;
}

/* The default is written as in the file, so it is read as there. */
static void check_default(const Check *check, const zhen_setting *row)
{
	gchar *end = NULL;
	gint64 number;

	if (row->type == ZHEN_BOOL && strcmp(row->def, "true") != 0 && strcmp(row->def, "false") != 0)
		check_fault(check, "def", "\"%s\" is neither true nor false", row->def);
	if (row->type == ZHEN_DATE && row->def[0] != '\0' && !clock_day_valid(row->def))
		check_fault(check, "def", "\"%s\" is not a day", row->def);
	if (row->type == ZHEN_CHOICE && row->choices != NULL && !is_choice(row))
		check_fault(check, "def", "\"%s\" is not one of the choices", row->def);
	if (row->type != ZHEN_INT && row->type != ZHEN_MONEY)
		return;
	number = g_ascii_strtoll(row->def, &end, 10);
	if (end == row->def || *end != '\0')
		check_fault(check, "def", "\"%s\" is not a number", row->def);
	else if (row->max > row->min && (number < row->min || number > row->max))
		check_fault(check, "def", "%s is outside %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, row->def, row->min,
		            row->max);
}

static void rule_settings(Check *check, guint n, GHashTable *seen)
{
	const zhen_setting *row = &check->plugin->settings[n];
	guint32 types = 1u << ZHEN_TEXT | 1u << ZHEN_INT | 1u << ZHEN_BOOL | 1u << ZHEN_CHOICE | 1u << ZHEN_DATE |
	                1u << ZHEN_MONEY | 1u << ZHEN_DECIMAL;

	if (!word_valid(row->key, "", 60))
		check_fault(check, "key", "\"%s\" is not a name (a-z, then a-z 0-9 _)", row->key);
	check_unique(check, seen, "key", row->key);
	if (row->type >= ZHEN_TYPES || (types & 1u << row->type) == 0) {
		check_fault(check, "type", "%s is no type of a setting", type_name(row->type));
		return; /* the rest goes by the type */
	}
	if ((row->choices != NULL) != (row->type == ZHEN_CHOICE))
		check_fault(check, "choices", row->choices != NULL ? "belongs to a choice only" : "missing");
	else if (row->choices != NULL)
		check_choices(check, row->choices);
	if ((row->flags & ZHEN_CONTENT) != 0 && row->type != ZHEN_TEXT)
		check_fault(check, "flags", "ZHEN_CONTENT belongs to a text");
	check_flags(check, row->flags, ZHEN_PER_DIVISION | ZHEN_CONTENT | ZHEN_RESTART, 0);
	check_range(check, row->type, row->min, row->max);
	if (row->def != NULL)
		check_default(check, row);
}

static void rule_features(Check *check, guint n, GHashTable *seen)
{
	const zhen_feature *row = &check->plugin->features[n];

	check_word(check, row->name);
	check_flags(check, row->flags, ZHEN_OFF_BY_DEFAULT, row->reserved);
	check_unique(check, seen, "name", row->name);
}

static void rule_permissions(Check *check, guint n, GHashTable *seen)
{
	const zhen_permission *row = &check->plugin->permissions[n];

	/* Callers carry one bit per row. */
	if (n >= 64)
		check_fault(check, NULL, "a plugin has at most 64 permissions");
	if (!is_own(check, row->name))
		check_fault(check, "name", "\"%s\" is not like %s.verb", row->name, check->plugin->id);
	check_unique(check, seen, "name", row->name);
}

static void rule_menu(Check *check, guint n, GHashTable *seen)
{
	const zhen_menu *row = &check->plugin->menu[n];

	(void)seen;
	if (row->path == NULL || row->path[0] != '/')
		check_fault(check, "path", "does not begin with '/'");
	else if (row->module == NULL)
		check_get_route(check, row->path);
	if ((row->module != NULL) != (row->element != NULL))
		check_fault(check, "element",
		            row->element != NULL ? "needs a module" : "missing (the module defines it)");
	check_flags(check, 0, 0, row->reserved);
	check_permission(check, "permission", row->permission);
	check_feature(check, row->feature);
}

/* Tiles and tasks: a named view of a GET route. */
static void check_view(const Check *check, GHashTable *seen, const char *name, const char *path, const char *permission,
                       const char *feature)
{
	if (check_word(check, name))
		check_unique(check, seen, "name", name);
	check_get_route(check, path);
	check_permission(check, "permission", permission);
	check_feature(check, feature);
}

static void rule_tiles(Check *check, guint n, GHashTable *seen)
{
	const zhen_tile *row = &check->plugin->tiles[n];
	static const char *const pillars[] = { "list", "seal", "team", "coordination", NULL };

	if (row->pillar != NULL && !g_strv_contains(pillars, row->pillar))
		check_fault(check, "pillar", "\"%s\" is none of list, seal, team, coordination", row->pillar);
	check_view(check, seen, row->name, row->path, row->permission, row->feature);
}

static void rule_tasks(Check *check, guint n, GHashTable *seen)
{
	const zhen_task *row = &check->plugin->tasks[n];

	check_view(check, seen, row->name, row->path, row->permission, row->feature);
}

/* As in {{scope}}: "village township or body". */
static gboolean is_scope(const char *text)
{
	g_auto(GStrv) words = g_strsplit(text, " ", -1);

	for (guint i = 0; words[i] != NULL; i++)
		if (!word_valid(words[i], "", 60) ||
		    (strcmp(words[i], "or") == 0 && (i == 0 || words[i + 1] == NULL || words[i + 2] != NULL)))
			return FALSE;
	return TRUE;
}

static void rule_searches(Check *check, guint n, GHashTable *seen)
{
	const zhen_search *row = &check->plugin->searches[n];
	g_auto(GStrv) columns = g_strsplit(row->columns != NULL ? row->columns : "", ",", -1);

	if (!word_valid(row->table, "", 60))
		check_fault(check, "table", "\"%s\" is no table of a plugin", row->table != NULL ? row->table : "");
	if (columns[0] == NULL)
		check_fault(check, "columns", "missing");
	for (guint i = 0; columns[i] != NULL; i++)
		if (!word_valid(g_strstrip(columns[i]), "", 60))
			check_fault(check, "columns", "\"%s\" is no column", columns[i]);
	if (row->scope != NULL && !is_scope(row->scope))
		check_fault(check, "scope", "\"%s\" is not written as in {{scope}}", row->scope);
	if (!word_valid(row->name, "", 40))
		check_fault(check, "name", "\"%s\" is not a name (a-z, then a-z 0-9 _)", row->name);
	check_view(check, seen, row->name, row->path, row->permission, row->feature);
}

static void rule_needs(Check *check, guint n, GHashTable *seen)
{
	const zhen_need *row = &check->plugin->needs[n];

	if (strlen(row->plugin) < 2 || !word_valid(row->plugin, "", 31))
		check_fault(check, "plugin", "\"%s\" is not 2 to 31 of a-z, 0-9 and _", row->plugin);
	if (strcmp(row->plugin, check->plugin->id) == 0)
		check_fault(check, "plugin", "is this plugin itself");
	if (row->min_version != NULL && !version_valid(row->min_version))
		check_fault(check, "min_version", "\"%s\" is not like 1.2.3", row->min_version);
	check_flags(check, row->flags, ZHEN_OPTIONAL, row->reserved);
	check_unique(check, seen, "plugin", row->plugin);
}

static void rule_purges(Check *check, guint n, GHashTable *seen)
{
	const zhen_purge *row = &check->plugin->purges[n];

	if (!word_valid(row->subject, "", 60))
		check_fault(check, "subject", "\"%s\" is not a name (a-z, then a-z 0-9 _)", row->subject);
	check_unique(check, seen, "subject", row->subject);
	check_handle(check, row->handle);
}

#define X(member, row) [ROWS_##member] = rule_##member,
static TableRule *const rules[N_ROW_TYPES] = { PLUGIN_TABLES(X) };
#undef X

void check_table(Check *check, guint type)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	guint count;
	const char *rows = rows_of(check->plugin, &row_types[type], &count);

	for (guint n = 0; n < count; n++) {
		const char *label = row_text(rows + n * row_types[type].size, 0);

		/* A migration's first pointer is its SQL: the number says enough. */
		check_at(check, row_types[type].table, n, type == ROWS_migrations ? NULL : label);
		rules[type](check, n, seen);
	}
}
