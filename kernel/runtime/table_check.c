/* SPDX-License-Identifier: Apache-2.0
 * What a plugin's tables must be. Every fault is named with table, row and member. */
#include "runtime/table_check.h"

#include <string.h>

#include "runtime/rows.h"
#include "runtime/table_parts.h"

#define CHOICE_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

gboolean check_fault(const Check *check, const char *member, const char *format, ...)
{
	va_list args;
	g_autofree char *text = NULL;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return faults_add(check->faults, ERROR_INVALID, "%s[%u]%s%s: %s%s%s", check->table, check->row,
	                  check->label[0] != '\0' ? " " : "", check->label, member != NULL ? member : "",
	                  member != NULL ? ": " : "", text);
}

void check_at(Check *check, const char *table, guint row, const char *label)
{
	check->table = table;
	check->row = row;
	g_snprintf(check->label, sizeof(check->label), "%s", label != NULL ? label : "");
}

gboolean word_valid(const char *text, const char *more, gsize max)
{
	gsize length = text != NULL ? strlen(text) : 0;

	if (length == 0 || length > max || !g_ascii_islower(text[0]))
		return FALSE;
	for (gsize i = 1; i < length; i++)
		if (!g_ascii_islower(text[i]) && !g_ascii_isdigit(text[i]) && text[i] != '_' &&
		    strchr(more, text[i]) == NULL)
			return FALSE;
	return TRUE;
}

gboolean version_valid(const char *text)
{
	guint numbers = 0;

	while (text != NULL && numbers < 3) {
		const char *start = text;

		while (g_ascii_isdigit(*text))
			text++;
		if (text == start || text - start > 9 || (*start == '0' && text - start > 1))
			return FALSE;
		numbers++;
		if (numbers < 3 && *text++ != '.')
			return FALSE;
	}
	if (text == NULL)
		return FALSE;
	if (*text != '\0' && *text != '-' && *text != '+')
		return FALSE;
	if (*text != '\0' && text[1] == '\0')
		return FALSE;
	for (text += *text != '\0'; *text != '\0'; text++)
		if (!g_ascii_isalnum(*text) && strchr(".-+", *text) == NULL)
			return FALSE;
	return TRUE;
}

/* "a.b" or "a.b.c", each a word. */
gboolean dotted_valid(const char *text, guint parts_min)
{
	g_auto(GStrv) parts = text != NULL && strlen(text) <= 120 ? g_strsplit(text, ".", -1) : NULL;

	if (parts == NULL || g_strv_length(parts) < parts_min || g_strv_length(parts) > 4)
		return FALSE;
	for (guint i = 0; parts[i] != NULL; i++)
		if (!word_valid(parts[i], "", 60))
			return FALSE;
	return TRUE;
}

/* "house=住房|yard=院落": values are words or codes, each once. */
void check_choices(const Check *check, const char *choices)
{
	g_auto(GStrv) parts = g_strsplit(choices, "|", -1);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; parts[i] != NULL; i++) {
		char *equals = strchr(parts[i], '=');

		if (equals != NULL)
			*equals = '\0';
		if (parts[i][0] == '\0' || (equals != NULL && equals[1] == '\0')) {
			check_fault(check, "choices", "\"%s\" is not value=label|value=label", choices);
			return;
		}
		if (parts[i][strspn(parts[i], CHOICE_LETTERS)] != '\0')
			check_fault(check, "choices", "value \"%s\" may have letters, digits and _-. only", parts[i]);
		if (!g_hash_table_add(seen, parts[i]))
			check_fault(check, "choices", "value \"%s\" stands twice", parts[i]);
	}
	if (parts[0] == NULL)
		check_fault(check, "choices", "empty");
}

void check_range(const Check *check, guint32 type, gint64 min, gint64 max)
{
	gboolean number = type == ZHEN_INT || type == ZHEN_MONEY;

	if (type == ZHEN_DIVISION && (min < 0 || min > 5 || max < 0 || max > 5 || (min > 0 && max > 0)))
		check_fault(check, "min", "a division's level is 0 to 5, and has a deepest one where it may be any");
	if (type == ZHEN_DIVISION || (min == 0 && max == 0))
		return;
	if (max <= min)
		check_fault(check, "max", "%" G_GINT64_FORMAT " is not above min %" G_GINT64_FORMAT, max, min);
	if (!number && min < 0)
		check_fault(check, "min", "%" G_GINT64_FORMAT " is below 0", min);
	if (type == ZHEN_DECIMAL && max > 9)
		check_fault(check, "max", "more than 9 digits after the point");
}

static void check_field(const Check *check, const zhen_field *field, FieldUse use)
{
	if (!word_valid(field->name, "", 60))
		check_fault(check, "name", "\"%s\" is not a name (a-z, then a-z 0-9 _)", field->name);
	if (field->type == 0 || field->type >= ZHEN_TYPES) {
		check_fault(check, "type", "%u is no type", field->type);
		return; /* the rest goes by the type */
	}
	if ((field->flags & ~(guint32)(ZHEN_REQUIRED | ZHEN_HIDDEN | ZHEN_ANYWHERE)) != 0)
		check_fault(check, "flags", "unknown bits %#x", field->flags);
	if (use == FIELDS_EVENT && (type_is_personal(field->type) || field->type == ZHEN_SECRET))
		check_fault(check, "type", "%s: events carry no personal data", type_name(field->type));
	if (field->type == ZHEN_MONEY && !g_str_has_suffix(field->name, "_fen"))
		check_fault(check, "name", "money is counted in fen, its name ends in _fen");
	if (field->type == ZHEN_ACCOUNT && (use != FIELDS_REQUEST))
		check_fault(check, "type", "an account is named by a route's own field only");
	if (field->type == ZHEN_ACCOUNT)
		check_permission(check, "choices", field->choices);
	else if ((field->choices != NULL) != (field->type == ZHEN_CHOICE))
		check_fault(check, "choices", field->choices != NULL ? "belongs to a choice only" : "missing");
	else if (field->choices != NULL)
		check_choices(check, field->choices);
	if ((field->fields != NULL) != (field->type == ZHEN_LIST))
		check_fault(check, "fields", field->fields != NULL ? "belongs to a list only" : "missing");
	check_range(check, field->type, field->min, field->max);
}

