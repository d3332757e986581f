/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/points.h"

#ifdef ZHEN_TEST_POINTS
#include <signal.h>
#include <string.h>

void point_pass(const char *name)
{
	static gint passes; /* atomic: writer threads */
	const char *wanted = g_getenv("ZHEN_TEST_KILL");
	const gsize length = strlen(name);

	if (wanted == NULL || strncmp(wanted, name, length) != 0 || wanted[length] != ':')
		return;
	if (g_atomic_int_add(&passes, 1) + 1 == g_ascii_strtoll(wanted + length + 1, NULL, 10))
		raise(SIGKILL);
}

gboolean point_cursor_outside(void)
{
	return g_strcmp0(g_getenv("ZHEN_TEST_CURSOR_OUTSIDE"), "1") == 0;
}
#endif
