/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "access/access.h"
#include "access/accounts.h"
#include "access/sessions.h"
#include "base/clock.h"

#define TREE                                                                                                                   \
	"code,name,level,parent\n532300000000,楚雄彝族自治州,prefecture,\n532327000000,永仁县,county,532300000000\n" \
	"532327101000,永定镇,township,532327000000\n532327102000,宜就镇,township,532327000000\n"
#define BODIES                                                                                                         \
	"id,kind,name,division,superior\n"                                                                             \
	"window-{code},window,{name}窗口,*township,\n"                                                               \
	"government-{code},government,{name}人民政府,*township,\n"                                                 \
	"county-{code},county-agriculture,{name}农业农村局,*county,\n"                                            \
	"state-{code},prefecture,{name},*prefecture,\n"
#define CONF                                                                                                           \
	"[access]\nargon2_mib=8\nargon2_passes=1\nlogin_per_minute=4\nsessions_per_account=3\n"                        \
	"[role clerk]\ntitle=窗口办事员\npermissions=approvals.accept\n"                                          \
	"[role head]\npermissions=approvals.*\n[role supervisor]\npermissions=approvals.read\n"                        \
	"[role department]\npermissions=approvals.read\n[role adviser]\nscope=body\n"
#define YONGDING "window-532327101000"
#define YIJIU "window-532327102000"

typedef struct World {
	char *folder;
	Divisions *divisions;
	Bodies *bodies;
	Conf *conf;
	Keys *keys;
	StoreHost *host;
	Store *store;
	Access *access;
	gboolean demo;
	guint accept, decide, read;
} World;

static char *put(const World *world, const char *name, const char *content)
{
	char *path = g_build_filename(world->folder, name, NULL);

	cr_assert(g_file_set_contents(path, content, -1, NULL));
	return path;
}

static void start(World *world)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_build_filename(world->folder, "store", NULL);
	StoreHostOptions host_options = { .readers = 1 };
	StoreOptions store_options = { .dir = dir, .name = "host" };

	world->host = store_host_new(&host_options, &error);
	cr_assert_not_null(world->host, "%s", error != NULL ? error->message : "");
	world->store = store_open(world->host, &store_options, &error);
	cr_assert_not_null(world->store, "%s", error != NULL ? error->message : "");

	AccessOptions options = { .store = world->store,
		                  .conf = world->conf,
		                  .divisions = world->divisions,
		                  .bodies = world->bodies,
		                  .keys = world->keys,
		                  .demo = world->demo };

	world->access = access_new(&options, &error);
	cr_assert_not_null(world->access, "%s", error != NULL ? error->message : "");
	world->accept = access_permission(world->access, "approvals.accept");
	world->decide = access_permission(world->access, "approvals.decide");
	world->read = access_permission(world->access, "approvals.read");
	access_seal(world->access);
}

static void stop(World *world)
{
	access_free(world->access);
	store_close(world->store);
	store_host_free(world->host);
}

static void restart(World *world)
{
	stop(world);
	start(world);
}

static void world_init(World *world, gboolean demo)
{
	static const guint8 secret[KEY_SIZE] = "a secret", seed[KEY_SIZE] = "a seed";
	g_autoptr(GError) error = NULL;

	*world = (World){ .folder = g_dir_make_tmp("zhen-access-XXXXXX", NULL), .demo = demo };
	g_autofree char *tree = put(world, "tree.csv", TREE);
	g_autofree char *bodies = put(world, "bodies.csv", BODIES);
	g_autofree char *conf = put(world, "zhend.conf", CONF);
	world->divisions = divisions_load((const char *const[]){ tree, NULL }, &error);
	cr_assert_not_null(world->divisions, "%s", error != NULL ? error->message : "");
	world->bodies = bodies_load((const char *const[]){ bodies, NULL }, world->divisions, &error);
	cr_assert_not_null(world->bodies, "%s", error != NULL ? error->message : "");
	world->conf = conf_load(conf, access_conf_keys, &error);
	cr_assert_not_null(world->conf, "%s", error != NULL ? error->message : "");
	world->keys = keys_from(secret, seed);
	start(world);
}

