/* SPDX-License-Identifier: Apache-2.0
 * /kernel/admin: zhenctl's verbs over HTTP, for who has the permission. A thread of its own asks them, one at a time, as some
 * wait for a disk; answers go out on the loop that asked. */
#include "daemon/admin_routes.h"

#include <string.h>

#include "daemon/admin_sections.h"

struct AdminRoutes {
	Daemon *daemon;
	GThreadPool *threads;
	GHashTable *asked; /* set of Asked, the loop's */
	GPtrArray *doors;  /* of Door */
	char *permissions; /* of any administrator */
};

/* A route: a section's page, or one of its acts. */
typedef struct Door {
	AdminRoutes *routes;
	const AdminSection *section;
	const AdminAct *act; /* NULL = the page */
	char *path, *verb, *permissions; /* of its HttpRoute */
	zhen_field fields[ADMIN_FIELDS];
} Door;

typedef struct Asked {
	const Door *door;
	HttpCall *call;
	Loop *loop;
	LoopItem item;
	json_t *args;
	GString *text, *data;
	GError *error;
} Asked;

static void asked_free(gpointer data)
{
	Asked *asked = data;

	json_decref(asked->args);
	g_string_free(asked->text, TRUE);
	g_string_free(asked->data, TRUE);
	g_clear_error(&asked->error);
	g_free(asked);
}

static void refuse(HttpCall *call, gint status, const char *code, const char *title, const char *detail)
{
	http_call_answer(call, call_reply_problem(status, code, title, detail));
}

static gboolean may_call(HttpCall *call, guint who)
{
	const Session *session = http_call_session(call);

	if (admin_may(session, who))
		return TRUE;
	if (session == NULL && http_call_wants_page(call))
		http_call_redirect(call, "/login?next=" ADMIN_PATH);
	else if (session == NULL)
		refuse(call, 401, "login-required", "请先登录", NULL);
	else
		refuse(call, 403, "forbidden", "没有办理此项管理的权限", NULL);
	return FALSE;
}

/* ---- the answer; the loop ---- */

static void fill_values(HttpCall *call, const AdminSection *section, const char **values)
{
	guint count = 0;

	for (guint a = 0; section->acts[a] != NULL; a++)
		for (guint f = 0; section->acts[a]->fields[f].name != NULL; f++)
			values[count++] = http_call_param(call, section->acts[a]->fields[f].name);
	for (guint f = 0; section->query[f].name != NULL; f++)
		values[count++] = http_call_param(call, section->query[f].name);
}

static void answer_page(HttpCall *call, const Door *door, json_t *data, const char *said)
{
	CallReply *reply = call_reply_new(200);
	const char *values[(ADMIN_ACTS + 1) * ADMIN_FIELDS] = { NULL };
	PageView view;

	fill_values(call, door->section, values);
	http_call_view(call, &view);
	reply->content_type = "text/html; charset=utf-8";
	admin_page(&view, door->section, door->act, data, said, values, reply->body);
	http_call_answer(call, reply);
}

static const char *code_of(gint status)
{
	switch (status) {
	case 404:
		return "not-found";
	case 422:
		return "invalid";
	case 503:
		return "busy";
	case 507:
		return "full";
	default:
		return status >= 500 ? "failed" : "refused";
	}
}

static void answer_asked(Asked *asked)
{
	HttpCall *call = asked->call;
	g_autoptr(json_t) data = NULL;
	CallReply *reply;

	if (asked->error != NULL && (asked->door->act != NULL || !asked->door->section->tells_faults)) {
		const gint status = verb_status(asked->error);

		refuse(call, status, code_of(status), "没有办成", asked->error->message);
		return;
	}
	if (http_call_wants_page(call)) {
		data = json_read(asked->data->str, asked->data->len, NULL);
		answer_page(call, asked->door, data,
		            asked->error != NULL ? asked->error->message :
		            asked->door->act != NULL ? asked->text->str : NULL);
		return;
	}
	reply = call_reply_new(200);
	g_string_assign(reply->body, asked->data->str);
	http_call_answer(call, reply);
}

static void on_asked(void *data)
{
	Asked *asked = data;

	g_hash_table_steal(asked->door->routes->asked, asked);
	answer_asked(asked);
	asked_free(asked);
}

