/* SPDX-License-Identifier: Apache-2.0
 * The statements a version of a plugin was seen to run, kept beside its database: what the next version's expand migrations
 * must leave standing. */
#pragma once

#include <glib.h>

#define KNOWN_MAX 4096 /* statements of one version; later ones are not kept */

typedef struct Known Known;

/* Those of @version so far; @write: new ones are added to its file. Never NULL: a file that cannot be read or made is logged. */
Known *known_open(const char *dir, const char *version, gboolean write);
void known_add(Known *known, const char *sql); /* any thread; once per connection and text */
guint known_count(Known *known);
/* Borrowed texts, ended by NULL, as long as nothing is added. (transfer container) */
const char **known_texts(Known *known);
void known_free(Known *known);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Known, known_free)
