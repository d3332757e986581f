/* SPDX-License-Identifier: Apache-2.0
 * What the files of base/conf share. Nobody else includes it. */
#pragma once

#include "base/conf.h"

typedef struct ConfEntry {
	char *text;
	const char *file; /* borrowed from conf->files; NULL = the command line */
	guint line;
	gboolean bad; /* it was refused: its default counts */
} ConfEntry;

typedef struct ConfGroup {
	char *name;
	const char *file; /* where it is first named; borrowed */
	guint line;
	GPtrArray *names;    /* of char *, keys in the order set, owned */
	GHashTable *entries; /* key -> ConfEntry */
} ConfGroup;

struct Conf {
	GArray *rows; /* of ConfKey: the caller's, its texts copied into @texts */
	GStringChunk *texts;
	GPtrArray *files;  /* of char *: paths read, in order */
	GPtrArray *groups; /* of ConfGroup, in order */
};

ConfGroup *conf_ensure_group(Conf *conf, const char *name, const char *file, guint line);
ConfEntry *conf_set_entry(ConfGroup *group, const char *key, const char *text, const char *file, guint line);

/* 0 = no match; the longer the literal part, the better; an exact name beats every pattern. */
gsize conf_match_group(const char *pattern, const char *name);
#define CONF_MATCH_ANY 1 /* of the bare "*": used only for groups that nothing else declares */
gsize conf_best_match(const Conf *conf, const char *group);
const ConfKey *conf_find_row(const Conf *conf, const char *group, const char *key);

/* What is wrong goes into @faults, and the next line is read. FALSE: nothing of it could be read. */
gboolean conf_read_file(Conf *conf, const char *path, guint depth, Faults *faults);