static void run_asked(gpointer data, gpointer routes_data)
{
	Asked *asked = data;
	AdminRoutes *routes = routes_data;
	const Door *door = asked->door;

	admin_run(routes->daemon->admin, door->act != NULL ? door->act->verb : door->section->verb, asked->args, asked->text,
	          asked->data, &asked->error);
	asked->item = (LoopItem){ .run = on_asked, .data = asked };
	loop_post(asked->loop, &asked->item);
}

/* ---- the question ---- */

static void add_option(json_t *args, const char *name, const char *value)
{
	g_autofree char *typed = g_strconcat("--", name, NULL);

	json_array_append_new(args, json_string(typed));
	json_array_append_new(args, json_string(value));
}

/* What begins with "--" would be read as an option. FALSE: refused, and answered. */
static gboolean add_fields(HttpCall *call, const AdminField *fields, gboolean options, const json_t *body, json_t *args)
{
	gboolean ended = FALSE;

	for (guint i = 0; fields[i].name != NULL; i++) {
		const json_t *said = json_object_get(body, fields[i].name);
		const char *value = json_is_true(said) ? "yes" : json_string_value(said);

		if ((fields[i].option || fields[i].consent) != options)
			continue;
		value = value != NULL ? value : http_call_param(call, fields[i].name);
		if (value != NULL && value[0] != '\0' &&
		    (g_str_has_prefix(value, "--") || ended || !g_utf8_validate(value, -1, NULL) ||
		     g_utf8_strlen(value, -1) > ADMIN_TEXT)) {
			refuse(call, 422, "invalid", "填写有误", fields[i].label);
			return FALSE;
		}
		if (value == NULL || value[0] == '\0') {
			if (!fields[i].optional) {
				refuse(call, 422, "invalid", "请填写", fields[i].label);
				return FALSE;
			}
			ended = !options;
		} else if (fields[i].consent) {
			json_array_append_new(args, json_sprintf("--%s", fields[i].name));
		} else if (options) {
			add_option(args, fields[i].name, value);
		} else {
			json_array_append_new(args, json_string(value));
		}
	}
	return TRUE;
}

/* NULL: refused, and answered. */
static json_t *make_args(HttpCall *call, const Door *door)
{
	const char *act = door->act != NULL ? door->act->act : door->section->act;
	const AdminField *fields = door->act != NULL ? door->act->fields : door->section->query;
	const Session *session = http_call_session(call);
	g_autoptr(json_t) body = http_call_json(call);
	g_autoptr(json_t) args = json_array();

	if (act != NULL)
		json_array_append_new(args, json_string(act));
	if (!add_fields(call, fields, FALSE, body, args) || !add_fields(call, fields, TRUE, body, args))
		return NULL;
	add_option(args, "account", session->account);
	add_option(args, "body", session->body != NULL ? session->body->id : "");
	add_option(args, "request", http_call_request_id(call));
	return g_steal_pointer(&args);
}

static void answer_started(HttpCall *call, const Door *door, json_t *args)
{
	CallReply *reply;

	if (!admin_begin_apart(door->routes->daemon->admin, door->act->verb, args)) {
		refuse(call, 409, "under-way", "正在进行，请稍后再看", NULL);
		return;
	}
	if (http_call_wants_page(call)) {
		answer_page(call, door, NULL, "已开始，结果稍后列在本页。");
		return;
	}
	reply = call_reply_new(202);
	g_string_assign(reply->body, "{\"started\":true}");
	http_call_answer(call, reply);
}

static void run_door(HttpCall *call, void *data)
{
	const Door *door = data;
	g_autoptr(json_t) args = NULL;
	Asked *asked;

	if (!may_call(call, door->section->who))
		return;
	/* One is to be chosen first. */
	if (door->act == NULL && door->section->query[0].name != NULL && !door->section->query[0].optional &&
	    http_call_wants_page(call) && http_call_param(call, door->section->query[0].name) == NULL) {
		answer_page(call, door, NULL, NULL);
		return;
	}
	args = make_args(call, door);
	if (args == NULL)
		return;
	if (door->act != NULL && verb_find(door->act->verb)->apart) {
		answer_started(call, door, args);
		return;
	}
	asked = g_new0(Asked, 1);
	*asked = (Asked){ .door = door, .call = call, .loop = http_call_loop(call), .args = g_steal_pointer(&args),
		          .text = g_string_new(NULL), .data = g_string_new(NULL) };
	g_hash_table_add(door->routes->asked, asked);
	g_thread_pool_push(door->routes->threads, asked, NULL);
}

