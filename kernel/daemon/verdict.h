/* SPDX-License-Identifier: Apache-2.0
 * What can be said against a start before any plugin's code runs: all of it, by one way for `check` and for a start. Where a check
 * ends, a start goes on to load the code of those that are left. */
#pragma once

#include "access/bodies.h"
#include "access/pilots.h"
#include "daemon/settings.h"

/* A plugin that a pilot wants. */
typedef struct VerdictPlugin {
	char *id;
	char *installed;   /* its file in plugin_dir; a swap may have put another in its place */
	PluginFile *file;  /* its plugin is NULL when its note is of no use */
	gboolean critical; /* the host does not start without it */
	gboolean out;      /* left out */
} VerdictPlugin;

typedef struct Complaint {
	char *plugin; /* id; NULL = the host's own */
	char *text;
	gboolean stops;   /* the host does not start */
	gboolean warning; /* it keeps nobody from starting */
} Complaint;

typedef struct Verdict {
	const char *conf_path; /* borrowed, like the next */
	const Overrides *over;
	Conf *conf; /* NULL = it could not be read */
	char *plugin_dir;
	GPtrArray *plugins;    /* of VerdictPlugin, as configured */
	GPtrArray *tables;     /* of const Plugin *: by their notes, those not left out, needs first */
	GPtrArray *known;      /* of const Plugin *: every one whose note could be read */
	GPtrArray *complaints; /* of Complaint, in the order found */
	gboolean demo, allow_unsigned;
	char **division_files, **body_files; /* absolute */
	Divisions *divisions;
	Bodies *bodies;
	Pilots *pilots; /* NULL = not readable, as those above */
} Verdict;

/* Configuration, notes, places, data folder. Nothing is made or locked. Never NULL. */
Verdict *verdict_new(const char *conf_path, const Overrides *over);
void verdict_free(Verdict *verdict);
/* What a start finds out by doing it: databases as its migrations would find them, posts of accounts. For a check. */
void verdict_databases(Verdict *verdict);

gboolean verdict_starts(const Verdict *verdict);
guint verdict_faults(const Verdict *verdict); /* complaints that are no warnings */
VerdictPlugin *verdict_find(const Verdict *verdict, const char *id); /* NULL = nobody wants it */
const char *verdict_reason(const Verdict *verdict, const char *id);  /* why it is left out; its first complaint */
/* @text keeps @id from starting: it is left out, and whoever needs it. FALSE: one of them is critical. */
gboolean verdict_leave_out(Verdict *verdict, const char *id, const char *text);
/* FALSE when the host does not start: @error is all that stops it, a line each. */
gboolean verdict_pass(const Verdict *verdict, GError **error);

/* What the files of the verdict share. */
void verdict_complain(Verdict *verdict, const char *plugin, const char *text, gboolean stops, gboolean warning);
void verdict_take(Verdict *verdict, GError *error); /* (transfer full) NULL = nothing; it stops the host */
void verdict_take_all(Verdict *verdict, Faults *faults);
void verdict_places(Verdict *verdict); /* verdict_places.c */
void verdict_host(Verdict *verdict);   /* verdict_host.c */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Verdict, verdict_free)
