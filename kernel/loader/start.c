/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/start.h"

#include <string.h>

#include "base/log.h"

#define PATHS_MAX 1024

static void put_paths(GByteArray *out, const char *const *paths)
{
	guint count = paths != NULL ? g_strv_length((char **)paths) : 0;

	frame_put_u32(out, count);
	for (guint i = 0; i < count; i++)
		frame_put_text(out, paths[i]);
}

static char **get_paths(FrameIn *in)
{
	guint32 count = frame_get_u32(in);
	char **paths;

	if (in->bad || count > PATHS_MAX) {
		in->bad = TRUE;
		return NULL;
	}
	paths = g_new0(char *, count + 1);
	for (guint32 i = 0; i < count; i++) {
		paths[i] = g_strdup(frame_get_text(in));
		if (paths[i] == NULL) {
			in->bad = TRUE;
			break;
		}
	}
	return paths;
}

/* X(type, member) in the order of the frame: one list for both ends. */
#define START_MEMBERS(X)                                                                                               \
	X(text, plugin_path)                                                                                           \
	X(text, dir)                                                                                                   \
	X(text, anchors_dir)                                                                                           \
	X(text, sql_log)                                                                                               \
	X(text, base_url)                                                                                              \
	X(text, store.name)                                                                                            \
	X(i64, store.quota_bytes)                                                                                      \
	X(u32, store.batch_max)                                                                                        \
	X(u32, store.queue_max)                                                                                        \
	X(i64, store.wal_limit)                                                                                        \
	X(i64, store.mmap_bytes)                                                                                       \
	X(i64, store.cache_kib)                                                                                        \
	X(u32, store.read_steps)                                                                                       \
	X(i64, idempotency_ms)                                                                                         \
	X(u32, idempotency_max)                                                                                        \
	X(u32, page_limit)                                                                                             \
	X(u32, threads)                                                                                                \
	X(u8, jobs_by_hand)                                                                                                 \
	X(i64, frame_max)                                                                                              \
	X(u32, event_tries)                                                                                            \
	X(i64, event_backoff_ms)                                                                                       \
	X(u32, parked_max)                                                                                             \
	X(u32, parked_of_publisher)                                                                                    \
	X(u32, parked_of_subject)                                                                                      \
	X(i64, event_turn_us)                                                                                          \
	X(i64, keep_events_ms)                                                                                         \
	X(i64, handler_ms)                                                                                             \
	X(i64, prepare_ms)

void start_put(GByteArray *out, const WorkerOptions *options)
{
	gsize start = frame_begin(out, FRAME_START);

#define X(type, member) frame_put_##type(out, options->member);
	START_MEMBERS(X)
#undef X
	put_paths(out, options->divisions);
	put_paths(out, options->bodies);
	frame_put_bytes(out, keys_secret(options->keys), KEY_SIZE);
	frame_put_bytes(out, keys_seed(options->keys), KEY_SIZE);
	frame_put_text(out, options->sm2 != NULL ? sm2_secret_pem(options->sm2) : NULL);
	frame_put_text(out, options->sm2 != NULL ? sm2_public_pem(options->sm2) : NULL);
	frame_put_u32(out, (guint32)log_level());
	frame_end(out, start);
}

static void get_key(FrameIn *in, guint8 key[KEY_SIZE])
{
	gsize length;
	const char *bytes = frame_get_bytes(in, &length);

	if (bytes != NULL && length == KEY_SIZE)
		memcpy(key, bytes, KEY_SIZE);
	else
		in->bad = TRUE;
}

gboolean start_get(FrameIn *in, Start *out)
{
	memset(out, 0, sizeof(*out));
#define X(type, member) out->options.member = frame_get_##type(in);
	START_MEMBERS(X)
#undef X
	out->options.store.dir = out->options.dir;
	out->divisions = get_paths(in);
	out->bodies = get_paths(in);
	get_key(in, out->secret);
	get_key(in, out->seed);
	out->sm2_secret = frame_get_text(in);
	out->sm2_public = frame_get_text(in);
	out->log_level = (gint32)frame_get_u32(in);
	return frame_in_done(in) && out->options.plugin_path != NULL && out->options.dir != NULL;
}

void start_clear(Start *start)
{
	g_strfreev(start->divisions);
	g_strfreev(start->bodies);
	explicit_bzero(start->secret, KEY_SIZE);
	explicit_bzero(start->seed, KEY_SIZE);
}
