/* SPDX-License-Identifier: Apache-2.0
 * From a request to a CallRequest. Names that begin with '_' are the host's: _csrf, _key (Idempotency-Key), _match or _version
 * (If-Match), _method, _form, _ticket. */
#include "http/internal.h"

#include <string.h>

#include "base/json_flat.h"
#include "http/forms.h"

#define KEY_MAX 128
#define TAGS_MAX 1024

static gboolean refuse(HttpCall *call, const char *detail)
{
	answer_problem(call, 400, "bad-request", "请求格式不对", detail);
	return FALSE;
}

static void add_path_params(HttpCall *call)
{
	for (guint i = 0; i < call->match.n_params && call->entry->params[i] != NULL; i++) {
		View view = call->match.params[i];

		params_add(&call->params, call->arena, call->entry->params[i],
		           arena_strndup(call->arena, call->route_path + view.at, view.length), view.length);
	}
	call->n_path = call->params.count;
}

gboolean submit_read_query(HttpCall *call)
{
	View query = call->head.query;
	const char *fault = NULL;

	if (!call->late_route)
		add_path_params(call);
	if (query.length > 0)
		fault = params_decode(&call->params, call->arena, call_bytes(call) + query.at, query.length);
	call->n_query = call->params.count - call->n_path;
	return fault == NULL || refuse(call, fault);
}

static guint32 method_of(const char *name)
{
	for (guint32 method = ZHEN_PUT; method <= ZHEN_DELETE; method++)
		if (name != NULL && strcmp(name, method_name(method)) == 0)
			return method;
	return ZHEN_POST;
}

gboolean submit_read_form(HttpCall *call)
{
	const char *fault = params_decode(&call->params, call->arena, call->text, call->text_length);
	guint32 method = method_of(params_text(&call->params, "_method"));

	if (fault != NULL)
		return refuse(call, fault);
	if (!call->late_route && (method == ZHEN_POST || call->entry->kind != ROUTE_PLUGIN))
		return TRUE;
	if (!guard_method(call, method))
		return FALSE;
	/* The route is known only now: its path parameters go to the front. */
	Params old = call->params;
	guint old_path = call->n_path;

	call->params = (Params){ NULL, 0, 0 };
	add_path_params(call);
	for (guint i = old_path; i < old.count; i++)
		params_add(&call->params, call->arena, old.items[i].name, old.items[i].value, old.items[i].length);
	return TRUE;
}

/* ---- the request as the plugin gets it ---- */

static void fill_caller(HttpCall *call, CallRequest *request)
{
	Caller *caller = &request->caller;
	const Session *session = call->session;
	const Mount *mount = call->entry->mount;

	*caller = (Caller){ .account = "", .name = "", .body = "", .division = "", .on_behalf = "" };
	if (session == NULL)
		return;
	caller->account = session->account;
	caller->name = session->name;
	caller->body = session->body != NULL ? session->body->id : "";
	/* The runtime scopes by this: who sees only the rows of the own body has no division. */
	request->place = !session->own_body_only ? session->division : NULL;
	caller->division = request->place != NULL ? request->place->code : "";
	for (guint i = 0; i < MIN(mount->plugin->n_permissions, 64); i++)
		if (session_may(session, mount->permissions[i]))
			caller->permissions |= G_GUINT64_CONSTANT(1) << i;
}

/* Path, then query without what the host keeps and what the path already says. */
static void fill_params(HttpCall *call, CallRequest *request)
{
	const guint count = call->n_path + call->n_query;

	if (call->n_query == 0) {
		request->params = call->params.items;
		request->n_params = count;
		return;
	}
	for (guint i = 0; i < count; i++) {
		const CallParam *param = &call->params.items[i];

		if (i >= call->n_path && (param->name[0] == '_' || params_find(&call->sent, param->name) != NULL))
			continue;
		params_add(&call->sent, call->arena, param->name, param->value, param->length);
	}
	request->params = call->sent.items;
	request->n_params = call->sent.count;
}

/* A form's fields become the JSON object that the route declares. */
static void fill_body(HttpCall *call, CallRequest *request)
{
	const guint skip = call->n_path + call->n_query;
	g_autoptr(GString) json = NULL;

	if (call->body_kind == BODY_JSON) {
		request->body = call->text;
		request->body_length = call->text_length;
	}
	if (call->body_kind != BODY_FORM && call->body_kind != BODY_MULTIPART)
		return;
	json = g_string_sized_new(256);
	forms_to_json(call->entry->route->fields, call->entry->route->path, call->params.items + skip,
	              call->params.count - skip, json);
	request->body = arena_strndup(call->arena, json->str, json->len);
	request->body_length = json->len;
}

static const char *header_or_field(HttpCall *call, RequestHeader header, const char *field)
{
	const gboolean form = call->body_kind == BODY_FORM || call->body_kind == BODY_MULTIPART;
	const char *text = header != HEADER_COUNT ? call_header(call, header) : NULL;

	if (text == NULL && form)
		text = params_text(&call->params, field);
	return text != NULL && text[0] != '\0' ? text : NULL;
}

