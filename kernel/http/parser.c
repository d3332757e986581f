/* SPDX-License-Identifier: Apache-2.0 */
#include "http/parser.h"

#include <string.h>

#include <zhen/plugin.h>

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
	const guchar *at = (const guchar *)text;
	gsize i = 0;

	while (i + 4 <= length &&
	       (places[at[i]] & places[at[i + 1]] & places[at[i + 2]] & places[at[i + 3]] & place) != 0)
		i += 4;
	while (i < length && (places[at[i]] & place) != 0)
		i++;
	return i;
}

void parser_begin(Parser *parser)
{
	*parser = (Parser){ .line = 0 };
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

enum { WORD_CLOSE = 1, WORD_KEEP_ALIVE = 2 };

/* Connection is a list; of it only these two words concern us. */
static guint connection_words(const char *text, gsize length)
{
	guint words = 0;

	for (gsize from = 0, end; from < length; from = end + 1) {
		const char *comma = memchr(text + from, ',', length - from);
		gsize to;

		end = comma != NULL ? (gsize)(comma - text) : length;
		while (from < end && (text[from] == ' ' || text[from] == '\t'))
			from++;
		for (to = end; to > from && (text[to - 1] == ' ' || text[to - 1] == '\t');)
			to--;
		if (to - from == 5 && same_word(text + from, "close", 5))
			words |= WORD_CLOSE;
		else if (to - from == 10 && same_word(text + from, "keep-alive", 10))
			words |= WORD_KEEP_ALIVE;
	}
	return words;
}

/* From @at on line by line, each ended by CR LF: name, colon, value without controls. */
static const char *read_lines(const char *bytes, guint32 at, RequestHead *out, guint *out_words)
{
	while (at < out->length - 2) {
		const guint32 end = (guint32)((const char *)memchr(bytes + at, '\n', out->length - at) - bytes);
		const guint32 name = (guint32)span(bytes + at, end - at, IN_NAME);
		guint32 from = at + name + 1;
		guint32 to = end - 1;
		RequestHeader header;

		if (name == 0 || bytes[from - 1] != ':')
			return "header line is not 'name: value' ended by CR LF";
		if (has_control(bytes + from, to - from))
			return "control character or folded line in a header";
		while (from < to && (bytes[from] == ' ' || bytes[from] == '\t'))
			from++;
		while (to > from && (bytes[to - 1] == ' ' || bytes[to - 1] == '\t'))
			to--;
		header = which(bytes + at, name);
		if (header != HEADER_COUNT) {
			if (known[header].once && head_has(out, header))
				return "header given twice";
			out->headers[header] = (View){ from, to - from };
		}
		if (header == HEADER_CONNECTION)
			*out_words |= connection_words(bytes + from, to - from);
		at = end + 1;
	}
	return NULL;
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
static const char *read_target(const char *bytes, RequestHead *out)
{
	View host = out->headers[HEADER_HOST];
	View path = out->path;
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
	mark = memchr(bytes + path.at, '?', path.length);
	out->path = path;
	out->query = (View){ 0, 0 };
	if (mark != NULL) {
		out->path.length = (guint32)(mark - (bytes + path.at));
		out->query = (View){ path.at + out->path.length + 1, path.length - out->path.length - 1 };
	}
	return NULL;
}

/* RFC 9110 and PATCH: 405 where an address lacks one. CONNECT, which asks for no address, is unknown (501) as others are. */
static const struct {
	const char *name; /* with its blank */
	guint8 length;
	guint8 method;
	guint8 is_head;
} methods[] = {
	{ "GET ", 4, ZHEN_GET, 0 },       { "POST ", 5, ZHEN_POST, 0 },     { "HEAD ", 5, ZHEN_GET, 1 },
	{ "PUT ", 4, ZHEN_PUT, 0 },       { "PATCH ", 6, ZHEN_PATCH, 0 },   { "DELETE ", 7, ZHEN_DELETE, 0 },
	{ "OPTIONS ", 8, 0, 0 },          { "TRACE ", 6, 0, 0 },
};

/* Its @length without CR LF. The target is out->path until read_target has split it. */
static const char *read_request_line(const char *bytes, guint32 length, RequestHead *out, gint *out_status)
{
	guint32 at = 0;
	const char *after;

	for (guint i = 0; i < G_N_ELEMENTS(methods) && at == 0; i++)
		if (length > methods[i].length && memcmp(bytes, methods[i].name, methods[i].length) == 0) {
			at = methods[i].length;
			out->method = methods[i].method;
			out->is_head = methods[i].is_head;
		}
	if (at == 0) {
		const gsize name = span(bytes, length, IN_NAME);

		if (name == length || bytes[name] != ' ')
			return "request line does not begin with a method";
		*out_status = 501;
		return "method that no address here knows";
	}
	out->path = (View){ at, (guint32)span(bytes + at, length - at, IN_TARGET) };
	after = bytes + at + out->path.length;
	if (length - at - out->path.length != 9 || memcmp(after, " HTTP/", 6) != 0 || after[7] != '.')
		return "request line is not 'METHOD target HTTP/1.1'";
	out->old = after[8] == '0';
	if (after[6] == '1' && (after[8] == '0' || after[8] == '1'))
		return NULL;
	*out_status = 505;
	return "HTTP version other than 1.0 and 1.1";
}

static ParseOutcome finish(Parser *parser, const char *bytes, guint32 length, RequestHead *out)
{
	const guint32 end = (guint32)((const char *)memchr(bytes, '\n', length) - bytes);
	gint status = 400;
	guint words = 0;
	const char *fault;

	memset(out, 0, sizeof(*out));
	out->length = length;
	fault = read_request_line(bytes, end - 1, out, &status);
	if (fault == NULL)
		fault = read_lines(bytes, end + 1, out, &words);
	if (fault == NULL)
		fault = read_framing(bytes, out);
	if (fault == NULL)
		fault = read_target(bytes, out);
	if (fault != NULL)
		return refuse(parser, status, fault);
	if (head_has(out, HEADER_EXPECT)) {
		if (!head_is(out, bytes, HEADER_EXPECT, "100-continue"))
			return refuse(parser, 417, "Expect other than 100-continue");
		out->expects = !out->old;
	}
	out->keep_alive = (words & WORD_CLOSE) == 0 && (!out->old || (words & WORD_KEEP_ALIVE) != 0);
	return PARSE_DONE;
}

ParseOutcome parser_feed(Parser *parser, const char *bytes, gsize length, gsize max, RequestHead *out)
{
	const gsize whole = MIN(length, max);

	if (length > 0 && !g_ascii_isupper(bytes[0]))
		return refuse(parser, 400, "request does not begin with a method");
	while (parser->fed < whole) {
		const char *found = memchr(bytes + parser->fed, '\n', whole - parser->fed);
		const guint32 end = found != NULL ? (guint32)(found - bytes) : (guint32)whole;

		parser->fed = end + (found != NULL);
		if (found == NULL)
			break;
		if (bytes[end - 1] != '\r')
			return refuse(parser, 400, "line does not end in CR LF");
		if (end - parser->line == 1)
			return finish(parser, bytes, end + 1, out);
		parser->line = end + 1;
		if (++parser->n_lines > 1 + REQUEST_LINES_MAX)
			return refuse(parser, 431, "too many header lines");
	}
	return length <= max ? PARSE_MORE : refuse(parser, 431, "head too long");
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
