/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/frame.h"

#include <string.h>

gsize frame_begin(GByteArray *out, FrameType type)
{
	gsize start = out->len;

	frame_put_u32(out, 0);
	frame_put_u8(out, (guint8)type);
	return start;
}

void frame_end(GByteArray *out, gsize start)
{
	guint32 length = GUINT32_TO_LE((guint32)(out->len - start - sizeof(length)));

	memcpy(out->data + start, &length, sizeof(length));
}

void frame_put_u8(GByteArray *out, guint8 value)
{
	g_byte_array_append(out, &value, sizeof(value));
}

void frame_put_u32(GByteArray *out, guint32 value)
{
	guint32 little = GUINT32_TO_LE(value);

	g_byte_array_append(out, (const guint8 *)&little, sizeof(little));
}

void frame_put_i64(GByteArray *out, gint64 value)
{
	gint64 little = GINT64_TO_LE(value);

	g_byte_array_append(out, (const guint8 *)&little, sizeof(little));
}

/* Length with the NUL; 0 = NULL. The NUL travels too, so that the other side can point into the frame. */
void frame_put_text(GByteArray *out, const char *text)
{
	guint32 length = text != NULL ? (guint32)strlen(text) + 1 : 0;

	frame_put_u32(out, length);
	if (text != NULL)
		g_byte_array_append(out, (const guint8 *)text, length);
}

void frame_put_bytes(GByteArray *out, const void *bytes, gsize length)
{
	frame_put_u32(out, (guint32)length);
	if (length > 0)
		g_byte_array_append(out, bytes, (guint)length);
	frame_put_u8(out, 0);
}

void frame_in_init(FrameIn *in, const guint8 *bytes, gsize length)
{
	in->at = bytes;
	in->left = length;
	in->bad = FALSE;
}

static const guint8 *take(FrameIn *in, gsize length)
{
	const guint8 *at = in->at;

	if (in->bad || length > in->left) {
		in->bad = TRUE;
		return NULL;
	}
	in->at += length;
	in->left -= length;
	return at;
}

guint8 frame_get_u8(FrameIn *in)
{
	const guint8 *at = take(in, 1);

	return at != NULL ? *at : 0;
}

guint32 frame_get_u32(FrameIn *in)
{
	guint32 value = 0;
	const guint8 *at = take(in, sizeof(value));

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return GUINT32_FROM_LE(value);
}

gint64 frame_get_i64(FrameIn *in)
{
	gint64 value = 0;
	const guint8 *at = take(in, sizeof(value));

	if (at != NULL)
		memcpy(&value, at, sizeof(value));
	return GINT64_FROM_LE(value);
}

const char *frame_get_text(FrameIn *in)
{
	guint32 length = frame_get_u32(in);
	const guint8 *at;

	if (length == 0)
		return NULL;
	at = take(in, length);
	if (at == NULL)
		return NULL;
	if (memchr(at, 0, length) != at + length - 1) {
		in->bad = TRUE;
		return NULL;
	}
	return (const char *)at;
}

const char *frame_get_bytes(FrameIn *in, gsize *out_length)
{
	guint32 length = frame_get_u32(in);
	const guint8 *at;

	*out_length = 0;
	if (in->bad || length >= in->left) {
		in->bad = TRUE;
		return NULL;
	}
	at = take(in, (gsize)length + 1);
	if (at == NULL || at[length] != 0) {
		in->bad = TRUE;
		return NULL;
	}
	*out_length = length;
	return (const char *)at;
}

gboolean frame_in_done(const FrameIn *in)
{
	return !in->bad && in->left == 0;
}

gint frame_next(const GByteArray *stream, gsize *from, gsize max, FrameType *out_type, FrameIn *in)
{
	gsize left = stream->len - *from;
	guint32 length;

	if (left < sizeof(length))
		return 0;
	memcpy(&length, stream->data + *from, sizeof(length));
	length = GUINT32_FROM_LE(length);
	if (length < 1 || length > max)
		return -1;
	if (left - sizeof(length) < length)
		return 0;
	*out_type = stream->data[*from + sizeof(length)];
	if (*out_type == 0 || *out_type >= FRAME_TYPES)
		return -1;
	frame_in_init(in, stream->data + *from + FRAME_HEAD, length - 1);
	*from += sizeof(length) + length;
	return 1;
}
