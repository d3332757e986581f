/* SPDX-License-Identifier: Apache-2.0
 * The first frame: how a worker is to run its plugin. */
#pragma once

#include "loader/frame.h"
#include "loader/loader.h"

void start_put(GByteArray *out, const WorkerOptions *options);

/* As read by the worker; texts point into the frame. */
typedef struct Start {
	WorkerOptions options; /* without worker_path and keys */
	char **divisions, **bodies;
	guint8 secret[KEY_SIZE], seed[KEY_SIZE];
	const char *sm2_secret, *sm2_public; /* PEM; NULL = none */
	gint32 log_level;
} Start;

gboolean start_get(FrameIn *in, Start *out);
void start_clear(Start *start);
