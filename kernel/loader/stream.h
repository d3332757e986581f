/* SPDX-License-Identifier: Apache-2.0
 * One end of the socket pair: frames collected and sent in one write, bytes received and cut into frames. */
#pragma once

#include "loader/frame.h"

typedef struct Stream {
	int fd; /* owned; non-blocking; -1 = none */
	gsize frame_max;
	GByteArray *out;     /* frames not yet handed to the kernel; whoever writes here guards it */
	GByteArray *sending; /* what is being sent; @sent bytes of it are gone */
	gsize sent;
	GByteArray *in;
	gsize parsed; /* bytes of @in that were cut off as frames */
} Stream;

void stream_init(Stream *stream, gsize frame_max);
void stream_open(Stream *stream, int fd); /* takes @fd; forgets what an earlier end left */
void stream_close(Stream *stream);
void stream_clear(Stream *stream);

/* Moves @out behind what is being sent: to be called where @out is guarded. */
void stream_take(Stream *stream);
typedef enum StreamState { STREAM_DONE, STREAM_BLOCKED, STREAM_BROKEN } StreamState;
StreamState stream_send(Stream *stream);    /* BLOCKED: the rest when it can be written again */
StreamState stream_receive(Stream *stream); /* DONE: something came; BLOCKED: nothing now; BROKEN: the end */
/* As frame_next; frames point into the stream until stream_receive. */
gint stream_next(Stream *stream, FrameType *out_type, FrameIn *in);
/* Blocks until @fd can be read (or written, while something waits) or @until_us of the monotonic clock. FALSE = time is up. */
gboolean stream_wait(const Stream *stream, gint64 until_us);
