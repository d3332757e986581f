/* SPDX-License-Identifier: Apache-2.0
 * The tables of every planned plugin bind, and together they use every member of every row. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../sdk/tests/shapes.h"
#include "runtime/rows.h"

Test(shapes, every_planned_plugin_binds_and_its_note_reads_back)
{
	for (gsize i = 0; shapes[i] != NULL; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Plugin) plugin = plugin_bind(shapes[i], &error);
		g_autoptr(Plugin) again = NULL;

		cr_assert_not_null(plugin, "%s", error != NULL ? error->message : "");
		again = plugin_from_note(plugin->note, strlen(plugin->note), &error);
		cr_assert_not_null(again, "%s", error != NULL ? error->message : "");
		cr_assert_str_eq(again->note, plugin->note);
	}
}

static void mark(GHashTable *used, const RowType *type, const char *row)
{
	static const char zero[16];

	for (guint m = 0; m < type->n_members; m++) {
		const RowMember *member = &type->members[m];

		if (memcmp(row + member->offset, zero, member->size) == 0)
			continue;
		g_hash_table_add(used, (gpointer)member);
		if (member->kind != MEMBER_FIELDS)
			continue;
		for (const zhen_field *field = (const void *)row_text(row, member->offset); field->name != NULL;
		     field++)
			mark(used, &row_field, (const char *)field);
	}
}

Test(shapes, no_member_of_any_row_is_without_a_use)
{
	g_autoptr(GHashTable) used = g_hash_table_new(NULL, NULL);
	guint32 types = 0;

	for (gsize i = 0; shapes[i] != NULL; i++) {
		g_autoptr(Plugin) plugin = plugin_bind(shapes[i], NULL);

		for (guint t = 0; t < N_ROW_TYPES; t++) {
			guint count;
			const char *rows = rows_of(plugin, &row_types[t], &count);

			for (guint n = 0; n < count; n++)
				mark(used, &row_types[t], rows + n * row_types[t].size);
		}
		for (guint n = 0; n < plugin->n_routes; n++)
			for (const zhen_field *field = plugin->routes[n].fields; field != NULL && field->name != NULL;
			     field++)
				types |= 1u << field->type;
	}
	for (guint t = 0; t <= N_ROW_TYPES; t++) {
		const RowType *type = t < N_ROW_TYPES ? &row_types[t] : &row_field;

		for (guint m = 0; m < type->n_members; m++)
			cr_expect(strcmp(type->members[m].name, "reserved") == 0 ||
			                  g_hash_table_contains(used, &type->members[m]),
			          "%s.%s", type->table, type->members[m].name);
	}
	for (guint type = 1; type < ZHEN_TYPES; type++)
		cr_expect((types & 1u << type) != 0 || type == ZHEN_DATE || type == ZHEN_LONG_TEXT || type == ZHEN_BODY || type == ZHEN_ACCOUNT,
		          "type %s", type_name(type));
}
