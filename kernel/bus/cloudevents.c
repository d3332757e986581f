/* SPDX-License-Identifier: Apache-2.0 */
#include "bus/cloudevents.h"

#include <string.h>

#include "base/json.h"

void cloudevent_put_id(GString *out, const char *plugin, const LogPosition *position)
{
	char text[LOG_POSITION_TEXT];

	log_position_print(position, text);
	g_string_append(out, plugin);
	g_string_append_c(out, ':');
	g_string_append(out, text);
}

/* In JSON that is valid a line break stands only between tokens; in a line of its own it would end it. */
static void put_body(JsonOut *out, const LogEvent *event)
{
	gsize from;

	json_put_raw(out, "data", "", 0);
	from = out->text->len;
	g_string_append_len(out->text, event->body, (gssize)event->body_length);
	for (gsize i = from; i < out->text->len; i++)
		if (out->text->str[i] == '\n' || out->text->str[i] == '\r')
			out->text->str[i] = ' ';
}

void cloudevent_put(GString *out, const Plugin *publisher, const LogEvent *event)
{
	g_autoptr(GString) id = g_string_new(NULL);
	g_autofree char *source = g_strconcat("/p/", publisher->id, NULL);
	g_autofree char *type = g_strconcat("cn.zhen.", event->topic, ".v1", NULL);
	JsonOut json;

	cloudevent_put_id(id, publisher->id, &event->position);
	json_out_init(&json, out);
	json_open(&json, NULL, FALSE);
	json_put_text(&json, "specversion", "1.0");
	json_put_text(&json, "id", id->str);
	json_put_text(&json, "source", source);
	json_put_text(&json, "type", type);
	json_put_time(&json, "time", event->at_ms);
	/* Attributes may be missing but never empty. */
	if (event->subject[0] != '\0')
		json_put_text(&json, "subject", event->subject);
	if (event->division[0] != '\0')
		json_put_text(&json, "division", event->division);
	json_put_text(&json, "datacontenttype", "application/json");
	put_body(&json, event);
	json_close_one(&json);
}
