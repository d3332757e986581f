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

static void tell_unknown(const Roles *roles, const Role *role, const char *entry, Faults *out)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const char *nearest;

	for (guint i = 0; i < roles->permissions->len; i++)
		g_ptr_array_add(names, roles->permissions->pdata[i]);
	g_ptr_array_add(names, NULL);
	nearest = conf_nearest(entry, (const char *const *)names->pdata);
	faults_add(out, ERROR_NOT_FOUND, "%s: [role %s] names the permission '%s', which no plugin declares%s%s%s", role->where,
	           role->name, entry, nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
	           nearest != NULL ? "'?" : "");
}

/* Whoever keeps the system, gives rights, and looks at the audit are three (GB/T 22239). */
static void separate(const Roles *roles, Role *role, Faults *out)
{
	const gboolean known = g_hash_table_contains(roles->numbers, ACCESS_SYSTEM);

	if (!known || !roles_too_much(role->words[0]))
		return;
	role->words[0] &= ~HOST_PERMISSION_BITS;
	faults_add(out, ERROR_INVALID,
	           "%s: [role %s] has more than one of " ACCESS_SYSTEM ", " ACCESS_USERS ", " ACCESS_AUDIT
	           ": it gets none of them",
	           role->where, role->name);
}

void roles_resolve(Roles *roles, Faults *unknown)
{
	roles->sealed = TRUE;
	for (guint i = 0; i < roles->all->len; i++) {
		Role *role = roles->all->pdata[i];

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
				tell_unknown(roles, role, *entry, unknown);
		}
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
