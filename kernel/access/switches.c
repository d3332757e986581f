/* SPDX-License-Identifier: Apache-2.0 */
#include "access/switches.h"

#include <string.h>
#include "base/error.h"
#include "base/json.h"

typedef struct Rule {
	char code[13];
	guint8 digits; /* of the code that count */
	gboolean on;
	gint row;
	gint64 from_ms, until_ms;
	const char *origin; /* of the switches' texts */
} Rule;

struct Switches {
	gint ref;
	char **names; /* of the features, NULL-ended */
	gboolean *off_by_default;
	gint count;
	GArray *rules; /* of Rule */
	GStringChunk *texts;
	const char *origin;
};

Switches *switches_new(const zhen_feature *features, guint count)
{
	Switches *switches = g_new0(Switches, 1);

	switches->ref = 1;
	switches->count = (gint)count;
	switches->names = g_new0(char *, count + 1);
	switches->off_by_default = g_new0(gboolean, count + 1);
	for (guint i = 0; i < count; i++) {
		switches->names[i] = g_strdup(features[i].name);
		switches->off_by_default[i] = (features[i].flags & ZHEN_OFF_BY_DEFAULT) != 0;
	}
	switches->rules = g_array_new(FALSE, FALSE, sizeof(Rule));
	switches->texts = g_string_chunk_new(64);
	switches->origin = "";
	return switches;
}

Switches *switches_ref(Switches *switches)
{
	if (switches != NULL)
		g_atomic_int_inc(&switches->ref);
	return switches;
}

void switches_unref(Switches *switches)
{
	if (switches == NULL || !g_atomic_int_dec_and_test(&switches->ref))
		return;
	g_strfreev(switches->names);
	g_free(switches->off_by_default);
	g_array_unref(switches->rules);
	g_string_chunk_free(switches->texts);
	g_free(switches);
}

gint switches_row(const Switches *switches, const char *name)
{
	if (name == NULL || switches == NULL)
		return SWITCH_PLUGIN;
	for (gint i = 0; i < switches->count; i++)
		if (strcmp(switches->names[i], name) == 0)
			return i;
	return -2;
}

/* Digits of @code that say where it lies: those of its last level that is not all zeros. */
static guint digits_of(const char *code)
{
	static const guint8 ends[] = { 0, 2, 4, 6, 9, 12 };
	gsize length = strlen(code);
	guint i = 0;

	while (length > 0 && code[length - 1] == '0')
		length--;
	while (i + 1 < G_N_ELEMENTS(ends) && ends[i] < length)
		i++;
	return ends[i];
}

void switches_origin(Switches *switches, const char *origin)
{
	switches->origin = g_string_chunk_insert_const(switches->texts, origin);
}

void switches_add(Switches *switches, const char *code, gint row, gboolean on, gint64 from_ms, gint64 until_ms)
{
	Rule rule = { .on = on, .row = row, .from_ms = from_ms, .until_ms = until_ms, .origin = switches->origin };

	g_strlcpy(rule.code, code, sizeof rule.code);
	rule.digits = (guint8)digits_of(rule.code);
	g_array_append_val(switches->rules, rule);
}

const char *switches_against(const Switches *switches, const char *code, gint row, gboolean on, gint64 from_ms,
                             gint64 until_ms)
{
	for (guint i = 0; i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		if (rule->row == row && rule->on != on && strcmp(rule->code, code) == 0 && rule->from_ms < until_ms &&
		    from_ms < rule->until_ms)
			return rule->origin;
	}
	return NULL;
}

gboolean switches_covers(const char *above, const char *code)
{
	return strncmp(above, code, digits_of(above)) == 0;
}

/* ---- questions ---- */

static gboolean is_on_time(const Rule *rule, gint64 now_ms)
{
	return now_ms >= rule->from_ms && now_ms < rule->until_ms;
}

/* The nearest rule at or above @code; of several of one division, one that says on. */
static const Rule *decider(const Switches *switches, gint row, const char *code, gint64 now_ms)
{
	const Rule *found = NULL;

	for (guint i = 0; i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		if (rule->row == row && is_on_time(rule, now_ms) && strncmp(code, rule->code, rule->digits) == 0 &&
		    (found == NULL || rule->digits > found->digits || (rule->digits == found->digits && rule->on)))
			found = rule;
	}
	return found;
}

static gboolean on_alone(const Switches *switches, gint row, const char *code, gint64 now_ms)
{
	const Rule *rule = decider(switches, row, code, now_ms);

	if (rule != NULL)
		return rule->on;
	return row >= 0 && !switches->off_by_default[row];
}

static gboolean on_at(const Switches *switches, gint row, const char *code, gint64 now_ms)
{
	return on_alone(switches, SWITCH_PLUGIN, code, now_ms) && (row < 0 || on_alone(switches, row, code, now_ms));
}

gboolean switches_on(const Switches *switches, gint row, const Division *division, gint64 now_ms)
{
	return switches == NULL || on_at(switches, row, division->code, now_ms);
}

/* Where something is on, the rules that make it so hold at the division of the nearer of them as well: it is enough to look
 * there. */