static gboolean printable(const char *text, gsize most, char least)
{
	gsize length = 0;

	for (; text[length] != '\0'; length++)
		if (length == most || ((text[length] < least || text[length] > 0x7e) && text[length] != '\t'))
			return FALSE;
	return TRUE;
}

/* What a form's own field says is the version itself; the header, and what pages of ours carry, is a tag. */
static const char *read_if_match(HttpCall *call)
{
	const char *match = header_or_field(call, HEADER_IF_MATCH, "_match");
	const char *version = match == NULL ? header_or_field(call, HEADER_COUNT, "_version") : NULL;

	return version != NULL ? arena_printf(call->arena, "\"%s\"", version) : match;
}

static void on_reply(void *data, CallReply *reply)
{
	HttpCall *call = data;

	throttle_settle(call, reply->status);
	if (call_claim(call))
		answer(call, reply);
	else
		call_reply_free(reply);
}

/* FALSE = @out_wrong. */
static gboolean fill(HttpCall *call, CallRequest *request, const char **out_wrong)
{
	request->kind = CALL_ROUTE;
	request->index = call->entry->index;
	request->now_ms = call->now_ms;
	request->request_id = call->request_id;
	request->base_url = call->home->http->options.base_url;
	request->address = call->address;
	fill_caller(call, request);
	fill_params(call, request);
	if (call->method == ZHEN_GET)
		return TRUE;
	fill_body(call, request);
	request->idempotency_key = header_or_field(call, HEADER_IDEMPOTENCY_KEY, "_key");
	request->if_match = read_if_match(call);
	if (request->idempotency_key != NULL && !printable(request->idempotency_key, KEY_MAX, 0x21))
		*out_wrong = "Idempotency-Key: at most 128 visible ASCII characters";
	else if (request->if_match != NULL && !printable(request->if_match, TAGS_MAX, 0x20))
		*out_wrong = "If-Match: at most 1024 ASCII characters";
	return *out_wrong == NULL;
}

typedef struct Naming {
	HttpCall *call;
	GArray *posts; /* of CallAccount */
} Naming;

static void add_post(void *data, const Posted *posted)
{
	const Naming *naming = data;
	const Mount *mount = naming->call->entry->mount;
	Arena *arena = naming->call->arena;
	CallAccount post = {
		.account = arena_strdup(arena, posted->account),
		.name = arena_strdup(arena, posted->name),
		.body = posted->body != NULL ? posted->body->id : "",
		.division = posted->body != NULL ? posted->body->division->code : "",
	};

	for (guint i = 0; i < MIN(mount->plugin->n_permissions, 64); i++)
		if (posted_may(posted, mount->permissions[i]))
			post.permissions |= G_GUINT64_CONSTANT(1) << i;
	g_array_append_val(naming->posts, post);
}

/* Accounts are the host's to know: of those that the call names, their posts go with it, and nobody else's. */
static void name_accounts(HttpCall *call)
{
	const zhen_field *field = call->entry->route->fields;
	JsonMembers body;
	g_autoptr(GArray) posts = NULL;

	while (field != NULL && field->name != NULL && field->type != ZHEN_ACCOUNT)
		field++;
	if (field == NULL || field->name == NULL || call->session == NULL ||
	    !json_members_read(&body, call->request.body, call->request.body_length, call->arena, NULL))
		return;
	posts = g_array_new(FALSE, FALSE, sizeof(CallAccount));
	for (; field->name != NULL; field++) {
		JsonFlat member = { .kind = JSON_FLAT_NULL };
		const char *id;

		if (field->type != ZHEN_ACCOUNT)
			continue;
		id = json_members_find(&body, field->name, &member) && member.kind == JSON_FLAT_TEXT ?
		             arena_strndup(call->arena, member.text, member.length) :
		             params_text(&call->params, field->name);
		if (id != NULL && id[0] != '\0')
			access_each_posted(call->home->http->options.access, id, NULL, call->now_ms, add_post,
			                   &(Naming){ call, posts });
	}
	json_members_clear(&body);
	call->request.n_accounts = posts->len;
	if (posts->len == 0)
		return;
	call->request.accounts = memcpy(arena_alloc(call->arena, posts->len * sizeof(CallAccount)), posts->data,
	                                posts->len * sizeof(CallAccount));
}

void submit_call(HttpCall *call)
{
	Home *home = call->entry->mount->home;
	const char *wrong = NULL;

	if (!fill(call, &call->request, &wrong)) {
		call->awaited = FALSE;
		refuse(call, wrong);
		return;
	}
	name_accounts(call);
	if (throttle_admit(call))
		home->submit(home, call->home->loop, &call->request, on_reply, call);
}

gboolean caller_may(const HttpCall *call, const Mount *mount, const char *permission)
{
	if (permission == NULL)
		return TRUE;
	for (guint i = 0; call->session != NULL && i < mount->plugin->n_permissions; i++)
		if (strcmp(mount->plugin->permissions[i].name, permission) == 0)
			return session_may(call->session, mount->permissions[i]);
	return FALSE;
}
