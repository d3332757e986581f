/* SPDX-License-Identifier: Apache-2.0 */
#include "base/faults.h"

struct Faults {
	GPtrArray *all; /* of GError */
	guint more;
};

Faults *faults_new(void)
{
	Faults *faults = g_new0(Faults, 1);

	faults->all = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
	return faults;
}

void faults_free(Faults *faults)
{
	if (faults == NULL)
		return;
	g_ptr_array_unref(faults->all);
	g_free(faults);
}

guint faults_count(const Faults *faults)
{
	return faults->all->len + faults->more;
}

guint faults_kept(const Faults *faults)
{
	return faults->all->len;
}

const GError *faults_nth(const Faults *faults, guint index)
{
	return faults->all->pdata[index];
}

gboolean faults_take(Faults *faults, GError *error)
{
	if (faults->all->len < FAULTS_KEPT) {
		g_ptr_array_add(faults->all, error);
	} else {
		faults->more++;
		g_error_free(error);
	}
	return FALSE;
}

gboolean faults_add(Faults *faults, ErrorCode code, const char *format, ...)
{
	va_list args;
	GError *error;

	va_start(args, format);
	error = g_error_new_valist(ZHEN_ERROR_DOMAIN, (gint)code, format, args);
	va_end(args);
	return faults_take(faults, error);
}

gboolean faults_move(Faults *faults, Faults *from, const char *prefix)
{
	const gboolean none = faults_count(from) == 0;

	for (guint i = 0; i < from->all->len; i++) {
		GError *error = g_error_copy(from->all->pdata[i]);

		if (prefix != NULL)
			g_prefix_error(&error, "%s: ", prefix);
		faults_take(faults, error);
	}
	faults->more += from->more;
	g_ptr_array_set_size(from->all, 0);
	from->more = 0;
	return none;
}

gboolean faults_none(const Faults *faults, GError **error)
{
	if (faults->all->len == 0)
		return TRUE;
	if (error != NULL)
		*error = g_error_copy(faults->all->pdata[0]);
	return FALSE;
}
