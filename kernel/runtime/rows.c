/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/rows.h"

#include <string.h>

/* The kind follows from the C type, so a member cannot be listed as what it is not. */
#define KIND_OF(x)                                                                                                     \
	_Generic((x), const char *: MEMBER_TEXT, zhen_handle *: MEMBER_HANDLE, const zhen_field *: MEMBER_FIELDS,     \
		int64_t: MEMBER_I64, int32_t: MEMBER_I32, uint32_t: MEMBER_U32)
#define M(row, member)                                                                                                 \
	{                                                                                                              \
#member, KIND_OF(((row *)NULL)->member), offsetof(row, member), sizeof(((row *)NULL)->member)          \
	}

static const RowMember members_field[] = {
	M(zhen_field, choices), M(zhen_field, fields), M(zhen_field, flags), M(zhen_field, help), M(zhen_field, label),
	M(zhen_field, max),     M(zhen_field, min),    M(zhen_field, name),  M(zhen_field, type),
};

static const RowMember members_migrations[] = {
	M(zhen_migration, handle),
	M(zhen_migration, number),
	M(zhen_migration, phase),
	M(zhen_migration, sql),
};

static const RowMember members_routes[] = {
	M(zhen_route, feature), M(zhen_route, fields),       M(zhen_route, flags),        M(zhen_route, handle),
	M(zhen_route, method),  M(zhen_route, path),         M(zhen_route, permission),   M(zhen_route, prepare),
	M(zhen_route, reply),   M(zhen_route, reserved),     M(zhen_route, subject),      M(zhen_route, summary),
	M(zhen_route, unmask),  M(zhen_route, upload_bytes), M(zhen_route, upload_files), M(zhen_route, version),
};

static const RowMember members_topics[] = {
	M(zhen_topic, fields),   M(zhen_topic, flags), M(zhen_topic, name),    M(zhen_topic, permission),
	M(zhen_topic, reserved), M(zhen_topic, scope), M(zhen_topic, subject), M(zhen_topic, summary),
};

static const RowMember members_subscriptions[] = {
	M(zhen_subscription, feature),       M(zhen_subscription, fields), M(zhen_subscription, handle),
	M(zhen_subscription, publisher_min), M(zhen_subscription, topic),
};

static const RowMember members_jobs[] = {
	M(zhen_job, every_ms), M(zhen_job, feature), M(zhen_job, handle),
	M(zhen_job, name),     M(zhen_job, prepare), M(zhen_job, summary),
};

static const RowMember members_settings[] = {
	M(zhen_setting, choices), M(zhen_setting, def),  M(zhen_setting, flags),
	M(zhen_setting, help),    M(zhen_setting, key),  M(zhen_setting, max),
	M(zhen_setting, min),     M(zhen_setting, type), M(zhen_setting, unit),
};

static const RowMember members_features[] = {
	M(zhen_feature, flags),    M(zhen_feature, help),  M(zhen_feature, name),
	M(zhen_feature, reserved), M(zhen_feature, title),
};

static const RowMember members_permissions[] = {
	M(zhen_permission, name),
	M(zhen_permission, title),
};

static const RowMember members_menu[] = {
	M(zhen_menu, element),    M(zhen_menu, feature),  M(zhen_menu, icon),
	M(zhen_menu, module),     M(zhen_menu, order),    M(zhen_menu, path),
	M(zhen_menu, permission), M(zhen_menu, reserved), M(zhen_menu, title),
};

static const RowMember members_tiles[] = {
	M(zhen_tile, feature),    M(zhen_tile, name),   M(zhen_tile, path),
	M(zhen_tile, permission), M(zhen_tile, pillar), M(zhen_tile, title),
};

static const RowMember members_tasks[] = {
	M(zhen_task, feature), M(zhen_task, name), M(zhen_task, path), M(zhen_task, permission), M(zhen_task, title),
};

static const RowMember members_searches[] = {
	M(zhen_search, columns),    M(zhen_search, feature), M(zhen_search, name),  M(zhen_search, path),
	M(zhen_search, permission), M(zhen_search, scope),   M(zhen_search, table), M(zhen_search, title),
};

static const RowMember members_needs[] = {
	M(zhen_need, flags),
	M(zhen_need, min_version),
	M(zhen_need, plugin),
	M(zhen_need, reserved),
};

static const RowMember members_purges[] = {
	M(zhen_purge, handle),
	M(zhen_purge, subject),
	M(zhen_purge, summary),
};

const RowType row_field = { .table = "fields",
			    .size = sizeof(zhen_field),
			    .members = members_field,
			    .n_members = G_N_ELEMENTS(members_field) };

#define X(name, row)                                                                                                   \
	[ROWS_##name] = { .table = #name,                                                                              \
			  .size = sizeof(row),                                                                         \
			  .members = members_##name,                                                                   \
			  .n_members = G_N_ELEMENTS(members_##name),                                                   \
			  .entry_rows = offsetof(zhen_plugin, name),                                                   \
			  .entry_size = offsetof(zhen_plugin, name##_size),                                            \
			  .entry_reserved = offsetof(zhen_plugin, name##_reserved),                                    \
			  .plugin_rows = offsetof(Plugin, name),                                                       \
			  .plugin_count = offsetof(Plugin, n_##name) },
const RowType row_types[N_ROW_TYPES] = { PLUGIN_TABLES(X) };
#undef X

/* Members are reached by offset, so they are copied out: no pointer of another type is ever dereferenced. */
void *rows_of(const Plugin *plugin, const RowType *type, guint *out_count)
{
	void *rows;

	memcpy(&rows, (const char *)plugin + type->plugin_rows, sizeof(rows));
	memcpy(out_count, (const char *)plugin + type->plugin_count, sizeof(*out_count));
	return rows;
}

void rows_set(Plugin *plugin, const RowType *type, void *rows, guint count)
{
	memcpy((char *)plugin + type->plugin_rows, &rows, sizeof(rows));
	memcpy((char *)plugin + type->plugin_count, &count, sizeof(count));
}

const char *row_text(const void *row, gsize offset)
{
	const char *text;

	memcpy(&text, (const char *)row + offset, sizeof(text));
	return text;
}

gint64 row_number(const void *row, const RowMember *member)
{
	const char *at = (const char *)row + member->offset;
	gint64 wide;
	gint32 narrow;
	guint32 positive;

	if (member->kind == MEMBER_I64) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	if (member->kind == MEMBER_I32) {
		memcpy(&narrow, at, sizeof(narrow));
		return narrow;
	}
	memcpy(&positive, at, sizeof(positive));
	return positive;
}

gboolean row_is_end(const RowType *type, const void *row)
{
	if (row_text(row, 0) != NULL)
		return FALSE;
	return type != &row_types[ROWS_migrations] || row_text(row, offsetof(zhen_migration, handle)) == NULL;
}
