/* SPDX-License-Identifier: Apache-2.0
 * Finds, checks, orders, starts and stops plugins; homes behind one interface. dlopen stands only here. */
#pragma once

#include "runtime/runtime.h"

/* Section .note.zhen of @path, read by section header without dlopen, every offset checked. Survives any file. */
#define NOTE_SECTION ".note.zhen"
#define NOTE_MAX (1024 * 1024)
/* Contents: an ELF note of owner ZHEN, type 1, that says "ZHEN" major.minor as "ZHEN 1.0\n", then the canonical JSON. (transfer full) */
char *note_read(const char *path, guint16 *out_major, guint16 *out_minor, gsize *out_length, GError **error);

typedef struct LoadedPlugin {
	char *path;
	Plugin *plugin; /* bound and compared with its note */
	void *handle;   /* never dlclosed in the host */
} LoadedPlugin;

/* What a file says of itself, judged without running it: @plugin is bound from its note, NULL when @faults got a reason why
 * not. @path is made absolute. */
typedef struct PluginFile {
	char *path;
	guint16 major, minor; /* 0.0 = it has no note */
	gsize note_bytes;
	Plugin *plugin;
} PluginFile;

/* Every fault begins with the path. */
PluginFile *plugin_file_read(const char *path, Faults *faults);
void plugin_file_free(PluginFile *file);

/* note -> ABI -> dlopen(RTLD_NOW | RTLD_LOCAL) -> bind -> compare with the note; a lying note is refused, row named. */
LoadedPlugin *plugin_load(const char *path, GError **error);
LoadedPlugin *plugin_load_read(const PluginFile *file, GError **error); /* whose note was read and is fine */
void loaded_plugin_free(LoadedPlugin *loaded); /* the code stays mapped */

/* -1, 0 or 1; versions as plugin_bind accepts them. */
gint version_compare(const char *a, const char *b);

/* Told of each thing that keeps @plugin from running with the others; or, @warning, of one that does not. */
typedef void PluginRefused(void *data, const Plugin *plugin, const char *text, gboolean warning);
/* Who of @plugins (of Plugin *) can run together: a circle, a need that is not there or too old, topics and fields that an
 * enabled publisher does not have. Whoever cannot is taken out, and those that need it; the rest is sorted, needs first. @wanted: ids of those that were
 * to run, with them that were left out before (NULL = none were). */
void plugins_settle(GPtrArray *plugins, GHashTable *wanted, PluginRefused *refuse, void *data);
/* The same for tests and tools: nobody may be taken out. */
gboolean plugins_order(GPtrArray *plugins, GError **error);

/* ---- homes ---- */

typedef struct WorkerOptions {
	const char *worker_path;  /* zhen-worker */
	const char *plugin_path;
	const char *const *divisions; /* CSV paths, NULL-ended */
	const char *const *bodies;    /* CSV paths, NULL-ended */
	const char *dir;          /* the plugin's data */
	const char *anchors_dir;  /* as in RuntimeEnv */
	const char *sql_log;      /* as in StoreHostOptions; NULL = none */
	const char *base_url;     /* as in RuntimeEnv; NULL = "" */
	StoreOptions store;
	const char *settings_json;
	const Keys *keys;
	const Sm2 *sm2; /* NULL = none */
	gint64 idempotency_ms;    /* as in RuntimeEnv */
	guint idempotency_max;
	guint page_limit;
	guint threads;            /* its pool; 0 = 2 */
	gboolean jobs_by_hand;    /* tests: see runtime_jobs_by_hand */
	gint64 start_ms;          /* must be ready by then; 0 = 30 s */
	gint64 stop_ms;           /* killed when not gone by then; 0 = 10 s */
	guint in_flight_max;      /* calls under way at once; 0 = 1024; more: 503 */
	gint64 frame_max;         /* bytes; 0 = 32 MiB */
	guint event_tries;        /* as in RuntimeEnv */
	gint64 event_backoff_ms;
	guint parked_max, parked_of_publisher, parked_of_subject;
	gint64 event_turn_us;
	gint64 keep_events_ms;
	gint64 handler_ms, prepare_ms; /* a handler, a prepare step that takes longer ends the worker; 0 = no limit */
	/* It ended unasked. @report: what it left in its file crash, NULL = nothing. On the loop. May be NULL. */
	void (*crashed)(void *data, const Plugin *plugin, const char *report, const char *ending);
	void *crashed_data;
	/* It committed events, or is up again: a hint may have gone with the one before. On the loop. May be NULL. */
	void (*emitted)(void *data, const Plugin *plugin);
	void *emitted_data;
} WorkerOptions;

/* In this process. Takes over @runtime. */
Home *home_new_inproc(Runtime *runtime, const Plugin *plugin);
/* In a zhen-worker: exec'd child, socket pair, frames; frames of one loop turn leave in one write. Blocks until ready.
 * Everything in @options is copied. A worker that dies fails its calls with 503 and is started again after
 * a second, or longer when it does not come up (doubled up to 32 s). */
Home *home_new_worker(Loop *loop, const WorkerOptions *options, const Plugin *plugin, GError **error);
/* Of a plugin that is left out: answers every call with 503 left-out, runs nothing. */
Home *home_new_out(const Plugin *plugin, const char *dir);
void home_free(Home *home); /* stops the plugin; a worker is waited for, then killed */
gint64 home_worker_pid(Home *home); /* 0 = in-process, or none at the moment; any thread */
/* Of an idle one, on the loop: its process ends, one of @plugin by @options takes its place. @done once: @fault says why not; then
 * the version of before is up again, or about to be. Never after home_free. */
typedef void HomeChanged(void *data, const char *fault);
void home_worker_change(Home *home, const WorkerOptions *options, const Plugin *plugin, HomeChanged *done, void *data);
void home_set_settings(Home *home, Settings *settings); /* takes the reference */
/* Tests and demo mode: tells a worker what clock_offset_ms() is now; in-process there is nothing to tell. */
void home_turn_clock(Home *home);
/* Runs every job that is due, and those they enqueue; @done on the loop when nothing is under way or due any more: a
 * frame there and back for a worker (runtime_settle_jobs on either side). */
void home_settle_jobs(Home *home, LoopFunc *done, void *data);
/* What it counts, on the loop: a worker's at most a second old. */
void home_stats(Home *home, RuntimeStats *out);

/* Holds the plugin's writer between two batches until home_resume; calls go on queueing. @paused is told once: that it stands,
 * or that nothing runs there and nothing will be started; or FALSE, that a worker is starting and cannot be held now. It may
 * only tell somebody: it runs under locks, on any thread, also before this returns; never after home_resume. A worker goes on by
 * itself after @limit_ms. Any thread; over before home_free. */
typedef void HomePaused(void *data, gboolean stands);
void home_pause(Home *home, gint64 limit_ms, HomePaused *paused, void *data);
void home_resume(Home *home);

/* The child's side: zhen-worker's main. Returns an exit code. */
int worker_main(int argc, char **argv);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PluginFile, plugin_file_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LoadedPlugin, loaded_plugin_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Home, home_free)
