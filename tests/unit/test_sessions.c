/* SPDX-License-Identifier: Apache-2.0
 * Tokens, attempts and roles, without a database. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "access/attempts.h"
#include "access/roles.h"
#include "access/sessions.h"

/* ---- tokens ---- */

static Session *make_session(gint64 expires_ms)
{
	Session *session = g_malloc0(sizeof(Session));

	session->ref = 1;
	session->expires_ms = expires_ms;
	return session;
}

static void add(Sessions *sessions, char token[TOKEN_LENGTH + 1], gboolean from_database, gint64 expires_ms)
{
	guint8 digest[DIGEST_SIZE];

	sessions_make_token(token);
	sessions_digest(token, digest);
	cr_assert(sessions_add(sessions, digest, from_database ? NULL : token, make_session(expires_ms), 0));
}

static gboolean found(Sessions *sessions, const char *token, gint64 now_ms)
{
	g_autoptr(Session) session = sessions_find(sessions, token, strlen(token), now_ms);

	return session != NULL;
}

Test(sessions, a_token_is_43_characters_of_base64url_and_never_the_same)
{
	char a[TOKEN_LENGTH + 1], b[TOKEN_LENGTH + 1];

	sessions_make_token(a);
	sessions_make_token(b);
	cr_assert_eq(strlen(a), TOKEN_LENGTH);
	cr_assert_eq(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), TOKEN_LENGTH);
	cr_assert_str_neq(a, b);
}

Test(sessions, a_token_is_found_until_it_expires_wherever_it_came_from)
{
	g_autoptr(Sessions) sessions = sessions_new(100);

	for (guint from_database = 0; from_database < 2; from_database++) {
		char token[TOKEN_LENGTH + 1];

		add(sessions, token, from_database, 1000);
		for (guint again = 0; again < 2; again++) { /* by digest, then by token */
			cr_assert(found(sessions, token, 999), "database: %u", from_database);
			cr_assert_not(found(sessions, token, 1000), "database: %u", from_database);
		}
	}
}

Test(sessions, a_token_with_one_character_changed_is_none)
{
	g_autoptr(Sessions) sessions = sessions_new(100);
	char token[TOKEN_LENGTH + 1];

	add(sessions, token, FALSE, 1000);
	for (guint i = 0; i < TOKEN_LENGTH; i++) {
		char changed[TOKEN_LENGTH + 1];

		memcpy(changed, token, sizeof(changed));
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		cr_assert_not(found(sessions, changed, 0), "character %u", i);
	}
	cr_assert_not(found(sessions, "", 0));
	cr_assert_not(found(sessions, "short", 0));
	cr_assert_null(sessions_find(sessions, token, TOKEN_LENGTH - 1, 0));
	cr_assert_null(sessions_find(sessions, NULL, 0, 0));
	cr_assert(found(sessions, token, 0));
}

Test(sessions, an_ended_session_is_not_found_again)
{
	g_autoptr(Sessions) sessions = sessions_new(100);

	for (guint from_database = 0; from_database < 2; from_database++) {
		char token[TOKEN_LENGTH + 1];
		guint8 digest[DIGEST_SIZE], expected[DIGEST_SIZE];

		add(sessions, token, from_database, 1000);
		cr_assert(found(sessions, token, 0));
		sessions_digest(token, expected);
		cr_assert(sessions_remove(sessions, token, TOKEN_LENGTH, digest));
		cr_assert_arr_eq(digest, expected, DIGEST_SIZE);
		cr_assert_not(found(sessions, token, 0), "database: %u", from_database);
		cr_assert_not(sessions_remove(sessions, token, TOKEN_LENGTH, digest));
	}
	cr_assert_eq(sessions_count(sessions), 0);
}

Test(sessions, there_are_never_more_than_allowed_and_expired_ones_make_room)
{
	g_autoptr(Sessions) sessions = sessions_new(3);
	char token[TOKEN_LENGTH + 1];
	guint8 digest[DIGEST_SIZE];

	for (guint i = 0; i < 3; i++)
		add(sessions, token, FALSE, 1000 + i);
	sessions_make_token(token);
	sessions_digest(token, digest);
	cr_assert_not(sessions_add(sessions, digest, token, make_session(5000), 999));
	cr_assert_not(found(sessions, token, 0));
	cr_assert(sessions_add(sessions, digest, token, make_session(5000), 1000));
	cr_assert(found(sessions, token, 0));
	cr_assert_eq(sessions_count(sessions), 3);
	sessions_sweep(sessions, 4000);
	cr_assert_eq(sessions_count(sessions), 1);
}

