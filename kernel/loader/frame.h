/* SPDX-License-Identifier: Apache-2.0
 * Frames between the host and a worker: bytes, little-endian, each with its length and type in front. What comes in is
 * a stranger's on both sides: nothing is believed that was not counted. */
#pragma once

#include "runtime/runtime.h"

typedef enum FrameType {
	FRAME_START = 1, /* host: how to run the plugin */
	FRAME_READY,     /* worker: it serves */
	FRAME_FAILED,    /* worker: text, why it does not */
	FRAME_CALL,      /* host: id, CallRequest */
	FRAME_REPLY,     /* worker: id, CallReply */
	FRAME_SETTINGS,  /* host: JSON of the settings; the first comes before START */
	FRAME_CLOCK,     /* host: offset of the turned clock, log level */
	FRAME_SETTLE,    /* host: run the jobs that are due and say when that is done */
	FRAME_SETTLED,   /* worker: it is */
	FRAME_STOP,      /* host: end */
	FRAME_STATS,     /* worker: what it counts, when that has changed */
	FRAME_EMITTED,   /* worker: it committed events */
	FRAME_PAUSE,     /* host: id, ms; hold the writer between two batches, for no longer than that */
	FRAME_PAUSED,    /* worker: id; it stands */
	FRAME_RESUME,    /* host: id; it may go on */
	FRAME_QUIET,     /* host: u8; begin no job and no upkeep, and say when nothing is under way; or go on */
	FRAME_IDLE,      /* worker: nothing is */
	FRAME_TYPES
} FrameType;

#define FRAME_HEAD 5 /* u32 length of what follows it, u8 type */
#define FRAME_MAX (32 * 1024 * 1024)
#define FRAME_PARAMS_MAX 4096

/* ---- writing: frames are appended to @out ---- */
gsize frame_begin(GByteArray *out, FrameType type); /* where the frame starts, for frame_end */
void frame_end(GByteArray *out, gsize start);
void frame_put_u8(GByteArray *out, guint8 value);
void frame_put_u32(GByteArray *out, guint32 value);
void frame_put_i64(GByteArray *out, gint64 value);
void frame_put_text(GByteArray *out, const char *text); /* NULL stays NULL */
void frame_put_bytes(GByteArray *out, const void *bytes, gsize length);

/* ---- reading: past the end, or after anything wrong, everything is 0 and @bad is set ---- */
typedef struct FrameIn {
	const guint8 *at;
	gsize left;
	gboolean bad;
} FrameIn;

void frame_in_init(FrameIn *in, const guint8 *bytes, gsize length);
guint8 frame_get_u8(FrameIn *in);
guint32 frame_get_u32(FrameIn *in);
gint64 frame_get_i64(FrameIn *in);
const char *frame_get_text(FrameIn *in); /* points into the frame, NUL-terminated there, no NUL inside */
const char *frame_get_bytes(FrameIn *in, gsize *out_length); /* NUL-terminated there; never NULL unless bad */
gboolean frame_in_done(const FrameIn *in);                   /* nothing wrong and nothing left over */

/* ---- the two that matter ---- */
void frame_put_call(GByteArray *out, guint64 id, const CallRequest *request);
/* @out points into the frame and to @out_params, which hold the events or accounts as well (owned by the caller: g_free). */
gboolean frame_get_call(FrameIn *in, guint64 *out_id, CallRequest *out, CallParam **out_params);
void frame_put_reply(GByteArray *out, guint64 id, const CallReply *reply);
/* (transfer full) NULL = not a reply that a host may send on. The id is read first, whatever follows. */
CallReply *frame_get_reply(FrameIn *in, guint64 *out_id);

void frame_put_stats(GByteArray *out, const RuntimeStats *stats);
gboolean frame_get_stats(FrameIn *in, RuntimeStats *out); /* FALSE: not as many jobs as in @out, or nonsense */

/* ---- a stream of frames ---- */

/* Takes the first whole frame off @stream's bytes from @from on: 1 = @in holds its content, 0 = more is needed, -1 = no
 * frame may look like that. The content stays where it is. */
gint frame_next(const GByteArray *stream, gsize *from, gsize max, FrameType *out_type, FrameIn *in);
