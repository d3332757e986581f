/* SPDX-License-Identifier: Apache-2.0
 * The code that swaps put in the place of what is installed: copies in the data folder, each in a folder of its digest's name, so
 * that the file it came from may be replaced while it runs; and for each plugin the record of the one that a start takes. */
#pragma once

#include "base/error.h"

/* The file that a start takes for the plugin @id, which is installed as @installed: that itself, or the copy that a swap put in
 * its place, as long as the installed file is the one it was then. A copy that is damaged: NULL. (transfer full) */
char *code_file(const char *data, const char *id, const char *installed, GError **error);

/* Copies @from, durably. (transfer full) the copy's path */
char *code_copy(const char *data, const char *id, const char *from, GError **error);
/* A start takes @copy from now on, as long as @installed stays what it is. Durable when it returns. */
gboolean code_record(const char *data, const char *id, const char *copy, const char *installed, GError **error);
/* Copies of @id but @one and @other (may be NULL) are removed. */
void code_forget(const char *data, const char *id, const char *one, const char *other);
