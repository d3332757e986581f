/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "daemon/check.h"

/* "  title: a, b, c" by @name of each row; nothing where there is no row. */
static void put_names(GString *text, const char *title, const void *rows, guint count, gsize size)
{
	if (count == 0)
		return;
	g_string_append_printf(text, "  %s: ", title);
	for (guint i = 0; i < count; i++) {
		const char *name;

		memcpy(&name, (const char *)rows + i * size, sizeof(name)); /* every row begins with what it is called */
		g_string_append(text, i > 0 ? ", " : "");
		check_put_plain(text, name);
	}
	g_string_append_c(text, '\n');
}
#define PUT_NAMES(text, title, plugin, member) \
	put_names(text, title, (plugin)->member, (plugin)->n_##member, sizeof(*(plugin)->member))

static void put_routes(GString *text, const Plugin *plugin)
{
	for (guint i = 0; i < plugin->n_routes; i++) {
		const zhen_route *row = &plugin->routes[i];

		g_string_append_printf(text, "  %-6s ", method_name(row->method));
		check_put_plain(text, row->path);
		g_string_append_printf(text, "  [%s]  ", row->permission != NULL ? row->permission : "公开 public");
		check_put_plain(text, row->summary);
		g_string_append_c(text, '\n');
	}
}

static void put_settings(GString *text, const Plugin *plugin)
{
	for (guint i = 0; i < plugin->n_settings; i++) {
		const zhen_setting *row = &plugin->settings[i];

		g_string_append_printf(text, "  %s (%s) = ", row->key, type_name(row->type));
		check_put_plain(text, row->def != NULL ? row->def : "必须设置 (must be set)");
		g_string_append(text, row->help != NULL ? "  " : "");
		check_put_plain(text, row->help != NULL ? row->help : "");
		g_string_append_c(text, '\n');
	}
}

static void put_plugin(GString *text, const PluginFile *file)
{
	const Plugin *plugin = file->plugin;

	g_string_append_printf(text, "  %s %s ", plugin->id, plugin->version);
	check_put_plain(text, plugin->title != NULL ? plugin->title : "");
	g_string_append_printf(text, "\n  SDK %u.%u；未签名 (not signed)；没有运行其代码 (its code was not run)\n",
	                       file->major, file->minor);
	if (plugin->summary != NULL) {
		g_string_append(text, "  ");
		check_put_plain(text, plugin->summary);
		g_string_append_c(text, '\n');
	}
	put_routes(text, plugin);
	put_settings(text, plugin);
	PUT_NAMES(text, "需要 (needs)", plugin, needs);
	PUT_NAMES(text, "发布 (topics)", plugin, topics);
	PUT_NAMES(text, "订阅 (subscriptions)", plugin, subscriptions);
	PUT_NAMES(text, "功能 (features)", plugin, features);
	PUT_NAMES(text, "权限 (permissions)", plugin, permissions);
	PUT_NAMES(text, "任务 (jobs)", plugin, jobs);
	if (plugin->n_migrations > 0)
		g_string_append_printf(text, "  迁移 (migrations): %u\n", plugin->n_migrations);
}

void inspect_text(const PluginFile *file, const Faults *faults, GString *text)
{
	check_put_plain(text, file->path);
	g_string_append_c(text, '\n');
	if (file->plugin != NULL)
		put_plugin(text, file);
	for (guint i = 0; i < faults_kept(faults); i++) {
		g_string_append(text, "  错误 (refused): ");
		check_put_plain(text, faults_nth(faults, i)->message);
		g_string_append_c(text, '\n');
	}
	if (faults_count(faults) > faults_kept(faults))
		g_string_append_printf(text, "  还有 %u 处 (more)\n", faults_count(faults) - faults_kept(faults));
}

void inspect_json(const PluginFile *file, const Faults *faults, JsonOut *out)
{
	char sdk[16];

	g_snprintf(sdk, sizeof sdk, "%u.%u", file->major, file->minor);
	json_open(out, NULL, FALSE);
	check_put_text(out, "path", file->path);
	json_put_bool(out, "fine", faults_count(faults) == 0);
	json_put_text(out, "sdk", file->major > 0 ? sdk : NULL);
	json_put_bool(out, "signed", FALSE);
	json_open(out, "faults", TRUE);
	for (guint i = 0; i < faults_kept(faults); i++)
		check_put_text(out, NULL, faults_nth(faults, i)->message);
	json_close_one(out);
	if (file->plugin != NULL)
		json_put_raw(out, "plugin", file->plugin->note, strlen(file->plugin->note));
	json_close_one(out);
}
