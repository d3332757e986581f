/* SPDX-License-Identifier: Apache-2.0 */
#include "access/roles.h"

#include <string.h>

#include "access/access.h"
#include "base/log.h"

#define GROUP "role "

typedef struct Role {
	char *name;
	char *title;
	char **entries; /* as written: "approvals.accept", "approvals.*", "*" */
	char *where;    /* file:line of its permissions */
	gboolean own_body_only;
	guint64 *words; /* made by the seal */
} Role;

struct Roles {
	GPtrArray *all;         /* of Role, owned */
	GPtrArray *permissions; /* of char *, owned; the index is the number */
	GHashTable *numbers;    /* name -> number + 1 */
	gboolean sealed;
};

static void role_free(void *data)
{
	Role *role = data;

	g_free(role->words);
	g_free(role->where);
	g_strfreev(role->entries);
	g_free(role->title);
	g_free(role->name);
	g_free(role);
}

Roles *roles_new(const Conf *conf)
{
	Roles *roles = g_new0(Roles, 1);
	g_auto(GStrv) names = conf_groups(conf, GROUP);

	roles->all = g_ptr_array_new_with_free_func(role_free);
	roles->permissions = g_ptr_array_new_with_free_func(g_free);
	roles->numbers = g_hash_table_new(g_str_hash, g_str_equal);
	for (char **name = names; *name != NULL; name++) {
		g_autofree char *group = g_strconcat(GROUP, *name, NULL);
		const char *title = conf_text(conf, group, "title");
		Role *role = g_new0(Role, 1);

		role->name = g_strdup(*name);
		role->title = g_strdup(title != NULL ? title : "");
		role->entries = conf_list(conf, group, "permissions");
		role->where = conf_where(conf, group, "permissions");
		role->own_body_only = g_strcmp0(conf_text(conf, group, "scope"), "body") == 0;
		g_ptr_array_add(roles->all, role);
	}
	return roles;
}

void roles_free(Roles *roles)
{
	if (roles == NULL)
		return;
	g_hash_table_unref(roles->numbers);
	g_ptr_array_unref(roles->permissions);
	g_ptr_array_unref(roles->all);
	g_free(roles);
}

guint roles_permission(Roles *roles, const char *name)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(roles->numbers, name));
	char *copy;

	if (number > 0)
		return number - 1;
	if (roles->sealed)
		return G_MAXUINT;
	copy = g_strdup(name);
	g_ptr_array_add(roles->permissions, copy);
	g_hash_table_insert(roles->numbers, copy, GUINT_TO_POINTER(roles->permissions->len));
	return roles->permissions->len - 1;
}

void roles_adopt(Roles *roles, const Roles *from)
{
	for (guint i = 0; i < from->permissions->len; i++)
		roles_permission(roles, from->permissions->pdata[i]);
}

const char *roles_host_name(enum HostPermission permission)
{
	static const char *const names[HOST_PERMISSIONS] = {
		[HOST_SYSTEM] = ACCESS_SYSTEM, [HOST_USERS] = ACCESS_USERS, [HOST_AUDIT] = ACCESS_AUDIT
	};

	return names[permission];
}

void roles_know_host(Roles *roles)
{
	for (guint i = 0; i < HOST_PERMISSIONS; i++)
		roles_permission(roles, roles_host_name(i));
}

gboolean roles_too_much(guint64 word)
{
	word &= HOST_PERMISSION_BITS;
	return (word & (word - 1)) != 0;
}

static gboolean entry_matches(const char *entry, const char *permission)
{
	gsize length = strlen(entry);

	if (strcmp(entry, "*") == 0)
		return !g_str_has_prefix(permission, "kernel.");
	if (g_str_has_suffix(entry, ".*"))
		return strncmp(entry, permission, length - 1) == 0;
	return strcmp(entry, permission) == 0;
}

/* The part of @name before its first dot. (transfer full) */
static char *prefix_of(const char *name)
{
	return g_strndup(name, strcspn(name, "."));
}

/* Prefixes of all permissions that are declared, NULL-ended. (transfer full) */
static GPtrArray *declared_prefixes(const Roles *roles)
{
	GPtrArray *prefixes = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < roles->permissions->len; i++)
		g_ptr_array_add(prefixes, prefix_of(roles->permissions->pdata[i]));
	g_ptr_array_add(prefixes, NULL);
	return prefixes;
}

/* Of an enabled plugin: misspelt. */
static void tell_unknown(const Roles *roles, const Role *role, const char *entry, Faults *out)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_auto(Meant) meant = { 0 };

	for (guint i = 0; i < roles->permissions->len; i++)
		g_ptr_array_add(names, roles->permissions->pdata[i]);
	g_ptr_array_add(names, NULL);
	meant = meant_new("'", conf_nearest(entry, (const char *const *)names->pdata), "'");
	faults_add(out, ERROR_NOT_FOUND,
	           "%s: [role %s] permissions: 没有模块声明权限 '%s'%s(names the permission '%s', which no plugin declares%s)",
	           role->where, role->name, entry, meant.chinese, entry, meant.english);
}

