/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parser.h"

#include <string.h>

#include <zhen/plugin.h>

/* A request line of at least this is there before names of headers can be. */
#define VERSION_LINE_LENGTH 11 /* " HTTP/1.1\r\n" */

static const struct {
	const char *name;
	guint8 length;
	guint8 once;
} known[HEADER_COUNT] = {
#define X(member, name, once) [HEADER_##member] = { name, sizeof(name) - 1, once },
	REQUEST_HEADERS(X)
#undef X
};

/* What a byte may stand in. */
enum { IN_NAME = 1, IN_HOST = 2, IN_TARGET = 4, IN_PATH = 8 /* undecoded, standing for itself */ };

#define IN_ALL (IN_NAME | IN_HOST | IN_TARGET | IN_PATH)
#define IN_TEXT (IN_TARGET | IN_PATH)
static const guint8 places[256] = {
	['0' ... '9'] = IN_ALL,  ['A' ... 'Z'] = IN_ALL,  ['a' ... 'z'] = IN_ALL,
	['-'] = IN_ALL,          ['.'] = IN_ALL,          ['_'] = IN_ALL,          ['~'] = IN_ALL,
	[':'] = IN_TEXT | IN_HOST, ['['] = IN_TEXT | IN_HOST, [']'] = IN_TEXT | IN_HOST,
	['!'] = IN_TEXT | IN_NAME, ['$'] = IN_TEXT | IN_NAME, ['&'] = IN_TEXT | IN_NAME, ['\''] = IN_TEXT | IN_NAME,
	['*'] = IN_TEXT | IN_NAME, ['+'] = IN_TEXT | IN_NAME, ['^'] = IN_TEXT | IN_NAME, ['`'] = IN_TEXT | IN_NAME,
	['|'] = IN_TEXT | IN_NAME, ['#'] = IN_PATH | IN_NAME, ['%'] = IN_TARGET | IN_NAME, ['\\'] = IN_TARGET,
	['"'] = IN_TEXT,         ['('] = IN_TEXT,         [')'] = IN_TEXT,         [','] = IN_TEXT,
	['/'] = IN_TEXT,         [';'] = IN_TEXT,         ['<'] = IN_TEXT,         ['='] = IN_TEXT,
	['>'] = IN_TEXT,         ['?'] = IN_TEXT,         ['@'] = IN_TEXT,         ['{'] = IN_TEXT,
	['}'] = IN_TEXT,         [' '] = IN_PATH,
};

/* Bytes from @text on that may stand in @place. */
static inline gsize span(const char *text, gsize length, guint place)
{
	gsize i = 0;

	while (i < length && (places[(guchar)text[i]] & place) != 0)
		i++;
	return i;
}

/* Parts come in pieces when the head came in pieces; the pieces touch. */
static void grow(View *view, guint32 at, gsize length)
{
	if (view->length > 0 && view->at + view->length == at)
		view->length += (guint32)length;
	else
		*view = (View){ at, (guint32)length };
}

static int on_url(http_parser *split, const char *at, size_t length)
{
	Parser *parser = split->data;

	grow(&parser->target, (guint32)(at - parser->base), length);
	return 0;
}

static int on_header_field(http_parser *split, const char *at, size_t length)
{
	Parser *parser = split->data;
	guint32 offset = (guint32)(at - parser->base);
	View *last = parser->n_names > 0 ? &parser->names[parser->n_names - 1] : NULL;

	if (last != NULL && last->at + last->length == offset) {
		last->length += (guint32)length;
		return 0;
	}
	if (parser->n_names == REQUEST_LINES_MAX) {
		parser->too_many = TRUE;
		return 1;
	}
	parser->names[parser->n_names++] = (View){ offset, (guint32)length };
	return 0;
}

static int on_headers_complete(http_parser *split)
{
	http_parser_pause(split, 1); /* the body is ours: framing.h says why */
	return 0;
}

static const http_parser_settings split_settings = {
	.on_url = on_url,
	.on_header_field = on_header_field,
	.on_headers_complete = on_headers_complete,
};

