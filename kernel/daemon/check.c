/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/check.h"

#include <string.h>

#define NOT_CHECKED "代码与说明是否相符、能否启动 (whether the code is what its note says, whether it starts)"

void check_put_plain(GString *text, const char *words)
{
	while (*words != '\0') {
		gsize plain = 0;
		gunichar letter;

		while (words[plain] >= ' ' && words[plain] < 0x7f)
			plain++;
		g_string_append_len(text, words, (gssize)plain);
		words += plain;
		if (*words == '\0')
			return;
		letter = g_utf8_get_char_validated(words, -1);
		/* Also those that turn the direction of what follows. A file's name may be no text at all. */
		if (letter >= (gunichar)-2) {
			g_string_append_printf(text, "\\x%02x", (guchar)*words++);
			continue;
		}
		if (g_unichar_iscntrl(letter) || (letter >= 0x202a && letter <= 0x202e) ||
		    (letter >= 0x2066 && letter <= 0x2069))
			g_string_append_printf(text, "\\x%02x", letter);
		else
			g_string_append_unichar(text, letter);
		words = g_utf8_next_char(words);
	}
}

void check_put_text(JsonOut *out, const char *name, const char *words)
{
	g_autofree char *valid = words != NULL ? g_utf8_make_valid(words, -1) : NULL;

	json_put_text(out, name, valid);
}

static const char *weight_of(const Complaint *complaint)
{
	return complaint->warning ? "提醒 (warning)" :
	       complaint->stops   ? "错误 (stops the host)" :
	                            "模块不启动 (left out)";
}

static void put_not_checked(const Verdict *verdict, GString *text)
{
	if (verdict->tables->len == 0)
		return;
	g_string_append(text, "没有运行就没有检查 (not checked without running it): ");
	for (guint i = 0; i < verdict->tables->len; i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", ((const Plugin *)verdict->tables->pdata[i])->id);
	g_string_append(text, ": " NOT_CHECKED "; zhend: 端口是否空闲 (whether its port is free)\n");
}

void check_text(const Verdict *verdict, GString *text)
{
	const guint faults = verdict_faults(verdict);

	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *complaint = verdict->complaints->pdata[i];

		g_string_append_printf(text, "%s%s%s: ", weight_of(complaint), complaint->plugin != NULL ? " " : "",
		                       complaint->plugin != NULL ? complaint->plugin : "");
		check_put_plain(text, complaint->text);
		g_string_append_c(text, '\n');
	}
	if (verdict->allow_unsigned)
		g_string_append(text, "允许未签名的模块 (unsigned plugins are allowed)\n");
	put_not_checked(verdict, text);
	if (faults == 0)
		g_string_append(text, "没有发现错误 (no faults)\n");
	else
		g_string_append_printf(text, "%u 处错误 (faults)；%s\n", faults,
		                       verdict_starts(verdict) ? "zhend 可以启动，但不含上列模块 (starts without those plugins)" :
		                                                 "zhend 不能启动 (does not start)");
}

static void put_complaints(const Verdict *verdict, JsonOut *out)
{
	json_open(out, "faults", TRUE);
	for (guint i = 0; i < verdict->complaints->len; i++) {
		const Complaint *complaint = verdict->complaints->pdata[i];

		json_open(out, NULL, FALSE);
		json_put_text(out, "plugin", complaint->plugin);
		json_put_text(out, "weight", complaint->warning ? "warning" : complaint->stops ? "stops" : "left-out");
		check_put_text(out, "text", complaint->text);
		json_close_one(out);
	}
	json_close_one(out);
}

void check_json(const Verdict *verdict, JsonOut *out)
{
	json_open(out, NULL, FALSE);
	json_put_bool(out, "fine", verdict_faults(verdict) == 0);
	json_put_bool(out, "starts", verdict_starts(verdict));
	json_put_bool(out, "unsigned_allowed", verdict->allow_unsigned);
	put_complaints(verdict, out);
	json_open(out, "plugins", TRUE);
	for (guint i = 0; i < verdict->plugins->len; i++) {
		const VerdictPlugin *entry = verdict->plugins->pdata[i];
		const Plugin *plugin = entry->file != NULL ? entry->file->plugin : NULL;

		json_open(out, NULL, FALSE);
		json_put_text(out, "id", entry->id);
		json_put_text(out, "version", plugin != NULL ? plugin->version : NULL);
		json_put_bool(out, "critical", entry->critical);
		json_put_text(out, "state", entry->out ? "left-out" : "starts");
		json_put_text(out, "not_checked", entry->out ? NULL : "without running it: " NOT_CHECKED);
		json_close_one(out);
	}
	json_close_one(out);
	json_close_one(out);
}
