/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/call.h"
#include "base/json.h"

CallReply *call_reply_new(gint status)
{
	CallReply *reply = g_new0(CallReply, 1);

	reply->status = status;
	reply->content_type = "application/json";
	reply->body = g_string_sized_new(256);
	return reply;
}

void call_reply_free(CallReply *reply)
{
	if (reply == NULL)
		return;
	g_string_free(reply->body, TRUE);
	g_clear_pointer(&reply->location, g_free);
	g_clear_pointer(&reply->etag, g_free);
	g_clear_pointer(&reply->blob, g_free);
	g_clear_pointer(&reply->file_name, g_free);
	g_free(reply);
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