static void run_index(HttpCall *call, void *data)
{
	CallReply *reply;
	PageView view;
	JsonOut out;

	(void)data;
	if (!may_call(call, HOST_PERMISSION_BITS))
		return;
	reply = call_reply_new(200);
	if (http_call_wants_page(call)) {
		reply->content_type = "text/html; charset=utf-8";
		http_call_view(call, &view);
		admin_index_page(&view, reply->body);
	} else {
		json_out_init(&out, reply->body);
		json_open(&out, NULL, FALSE);
		json_open(&out, "sections", TRUE);
		for (const AdminSection *section = admin_sections; section->path != NULL; section++)
			if (admin_may(http_call_session(call), section->who))
				json_put_text(&out, NULL, section->path);
		json_close_one(&out);
		json_close_one(&out);
	}
	http_call_answer(call, reply);
}

/* ---- life ---- */

static void door_free(gpointer data)
{
	Door *door = data;

	g_free(door->path);
	g_free(door->verb);
	g_free(door->permissions);
	g_free(door);
}

/* "kernel.system|kernel.users". (transfer full) */
static char *names_of(guint who)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < HOST_PERMISSIONS; i++)
		if ((who >> i & 1) != 0)
			g_string_append_printf(names, "%s%s", names->len > 0 ? "|" : "", roles_host_name(i));
	return g_string_free(names, FALSE);
}

static void describe_fields(const AdminField *fields, zhen_field *out)
{
	for (guint i = 0; fields[i].name != NULL; i++)
		out[i] = (zhen_field){ .name = fields[i].name, .label = fields[i].label, .choices = fields[i].choices,
			               .max = ADMIN_TEXT,
			               .type = fields[i].consent         ? ZHEN_BOOL :
			                       fields[i].choices != NULL ? ZHEN_CHOICE :
			                                                   ZHEN_TEXT,
			               .flags = fields[i].optional ? 0 : ZHEN_REQUIRED };
}

static void add_door(AdminRoutes *routes, const AdminSection *section, const AdminAct *act)
{
	const char *words[] = { act != NULL ? act->verb : section->verb, act != NULL ? act->act : section->act };
	Door *door = g_new0(Door, 1);

	*door = (Door){ .routes = routes, .section = section, .act = act,
		        .path = g_strconcat(ADMIN_PATH "/", act != NULL ? act->path : section->path, NULL),
		        .verb = g_strjoin(words[1] != NULL ? " " : NULL, words[0], words[1], NULL),
		        .permissions = names_of(section->who) };
	describe_fields(act != NULL ? act->fields : section->query, door->fields);
	g_ptr_array_add(routes->doors, door);
	http_add(routes->daemon->http,
	         &(HttpRoute){ .method = act != NULL ? ZHEN_POST : ZHEN_GET, .path = door->path,
	                       .summary = act != NULL ? act->title : section->title, .media = "application/json|text/html",
	                       .fields = door->fields[0].name != NULL ? door->fields : NULL,
	                       .permissions = door->permissions, .verb = door->verb, .run = run_door },
	         door);
}

AdminRoutes *admin_routes_new(Daemon *daemon)
{
	AdminRoutes *routes = g_new0(AdminRoutes, 1);

	routes->daemon = daemon;
	routes->doors = g_ptr_array_new_with_free_func(door_free);
	routes->asked = g_hash_table_new_full(NULL, NULL, asked_free, NULL);
	routes->threads = g_thread_pool_new(run_asked, routes, 1, FALSE, NULL);
	routes->permissions = names_of(HOST_PERMISSION_BITS);
	http_add(daemon->http,
	         &(HttpRoute){ .method = ZHEN_GET, .path = ADMIN_PATH, .summary = "系统管理",
	                       .media = "application/json|text/html", .permissions = routes->permissions, .run = run_index },
	         NULL);
	for (const AdminSection *section = admin_sections; section->path != NULL; section++) {
		add_door(routes, section, NULL);
		for (guint i = 0; section->acts[i] != NULL; i++)
			add_door(routes, section, section->acts[i]);
	}
	return routes;
}

void admin_routes_stop(AdminRoutes *routes)
{
	if (routes != NULL && routes->threads != NULL)
		g_thread_pool_free(g_steal_pointer(&routes->threads), TRUE, TRUE);
}

void admin_routes_free(AdminRoutes *routes)
{
	if (routes == NULL)
		return;
	admin_routes_stop(routes);
	/* Those whose answer was on its way to a loop that has ended. */
	g_hash_table_unref(routes->asked);
	g_ptr_array_unref(routes->doors);
	g_free(routes->permissions);
	g_free(routes);
}
