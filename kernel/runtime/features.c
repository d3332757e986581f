/* SPDX-License-Identifier: Apache-2.0
 * What of the plugin is off where, as far as calls go: storage, jobs, events. Routes are refused in front. */
#include <string.h>
#include "runtime/exec.h"

static Settings *settings_now(Runtime *runtime)
{
	Settings *settings;

	pthread_mutex_lock(&runtime->lock);
	settings = settings_ref(runtime->settings);
	pthread_mutex_unlock(&runtime->lock);
	return settings;
}

const Settings *call_settings(Call *call)
{
	if (call->settings == NULL)
		call->settings = settings_now(call->runtime);
	return call->settings;
}

/* What is on everywhere needs no look at each call. */
void features_note(Runtime *runtime)
{
	const Switches *switches = settings_switches(runtime->settings);

	g_atomic_int_set(&runtime->on_everywhere, switches_everywhere(switches, runtime->env->divisions));
}

void features_narrow(Call *call, const char *feature)
{
	const Switches *switches;
	g_autoptr(GPtrArray) on = NULL;
	const Division **only;

	if ((call->division == NULL && !call->scope.all) ||
	    (feature == NULL && g_atomic_int_get(&call->runtime->on_everywhere)))
		return;
	switches = settings_switches(call_settings(call));
	if (switches == NULL)
		return;
	on = g_ptr_array_new();
	if (!switches_narrow(switches, switches_row(switches, feature), call->division, call->runtime->env->divisions,
	                     call->request->now_ms, on))
		return;
	only = arena_alloc(call->keep, (on->len + 1) * sizeof *only);
	for (guint i = 0; i < on->len; i++)
		only[i] = on->pdata[i];
	call->scope.only = only;
	call->scope.n_only = on->len;
}

/* Who files has no division of his own, and who acts for a county acts in its townships: what is named must be where this is
 * on, or above such a place. */
static gboolean is_named_off(const Call *call, const Switches *switches, gint row, const zhen_field *field,
                             const zhen_value *value)
{
	const Division *named;

	if (field->type != ZHEN_DIVISION || (field->flags & ZHEN_ANYWHERE) != 0 || value->kind == ZHEN_KIND_NULL)
		return FALSE;
	named = divisions_find(call->runtime->env->divisions, value->as.text);
	return named != NULL && !switches_serve(switches, row, named, call->request->now_ms);
}

gboolean features_named(Call *call)
{
	const Plugin *plugin = call->runtime->plugin;
	const Fields *fields = &call->fields;
	const Switches *switches;
	gboolean off = FALSE;
	gint row;

	if (call->route->feature == NULL && g_atomic_int_get(&call->runtime->on_everywhere))
		return TRUE;
	switches = settings_switches(call_settings(call));
	row = switches_row(switches, call->route->feature);
	for (guint i = 0; switches != NULL && i < fields->count; i++) {
		const FieldList *list = &fields->lists[i];

		off |= is_named_off(call, switches, row, &fields->declared[i], &fields->values[i]);
		for (guint j = 0; j < list->count * list->width; j++)
			off |= is_named_off(call, switches, row, &fields->declared[i].fields[j % list->width],
			                    &list->values[j]);
	}
	if (off && row >= 0)
		exec_refuse(call, ZHEN_NOT_FOUND, "not-enabled", "所填地区未开通“%s”",
		            plugin->features[row].title != NULL ? plugin->features[row].title : plugin->features[row].name);
	else if (off)
		exec_refuse(call, ZHEN_NOT_FOUND, "not-enabled", "所填地区未开通此项服务");
	return !off;
}

gboolean features_off_everywhere(Runtime *runtime, const char *feature, gint64 now_ms)
{
	Settings *settings;
	const Switches *switches;
	gboolean off;

	if (feature == NULL)
		return FALSE;
	settings = settings_now(runtime);
	switches = settings_switches(settings);
	off = !switches_serve(switches, switches_row(switches, feature), NULL, now_ms);
	settings_unref(settings);
	return off;
}

/* As it was when the event was emitted: when it is delivered changes nothing. */
gboolean features_off_for(Call *call, const char *feature, const CallEvent *event)
{
	const Switches *switches = feature != NULL ? settings_switches(call_settings(call)) : NULL;
	const Division *division;

	if (switches == NULL)
		return FALSE;
	division = event->division[0] != '\0' ? divisions_find(call->runtime->env->divisions, event->division) : NULL;
	return !switches_serve(switches, switches_row(switches, feature), division, event->at_ms);
}

gboolean plugin_subscribes(const Plugin *plugin, guint i, const Settings *settings)
{
	const Switches *switches = settings_switches(settings);

	return switches_ever(switches, switches_row(switches, plugin->subscriptions[i].feature));
}

void plugin_subscribe_less(Plugin *plugin, const Settings *settings)
{
	guint kept = 0;

	for (guint i = 0; i < plugin->n_subscriptions; i++)
		if (plugin_subscribes(plugin, i, settings))
			plugin->subscriptions[kept++] = plugin->subscriptions[i];
	plugin->n_subscriptions = kept;
}
