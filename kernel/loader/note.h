/* SPDX-License-Identifier: Apache-2.0
 * The note of a plugin file, for the loader and the fuzzer; loader.h has the rest. */
#pragma once

#include <glib.h>

/* As note_read, from an open file; @name is for messages. */
char *note_read_fd(int fd, const char *name, guint16 *out_major, guint16 *out_minor, gsize *out_length, GError **error);
/* A whole section: an ELF note of owner ZHEN whose description is "ZHEN major.minor\n" and the JSON. */
GByteArray *note_make(guint16 major, guint16 minor, const char *json);
