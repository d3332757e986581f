/* SPDX-License-Identifier: Apache-2.0
 * A host's front on a free port of loopback with real accounts and a plugin that echoes what it is called with. */
#pragma once

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "http/http.h"
#include "runtime/runtime.h"

#define WAIT_MS 10000
#define VILLAGE_HOST "Host: 127.0.0.1\r\n"

typedef struct Zoo {
	Home home;      /* first: it is what submit gets */
	Plugin plugin;
	Store *store;
	Loop *loop;
	GMutex lock;    /* of what follows */
	GCond come;
	CallDone *late; /* /never: who waits */
	void *late_data;
	LoopItem item;  /* /later */
	CallDone *later;
	void *later_data;
	LoopItem late_item;
	guint calls;
} Zoo;

typedef struct Front {
	char *folder;
	Divisions *divisions;
	Bodies *bodies;
	Conf *conf;
	Keys *keys;
	StoreHost *stores;
	Store *accounts;
	Access *access;
	Loop *loop;
	GThread *thread;
	Http *http;
	Zoo zoo;
	char *log_path;
	char *token;    /* of the clerk of 永定镇 */
	char csrf[25];
	guint port;
} Front;

/* ---- the plugin ---- */

static zhen_result front_handle(zhen_call *call)
{
	(void)call;
	return ZHEN_OK;
}

static const zhen_field front_fields[] = {
	{ .name = "text", .type = ZHEN_TEXT, .label = "内容", .flags = ZHEN_REQUIRED },
	{ .name = "amount_fen", .type = ZHEN_MONEY, .label = "金额" },
	{ 0 },
};
static const zhen_field front_file_fields[] = {
	{ .name = "text", .type = ZHEN_TEXT, .label = "说明" },
	{ .name = "photo", .type = ZHEN_FILE, .label = "照片" },
	{ 0 },
};
enum { AT_PING, AT_ECHO, AT_ADD, AT_NOTE, AT_EDIT, AT_SECRET, AT_PUBLIC, AT_LATER, AT_NEVER, AT_BLOB, AT_FILES, AT_BIG, AT_OUT, AT_REMOVE, AT_FAIL };
#define ROW(at, m, p, perm, fl, ...) \
	[at] = { .method = m, .path = p, .handle = front_handle, .permission = perm, .flags = fl, .summary = "办理", __VA_ARGS__ }
static zhen_route front_routes[] = {
	ROW(AT_PING, ZHEN_GET, "/ping", "zoo.read", 0),
	ROW(AT_ECHO, ZHEN_GET, "/echo/{word}", "zoo.read", 0),
	ROW(AT_ADD, ZHEN_POST, "/notes", "zoo.write", 0, .fields = front_fields),
	ROW(AT_NOTE, ZHEN_GET, "/notes/{id}", "zoo.read", 0),
	ROW(AT_EDIT, ZHEN_PATCH, "/notes/{id}", "zoo.write", 0, .fields = front_fields),
	ROW(AT_SECRET, ZHEN_GET, "/secret", "zoo.secret", 0),
	ROW(AT_PUBLIC, ZHEN_POST, "/public", NULL, ZHEN_PUBLIC, .fields = front_fields),
	ROW(AT_LATER, ZHEN_GET, "/later", NULL, ZHEN_PUBLIC),
	ROW(AT_NEVER, ZHEN_GET, "/never", NULL, ZHEN_PUBLIC),
	ROW(AT_BLOB, ZHEN_GET, "/blob/{digest}", NULL, ZHEN_PUBLIC),
	ROW(AT_FILES, ZHEN_POST, "/files", NULL, ZHEN_PUBLIC | ZHEN_UPLOADS, .fields = front_file_fields,
	    .upload_bytes = 400000),
	ROW(AT_BIG, ZHEN_GET, "/big", NULL, ZHEN_PUBLIC),
	ROW(AT_OUT, ZHEN_GET, "/out", NULL, ZHEN_PUBLIC),
	ROW(AT_REMOVE, ZHEN_DELETE, "/notes/{id}", "zoo.write", 0),
	ROW(AT_FAIL, ZHEN_POST, "/fail", NULL, ZHEN_PUBLIC, .fields = front_fields),
	{ 0 },
};
static zhen_permission front_permissions[] = {
	{ .name = "zoo.read", .title = "看" },
	{ .name = "zoo.write", .title = "写" },
	{ .name = "zoo.secret", .title = "密" },
	{ 0 },
};

static CallReply *front_echo(const CallRequest *request, gint status)
{
	CallReply *reply = call_reply_new(status);
	JsonOut out;

	json_out_init(&out, reply->body);
	json_open(&out, NULL, FALSE);
	json_put_int(&out, "route", request->index);
	json_put_text(&out, "account", request->caller.account);
	json_put_text(&out, "division", request->caller.division);
	json_put_int(&out, "permissions", (gint64)request->caller.permissions);
	json_put_text(&out, "request_id", request->request_id);
	json_put_text(&out, "key", request->idempotency_key);
	json_put_text(&out, "if_match", request->if_match);
	json_open(&out, "params", FALSE);
	for (guint i = 0; i < request->n_params; i++)
		json_put_text(&out, request->params[i].name, request->params[i].value);
	json_close_one(&out);
	json_put_text_n(&out, "body", request->body != NULL ? request->body : "", request->body_length);
	json_close_one(&out);
	return reply;
}