/* ---- attempts ---- */

Test(attempts, are_counted_per_key_and_minute)
{
	static const struct {
		const char *key;
		gint64 now_ms;
		gboolean allowed;
	} cases[] = {
		{ "a", 1000, TRUE },   { "a", 2000, TRUE },  { "a", 60999, FALSE },
		{ "b", 60999, TRUE },  { "a", 61000, TRUE }, { "a", 61001, TRUE },
		{ "a", 61002, FALSE }, { "a", 500, TRUE }, /* the clock was turned back */
	};
	Attempts *attempts = attempts_new(2);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		cr_assert_eq(attempts_take(attempts, cases[i].key, cases[i].now_ms), cases[i].allowed, "row %zu", i);
	attempts_free(attempts);
}

Test(attempts, one_given_back_may_be_taken_again)
{
	Attempts *attempts = attempts_new(1);

	cr_assert(attempts_take(attempts, "a", 0));
	cr_assert_not(attempts_take(attempts, "a", 0));
	attempts_give_back(attempts, "a");
	attempts_give_back(attempts, "a");
	cr_assert(attempts_take(attempts, "a", 0));
	cr_assert_not(attempts_take(attempts, "a", 0));
	attempts_free(attempts);
}

Test(attempts, how_long_to_wait_is_what_is_left_of_the_window)
{
	Attempts *attempts = attempts_new_within(2, 3600 * 1000);

	cr_assert(attempts_take(attempts, "a", 1000));
	cr_assert_eq(attempts_wait_ms(attempts, "a", 1000), 0);
	cr_assert(attempts_take(attempts, "a", 2000));
	cr_assert_eq(attempts_wait_ms(attempts, "a", 61000), 3600 * 1000 - 60 * 1000);
	cr_assert_not(attempts_take(attempts, "a", 3600999));
	cr_assert_eq(attempts_wait_ms(attempts, "b", 61000), 0);
	cr_assert_eq(attempts_wait_ms(attempts, "a", 3601000), 0);
	cr_assert(attempts_take(attempts, "a", 3601000));
	attempts_free(attempts);
}

Test(attempts, any_number_of_keys_takes_bounded_memory)
{
	Attempts *attempts = attempts_new(1);

	for (guint i = 0; i < ATTEMPTS_KEYS_MAX + 100; i++) {
		g_autofree char *key = g_strdup_printf("%u", i);

		cr_assert(attempts_take(attempts, key, 0));
	}
	cr_assert_eq(attempts_keys(attempts), ATTEMPTS_KEYS_MAX);
	cr_assert(attempts_take(attempts, "x", 60000));
	cr_assert_eq(attempts_keys(attempts), 1);
	attempts_free(attempts);
}