gboolean switches_serve(const Switches *switches, gint row, const Division *division, gint64 now_ms)
{
	const guint digits = division != NULL ? digits_of(division->code) : 0;

	if (switches == NULL || (division != NULL && on_at(switches, row, division->code, now_ms)))
		return TRUE;
	for (guint i = 0; i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		if (rule->on && (rule->row == row || rule->row == SWITCH_PLUGIN) && is_on_time(rule, now_ms) &&
		    (division == NULL || strncmp(rule->code, division->code, digits) == 0) &&
		    on_at(switches, row, rule->code, now_ms))
			return TRUE;
	}
	return FALSE;
}

gboolean switches_everywhere(const Switches *switches, const Divisions *divisions)
{
	guint count = 0;
	const Division *const *every = switches != NULL && divisions != NULL ? divisions_all(divisions, &count) : NULL;

	for (guint i = 0; switches != NULL && i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		if (rule->row == SWITCH_PLUGIN && (rule->from_ms != G_MININT64 || rule->until_ms != G_MAXINT64))
			return FALSE;
	}
	for (guint i = 0; i < count; i++)
		if (every[i]->n_children == 0 && !on_at(switches, SWITCH_PLUGIN, every[i]->code, 0))
			return FALSE;
	return switches == NULL || divisions != NULL;
}

/* Nothing changes but when a rule begins or ends. */
gboolean switches_ever(const Switches *switches, gint row)
{
	gboolean ever = switches == NULL;

	for (guint i = 0; !ever && i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		ever = switches_serve(switches, row, NULL, rule->from_ms) ||
		       switches_serve(switches, row, NULL, rule->until_ms);
	}
	return ever;
}

/* Whether nothing below @code says otherwise than it does itself. */
static gboolean is_even(const Switches *switches, gint row, const char *code, guint digits)
{
	for (guint i = 0; i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		if (!rule->on && (rule->row == row || rule->row == SWITCH_PLUGIN) &&
		    strncmp(rule->code, code, digits) == 0)
			return FALSE;
	}
	return TRUE;
}

static gboolean add_on(const Switches *switches, gint row, const Division *division, gint64 now_ms, GPtrArray *out)
{
	gboolean all = TRUE;

	for (guint i = 0; i < division->n_townships; i++) {
		const Division *township = division->townships[i];

		if (on_at(switches, row, township->code, now_ms))
			g_ptr_array_add(out, (Division *)township);
		else
			all = FALSE;
	}
	return all;
}

gboolean switches_narrow(const Switches *switches, gint row, const Division *division, const Divisions *divisions,
                         gint64 now_ms, GPtrArray *out)
{
	const Division *const *every;
	gboolean all = TRUE;
	guint count = 0;

	if (switches == NULL || (division != NULL && on_at(switches, row, division->code, now_ms) &&
	                         is_even(switches, row, division->code, digits_of(division->code))))
		return FALSE;
	every = division == NULL ? divisions_all(divisions, &count) : NULL;
	if (division != NULL)
		all = add_on(switches, row, division, now_ms, out);
	for (guint i = 0; i < count; i++)
		if (every[i]->parent == NULL)
			all &= add_on(switches, row, every[i], now_ms, out);
	if (all)
		g_ptr_array_set_size(out, 0);
	return !all;
}

const char *switches_decider(const Switches *switches, gint row, const Division *division, gint64 now_ms)
{
	const Rule *rule = switches != NULL ? decider(switches, row, division->code, now_ms) : NULL;

	return rule != NULL ? rule->origin : "";
}

/* ---- from one process to another ---- */

char *switches_to_json(const Switches *switches)
{
	GString *text = g_string_new(NULL);
	JsonOut out;

	json_out_init(&out, text);
	json_open(&out, NULL, TRUE);
	for (guint i = 0; i < switches->rules->len; i++) {
		const Rule *rule = &g_array_index(switches->rules, Rule, i);

		json_open(&out, NULL, FALSE);
		json_put_text(&out, "at", rule->code);
		json_put_text(&out, "feature", rule->row >= 0 ? switches->names[rule->row] : NULL);
		json_put_bool(&out, "on", rule->on);
		json_put_int(&out, "from", rule->from_ms);
		json_put_int(&out, "until", rule->until_ms);
		json_close_one(&out);
	}
	json_close_one(&out);
	return g_string_free(text, FALSE);
}

Switches *switches_from_json(const zhen_feature *features, guint count, const json_t *json, GError **error)
{
	g_autoptr(Switches) switches = switches_new(features, count);
	json_t *rule;
	gsize i;

	json_array_foreach(json, i, rule) {
		const char *code = json_string_value(json_object_get(rule, "at"));
		gint row = switches_row(switches, json_string_value(json_object_get(rule, "feature")));

		if (code == NULL || strlen(code) != 12 || row < SWITCH_PLUGIN) {
			throw_error(error, ERROR_INVALID, "rule %u of what is on where is none", (guint)i);
			return NULL;
		}
		switches_add(switches, code, row, json_is_true(json_object_get(rule, "on")),
		             json_integer_value(json_object_get(rule, "from")),
		             json_integer_value(json_object_get(rule, "until")));
	}
	return g_steal_pointer(&switches);
}

gboolean switches_same(const Switches *a, const Switches *b)
{
	g_autofree char *one = a != NULL ? switches_to_json(a) : NULL;
	g_autofree char *two = b != NULL ? switches_to_json(b) : NULL;

	return g_strcmp0(one, two) == 0;
}