static void remove_below(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		remove_below(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

static void world_clear(World *world)
{
	stop(world);
	keys_free(world->keys);
	conf_free(world->conf);
	bodies_free(world->bodies);
	divisions_free(world->divisions);
	remove_below(world->folder);
	g_free(world->folder);
}

static void add_person(World *world, const char *login, const char *body, const char *role)
{
	g_autoptr(GError) error = NULL;

	cr_assert(access_add_account(world->access, login, "王芳", "long enough", &error), "%s",
	          error != NULL ? error->message : "");
	cr_assert(access_add_post(world->access, login, body, role, &error), "%s", error != NULL ? error->message : "");
}

/* ---- a login that is waited for ---- */

typedef struct Answer {
	GMutex lock;
	GCond came;
	guint times;
	LoginOutcome outcome;
	char token[44];
	gint64 expires_ms;
} Answer;

static void on_login(void *data, LoginOutcome outcome, const char *token, gint64 expires_ms)
{
	Answer *answer = data;

	g_mutex_lock(&answer->lock);
	answer->times++;
	answer->outcome = outcome;
	answer->expires_ms = expires_ms;
	g_strlcpy(answer->token, token != NULL ? token : "", sizeof(answer->token));
	g_cond_signal(&answer->came);
	g_mutex_unlock(&answer->lock);
}

static Answer login_at(World *world, const char *login, const char *password, const char *body, const char *address,
                       gint64 now_ms)
{
	Answer answer = { 0 };
	gint64 deadline = g_get_monotonic_time() + 20 * G_TIME_SPAN_SECOND;
	gboolean in_time = TRUE;

	g_mutex_init(&answer.lock);
	g_cond_init(&answer.came);
	access_login(world->access, login, password, body, address, now_ms, on_login, &answer);
	g_mutex_lock(&answer.lock);
	while (answer.times == 0 && in_time)
		in_time = g_cond_wait_until(&answer.came, &answer.lock, deadline);
	g_mutex_unlock(&answer.lock);
	cr_assert_eq(answer.times, 1, "no answer in 20 seconds");
	return answer;
}

static Answer login(World *world, const char *name, const char *password, const char *body)
{
	return login_at(world, name, password, body, "10.0.0.1", clock_now_ms());
}

static Session *session_of(World *world, const char *token)
{
	return access_session(world->access, token, strlen(token), clock_now_ms());
}

/* ---- tests ---- */

Test(access, a_login_gives_a_session_with_body_division_roles_and_permissions)
{
	World world;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");

	Answer answer = login(&world, "wang", "long enough", NULL);

	cr_assert_eq(answer.outcome, LOGIN_OK);
	cr_assert_eq(strlen(answer.token), 43);
	g_autoptr(Session) session = session_of(&world, answer.token);
	cr_assert_not_null(session);

	Scope scope = session_scope(session);

	cr_assert_str_eq(session->account, "1");
	cr_assert_str_eq(session->name, "王芳");
	cr_assert_str_eq(session->roles, "clerk");
	cr_assert_str_eq(session->body->id, YONGDING);
	cr_assert_str_eq(session->division->code, "532327101000");
	cr_assert_eq(strlen(session->csrf), 24);
	cr_assert_eq(session->expires_ms, answer.expires_ms);
	cr_assert(session_may(session, world.accept));
	cr_assert_not(session_may(session, world.decide));
	cr_assert_not(session_may(session, G_MAXUINT));
	cr_assert_not(scope.all);
	cr_assert_eq(scope.division, session->division);
	cr_assert_str_eq(scope.body, YONGDING);
	world_clear(&world);
}

Test(access, a_wrong_login_a_wrong_password_and_a_wrong_post_look_alike)
{
	static const struct {
		const char *login, *password, *body;
		LoginOutcome outcome;
	} cases[] = {
		{ "wang", "long enough", NULL, LOGIN_OK },
		{ "wang", "long enougH", NULL, LOGIN_WRONG },
		{ "wang", "", NULL, LOGIN_WRONG },
		{ "nobody", "long enough", NULL, LOGIN_WRONG },
		{ "", "", NULL, LOGIN_WRONG },
		{ "wang", "long enough", YIJIU, LOGIN_WRONG },
		{ "wang", "long enough", "x", LOGIN_WRONG },
		{ "idle", "long enough", NULL, LOGIN_WRONG },
		{ "wang", "long enough", YONGDING, LOGIN_OK },
	};
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	cr_assert(access_add_account(world.access, "idle", "无岗", "long enough", &error));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		Answer answer = login(&world, cases[i].login, cases[i].password, cases[i].body);

		cr_assert_eq(answer.outcome, cases[i].outcome, "row %zu: %d", i, answer.outcome);
		cr_assert_eq(answer.token[0] != '\0', cases[i].outcome == LOGIN_OK, "row %zu", i);
	}
	world_clear(&world);
}

Test(access, sessions_outlive_a_restart_and_the_database_knows_no_token)
{
	World world;
	g_autofree char *content = NULL;
	gsize length = 0;
	guint8 digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	world_init(&world, FALSE);
	g_autofree char *path = g_build_filename(world.folder, "store", "data.db", NULL);
	add_person(&world, "wang", YONGDING, "clerk");

	Answer kept = login(&world, "wang", "long enough", NULL);
	Answer ended = login(&world, "wang", "long enough", NULL);
	g_autoptr(Session) before = session_of(&world, kept.token);

	access_logout(world.access, ended.token, 43);
	cr_assert_null(session_of(&world, ended.token));
	sessions_digest(kept.token, digest);
	digest_hex(digest, hex);
	stop(&world);
	cr_assert(g_file_get_contents(path, &content, &length, NULL));
	cr_assert_not_null(memmem(content, length, hex, 64));
	cr_assert_null(memmem(content, length, kept.token, 43));
	start(&world);
	g_autoptr(Session) after = session_of(&world, kept.token);
	cr_assert_not_null(after);
	cr_assert_str_eq(after->csrf, before->csrf);
	cr_assert_eq(after->expires_ms, before->expires_ms);
	cr_assert(session_may(after, world.accept));
	cr_assert_null(session_of(&world, ended.token), "a logout was undone by the restart");
	cr_assert_null(access_session(world.access, kept.token, 43, kept.expires_ms), "it has expired");
	world_clear(&world);
}

Test(access, someone_with_two_posts_chooses_and_has_all_roles_of_the_one)
{
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	cr_assert(access_add_post(world.access, "wang", YIJIU, "head", &error));
	cr_assert(access_add_post(world.access, "wang", YIJIU, "clerk", &error));
	cr_assert(access_add_post(world.access, "wang", YIJIU, "clerk", &error), "the same again is no error");

	Answer first = login(&world, "wang", "long enough", NULL);
	Answer second = login(&world, "wang", "long enough", YIJIU);
	g_autoptr(Session) at_first = session_of(&world, first.token);
	g_autoptr(Session) at_second = session_of(&world, second.token);

	cr_assert_str_eq(at_first->body->id, YONGDING);
	cr_assert_str_eq(at_first->roles, "clerk");
	cr_assert_str_eq(at_second->body->id, YIJIU);
	cr_assert_str_eq(at_second->roles, "clerk;head");
	cr_assert(session_may(at_second, world.decide));
	cr_assert_not(session_may(at_first, world.decide));
	cr_assert_str_neq(at_first->csrf, at_second->csrf);
	world_clear(&world);
}

typedef struct Noting {
	const World *at;
	GString *out;
} Noting;

static void note_posted(void *data, const Posted *posted)
{
	const Noting *to = data;

	g_string_append_printf(to->out, "%s@%s%s%s ", posted->name, posted->body->id,
	                       posted_may(posted, to->at->accept) ? "+accept" : "",
	                       posted_may(posted, to->at->decide) ? "+decide" : "");
}

static char *posted(World *at, const char *account, const char *within)
{
	g_autoptr(GString) out = g_string_new(NULL);
	Noting to = { at, out };

	access_each_posted(at->access, account, within != NULL ? divisions_find(at->divisions, within) : NULL, clock_now_ms(),
	                   note_posted, &to);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Names of an account are known, as is what each post lets it do; what has no post is nobody. */
Test(access, everybody_with_a_post_is_known_from_memory_and_after_a_restart)
{
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	cr_assert(access_add_post(world.access, "wang", YIJIU, "head", &error));
	cr_assert(access_add_account(world.access, "idle", "无岗", "long enough", &error));
	for (int again = 0; again < 2; again++) {
		g_autofree char *all = posted(&world, NULL, NULL), *one = posted(&world, "1", NULL),
				*idle = posted(&world, "2", NULL), *bent = posted(&world, "01", NULL),
				*word = posted(&world, "wang", NULL), *near = posted(&world, NULL, "532327101000");

		cr_expect_str_eq(all, "王芳@" YONGDING "+accept 王芳@" YIJIU "+accept+decide ");
		cr_expect_str_eq(one, all);
		cr_expect_str_eq(idle, "");
		cr_expect_str_eq(bent, "");
		cr_expect_str_eq(word, "");
		cr_expect_str_eq(near, "王芳@" YONGDING "+accept ");
		restart(&world);
	}
	world_clear(&world);
}

Test(access, a_role_of_the_body_sees_no_division)
{
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "adviser");

	Answer answer = login(&world, "wang", "long enough", NULL);
	g_autoptr(Session) session = session_of(&world, answer.token);
	Scope scope = session_scope(session);

	cr_assert_null(scope.division);
	cr_assert_str_eq(scope.body, YONGDING);
	cr_assert(access_add_post(world.access, "wang", YONGDING, "clerk", &error));
	answer = login(&world, "wang", "long enough", NULL);
	g_autoptr(Session) both = session_of(&world, answer.token);
	scope = session_scope(both);
	cr_assert_not_null(scope.division, "one role of the division is enough");
	world_clear(&world);
}

Test(access, guesses_are_limited_by_login_and_by_address)
{
	World world;
	gint64 now_ms = clock_now_ms();

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	for (guint i = 0; i < 6; i++) /* good ones do not count */
		cr_assert_eq(login_at(&world, "wang", "long enough", NULL, "10.0.0.1", now_ms).outcome, LOGIN_OK);
	for (guint i = 0; i < 4; i++)
		cr_assert_eq(login_at(&world, "wang", "guess", NULL, "10.0.0.1", now_ms).outcome, LOGIN_WRONG);
	cr_assert_eq(login_at(&world, "wang", "long enough", NULL, "10.0.0.2", now_ms).outcome, LOGIN_LIMITED);
	cr_assert_eq(login_at(&world, "wang", "long enough", NULL, "10.0.0.2", now_ms + 60000).outcome, LOGIN_OK);
	for (guint i = 0; i < 12; i++) {
		g_autofree char *other = g_strdup_printf("other%u", i);

		cr_assert_eq(login_at(&world, other, "guess", NULL, "10.0.0.3", now_ms).outcome, LOGIN_WRONG);
	}
	cr_assert_eq(login_at(&world, "other99", "guess", NULL, "10.0.0.3", now_ms).outcome, LOGIN_LIMITED);
	cr_assert_eq(login_at(&world, "other99", "guess", NULL, "10.0.0.4", now_ms).outcome, LOGIN_WRONG);
	world_clear(&world);
}

Test(access, what_is_wrong_with_an_account_or_a_post_is_said)
{
	static const struct {
		const char *login, *name, *password, *says;
	} accounts[] = {
		{ "Wang", "王", "long enough", "'Wang' 不能作登录名：应为 2 至 64 个 a-z 0-9 . _ - ('Wang' is no login: 2 to 64 of a-z 0-9 . _ -)" },
		{ "w", "王", "long enough", "'w' 不能作登录名：应为 2 至 64 个 a-z 0-9 . _ - ('w' is no login: 2 to 64 of a-z 0-9 . _ -)" },
		{ "-w", "王", "long enough", "'-w' 不能作登录名：应为 2 至 64 个 a-z 0-9 . _ - ('-w' is no login: 2 to 64 of a-z 0-9 . _ -)" },
		{ "li", "", "long enough", "'li' 的姓名应为 1 至 " },
		{ "li", "李", "short", "'li' 的密码应为 " },
		{ "wang", "王", "long enough", "登录名 'wang' 已有人用 (the login 'wang' is taken)" },
	};
	static const struct {
		const char *login, *body, *role, *says;
	} posts[] = {
		{ "wang", "nowhere", "clerk", "没有单位 'nowhere' (there is no body 'nowhere')" },
		{ "wang", YONGDING, "clark", "没有角色 'clark'；是否应为 'clerk'？(there is no role 'clark'; did you mean 'clerk'?)" },
		{ "wang", YONGDING, "wizard", "没有角色 'wizard' (there is no role 'wizard')" },
		{ "nobody", YONGDING, "clerk", "没有账号 'nobody' (there is no account 'nobody')" },
	};
	World world;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	for (gsize i = 0; i < G_N_ELEMENTS(accounts); i++) {
		g_autoptr(GError) error = NULL;

		cr_assert_not(access_add_account(world.access, accounts[i].login, accounts[i].name,
		                                 accounts[i].password, &error));
		cr_assert_not_null(strstr(error->message, accounts[i].says), "%s", error->message);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(posts); i++) {
		g_autoptr(GError) error = NULL;

		cr_assert_not(access_add_post(world.access, posts[i].login, posts[i].body, posts[i].role, &error));
		cr_assert_not_null(strstr(error->message, posts[i].says), "%s", error->message);
	}
	world_clear(&world);
}

Test(access, a_session_ends_with_the_post)
{
	World world;
	g_autoptr(GError) error = NULL;
	gint64 now_ms = clock_now_ms();
	Post ends = { .body = (char *)YIJIU, .role = (char *)"clerk", .valid_to = now_ms + 5000 };
	Post begins = {
		.body = (char *)YONGDING, .role = (char *)"clerk", .valid_from = now_ms + 5000, .valid_to = G_MAXINT64
	};

	world_init(&world, FALSE);
	cr_assert(access_add_account(world.access, "wang", "王芳", "long enough", &error));
	cr_assert(accounts_add_post(world.store, "wang", &ends, &error));
	cr_assert(accounts_add_post(world.store, "wang", &begins, &error));

	Answer answer = login_at(&world, "wang", "long enough", NULL, "10.0.0.1", now_ms);

	cr_assert_eq(answer.outcome, LOGIN_OK);
	cr_assert_eq(answer.expires_ms, now_ms + 5000);
	cr_assert_eq(login_at(&world, "wang", "long enough", YONGDING, "10.0.0.1", now_ms).outcome, LOGIN_WRONG);
	answer = login_at(&world, "wang", "long enough", NULL, "10.0.0.1", now_ms + 5000);
	cr_assert_eq(answer.outcome, LOGIN_OK);
	g_autoptr(Session) session = access_session(world.access, answer.token, 43, now_ms + 5000);
	cr_assert_str_eq(session->body->id, YONGDING);
	world_clear(&world);
}

Test(access, demo_accounts_are_made_once_and_refused_outside_demo_mode)
{
	World world;
	g_autoptr(GError) error = NULL;

	world_init(&world, TRUE);

	const Division *county = divisions_find(world.divisions, "532327000000");
	g_auto(GStrv) lines = access_demo_accounts(world.access, county, &error);
	g_auto(GStrv) again = access_demo_accounts(world.access, county, &error);
	g_auto(GStrv) township =
		access_demo_accounts(world.access, divisions_find(world.divisions, "532327101000"), &error);

	cr_assert_null(error);
	cr_assert_eq(g_strv_length(lines), 6);
	cr_assert_eq(g_strv_length(again), 6);
	cr_assert_eq(g_strv_length(township), 4, "its window and government, the county and the prefecture");
	cr_assert_str_eq(lines[0], "window-532327101000 · 演示·窗口办事员 · 永定镇窗口 · clerk");

	Answer clerk = login(&world, YONGDING, "demo-2026", NULL);
	Answer state = login(&world, "state-532300000000", "demo-2026", NULL);
	g_autoptr(Session) supervisor = session_of(&world, state.token);

	cr_assert_eq(clerk.outcome, LOGIN_OK);
	cr_assert_str_eq(supervisor->roles, "supervisor");
	cr_assert_str_eq(supervisor->division->code, "532300000000");
	world.demo = FALSE;
	restart(&world);
	cr_assert_null(session_of(&world, clerk.token), "a demo session came back without demo mode");
	cr_assert_eq(login(&world, YONGDING, "demo-2026", NULL).outcome, LOGIN_WRONG);
	cr_assert_null(access_demo_accounts(world.access, county, &error));
	cr_assert_not_null(error);
	world_clear(&world);
}

Test(access, many_logins_at_once_are_each_answered_once_even_at_the_end)
{
	World world;
	Answer answers[60];
	guint answered = 0;

	world_init(&world, FALSE);
	add_person(&world, "wang", YONGDING, "clerk");
	memset(answers, 0, sizeof(answers));
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree char *address = g_strdup_printf("10.0.1.%u", i);
		g_autofree char *who = g_strdup_printf("who%u", i);

		g_mutex_init(&answers[i].lock);
		g_cond_init(&answers[i].came);
		access_login(world.access, who, "long enough", NULL, address, clock_now_ms(), on_login, &answers[i]);
	}
	world_clear(&world); /* while most of them wait */
	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		answered += answers[i].times == 1 && answers[i].outcome != LOGIN_OK;
	cr_assert_eq(answered, G_N_ELEMENTS(answers));
}

Test(access, with_one_session_too_many_the_oldest_of_that_account_ends_and_no_other)
{
	World world;
	Answer answers[5];

	world_init(&world, FALSE);
	add_person(&world, "wangfang", YONGDING, "clerk");
	add_person(&world, "other", YONGDING, "clerk");
	Answer other = login(&world, "other", "long enough", NULL);

	for (guint i = 0; i < G_N_ELEMENTS(answers); i++)
		answers[i] = login_at(&world, "wangfang", "long enough", NULL, "10.0.0.1", clock_now_ms() + i);
	for (guint restarted = 0; restarted < 2; restarted++) {
		for (guint i = 0; i < G_N_ELEMENTS(answers); i++) {
			g_autoptr(Session) session = session_of(&world, answers[i].token);

			cr_assert_eq(session != NULL, i >= 2, "login %u, %s", i, restarted ? "after a restart" : "before");
		}
		g_autoptr(Session) session = session_of(&world, other.token);
		cr_assert_not_null(session, "somebody else's");
		restart(&world);
	}
	world_clear(&world);
}