/* Those of a plugin that runs elsewhere: roles are written once for all pilots. */
static void tell_unused(const Role *role, const char *prefix, guint count, const char *const *declared, Faults *out)
{
	g_auto(Meant) meant = meant_new("'", conf_nearest(prefix, declared), "'");

	faults_add(out, ERROR_NOT_FOUND,
	           "%s: [role %s] permissions: '%s' 的 %u 项权限没有用处：没有启用声明它们的模块%s(%u permissions of '%s' are of "
	           "no use: no enabled plugin declares them%s)",
	           role->where, role->name, prefix, count, meant.chinese, count, prefix, meant.english);
}

/* @unknown: entries of @role that match nothing. */
static void tell_all_unknown(const Roles *roles, const Role *role, const GPtrArray *unknown, Faults *out)
{
	g_autoptr(GPtrArray) declared = declared_prefixes(roles);
	const char *const *there = (const char *const *)declared->pdata;

	for (guint i = 0; i < unknown->len; i++) {
		g_autofree char *prefix = prefix_of(unknown->pdata[i]);
		guint before = 0, count = 0;

		if (g_strv_contains(there, prefix)) {
			tell_unknown(roles, role, unknown->pdata[i], out);
			continue;
		}
		for (guint k = 0; k < unknown->len; k++) {
			g_autofree char *other = prefix_of(unknown->pdata[k]);

			count += strcmp(other, prefix) == 0;
			before += k < i && strcmp(other, prefix) == 0;
		}
		if (before == 0)
			tell_unused(role, prefix, count, there, out);
	}
}

/* Whoever keeps the system, gives rights, and looks at the audit are three (GB/T 22239). */
#define EXCLUSIVE ACCESS_SYSTEM ", " ACCESS_USERS ", " ACCESS_AUDIT

static void separate(const Roles *roles, Role *role, Faults *out)
{
	const gboolean known = g_hash_table_contains(roles->numbers, ACCESS_SYSTEM);

	if (!known || !roles_too_much(role->words[0]))
		return;
	role->words[0] &= ~HOST_PERMISSION_BITS;
	faults_add(out, ERROR_INVALID,
	           "%s: [role %s] permissions: " EXCLUSIVE " 只能有其一，现一项也不给 (has more than one of " EXCLUSIVE
	           ": it gets none of them)",
	           role->where, role->name);
}

void roles_resolve(Roles *roles, Faults *unknown)
{
	roles->sealed = TRUE;
	for (guint i = 0; i < roles->all->len; i++) {
		Role *role = roles->all->pdata[i];
		g_autoptr(GPtrArray) nowhere = g_ptr_array_new(); /* of entries, borrowed */

		g_free(role->words);
		role->words = g_new0(guint64, roles_words(roles) + 1);
		for (char **entry = role->entries; *entry != NULL; entry++) {
			gboolean known = strcmp(*entry, "*") == 0;

			for (guint n = 0; n < roles->permissions->len; n++)
				if (entry_matches(*entry, roles->permissions->pdata[n])) {
					role->words[n / 64] |= G_GUINT64_CONSTANT(1) << (n % 64);
					known = TRUE;
				}
			if (!known)
				g_ptr_array_add(nowhere, *entry);
		}
		tell_all_unknown(roles, role, nowhere, unknown);
		separate(roles, role, unknown);
	}
}

void roles_seal(Roles *roles)
{
	g_autoptr(Faults) unknown = faults_new();

	roles_resolve(roles, unknown);
	for (guint i = 0; i < faults_kept(unknown); i++)
		log_warn("%s", faults_nth(unknown, i)->message);
}

guint roles_words(const Roles *roles)
{
	return (roles->permissions->len + 63) / 64;
}

static const Role *find(const Roles *roles, const char *name)
{
	for (guint i = 0; i < roles->all->len; i++) {
		const Role *role = roles->all->pdata[i];

		if (strcmp(role->name, name) == 0)
			return role;
	}
	return NULL;
}

gboolean roles_grant(const Roles *roles, const char *name, guint64 *words)
{
	const Role *role = find(roles, name);

	g_assert(roles->sealed);
	for (guint i = 0; role != NULL && i < roles_words(roles); i++)
		words[i] |= role->words[i];
	return role != NULL;
}

gboolean roles_own_body_only(const Roles *roles, const char *name)
{
	const Role *role = find(roles, name);

	return role != NULL && role->own_body_only;
}

const char *roles_title(const Roles *roles, const char *name)
{
	const Role *role = find(roles, name);

	return role != NULL ? role->title : NULL;
}

const char *roles_nearest(const Roles *roles, const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < roles->all->len; i++)
		g_ptr_array_add(names, ((const Role *)roles->all->pdata[i])->name);
	g_ptr_array_add(names, NULL);
	return conf_nearest(name, (const char *const *)names->pdata);
}
