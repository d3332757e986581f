/* SPDX-License-Identifier: Apache-2.0
 * What the files that make and check a Plugin share; nobody else's business. */
#pragma once

#include "base/arena.h"
#include "base/faults.h"
#include "runtime/table.h"

/* The plugin and the memory its rows (and, from a note, its texts) live in. */
typedef struct PluginBox {
	Plugin plugin;
	Arena *arena;
} PluginBox;

Plugin *plugin_new(void);
Arena *plugin_arena(Plugin *plugin);

/* Checks the copied rows, and adds the permissions that a plugin without a permission table uses. FALSE: @faults says why. */
gboolean plugin_complete(Plugin *plugin, Faults *faults);
/* The words about two versions and what to do. */
gboolean abi_check(guint16 major, guint16 minor, GError **error);