static void front_late(void *data)
{
	Zoo *zoo = data;

	zoo->later(zoo->later_data, call_reply_new(204));
}

static void front_submit(Home *home, Loop *loop, const CallRequest *request, CallDone *done, void *data)
{
	Zoo *zoo = (Zoo *)home;
	CallReply *reply;

	g_mutex_lock(&zoo->lock);
	zoo->calls++;
	zoo->loop = loop;
	if (request->index == AT_NEVER) {
		zoo->late = done;
		zoo->late_data = data;
		g_cond_signal(&zoo->come);
	}
	g_mutex_unlock(&zoo->lock);
	switch (request->index) {
	case AT_NEVER:
		return;
	case AT_LATER:
		zoo->later = done;
		zoo->later_data = data;
		zoo->item = (LoopItem){ .run = front_late, .data = zoo };
		loop_post(loop, &zoo->item);
		return;
	case AT_PING:
		reply = call_reply_new(200);
		g_string_assign(reply->body, "{\"ok\":true}");
		break;
	case AT_BIG:
		reply = call_reply_new(200);
		g_string_append_c(reply->body, '"');
		for (guint i = 0; i < 3000000; i++)
			g_string_append_c(reply->body, (char)('a' + i % 26));
		g_string_append_c(reply->body, '"');
		break;
	case AT_BLOB:
		reply = call_reply_new(200);
		reply->content_type = "application/pdf";
		reply->blob = g_strdup(request->params[0].value);
		reply->file_name = g_strdup("批准书.pdf");
		break;
	case AT_OUT:
		reply = call_reply_new(200);
		reply->location = g_strdup("/a\r\nSet-Cookie: zhen_session=evil");
		reply->etag = g_strdup("\"7\"");
		break;
	case AT_FAIL:
		reply = call_reply_problem(422, "invalid", "填写有误", NULL);
		break;
	default:
		reply = front_echo(request, request->index == AT_ADD ? 201 : 200);
		if (g_strcmp0(request->idempotency_key, "short") == 0)
			g_string_assign(reply->body, "{\"id\":7}");
		if (request->index == AT_ADD)
			reply->location = g_strdup("/p/zoo/notes/7");
	}
	done(data, reply);
}

/* ---- setting up ---- */

static void front_put(const Front *front, const char *name, const char *content, char **out_path)
{
	*out_path = g_build_filename(front->folder, name, NULL);
	cr_assert(g_file_set_contents(*out_path, content, -1, NULL));
}

static void *front_loop(void *data)
{
	loop_run(data);
	return NULL;
}

typedef struct FrontLogin {
	GMutex lock;
	GCond come;
	gboolean done;
	char token[64];
} FrontLogin;

static void front_logged_in(void *data, LoginOutcome outcome, const char *token, gint64 expires_ms)
{
	FrontLogin *login = data;

	(void)expires_ms;
	g_mutex_lock(&login->lock);
	login->done = TRUE;
	if (outcome == LOGIN_OK)
		g_strlcpy(login->token, token, sizeof(login->token));
	g_cond_signal(&login->come);
	g_mutex_unlock(&login->lock);
}

static char *front_login(Front *front, const char *who)
{
	FrontLogin login = { 0 };
	gint64 until = g_get_monotonic_time() + WAIT_MS * 1000;

	access_login(front->access, who, "long enough", NULL, "192.0.2.1", clock_now_ms(), front_logged_in, &login);
	g_mutex_lock(&login.lock);
	while (!login.done && g_cond_wait_until(&login.come, &login.lock, until))
		continue;
	g_mutex_unlock(&login.lock);
	cr_assert_neq(login.token[0], '\0', "%s cannot log in", who);
	return g_strdup(login.token);
}

