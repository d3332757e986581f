/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

GQuark error_domain(void)
{
	return g_quark_from_static_string("zhen");
}

gboolean throw_error(GError **error, ErrorCode code, const char *format, ...)
{
	va_list args;

	if (error == NULL)
		return FALSE;
	/* A bug of ours, but not worth a host: the first error is the cause and stays. */
	g_return_val_if_fail(*error == NULL, FALSE);
	va_start(args, format);
	*error = g_error_new_valist(ZHEN_ERROR_DOMAIN, (gint)code, format, args);
	va_end(args);
	return FALSE;
}

gboolean prefix_error(GError **error, const char *format, ...)
{
	va_list args;

	if (error == NULL || *error == NULL)
		return FALSE;
	va_start(args, format);
	g_autofree char *before = g_strdup_vprintf(format, args);
	va_end(args);
	g_prefix_error(error, "%s: ", before);
	return FALSE;
}
