/* SPDX-License-Identifier: Apache-2.0
 * Accounts to try the platform with: one per body, all with one known password, refused outside demo mode. */
#include "access/access_inside.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"

static const struct {
	const char *kind; /* ends in '-': a prefix */
	const char *role;
	const char *title; /* where the configuration gives none */
	const char *login; /* before the code of the division, of whom is not the body's first; NULL = the body's id */
} demo_posts[] = {
	{ "window", "clerk", "窗口办事员", NULL },       { "agriculture", "reviewer", "宅基地审核员", NULL },
	{ "planning", "planner", "规划审核员", NULL },   { "social", "reviewer", "社会事务审核员", NULL },
	{ "village", "station", "便民服务站", NULL },     { "government", "head", "负责人", NULL },
	{ "county-service", "admin", "业务管理员", NULL }, { "county-staffing", "staffing", "机构编制人员", NULL },
	{ "prefecture-staffing", "staffing", "机构编制人员", NULL }, { "county-bureau", "bureau", "综合行政执法人员", NULL },
	{ "county-government", "supervisor", "督查员", NULL }, { "county-command", "dispatcher", "调度员", NULL },
	{ "county-justice", "legal", "法制审核人员", NULL },
	{ "stationed", "department", "派驻机构人员", NULL },
	{ "county-", "department", "县级部门人员", NULL },
	{ "prefecture", "supervisor", "督查员", NULL },  { "prefecture-", "supervisor", "督查员", NULL },
	{ "government", "seal_keeper", "印章管理员", "seal-" },
	{ "government", "legal", "法制审核人员", "legal-" },
	{ "prefecture-office", "system_admin", "系统管理员", "system-" },
	{ "prefecture-office", "security_admin", "安全管理员", "security-" },
	{ "prefecture-office", "audit_admin", "审计管理员", "audit-" },
};

static gboolean kind_matches(const char *pattern, const char *kind)
{
	return g_str_has_suffix(pattern, "-") ? g_str_has_prefix(kind, pattern) : strcmp(pattern, kind) == 0;
}

static void account_free_any(void *account)
{
	account_free(account);
}

static Account *make_account(const Access *access, const Body *body, gsize row, const char *hash)
{
	const char *title = roles_title(access->roles, demo_posts[row].role);
	Account *account = g_new0(Account, 1);
	Post *post = g_new0(Post, 1);

	post->body = g_strdup(body->id);
	post->role = g_strdup(demo_posts[row].role);
	post->valid_to = G_MAXINT64;
	account->login = demo_posts[row].login != NULL ? g_strconcat(demo_posts[row].login, body->division->code, NULL) :
	                                                 g_ascii_strdown(body->id, -1);
	account->name = g_strconcat("演示·", title[0] != '\0' ? title : demo_posts[row].title, NULL);
	account->demo = TRUE;
	account->posts = g_ptr_array_new_with_free_func(account_post_free);
	g_ptr_array_add(account->posts, post);
	g_strlcpy(account->password, hash, sizeof(account->password));
	return account;
}

/* Bodies of the division and below, and those that supervise it from above. */
static gboolean concerns(const Body *body, const Division *division)
{
	return division_covers(division, body->division) || division_covers(body->division, division);
}

/* One that goes by the body's id, and those with a login of their own. */
static void add_body(const Access *access, const Body *body, const char *hash, GPtrArray *accounts, GPtrArray *lines)
{
	gboolean first = TRUE;

	for (gsize i = 0; i < G_N_ELEMENTS(demo_posts); i++) {
		Account *account;

		if (!kind_matches(demo_posts[i].kind, body->kind) || (demo_posts[i].login == NULL && !first))
			continue;
		first = first && demo_posts[i].login != NULL;
		if (roles_title(access->roles, demo_posts[i].role) == NULL) {
			if (demo_posts[i].login == NULL)
				log_warn("no demo account for %s: no [role %s]", body->id, demo_posts[i].role);
			continue;
		}
		account = make_account(access, body, i, hash);
		g_ptr_array_add(accounts, account);
		g_ptr_array_add(lines, g_strdup_printf("%s · %s · %s · %s", account->login, account->name, body->name,
		                                       demo_posts[i].role));
	}
}

char **access_demo_accounts(Access *access, const Division *division, GError **error)
{
	g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(account_free_any);
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	char hash[PASSWORD_HASH_SIZE];

	if (!access->options.demo) {
		throw_error(error, ERROR_REFUSED, "演示账号只在演示模式下有 (demo accounts exist in demo mode only)");
		return NULL;
	}
	/* One hash for all: 400 of them would take ten seconds, and the password is on the first page anyway. */
	if (!access_hash_password(access, ACCESS_DEMO_PASSWORD, hash, error))
		return NULL;
	for (guint i = 0; i < bodies_count(access->options.bodies); i++) {
		const Body *body = bodies_nth(access->options.bodies, i);

		if (concerns(body, division))
			add_body(access, body, hash, accounts, lines);
	}
	if (!accounts_add_missing(access->options.store, accounts, clock_now_ms(), error) ||
	    !people_read(access, error)) {
		prefix_error(error, "演示账号 (demo accounts)");
		return NULL;
	}
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_steal(lines, NULL);
}