void parser_begin(Parser *parser)
{
	http_parser_init(&parser->split, HTTP_REQUEST);
	parser->split.data = parser;
	parser->fed = 0;
	parser->target = (View){ 0, 0 };
	parser->n_names = 0;
	parser->too_many = FALSE;
	parser->status = 0;
	parser->reason = NULL;
}

static ParseOutcome refuse(Parser *parser, gint status, const char *reason)
{
	parser->status = status;
	parser->reason = reason;
	return PARSE_REFUSED;
}

/* A byte below 0x20 that is no tab, or DEL: eight at a time, since every byte of every head passes here. */
static gboolean has_control(const char *text, gsize length)
{
	const guint64 ones = 0x0101010101010101u;
	const guint64 tops = ones << 7;
	gsize i = 0;

	for (; i + 8 <= length; i += 8) {
		guint64 word;
		guint64 low, del;

		memcpy(&word, text + i, sizeof(word));
		low = (word - ones * 0x20) & ~word & tops;
		del = word ^ ones * 0x7f;
		del = (del - ones) & ~del & tops;
		if ((low | del) != 0)
			break; /* a tab perhaps, or only a borrow: look closer */
	}
	for (; i < length; i++) {
		guchar c = (guchar)text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return TRUE;
	}
	return FALSE;
}

gboolean same_word(const char *text, const char *lower, gsize length)
{
	for (gsize i = 0; i < length; i++)
		if (text[i] != lower[i] && (!g_ascii_isupper(text[i]) || (text[i] | 0x20) != lower[i]))
			return FALSE;
	return TRUE;
}

static RequestHeader which(const char *name, guint32 length)
{
	for (guint i = 0; i < HEADER_COUNT; i++)
		if (known[i].length == length && (name[0] | 0x20) == known[i].name[0] &&
		    same_word(name, known[i].name, length))
			return i;
	return HEADER_COUNT;
}

/* Debian builds http_parser without its strict checks: a blank in a name gets through. */
static gboolean is_name(const char *name, guint32 length)
{
	return length > 0 && span(name, length, IN_NAME) == length;
}

/* Line by line: name, colon, value without controls, CR LF, next name. Anything between is refused. */
static const char *read_lines(const Parser *parser, const char *bytes, RequestHead *out)
{
	guint32 at = parser->target.at + parser->target.length + VERSION_LINE_LENGTH;

	for (guint i = 0; i < parser->n_names; i++) {
		View name = parser->names[i];
		guint32 next = i + 1 < parser->n_names ? parser->names[i + 1].at : out->length - 2;
		guint32 from = name.at + name.length + 1;
		guint32 to = next - 2;
		RequestHeader header;

		if (name.at != at || from > to || !is_name(bytes + name.at, name.length) || bytes[from - 1] != ':' ||
		    memcmp(bytes + to, "\r\n", 2) != 0)
			return "header line is not 'name: value' ended by CR LF";
		if (has_control(bytes + from, to - from))
			return "control character or folded line in a header";
		while (from < to && (bytes[from] == ' ' || bytes[from] == '\t'))
			from++;
		while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t'))
			to--;
		header = which(bytes + name.at, name.length);
		if (header != HEADER_COUNT) {
			if (known[header].once && head_has(out, header))
				return "header given twice";
			out->headers[header] = (View){ from, to - from };
		}
		at = next;
	}
	return at == out->length - 2 && memcmp(bytes + at, "\r\n", 2) == 0 ? NULL : "head does not end in CR LF CR LF";
}

gboolean head_is(const RequestHead *head, const char *bytes, RequestHeader header, const char *text)
{
	View view = head->headers[header];

	return view.at != 0 && view.length == strlen(text) && same_word(bytes + view.at, text, view.length);
}