static void front_access(Front *front)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *tree = NULL, *bodies = NULL, *conf = NULL;
	g_autofree char *dir = g_build_filename(front->folder, "host", NULL);
	static const guint8 secret[KEY_SIZE] = "a secret", seed[KEY_SIZE] = "a seed";
	StoreOptions store = { .dir = dir, .name = "host" };

	front_put(front, "tree.csv",
	          "code,name,level,parent\n532300000000,楚雄彝族自治州,prefecture,\n"
	          "532327000000,永仁县,county,532300000000\n532327101000,永定镇,township,532327000000\n"
	          "532328000000,元谋县,county,532300000000\n532328101000,元马镇,township,532328000000\n",
	          &tree);
	front_put(front, "bodies.csv",
	          "id,kind,name,division,superior\nwindow-{code},window,{name}窗口,*township,\nstate,prefecture,州,532300000000,\n",
	          &bodies);
	front_put(front, "zhend.conf",
	          "[access]\nargon2_mib=8\nargon2_passes=1\n[role clerk]\npermissions=zoo.read;zoo.write\n", &conf);
	front->divisions = divisions_load((const char *const[]){ tree, NULL }, &error);
	cr_assert_not_null(front->divisions, "%s", error != NULL ? error->message : "");
	front->bodies = bodies_load((const char *const[]){ bodies, NULL }, front->divisions, &error);
	cr_assert_not_null(front->bodies, "%s", error != NULL ? error->message : "");
	front->conf = conf_load(conf, access_conf_keys, &error);
	cr_assert_not_null(front->conf, "%s", error != NULL ? error->message : "");
	front->keys = keys_from(secret, seed);
	front->stores = store_host_new(&(StoreHostOptions){ .readers = 2 }, &error);
	cr_assert_not_null(front->stores, "%s", error != NULL ? error->message : "");
	front->accounts = store_open(front->stores, &store, &error);
	cr_assert_not_null(front->accounts, "%s", error != NULL ? error->message : "");
	front->access = access_new(&(AccessOptions){ .store = front->accounts, .conf = front->conf,
		                                     .divisions = front->divisions, .bodies = front->bodies,
		                                     .keys = front->keys }, &error);
	cr_assert_not_null(front->access, "%s", error != NULL ? error->message : "");
}

static void front_person(Front *front, const char *login, const char *body)
{
	g_autoptr(GError) error = NULL;

	cr_assert(access_add_account(front->access, login, "王芳", "long enough", &error), "%s",
	          error != NULL ? error->message : "");
	cr_assert(access_add_post(front->access, login, body, "clerk", &error), "%s", error != NULL ? error->message : "");
}

static void front_zoo(Front *front)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *dir = g_build_filename(front->folder, "zoo", NULL);
	Zoo *zoo = &front->zoo;

	zoo->store = store_open(front->stores, &(StoreOptions){ .dir = dir, .name = "zoo" }, &error);
	cr_assert_not_null(zoo->store, "%s", error != NULL ? error->message : "");
	zoo->plugin = (Plugin){ .id = "zoo", .version = "1.0.0", .title = "动物园", .routes = front_routes,
		                .n_routes = G_N_ELEMENTS(front_routes) - 1, .permissions = front_permissions,
		                .n_permissions = G_N_ELEMENTS(front_permissions) - 1 };
	zoo->home = (Home){ .submit = front_submit, .plugin = &zoo->plugin, .store = zoo->store,
		            .dir = store_dir(zoo->store) };
	g_mutex_init(&zoo->lock);
	g_cond_init(&zoo->come);
}

/* @switches: borrowed; NULL = everything everywhere. */
static Front *front_new(const HttpLimits *limits, Switches *switches)
{
	Front *front = g_new0(Front, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(Session) session = NULL;

	front->folder = g_dir_make_tmp("zhen-http-XXXXXX", NULL);
	front->log_path = g_build_filename(front->folder, "access.log", NULL);
	front_access(front);
	front_zoo(front);
	front->loop = loop_new(0, &error);
	cr_assert_not_null(front->loop);
	HttpOptions options = { .address = "127.0.0.1", .access = front->access, .keys = front->keys,
		                .divisions = front->divisions, .bodies = front->bodies, .base_url = "http://zhen.example",
		                .access_log = front->log_path, .site_title = "镇务平台" };
	if (limits != NULL)
		options.limits = *limits;
	front->http = http_new(&options, &error);
	cr_assert_not_null(front->http, "%s", error != NULL ? error->message : "");
	http_mount(front->http, &front->zoo.home, switches);
	access_seal(front->access);
	front_person(front, "clerk", "window-532327101000");
	front_person(front, "other", "window-532328101000");
	front_person(front, "state", "state");
	front->token = front_login(front, "clerk");
	session = access_session(front->access, front->token, strlen(front->token), clock_now_ms());
	memcpy(front->csrf, session->csrf, sizeof(front->csrf));
	cr_assert(http_listen(front->http, front->loop, &error), "%s", error != NULL ? error->message : "");
	front->port = http_port(front->http);
	front->thread = g_thread_new("loop", front_loop, front->loop);
	return front;
}

static void front_remove(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		front_remove(child);
	}
	if (dir != NULL)
		g_dir_close(dir);
	g_remove(path);
}

static void front_free(Front *front)
{
	loop_stop(front->loop);
	g_thread_join(front->thread);
	/* Every call is answered in the end, also the one nobody waits for any more. */
	if (front->zoo.late != NULL)
		front->zoo.late(front->zoo.late_data, call_reply_new(204));
	http_free(front->http);
	access_free(front->access);
	loop_free(front->loop);
	store_close(front->zoo.store);
	store_close(front->accounts);
	store_host_free(front->stores);
	keys_free(front->keys);
	conf_free(front->conf);
	bodies_free(front->bodies);
	divisions_free(front->divisions);
	g_mutex_clear(&front->zoo.lock);
	g_cond_clear(&front->zoo.come);
	front_remove(front->folder);
	g_free(front->folder);
	g_free(front->log_path);
	g_free(front->token);
	g_free(front);
}

#include "http_client.h"
