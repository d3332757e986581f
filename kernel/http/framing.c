/* SPDX-License-Identifier: Apache-2.0 */
#include "http/framing.h"

#define CHUNK_DIGITS_MAX 8

void body_begin(Framing *body, gboolean chunked, gint64 content_length)
{
	*body = (Framing){ .state = chunked ? BODY_SIZE : content_length > 0 ? BODY_PLAIN : BODY_OVER,
		        .left = chunked ? 0 : MAX(content_length, 0) };
}

static gboolean take_size(Framing *body, char c)
{
	gint digit = g_ascii_xdigit_value(c);

	if (c == '\r' && body->digits > 0) {
		body->state = BODY_SIZE_LF;
		return TRUE;
	}
	if (digit < 0 || ++body->digits > CHUNK_DIGITS_MAX)
		return FALSE;
	body->left = body->left << 4 | digit;
	return TRUE;
}

/* One byte of what stands between the pieces. */
static gboolean take_frame(Framing *body, char c)
{
	switch (body->state) {
	case BODY_SIZE:
		return take_size(body, c);
	case BODY_SIZE_LF:
		body->state = body->left > 0 ? BODY_DATA : BODY_END_CR;
		return c == '\n';
	case BODY_DATA_CR:
		body->state = BODY_DATA_LF;
		return c == '\r';
	case BODY_DATA_LF:
		body->state = BODY_SIZE;
		body->digits = 0;
		body->left = 0;
		return c == '\n';
	case BODY_END_CR:
		body->state = BODY_END_LF;
		return c == '\r';
	case BODY_END_LF:
		body->state = BODY_OVER;
		return c == '\n';
	default:
		return FALSE;
	}
}

BodyOutcome body_next(Framing *body, const char *bytes, gsize length, gsize *out_used, const char **out_piece,
                      gsize *out_length)
{
	gsize at = 0;

	while (at < length && body->state != BODY_OVER) {
		if (body->state != BODY_PLAIN && body->state != BODY_DATA) {
			if (!take_frame(body, bytes[at++]))
				return BODY_BROKEN;
			continue;
		}
		*out_piece = bytes + at;
		*out_length = (gsize)MIN((gint64)(length - at), body->left);
		*out_used = at + *out_length;
		body->left -= (gint64)*out_length;
		body->total += (gint64)*out_length;
		if (body->left == 0)
			body->state = body->state == BODY_PLAIN ? BODY_OVER : BODY_DATA_CR;
		return BODY_PIECE;
	}
	*out_used = at;
	return body->state == BODY_OVER ? BODY_DONE : BODY_MORE;
}
