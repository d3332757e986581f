/* SPDX-License-Identifier: Apache-2.0 */
#include "http/multipart.h"

#include <string.h>

#define BOUNDARY_MAX 70

typedef enum State { STATE_DATA, STATE_AFTER, STATE_DASH, STATE_LF, STATE_HEADERS, STATE_END } State;

struct Multipart {
	const MultipartEvents *events;
	void *data;
	State state;
	gboolean in_part;   /* else what stands before the first boundary */
	guint parts;
	gsize matched;      /* of the delimiter */
	gsize delimiter_length;
	char delimiter[BOUNDARY_MAX + 5]; /* CR LF -- boundary */
	gsize headers_length;
	char headers[MULTIPART_HEADERS_MAX + 1];
};

static gboolean boundary_of(const char *content_type, char out[BOUNDARY_MAX + 1])
{
	g_autofree char *lower = g_ascii_strdown(content_type, -1);
	const char *at = strstr(lower, "boundary=");
	gsize length;

	if (at == NULL)
		return FALSE;
	at = content_type + (at - lower) + strlen("boundary=");
	if (*at == '"') {
		at++;
		length = strcspn(at, "\"");
		if (at[length] != '"')
			return FALSE;
	} else {
		length = strcspn(at, "; \t");
	}
	if (length == 0 || length > BOUNDARY_MAX)
		return FALSE;
	for (gsize i = 0; i < length; i++)
		if ((guchar)at[i] < 0x20 || (guchar)at[i] >= 0x7f)
			return FALSE;
	memcpy(out, at, length);
	out[length] = '\0';
	return TRUE;
}

Multipart *multipart_new(const char *content_type, const MultipartEvents *events, void *data)
{
	char boundary[BOUNDARY_MAX + 1];
	Multipart *multipart;

	if (!boundary_of(content_type, boundary))
		return NULL;
	multipart = g_new0(Multipart, 1);
	multipart->events = events;
	multipart->data = data;
	multipart->delimiter_length =
		(gsize)g_snprintf(multipart->delimiter, sizeof(multipart->delimiter), "\r\n--%s", boundary);
	multipart->matched = 2; /* the first boundary has no line before it */
	return multipart;
}

void multipart_free(Multipart *multipart)
{
	g_free(multipart);
}

gboolean multipart_done(const Multipart *multipart)
{
	return multipart->state == STATE_END;
}

/* name="..." of a Content-Disposition line. Browsers write %22 %0D %0A for what would break it. (transfer full) */
static char *parameter(const char *line, const char *name)
{
	g_autofree char *key = g_strconcat("; ", name, "=\"", NULL);
	const char *at = strstr(line, key);
	const char *end;

	if (at == NULL)
		return NULL;
	at += strlen(key);
	end = strchr(at, '"');
	return end != NULL && g_utf8_validate(at, end - at, NULL) ? g_strndup(at, (gsize)(end - at)) : NULL;
}

static gboolean begin_part(Multipart *multipart)
{
	g_auto(GStrv) lines = g_strsplit(multipart->headers, "\r\n", -1);
	g_autofree char *name = NULL;
	g_autofree char *file_name = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		if (g_ascii_strncasecmp(lines[i], "content-disposition: form-data", 30) != 0)
			continue;
		name = name != NULL ? name : parameter(lines[i], "name");
		file_name = file_name != NULL ? file_name : parameter(lines[i], "filename");
	}
	if (name == NULL || name[0] == '\0' || ++multipart->parts > MULTIPART_PARTS_MAX)
		return FALSE;
	multipart->headers_length = 0;
	multipart->state = STATE_DATA;
	multipart->matched = 0;
	multipart->in_part = TRUE;
	return multipart->events->begin(multipart->data, name, file_name);
}

static gboolean give(Multipart *multipart, const char *bytes, gsize length)
{
	if (length == 0)
		return TRUE;
	/* Nothing may stand before the first boundary. */
	return multipart->in_part && multipart->events->bytes(multipart->data, bytes, length);
}

/* CR stands in the delimiter only at its start, so after a mismatch only that can begin again. */
static gssize take_data(Multipart *multipart, const char *bytes, gsize length)
{
	const char *cr;
	gsize plain;

	if (multipart->matched > 0) {
		if (bytes[0] == multipart->delimiter[multipart->matched]) {
			if (++multipart->matched < multipart->delimiter_length)
				return 1;
			multipart->matched = 0;
			multipart->state = STATE_AFTER;
			if (multipart->in_part && !multipart->events->end(multipart->data))
				return -1;
			multipart->in_part = FALSE;
			return 1;
		}
		plain = multipart->matched;
		multipart->matched = 0;
		return give(multipart, multipart->delimiter, plain) ? 0 : -1;
	}
	cr = memchr(bytes, '\r', length);
	plain = cr != NULL ? (gsize)(cr - bytes) : length;
	if (!give(multipart, bytes, plain))
		return -1;
	multipart->matched = cr != NULL ? 1 : 0;
	return (gssize)(plain + multipart->matched);
}

static gboolean take_header_byte(Multipart *multipart, char c)
{
	if (multipart->headers_length == MULTIPART_HEADERS_MAX || c == '\0')
		return FALSE;
	multipart->headers[multipart->headers_length++] = c;
	multipart->headers[multipart->headers_length] = '\0';
	if (multipart->headers_length >= 4 &&
	    memcmp(multipart->headers + multipart->headers_length - 4, "\r\n\r\n", 4) == 0)
		return begin_part(multipart);
	return TRUE;
}

static gboolean take_byte(Multipart *multipart, char c)
{
	switch (multipart->state) {
	case STATE_AFTER:
		multipart->state = c == '-' ? STATE_DASH : STATE_LF;
		return c == '-' || c == '\r';
	case STATE_DASH:
		multipart->state = STATE_END;
		return c == '-';
	case STATE_LF:
		multipart->state = STATE_HEADERS;
		return c == '\n';
	case STATE_HEADERS:
		return take_header_byte(multipart, c);
	default:
		return TRUE; /* after the end: nothing that anybody reads */
	}
}

gboolean multipart_feed(Multipart *multipart, const char *bytes, gsize length)
{
	gsize at = 0;

	while (at < length && multipart->state != STATE_END) {
		gssize used = 1;

		if (multipart->state == STATE_DATA)
			used = take_data(multipart, bytes + at, length - at);
		else if (!take_byte(multipart, bytes[at]))
			used = -1;
		if (used < 0)
			return FALSE;
		at += (gsize)used;
	}
	return TRUE;
}
