/* SPDX-License-Identifier: Apache-2.0
 * The body of a request, unframed piece by piece. Many readers skip chunk extensions up to the next CR whatever they hold:
 * a bare LF in one is how requests are smuggled past a front that ends the line there. So extensions and trailers, which no
 * client of ours sends, are refused. */
#pragma once

#include <glib.h>

typedef enum BodyState {
	BODY_PLAIN, BODY_SIZE, BODY_SIZE_LF, BODY_DATA, BODY_DATA_CR, BODY_DATA_LF, BODY_END_CR, BODY_END_LF, BODY_OVER,
} BodyState;

typedef struct Framing {
	BodyState state;
	guint digits;  /* of the chunk size */
	gint64 left;   /* of the length or the chunk */
	gint64 total;  /* bytes given out */
} Framing;

typedef enum BodyOutcome { BODY_MORE, BODY_PIECE, BODY_DONE, BODY_BROKEN } BodyOutcome;

void body_begin(Framing *body, gboolean chunked, gint64 content_length);
/* Uses up some of @bytes; on BODY_PIECE @piece lies within them. Call until it says MORE (all used) or DONE. */
BodyOutcome body_next(Framing *body, const char *bytes, gsize length, gsize *out_used, const char **out_piece,
                      gsize *out_length);