/* @member: of the row at hand that holds the list ("fields", "reply"). */
void check_fields(const Check *check, const char *member, const zhen_field *fields, FieldUse use)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; fields != NULL && fields[i].name != NULL; i++) {
		Check inner = *check;

		g_snprintf(inner.label, sizeof(inner.label), "%s%s%s[%u] %s", check->label,
			   check->label[0] != '\0' ? ": " : "", member, i, fields[i].name);
		check_field(&inner, &fields[i], use);
		if (!g_hash_table_add(seen, (gpointer)fields[i].name))
			check_fault(&inner, "name", "stands twice");
		if (fields[i].fields != NULL)
			check_fields(&inner, "fields", fields[i].fields, use == FIELDS_REQUEST ? FIELDS_ELEMENT : use);
	}
}

void check_unique(const Check *check, GHashTable *seen, const char *member, const char *name)
{
	gpointer before;

	if (g_hash_table_lookup_extended(seen, name, NULL, &before))
		check_fault(check, member, "\"%s\" is also %s[%u]", name, check->table, GPOINTER_TO_UINT(before));
	else
		g_hash_table_insert(seen, g_strdup(name), GUINT_TO_POINTER(check->row));
}

void check_feature(const Check *check, const char *feature)
{
	if (feature == NULL)
		return;
	for (guint i = 0; i < check->plugin->n_features; i++)
		if (strcmp(check->plugin->features[i].name, feature) == 0)
			return;
	check_fault(check, "feature", "\"%s\" is not declared in features", feature);
}

void check_permission(const Check *check, const char *member, const char *permission)
{
	if (permission == NULL)
		return;
	for (guint i = 0; i < check->plugin->n_permissions; i++)
		if (strcmp(check->plugin->permissions[i].name, permission) == 0)
			return;
	check_fault(check, member, "\"%s\" is not declared in permissions", permission);
}

/* A GET route of this plugin, as its table writes it. */
void check_get_route(const Check *check, const char *path)
{
	if (path == NULL) {
		check_fault(check, "path", "missing");
		return;
	}
	for (guint i = 0; i < check->plugin->n_routes; i++)
		if (check->plugin->routes[i].method == ZHEN_GET && strcmp(check->plugin->routes[i].path, path) == 0)
			return;
	check_fault(check, "path", "\"%s\" is not a GET route of this plugin", path);
}

/* FALSE: nothing of it can be checked, for names begin with its id. */
static gboolean check_heading(const Plugin *plugin, Faults *faults)
{
	gboolean named = plugin->id != NULL && strlen(plugin->id) >= 2 && word_valid(plugin->id, "", 31);

	if (!named)
		faults_add(faults, ERROR_INVALID, "plugin: id: \"%s\" is not 2 to 31 of a-z, 0-9 and _",
		           plugin->id != NULL ? plugin->id : "");
	if (named && (strcmp(plugin->id, "host") == 0 || strcmp(plugin->id, "kernel") == 0))
		faults_add(faults, ERROR_INVALID, "plugin: id: \"%s\" is the host's own", plugin->id);
	if (!version_valid(plugin->version))
		faults_add(faults, ERROR_INVALID, "plugin: version: \"%s\" is not like 1.2.3",
		           plugin->version != NULL ? plugin->version : "");
	return named;
}

/* A plugin of thirty lines may leave its permissions out: what routes and topics name is then declared by naming it. */
static void imply(Plugin *plugin, const char *name)
{
	if (name == NULL)
		return;
	for (guint i = 0; i < plugin->n_permissions; i++)
		if (strcmp(plugin->permissions[i].name, name) == 0)
			return;
	plugin->permissions[plugin->n_permissions].name = name;
	plugin->permissions[plugin->n_permissions].title = name;
	plugin->n_permissions++;
}

static void imply_permissions(Plugin *plugin)
{
	gsize most = (gsize)plugin->n_routes * 2 + plugin->n_topics;

	if (plugin->n_permissions > 0 || most == 0)
		return;
	plugin->permissions = arena_alloc0(plugin_arena(plugin), (most + 1) * sizeof(*plugin->permissions));
	for (guint i = 0; i < plugin->n_routes; i++) {
		imply(plugin, plugin->routes[i].permission);
		imply(plugin, plugin->routes[i].unmask);
	}
	for (guint i = 0; i < plugin->n_topics; i++)
		imply(plugin, plugin->topics[i].permission);
}

gboolean plugin_complete(Plugin *plugin, Faults *faults)
{
	g_autoptr(Faults) found = faults_new();
	Check check = { .plugin = plugin, .faults = found };
	gboolean named = check_heading(plugin, faults), fine = named && version_valid(plugin->version);

	if (!named)
		return FALSE;
	imply_permissions(plugin);
	for (guint i = 0; i < N_ROW_TYPES; i++)
		check_table(&check, i);
	return faults_move(faults, found, plugin->id) && fine;
}
