/* SPDX-License-Identifier: Apache-2.0
 * The head of a request: bytes in one buffer, never copied, read once and strictly. Bare LF, folded lines, two lengths or
 * hosts, other codings are refused, because two readers that disagree are a smuggled request. */
#pragma once

#include <glib.h>

typedef struct View {
	guint32 at; /* from the first byte of the request */
	guint32 length;
} View;

/* Headers that mean something to the host; all others are checked and forgotten. X(member, lower-case name, only once) */
#define REQUEST_HEADERS(X)                             \
	X(HOST, "host", 1)                             \
	X(CONTENT_LENGTH, "content-length", 1)         \
	X(TRANSFER_ENCODING, "transfer-encoding", 1)   \
	X(CONNECTION, "connection", 0)                 \
	X(EXPECT, "expect", 1)                         \
	X(CONTENT_TYPE, "content-type", 1)             \
	X(ACCEPT, "accept", 0)                         \
	X(COOKIE, "cookie", 1)                         \
	X(AUTHORIZATION, "authorization", 1)           \
	X(ORIGIN, "origin", 1)                         \
	X(FETCH_SITE, "sec-fetch-site", 1)             \
	X(CSRF_TOKEN, "x-csrf-token", 1)               \
	X(REQUEST_ID, "x-request-id", 1)               \
	X(IDEMPOTENCY_KEY, "idempotency-key", 1)       \
	X(IF_MATCH, "if-match", 1)                     \
	X(IF_NONE_MATCH, "if-none-match", 0)           \
	X(LAST_EVENT_ID, "last-event-id", 1)           \
	X(FILE_NAME, "x-file-name", 1)                 \
	X(FORWARDED_FOR, "x-forwarded-for", 1)

typedef enum RequestHeader {
#define X(member, name, once) HEADER_##member,
	REQUEST_HEADERS(X)
#undef X
	HEADER_COUNT,
} RequestHeader;

#define REQUEST_LINES_MAX 64 /* header lines; more is 431 */

typedef struct RequestHead {
	guint32 method;           /* enum zhen_method; 0 = one we do not serve */
	gboolean is_head;         /* HEAD, served as GET without the body */
	gboolean old;             /* HTTP/1.0 */
	gboolean keep_alive;
	gboolean chunked;
	gboolean expects;         /* 100-continue */
	gint64 content_length;    /* -1 = none given */
	guint32 length;           /* bytes of the head, its empty line included */
	View path;                /* still percent-encoded */
	View query;               /* without '?' */
	View headers[HEADER_COUNT]; /* at 0 = not there */
} RequestHead;

typedef struct Parser {
	guint32 line;  /* where the line under way begins */
	guint32 fed;   /* bytes that were looked at */
	guint n_lines; /* whole ones */
	gint status;   /* PARSE_REFUSED: 400, 413, 417, 431, 501, 505 */
	const char *reason; /* and why, for the log and the problem's detail */
} Parser;

typedef enum ParseOutcome { PARSE_MORE, PARSE_DONE, PARSE_REFUSED } ParseOutcome;

void parser_begin(Parser *parser);
/* @bytes: the whole request so far, from its first byte; may lie elsewhere at each call. @max: longest head. */
ParseOutcome parser_feed(Parser *parser, const char *bytes, gsize length, gsize max, RequestHead *out);

/* Percent-decodes a path into @out (length + 1 bytes). NULL, or why it is refused: %2F, NUL and controls, dot segments,
 * backslash, bytes that are not UTF-8. */
const char *path_decode(const char *raw, gsize length, char *out, gsize *out_length);

static inline gboolean head_has(const RequestHead *head, RequestHeader header)
{
	return head->headers[header].at != 0;
}

/* @text equals @lower, case aside. */
gboolean same_word(const char *text, const char *lower, gsize length);
/* The value equals @text, case aside. */
gboolean head_is(const RequestHead *head, const char *bytes, RequestHeader header, const char *text);
