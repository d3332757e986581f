/* SPDX-License-Identifier: Apache-2.0
 * The head of an answer, written by hand, and its way out: one send() of head and body where they fit the loop's scratch. */
#include "http/internal.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MAX 4096
#define VALUE_MAX 1024

static const struct {
	gint status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 303, "See Other" },
	{ 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" }, { 403, "Forbidden" }, { 404, "Not Found" },
	{ 405, "Method Not Allowed" }, { 408, "Request Timeout" }, { 409, "Conflict" }, { 410, "Gone" },
	{ 412, "Precondition Failed" }, { 413, "Content Too Large" }, { 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" }, { 422, "Unprocessable Content" }, { 428, "Precondition Required" },
	{ 429, "Too Many Requests" }, { 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" },
	{ 501, "Not Implemented" }, { 503, "Service Unavailable" }, { 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

const char *status_reason(gint status)
{
	for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return status < 400 ? "OK" : "Error";
}

typedef struct Head {
	char *bytes;
	gsize length;
} Head;

static void put(Head *head, const char *text, gsize length)
{
	if (head->length + length > HEAD_MAX)
		return; /* cannot be: every value is bounded */
	memcpy(head->bytes + head->length, text, length);
	head->length += length;
}

#define PUT(head, literal) put(head, literal, sizeof(literal) - 1)

static void put_number(Head *head, guint64 number)
{
	char digits[20];
	guint at = sizeof(digits);

	do
		digits[--at] = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	put(head, digits + at, sizeof(digits) - at);
}

/* A value that came from a plugin or a caller: a control character in it would begin a header of its own. */
static void put_header(Head *head, const char *name, const char *value)
{
	gsize length = strlen(value);

	for (gsize i = 0; i < length; i++)
		if ((guchar)value[i] < 0x20 || value[i] == 0x7f)
			return;
	if (length > VALUE_MAX)
		return;
	put(head, name, strlen(name));
	PUT(head, ": ");
	put(head, value, length);
	PUT(head, "\r\n");
}

/* The real time: a turned clock is for calls, not for caches. */
static void put_date(Head *head, HttpLoop *home, gint64 now_ms)
{
	const gint64 second = (now_ms - clock_offset_ms()) / 1000;

	if (second != home->date_s) {
		static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
		static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
			                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
		const time_t when = (time_t)second;
		struct tm tm;

		gmtime_r(&when, &tm);
		g_snprintf(home->date, sizeof(home->date), "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
		           days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], (tm.tm_year + 1900) % 10000, tm.tm_hour,
		           tm.tm_min, tm.tm_sec);
		home->date_s = second;
	}
	put(head, home->date, sizeof("Date: Sun, 22 Nov 2026 03:46:29 GMT\r\n") - 1);
}

static void put_status(Head *head, gint status)
{
	const char *reason;

	if (status == 200) {
		PUT(head, "HTTP/1.1 200 OK\r\n");
		return;
	}
	reason = status_reason(status);
	PUT(head, "HTTP/1.1 ");
	put_number(head, (guint64)status);
	PUT(head, " ");
	put(head, reason, strlen(reason));
	PUT(head, "\r\n");
}

/* What a browser shows as a document or picture; all else is to be saved. */
static gboolean is_shown(const char *content_type)
{
	return content_type != NULL &&
	       (g_str_has_prefix(content_type, "application/pdf") || g_str_has_prefix(content_type, "image/") ||
	        g_str_has_prefix(content_type, "text/"));
}

/* The header of a file name that may be Chinese is RFC 6266's. */
static void put_file_name(Head *head, const char *file_name, const char *content_type)
{
	g_autofree char *encoded = NULL;
	g_autofree char *value = NULL;

	if (file_name == NULL || !g_utf8_validate(file_name, -1, NULL))
		return;
	encoded = g_uri_escape_string(file_name, NULL, FALSE);
	value = g_strconcat(is_shown(content_type) ? "inline" : "attachment", "; filename*=UTF-8''", encoded, NULL);
	put_header(head, "Content-Disposition", value);
}

static void put_allowed(Head *head, guint32 allowed)
{
	char list[64] = "";

	for (guint32 method = ZHEN_GET; method <= ZHEN_DELETE; method++) {
		if ((allowed >> method & 1) == 0)
			continue;
		g_strlcat(list, list[0] != '\0' ? ", " : "", sizeof(list));
		g_strlcat(list, method == ZHEN_GET ? "GET, HEAD" : method_name(method), sizeof(list));
	}
	put_header(head, "Allow", list);
}

/* What few answers have. */
static void put_rare(Head *head, const HttpCall *call, const CallReply *reply)
{
	if (reply->location != NULL)
		put_header(head, "Location", reply->location);
	if (reply->etag != NULL)
		put_header(head, "ETag", reply->etag);
	if (reply->file_name != NULL)
		put_file_name(head, reply->file_name, reply->content_type);
	if (call->cookie != NULL)
		put_header(head, "Set-Cookie", call->cookie);
	if (call->allowed != 0)
		put_allowed(head, call->allowed);
	if (reply->status == 401)
		PUT(head, "WWW-Authenticate: Bearer\r\n");
	if (reply->retry_after_s > 0) {
		PUT(head, "Retry-After: ");
		put_number(head, (guint64)reply->retry_after_s);
		PUT(head, "\r\n");
	}
}

static void put_safety(Head *head, const HttpCall *call, const char *content_type)
{
	PUT(head, "X-Content-Type-Options: nosniff\r\n");
	if (strncmp(content_type, "text/css", 8) == 0)
		PUT(head, "Cache-Control: public, max-age=3600\r\n");
	else if (call->session != NULL || call->cookie != NULL)
		PUT(head, "Cache-Control: no-store\r\n");
	else
		PUT(head, "Cache-Control: no-cache\r\n");
	if (strncmp(content_type, "application/json", 16) == 0)
		return;
	/* Pages, and files that a browser may show as one. */
	PUT(head, "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
	          "frame-ancestors 'none'; base-uri 'none'\r\nReferrer-Policy: same-origin\r\n");
}

static gboolean not_modified(HttpCall *call, const CallReply *reply)
{
	View view = call->head.headers[HEADER_IF_NONE_MATCH];

	return view.at != 0 && reply->etag != NULL && reply->status == 200 && call->method == ZHEN_GET &&
	       view.length == strlen(reply->etag) && memcmp(call_bytes(call) + view.at, reply->etag, view.length) == 0;
}

static void record(HttpCall *call, gint status, gsize bytes)
{
	HttpLoop *home = call->home;
	const gint64 us = net_look(home->net) - call->started_us;
	RouteStats *stats = call->entry != NULL ? route_stats(call->entry, home->index) : &home->unmatched;
	const char *account = call->session != NULL ? call->session->account : "";
	const char *method = call->head.is_head ? "HEAD" : call->method != 0 ? method_name(call->method) : "-";

	route_stats_count(stats, status, (guint64)MAX(us, 0), bytes);
	accesslog_add(home->log, call->now_ms != 0 ? call->now_ms : clock_now_ms(),
	              call->request_id[0] != '\0' ? call->request_id : "-", account, method,
	              call->entry != NULL ? call->entry->pattern : "-", status, bytes, us);
}

/* @length -1: it goes on. */
static gsize write_head(HttpCall *call, const CallReply *reply, const char *content_type, gint status, gint64 length)
{
	Head head = { call->home->scratch, 0 };
	const gboolean bare = status == 204 || status == 304;

	put_status(&head, status);
	put_date(&head, call->home, call->now_ms != 0 ? call->now_ms : clock_now_ms());
	if (!bare) {
		PUT(&head, "Content-Type: ");
		put(&head, content_type, MIN(strlen(content_type), VALUE_MAX));
		if (length >= 0) {
			PUT(&head, "\r\nContent-Length: ");
			put_number(&head, (guint64)length);
		} else if (!call->head.old) {
			PUT(&head, "\r\nTransfer-Encoding: chunked");
		}
		PUT(&head, "\r\n");
	}
	if (call->request_id[0] != '\0') {
		PUT(&head, "X-Request-Id: ");
		put(&head, call->request_id, strlen(call->request_id));
		PUT(&head, "\r\n");
	}
	put_safety(&head, call, content_type);
	put_rare(&head, call, reply);
	if (!call_keeps_alive(call))
		PUT(&head, "Connection: close\r\n");
	else if (call->head.old)
		PUT(&head, "Connection: keep-alive\r\n");
	PUT(&head, "\r\n");
	return head.length;
}

void reply_send(HttpCall *call, const CallReply *reply, const char *content_type, int file, gint64 file_length)
{
	char *scratch = call->home->scratch;
	const gint status = not_modified(call, reply) ? 304 : reply->status;
	const gboolean empty = status == 204 || status == 304 || call->head.is_head;
	const gsize length = file >= 0 ? (gsize)file_length : reply->body->len;
	const gsize body = empty ? 0 : length;
	gsize head = write_head(call, reply, content_type, status, (gint64)length);
	struct iovec parts[2] = { { scratch, head }, { reply->body->str, body } };

	if (file >= 0 || head + body <= HTTP_SCRATCH) {
		if (file < 0)
			memcpy(scratch + head, reply->body->str, body);
		parts[0].iov_len = head + (file < 0 ? body : 0);
		connection_send(call->connection, parts, 1);
	} else {
		connection_send(call->connection, parts, 2);
	}
	if (file >= 0 && !empty)
		connection_send_file(call->connection, file, file_length);
	else if (file >= 0)
		close(file);
	record(call, status, body);
	call_finish(call);
}

/* A proxy that gathers an answer before it passes it on would never pass this one on. */
void reply_stream(HttpCall *call, const char *content_type)
{
	static const char unbuffered[] = "X-Accel-Buffering: no\r\n\r\n";
	const CallReply reply = { .status = 200 };
	char *scratch = call->home->scratch;
	gsize head;

	call->close = TRUE;
	head = write_head(call, &reply, content_type, 200, -1) - 2;
	memcpy(scratch + head, unbuffered, sizeof(unbuffered) - 1);
	connection_send(call->connection, &(struct iovec){ scratch, head + sizeof(unbuffered) - 1 }, 1);
	record(call, 200, 0);
}

void reply_continue(HttpCall *call)
{
	static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const struct iovec part = { text, sizeof(text) - 1 };

	connection_send(call->connection, &part, 1);
}
