/* SPDX-License-Identifier: Apache-2.0
 * A plugin's tables as the host holds them: rows copied at the host's own size, whatever SDK compiled them. */
#pragma once

#include <jansson.h>
#include <zhen/zhen.h>
#include "base/faults.h"

/* X(member, row type): every table of zhen_plugin, in its order. */
#define PLUGIN_TABLES(X)                        \
	X(migrations, zhen_migration)           \
	X(routes, zhen_route)                   \
	X(topics, zhen_topic)                   \
	X(subscriptions, zhen_subscription)     \
	X(jobs, zhen_job)                       \
	X(settings, zhen_setting)               \
	X(features, zhen_feature)               \
	X(permissions, zhen_permission)         \
	X(menu, zhen_menu)                      \
	X(tiles, zhen_tile)                     \
	X(tasks, zhen_task)                     \
	X(searches, zhen_search)                \
	X(needs, zhen_need)                     \
	X(purges, zhen_purge)

typedef struct Plugin {
	const char *id;
	const char *version;
	const char *title;
	const char *summary;
	zhen_handle *start, *ready, *stop;
#define X(member, row) \
	row *member;   \
	guint n_##member;
	PLUGIN_TABLES(X)
#undef X
	char *note; /* canonical JSON of all of it: what section .note.zhen holds */
} Plugin;

/* Copies and checks @entry: ABI, ids, names, unique rows, required members, field lists, permissions that exist, no
 * personal types in topics. Every fault is named with table, row and field. NULL = @error set. Runs no handler. */
Plugin *plugin_bind(const zhen_plugin *entry, GError **error);
/* The same from a note alone (handlers stay NULL): what can be known without running code. */
Plugin *plugin_from_note(const char *json, gsize length, GError **error);
Plugin *plugin_from_note_all(const char *json, gsize length, Faults *faults); /* every fault; NULL = there is one */
void plugin_free(Plugin *plugin);
/* Canonical JSON: tables in order, fields sorted, zero members left out, handlers as true. */
char *plugin_to_json(const Plugin *plugin);

const zhen_field *field_find(const zhen_field *fields, const char *name); /* host-sized rows only */
gboolean type_is_personal(guint32 type);
const char *type_name(guint32 type);   /* "division" */
const char *method_name(guint32 method); /* "GET" */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plugin, plugin_free)