Test(attempts, an_ipv6_host_counts_as_its_network)
{
	static const struct {
		const char *address, *key;
	} cases[] = {
		{ "10.1.2.3", "10.1.2.3" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::" },
		{ "2001:db8:1:2:ffff::1", "2001:db8:1:2::" },
		{ "::ffff:10.1.2.3", "::ffff:10.1.2.3" },
		{ "", "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		char key[48];

		attempts_address_key(cases[i].address, key, sizeof(key));
		cr_assert_str_eq(key, cases[i].key);
	}
}

/* ---- roles ---- */

static Roles *roles_of(const char *text)
{
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	int fd = g_file_open_tmp("zhen-roles-XXXXXX", &path, NULL);

	cr_assert_geq(fd, 0);
	g_close(fd, NULL);
	cr_assert(g_file_set_contents(path, text, -1, NULL));
	g_autoptr(Conf) conf = conf_load(path, access_conf_keys, &error);
	cr_assert_not_null(conf, "%s", error != NULL ? error->message : "");
	g_remove(path);
	return roles_new(conf);
}

Test(roles, grant_what_their_entries_name)
{
	static const struct {
		const char *role, *permission;
		gboolean may;
	} cases[] = {
		{ "clerk", "approvals.accept", TRUE },  { "clerk", "approvals.decide", FALSE },
		{ "head", "approvals.accept", TRUE },   { "head", "approvals.decide", TRUE },
		{ "head", "approvalsx.decide", FALSE }, { "head", "notes.write", FALSE },
		{ "admin", "notes.write", TRUE },       { "none", "notes.write", FALSE },
		{ "stranger", "notes.write", FALSE },   { "admin", "last.one", TRUE },
		{ "clerk", "last.one", TRUE },          { "head", "last.one", FALSE },
	};
	g_autoptr(Roles) roles = roles_of("[role clerk]\npermissions=approvals.accept; last.one; typo.here\ntitle=窗口\n"
	                                  "[role head]\npermissions=approvals.*\nscope=body\n"
	                                  "[role admin]\npermissions=*\n[role none]\n");

	roles_permission(roles, "approvals.accept");
	roles_permission(roles, "approvals.decide");
	roles_permission(roles, "approvalsx.decide");
	roles_permission(roles, "notes.write");
	for (guint i = 0; i < 130; i++) { /* past two words */
		g_autofree char *name = g_strdup_printf("filler.%u", i);

		cr_assert_eq(roles_permission(roles, name), 4 + i);
	}
	roles_permission(roles, "last.one");
	cr_assert_eq(roles_permission(roles, "notes.write"), 3, "a name keeps its number");
	roles_seal(roles);
	cr_assert_eq(roles_permission(roles, "too.late"), G_MAXUINT);
	cr_assert_eq(roles_words(roles), 3);
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		guint64 words[3] = { 0 };
		guint number = roles_permission(roles, cases[i].permission);

		cr_assert_eq(roles_grant(roles, cases[i].role, words), strcmp(cases[i].role, "stranger") != 0);
		cr_assert_eq(words[number / 64] >> (number % 64) & 1, cases[i].may ? 1 : 0, "%s %s", cases[i].role,
		             cases[i].permission);
	}
	cr_assert(roles_own_body_only(roles, "head"));
	cr_assert_not(roles_own_body_only(roles, "clerk"));
	cr_assert_str_eq(roles_title(roles, "clerk"), "窗口");
	cr_assert_null(roles_title(roles, "clark"));
	cr_assert_str_eq(roles_nearest(roles, "clark"), "clerk");
}

Test(roles, what_no_plugin_declares_is_told_once_for_each_plugin_that_is_not_there)
{
	static const char *const says[] = {
		":2: [role clerk] permissions: 没有模块声明权限 'approvals.acept'；是否应为 'approvals.accept'？"
		"(names the permission 'approvals.acept', which no plugin declares; did you mean 'approvals.accept'?)",
		":2: [role clerk] permissions: 'duties' 的 3 项权限没有用处：没有启用声明它们的模块 "
		"(3 permissions of 'duties' are of no use: no enabled plugin declares them)",
		":2: [role clerk] permissions: 没有模块声明权限 'approvals.fly' "
		"(names the permission 'approvals.fly', which no plugin declares)",
		":2: [role clerk] permissions: 'aprovals' 的 1 项权限没有用处：没有启用声明它们的模块；是否应为 'approvals'？"
		"(1 permissions of 'aprovals' are of no use: no enabled plugin declares them; did you mean 'approvals'?)",
		":4: [role head] permissions: 'duties' 的 1 项权限没有用处：没有启用声明它们的模块 "
		"(1 permissions of 'duties' are of no use: no enabled plugin declares them)",
	};
	g_autoptr(Roles) roles = roles_of("[role clerk]\npermissions=approvals.acept; duties.read; approvals.fly; "
	                                  "duties.write; duties.*; aprovals.accept; approvals.accept\n"
	                                  "[role head]\npermissions=duties.read; approvals.*; *\n");
	g_autoptr(Faults) faults = faults_new();

	roles_permission(roles, "approvals.accept");
	roles_resolve(roles, faults);
	for (guint i = 0; i < MIN(faults_kept(faults), G_N_ELEMENTS(says)); i++)
		cr_expect(g_str_has_suffix(faults_nth(faults, i)->message, says[i]), "%s\n  is not\n%s",
		          faults_nth(faults, i)->message, says[i]);
	cr_expect_eq(faults_kept(faults), G_N_ELEMENTS(says));
}