static gint64 read_length(const char *text, gsize length)
{
	gint64 value = 0;

	if (length == 0 || length > 15)
		return -1;
	for (gsize i = 0; i < length; i++) {
		if (!g_ascii_isdigit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

static const char *read_framing(const char *bytes, RequestHead *out)
{
	View length = out->headers[HEADER_CONTENT_LENGTH];

	out->content_length = -1;
	out->chunked = head_has(out, HEADER_TRANSFER_ENCODING);
	if (out->chunked && (out->old || head_has(out, HEADER_CONTENT_LENGTH)))
		return "Transfer-Encoding beside Content-Length or in HTTP/1.0";
	if (out->chunked && !head_is(out, bytes, HEADER_TRANSFER_ENCODING, "chunked"))
		return "Transfer-Encoding other than chunked";
	if (!head_has(out, HEADER_CONTENT_LENGTH))
		return NULL;
	out->content_length = read_length(bytes + length.at, length.length);
	return out->content_length >= 0 ? NULL : "Content-Length is not a number";
}

/* host[:port] as a name, an IPv4 or a bracketed IPv6 address. */
static gboolean host_valid(const char *host, gsize length)
{
	return length > 0 && length < 256 && span(host, length, IN_HOST) == length;
}

/* Path and query of origin-form, or of absolute-form that names the Host itself. */
static const char *read_target(const Parser *parser, const char *bytes, RequestHead *out)
{
	View host = out->headers[HEADER_HOST];
	View path = parser->target;
	const char *mark;

	if (host.at == 0 && !out->old)
		return "no Host";
	if (host.at != 0 && !host_valid(bytes + host.at, host.length))
		return "Host is not a host name";
	if (path.length == 0)
		return "no path";
	if (bytes[path.at] != '/') {
		const guint32 skip = 7 + host.length;

		if (host.at == 0 || path.length <= skip || memcmp(bytes + path.at, "http://", 7) != 0 ||
		    g_ascii_strncasecmp(bytes + path.at + 7, bytes + host.at, host.length) != 0 ||
		    bytes[path.at + skip] != '/')
			return "request target is not a path of this host";
		path.at += skip;
		path.length -= skip;
	}
	if (span(bytes + path.at, path.length, IN_TARGET) < path.length)
		return "request target holds a character that must be encoded";
	mark = memchr(bytes + path.at, '?', path.length);
	out->path = path;
	out->query = (View){ 0, 0 };
	if (mark != NULL) {
		out->path.length = (guint32)(mark - (bytes + path.at));
		out->query = (View){ path.at + out->path.length + 1, path.length - out->path.length - 1 };
	}
	return NULL;
}

static const char *read_request_line(const Parser *parser, const char *bytes, RequestHead *out)
{
	const View target = parser->target;
	const char *after = bytes + target.at + target.length;

	/* The target begins right after "METHOD " and is followed by exactly " HTTP/1.x" CR LF. */
	if (target.at < 4 || bytes[target.at - 1] != ' ' || bytes[target.at - 2] == ' ')
		return "request line is not 'METHOD target HTTP/1.1'";
	for (guint32 i = 0; i + 1 < target.at; i++)
		if (!g_ascii_isupper(bytes[i]) && bytes[i] != '-')
			return "request line does not begin with a method";
	if (memcmp(after, " HTTP/1.", 8) != 0 || memcmp(after + 9, "\r\n", 2) != 0)
		return "request line does not end in HTTP/1.1 CR LF";
	out->old = parser->split.http_minor == 0;
	out->is_head = parser->split.method == HTTP_HEAD;
	switch (parser->split.method) {
	case HTTP_GET:
	case HTTP_HEAD:
		out->method = ZHEN_GET;
		break;
	case HTTP_POST:
		out->method = ZHEN_POST;
		break;
	case HTTP_PUT:
		out->method = ZHEN_PUT;
		break;
	case HTTP_PATCH:
		out->method = ZHEN_PATCH;
		break;
	case HTTP_DELETE:
		out->method = ZHEN_DELETE;
		break;
	default:
		out->method = 0;
	}
	return NULL;
}

static ParseOutcome finish(Parser *parser, const char *bytes, guint32 length, RequestHead *out)
{
	const char *fault;

	if (parser->split.http_major != 1 || parser->split.http_minor > 1)
		return refuse(parser, 505, "HTTP version other than 1.0 and 1.1");
	memset(out, 0, sizeof(*out));
	out->length = length;
	fault = read_request_line(parser, bytes, out);
	if (fault == NULL)
		fault = read_lines(parser, bytes, out);
	if (fault == NULL)
		fault = read_framing(bytes, out);
	if (fault == NULL)
		fault = read_target(parser, bytes, out);
	if (fault != NULL)
		return refuse(parser, 400, fault);
	if (head_has(out, HEADER_EXPECT)) {
		if (!head_is(out, bytes, HEADER_EXPECT, "100-continue"))
			return refuse(parser, 417, "Expect other than 100-continue");
		out->expects = !out->old;
	}
	/* Connection is a list; of it only these two words concern us, and "close" wins. */
	out->keep_alive = !out->old;
	if (head_has(out, HEADER_CONNECTION))
		out->keep_alive = http_should_keep_alive(&parser->split) != 0;
	return PARSE_DONE;
}

ParseOutcome parser_feed(Parser *parser, const char *bytes, gsize length, gsize max, RequestHead *out)
{
	const gsize fed = parser->fed;
	gsize used;

	/* http_parser skips empty lines before a request: we look at the first byte ourselves. */
	if (length > 0 && fed == 0 && !g_ascii_isupper(bytes[0]))
		return refuse(parser, 400, "request does not begin with a method");
	if (MIN(length, max + 1) <= fed)
		return fed <= max ? PARSE_MORE : refuse(parser, 431, "head too long"); /* to http_parser no bytes mean the end */
	parser->base = bytes;
	used = http_parser_execute(&parser->split, &split_settings, bytes + fed, MIN(length, max + 1) - fed);
	parser->fed += (guint32)used;
	if (parser->too_many)
		return refuse(parser, 431, "too many header lines");
	if (HTTP_PARSER_ERRNO(&parser->split) == HPE_PAUSED) {
		/* It stops at the last LF of the head. */
		return parser->fed < max ? finish(parser, bytes, parser->fed + 1, out) :
		                           refuse(parser, 431, "head too long");
	}
	if (HTTP_PARSER_ERRNO(&parser->split) == HPE_HEADER_OVERFLOW)
		return refuse(parser, 431, "head too long");
	if (HTTP_PARSER_ERRNO(&parser->split) == HPE_INVALID_VERSION)
		return refuse(parser, 505, "HTTP version other than 1.0 and 1.1");
	if (HTTP_PARSER_ERRNO(&parser->split) != HPE_OK)
		return refuse(parser, 400, http_errno_description(HTTP_PARSER_ERRNO(&parser->split)));
	return parser->fed <= max ? PARSE_MORE : refuse(parser, 431, "head too long");
}

/* ---- path ---- */

static const char *check_segments(const char *path, gsize length)
{
	const char *end = path + length;
	const char *dot = path;

	while ((dot = memchr(dot, '.', (gsize)(end - dot))) != NULL) {
		const char *after = dot + (end - dot > 1 && dot[1] == '.' ? 2 : 1);

		if (dot[-1] == '/' && (after == end || *after == '/'))
			return "dot segment in the path";
		dot++;
	}
	return NULL;
}

const char *path_decode(const char *raw, gsize length, char *out, gsize *out_length)
{
	gsize n = span(raw, length, IN_PATH);
	gboolean ascii = TRUE;

	memcpy(out, raw, n);
	for (gsize i = n; i < length; i++) {
		gint c = (guchar)raw[i];

		if (c == '%') {
			gint high = length - i > 2 ? g_ascii_xdigit_value(raw[i + 1]) : -1;
			gint low = length - i > 2 ? g_ascii_xdigit_value(raw[i + 2]) : -1;

			if (high >= 0 && low >= 0)
				c = high << 4 | low;
			else
				return "broken percent escape";
			if (c == '/')
				return "encoded slash";
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || c == '\\')
			return "control character or backslash in the path";
		ascii = ascii && c < 0x80;
		out[n++] = (char)c;
	}
	out[n] = '\0';
	if (n == 0 || out[0] != '/')
		return "path does not begin with a slash";
	if (!ascii && !g_utf8_validate(out, (gssize)n, NULL))
		return "path is not UTF-8";
	*out_length = n;
	return check_segments(out, n);
}
