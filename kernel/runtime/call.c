/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/call.h"

#include <pthread.h>

#include "base/json.h"

#define SPARE_MAX 32
#define SPARE_BYTES_MAX 16384
#define TYPES_MAX 256

/* Of one thread, for its next answers: an answer and its text would be three allocations for each request. */
typedef struct Spare {
	guint count;
	CallReply *replies[SPARE_MAX];
} Spare;

static void really_free(CallReply *reply)
{
	g_string_free(reply->body, TRUE);
	g_free(reply);
}

static void spare_free(void *data)
{
	Spare *spare = data;

	for (guint i = 0; i < spare->count; i++)
		really_free(spare->replies[i]);
	g_free(spare);
}

static Spare *spare_of_thread(void)
{
	static GPrivate own = G_PRIVATE_INIT(spare_free);
	Spare *spare = g_private_get(&own);

	if (spare == NULL) {
		spare = g_new0(Spare, 1);
		g_private_set(&own, spare);
	}
	return spare;
}

CallReply *call_reply_new(gint status)
{
	Spare *spare = spare_of_thread();
	CallReply *reply;

	if (spare->count > 0) {
		reply = spare->replies[--spare->count];
	} else {
		reply = g_new(CallReply, 1);
		reply->body = g_string_sized_new(512);
	}
	*reply = (CallReply){ .status = status, .content_type = "application/json", .body = reply->body };
	return reply;
}

void call_reply_free(CallReply *reply)
{
	Spare *spare;

	if (reply == NULL)
		return;
	g_clear_pointer(&reply->location, g_free);
	g_clear_pointer(&reply->etag, g_free);
	g_clear_pointer(&reply->blob, g_free);
	g_clear_pointer(&reply->file_name, g_free);
	spare = spare_of_thread();
	if (spare->count == SPARE_MAX || reply->body->allocated_len > SPARE_BYTES_MAX) {
		really_free(reply);
		return;
	}
	g_string_truncate(reply->body, 0);
	spare->replies[spare->count++] = reply;
}

char *code_to_english(const char *code)
{
	char *text = g_strdup(code);

	for (char *p = text; *p != '\0'; p++)
		if (*p == '-')
			*p = ' ';
	text[0] = g_ascii_toupper(text[0]);
	return text;
}

CallReply *call_reply_problem(gint status, const char *code, const char *title, const char *detail)
{
	CallReply *reply = call_reply_new(status);
	g_autofree char *type = g_strconcat("/problems/", code, NULL);
	g_autofree char *english = code_to_english(code);
	JsonOut out;

	reply->content_type = "application/problem+json";
	json_out_init(&out, reply->body);
	json_open(&out, NULL, FALSE);
	json_put_text(&out, "type", type);
	json_put_text(&out, "code", code);
	json_put_text(&out, "title", title);
	json_put_text(&out, "title_en", english);
	json_put_int(&out, "status", status);
	if (detail != NULL)
		json_put_text(&out, "detail", detail);
	json_close_one(&out);
	return reply;
}

const char *call_keep_type(const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static GHashTable *kept;
	char *found;

	pthread_mutex_lock(&lock);
	if (kept == NULL)
		kept = g_hash_table_new(g_str_hash, g_str_equal);
	found = g_hash_table_lookup(kept, text);
	if (found == NULL && g_hash_table_size(kept) < TYPES_MAX) {
		found = g_strdup(text);
		g_hash_table_add(kept, found);
	}
	pthread_mutex_unlock(&lock);
	return found != NULL ? found : "application/octet-stream";
}
