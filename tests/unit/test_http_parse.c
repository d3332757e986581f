/* SPDX-License-Identifier: Apache-2.0
 * What is a request and what is refused: two readers that disagree on where one ends are a smuggled request. */
#include <criterion/criterion.h>
#include <string.h>

#include "http/framing.h"
#include "http/multipart.h"
#include "http/params.h"
#include "http/parser.h"
#include <zhen/plugin.h>

#define MAX_HEAD 16384
#define HOST "Host: zhen.cn\r\n"

typedef struct Case {
	const char *name;
	const char *text;
	gint status;  /* 0 = accepted */
	gsize length; /* 0 = of the text */
} Case;

#define WITH_NUL(text) (text), 400, sizeof(text) - 1

static const Case heads[] = {
	{ "plain", "GET / HTTP/1.1\r\n" HOST "\r\n", 0, 0 },
	{ "empty value", "GET / HTTP/1.1\r\n" HOST "X:\r\n\r\n", 0, 0 },
	{ "blanks around a value", "GET / HTTP/1.1\r\nHost: \t zhen.cn \t\r\n\r\n", 0, 0 },
	{ "tab inside a value", "GET / HTTP/1.1\r\n" HOST "X: a\tb\r\n\r\n", 0, 0 },
	{ "UTF-8 inside a value", "GET / HTTP/1.1\r\n" HOST "X: 镇务平台镇务平台\r\n\r\n", 0, 0 },
	{ "1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 0, 0 },
	{ "length", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\n", 0, 0 },
	{ "chunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 0, 0 },
	{ "chunked in capitals", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: CHUNKED\r\n\r\n", 0, 0 },
	{ "own absolute form", "GET http://zhen.cn/a?b HTTP/1.1\r\n" HOST "\r\n", 0, 0 },
	{ "IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0, 0 },
	{ "upgrade is ignored", "GET / HTTP/1.1\r\n" HOST "Upgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 0, 0 },

	{ "two lengths", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400, 0 },
	{ "the same length twice", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", 400, 0 },
	{ "list of lengths", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\n", 400, 0 },
	{ "signed length", "POST / HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\n", 400, 0 },
	{ "negative length", "POST / HTTP/1.1\r\n" HOST "Content-Length: -5\r\n\r\n", 400, 0 },
	{ "hexadecimal length", "POST / HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\n", 400, 0 },
	{ "empty length", "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\n", 400, 0 },
	{ "length with a blank in it", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5 0\r\n\r\n", 400, 0 },
	{ "length beyond 64 bits", "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551621\r\n\r\n", 400, 0 },
	{ "length and coding", "POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0 },
	{ "coding and length", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400, 0 },
	{ "gzip, chunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n", 400, 0 },
	{ "chunked, identity", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n", 400, 0 },
	{ "xchunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n", 400, 0 },
	{ "identity", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n", 400, 0 },
	{ "chunked twice", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400, 0 },
	{ "coding with a vertical tab", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\x0b" "chunked\r\n\r\n", 400, 0 },
	{ "coding in 1.0", "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n", 400, 0 },
	{ "blank before the colon", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding : chunked\r\n\r\n", 400, 0 },
	{ "tab before the colon", "POST / HTTP/1.1\r\n" HOST "Content-Length\t: 5\r\n\r\n", 400, 0 },
	{ "bare LF after the request line", "GET / HTTP/1.1\n" HOST "\r\n", 400, 0 },
	{ "bare LF after a header", "GET / HTTP/1.1\r\nHost: zhen.cn\nX: y\r\n\r\n", 400, 0 },
	{ "bare LF at the end", "GET / HTTP/1.1\r\n" HOST "\n", 400, 0 },
	{ "bare LF in all lines", "GET / HTTP/1.1\nHost: zhen.cn\n\n", 400, 0 },
	{ "bare CR in a value", "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400, 0 },
	{ "folded line", "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400, 0 },
	{ "folded first line", "GET / HTTP/1.1\r\n X: a\r\n" HOST "\r\n", 400, 0 },
	{ "folded after the colon", "GET / HTTP/1.1\r\n" HOST "X:\r\n b\r\n\r\n", 400, 0 },
	{ "NUL in a value", WITH_NUL("GET / HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n") },
	{ "NUL in a name", WITH_NUL("GET / HTTP/1.1\r\n" HOST "X\0: ab\r\n\r\n") },
	{ "NUL in the target", WITH_NUL("GET /\0 HTTP/1.1\r\n" HOST "\r\n") },
	{ "bell in a value", "GET / HTTP/1.1\r\n" HOST "X: ab\acdefghijklmnop\r\n\r\n", 400, 0 },
	{ "DEL in a value", "GET / HTTP/1.1\r\n" HOST "X: abcdefghijk\x7flmnop\r\n\r\n", 400, 0 },
	{ "name with a bracket", "GET / HTTP/1.1\r\n" HOST "X[: a\r\n\r\n", 400, 0 },
	{ "no colon", "GET / HTTP/1.1\r\n" HOST "Xa\r\n\r\n", 400, 0 },
	{ "no name", "GET / HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400, 0 },
	{ "no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", 400, 0 },
	{ "no header at all", "GET / HTTP/1.1\r\n\r\n", 400, 0 },
	{ "empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, 0 },
	{ "two Hosts", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400, 0 },
	{ "Host with a path", "GET / HTTP/1.1\r\nHost: zhen.cn/evil\r\n\r\n", 400, 0 },
	{ "Host with a user", "GET / HTTP/1.1\r\nHost: a@zhen.cn\r\n\r\n", 400, 0 },
	{ "absolute form of another", "GET http://evil.cn/ HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "absolute form that begins alike", "GET http://zhen.cn.evil/ HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "absolute form with https", "GET https://zhen.cn/ HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "asterisk", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "CONNECT", "CONNECT zhen.cn:80 HTTP/1.1\r\n" HOST "\r\n", 501, 0 },
	{ "fragment", "GET /a#b HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "bytes above 127 in the target", "GET /\xe9\x95\x87 HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "blank in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "two blanks", "GET  / HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "two blanks before the version", "GET /  HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "tab for a blank", "GET\t/ HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "blank after the version", "GET / HTTP/1.1 \r\n" HOST "\r\n", 400, 0 },
	{ "empty line first", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "lower-case method", "get / HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "made-up method", "STEAL / HTTP/1.1\r\n" HOST "\r\n", 501, 0 },
	{ "method that begins with a known one", "GETTER / HTTP/1.1\r\n" HOST "\r\n", 501, 0 },
	{ "method of other signs", "GE(T / HTTP/1.1\r\n" HOST "\r\n", 400, 0 },
	{ "method alone", "STEAL\r\n\r\n", 400, 0 },
	{ "0.9", "GET /\r\n\r\n", 400, 0 },
	{ "another protocol", "GET / ICE/1.0\r\n" HOST "\r\n", 400, 0 },
	{ "TLS hello", "\x16\x03\x01\x02", 400, 0 },
	{ "HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 501, 0 },
	{ "version 2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 505, 0 },
	{ "version 1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 505, 0 },
	{ "other expectation", "POST / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n", 417, 0 },
	{ "two cookies", "GET / HTTP/1.1\r\n" HOST "Cookie: a=b\r\nCookie: c=d\r\n\r\n", 400, 0 },
};

/* In one piece, or one byte more at each call, each time from memory of exactly that size. */
static ParseOutcome feed(Parser *parser, const char *text, gsize length, gboolean slowly, RequestHead *head)
{
	ParseOutcome outcome = PARSE_MORE;

	parser_begin(parser);
	for (gsize n = slowly ? 1 : length; n <= length && outcome == PARSE_MORE; n++) {
		char *copy = g_memdup2(text, n);

		outcome = parser_feed(parser, copy, n, MAX_HEAD, head);
		g_free(copy);
	}
	return outcome;
}

Test(http_parse, heads_are_taken_or_refused_alike_however_they_arrive)
{
	for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
		const Case *c = &heads[i];
		gsize length = c->length > 0 ? c->length : strlen(c->text);

		for (gint slowly = 0; slowly < 2; slowly++) {
			Parser parser;
			RequestHead head;
			ParseOutcome outcome = feed(&parser, c->text, length, slowly, &head);

			cr_expect_eq(outcome, c->status == 0 ? PARSE_DONE : PARSE_REFUSED, "%s: outcome %d (%s)", c->name, outcome,
			             parser.reason != NULL ? parser.reason : "-");
			if (c->status != 0 && outcome == PARSE_REFUSED)
				cr_expect_eq(parser.status, c->status, "%s: %d, not %d", c->name, parser.status,
				             c->status);
			if (c->status == 0 && outcome == PARSE_DONE)
				cr_expect_eq(head.length, length, "%s: head of %u bytes", c->name, head.length);
		}
	}
}

Test(http_parse, views_point_into_the_bytes_without_blanks)
{
	const char *text = "PATCH /p/notes/%E9%95%87?a=1&b HTTP/1.1\r\nhost:  zhen.cn:8080 \r\nIF-MATCH:\"3\"\r\n"
	                   "Content-Length: 12\r\nConnection: close\r\n\r\nbody";
	Parser parser;
	RequestHead head;

	for (gint slowly = 0; slowly < 2; slowly++) {
		cr_assert_eq(feed(&parser, text, strlen(text), slowly, &head), PARSE_DONE);
		cr_expect_eq(head.method, ZHEN_PATCH);
		cr_expect_eq(head.content_length, 12);
		cr_expect_not(head.keep_alive);
		cr_expect_eq(head.length, strlen(text) - 4);
#define SAME(view, want) \
	cr_expect_eq(strncmp(text + (view).at, want, strlen(want)) + (gint)((view).length - strlen(want)), 0, "%s", want)
		SAME(head.path, "/p/notes/%E9%95%87");
		SAME(head.query, "a=1&b");
		SAME(head.headers[HEADER_HOST], "zhen.cn:8080");
		SAME(head.headers[HEADER_IF_MATCH], "\"3\"");
		cr_expect_not(head_has(&head, HEADER_COOKIE));
	}
}

Test(http_parse, a_head_longer_than_the_limit_or_of_too_many_lines_is_431)
{
	g_autoptr(GString) text = g_string_new("GET / HTTP/1.1\r\n" HOST "X: ");
	Parser parser;
	RequestHead head;

	while (text->len < MAX_HEAD + 100)
		g_string_append_c(text, 'a');
	cr_expect_eq(feed(&parser, text->str, text->len, FALSE, &head), PARSE_REFUSED);
	cr_expect_eq(parser.status, 431);
	cr_expect_eq(feed(&parser, text->str, MAX_HEAD, FALSE, &head), PARSE_MORE);
	g_string_assign(text, "GET / HTTP/1.1\r\n" HOST);
	for (guint i = 0; i < REQUEST_LINES_MAX; i++)
		g_string_append(text, "X: a\r\n");
	g_string_append(text, "\r\n");
	cr_expect_eq(feed(&parser, text->str, text->len, FALSE, &head), PARSE_REFUSED);
	cr_expect_eq(parser.status, 431);
}

Test(http_parse, the_same_bytes_again_are_not_the_end)
{
	const char *text = "GET / HTTP/1.1\r\n" HOST;
	Parser parser;
	RequestHead head;

	parser_begin(&parser);
	for (guint i = 0; i < 3; i++)
		cr_expect_eq(parser_feed(&parser, text, strlen(text), MAX_HEAD, &head), PARSE_MORE);
}

Test(http_parse, paths_are_decoded_once_and_refused_when_they_climb_or_hide)
{
	static const struct {
		const char *raw;
		const char *decoded; /* NULL = refused */
	} paths[] = {
		{ "/", "/" },
		{ "/p/notes/7", "/p/notes/7" },
		{ "/%E9%95%87", "/镇" },
		{ "/a%20b", "/a b" },
		{ "/a%2520b", "/a%20b" },
		{ "/...", "/..." },
		{ "/a..b", "/a..b" },
		{ "/..", NULL },
		{ "/a/../b", NULL },
		{ "/a/..", NULL },
		{ "/./a", NULL },
		{ "/%2e%2e/a", NULL },
		{ "/%2E./a", NULL },
		{ "/a%2Fb", NULL },
		{ "/a%2fb", NULL },
		{ "/a%5Cb", NULL },
		{ "/a\\b", NULL },
		{ "/%00", NULL },
		{ "/a%0d%0ab", NULL },
		{ "/%7f", NULL },
		{ "/%ff", NULL },
		{ "/%c0%af", NULL },
		{ "/%ed%a0%80", NULL },
		{ "/%e9%95", NULL },
		{ "/%", NULL },
		{ "/%4", NULL },
		{ "/%zz", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(paths); i++) {
		gsize length = strlen(paths[i].raw);
		g_autofree char *out = g_malloc(length + 1);
		gsize out_length = 0;
		const char *fault = path_decode(paths[i].raw, length, out, &out_length);

		cr_expect_eq(fault == NULL, paths[i].decoded != NULL, "%s: %s", paths[i].raw, fault != NULL ? fault : "taken");
		if (fault == NULL && paths[i].decoded != NULL)
			cr_expect_str_eq(out, paths[i].decoded);
	}
}

/* ---- bodies ---- */

static BodyOutcome unframe(const char *text, gsize step, GString *out, gsize *out_left)
{
	Framing framing;
	gsize length = strlen(text);
	gsize at = 0;
	BodyOutcome outcome = BODY_MORE;

	body_begin(&framing, TRUE, -1);
	g_string_truncate(out, 0);
	while (at < length && outcome != BODY_DONE && outcome != BODY_BROKEN) {
		gsize end = MIN(at + step, length);

		do {
			gsize used = 0;
			gsize piece_length = 0;
			const char *piece = NULL;

			outcome = body_next(&framing, text + at, end - at, &used, &piece, &piece_length);
			if (outcome == BODY_PIECE)
				g_string_append_len(out, piece, (gssize)piece_length);
			at += outcome != BODY_BROKEN ? used : 0;
		} while (outcome == BODY_PIECE);
	}
	*out_left = length - at;
	return outcome;
}

Test(http_parse, chunks_are_strict)
{
	static const struct {
		const char *name;
		const char *text;
		const char *body; /* NULL = broken */
		gsize left;
	} chunks[] = {
		{ "one", "5\r\nhello\r\n0\r\n\r\n", "hello", 0 },
		{ "two and what follows", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET ", "hello world", 4 },
		{ "hexadecimal", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0 },
		{ "zeros before", "0005\r\nhello\r\n000\r\n\r\n", "hello", 0 },
		{ "none", "0\r\n\r\n", "", 0 },
		{ "bare LF after the size", "5\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "bare LF after the data", "5\r\nhello\n0\r\n\r\n", NULL, 0 },
		{ "bare LF at the end", "5\r\nhello\r\n0\r\n\n", NULL, 0 },
		{ "extension", "5;a=b\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "extension that hides a line", "5;\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "trailer", "5\r\nhello\r\n0\r\nX: y\r\n\r\n", NULL, 0 },
		{ "no size", "\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "blank before the size", " 5\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "blank after the size", "5 \r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "0x", "0x5\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "sign", "+5\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "size of nine digits", "000000005\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "size beyond 64 bits", "10000000000000005\r\nhello\r\n0\r\n\r\n", NULL, 0 },
		{ "data longer than its size", "4\r\nhello\r\n0\r\n\r\n", NULL, 0 },
	};
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(chunks); i++)
		for (gsize step = 1; step < 64; step += step < 4 ? 1 : 59) {
			gsize left = 0;
			BodyOutcome outcome = unframe(chunks[i].text, step, out, &left);

			cr_expect_eq(outcome, chunks[i].body != NULL ? BODY_DONE : BODY_BROKEN, "%s by %zu: %d", chunks[i].name,
			             step, outcome);
			if (chunks[i].body == NULL || outcome != BODY_DONE)
				continue;
			cr_expect_str_eq(out->str, chunks[i].body, "%s", chunks[i].name);
			cr_expect_eq(left, chunks[i].left, "%s by %zu: %zu left", chunks[i].name, step, left);
		}
}

/* ---- parameters ---- */

Test(http_parse, forms_are_decoded_in_order_and_must_be_utf8)
{
	g_autoptr(Arena) arena = arena_new();
	Params params = { 0 };
	static const char *const broken[] = { "a=%", "a=%4", "a=%zz", "%00=a", "a=%00", "a=%ff", "a=%c0%af", "a=\xff" };
	const char *text =
		"name=%E5%BC%A0%E4%B8%89&note=a+b%2Bc&members.0.name=x&members.1.name=&flag&&=nothing&name=2";

	cr_assert_null(params_decode(&params, arena, text, strlen(text)));
	cr_assert_eq(params.count, 6);
	cr_expect_str_eq(params.items[0].value, "张三");
	cr_expect_str_eq(params.items[1].value, "a b+c");
	cr_expect_str_eq(params.items[2].name, "members.0.name");
	cr_expect_eq(params.items[3].length, 0);
	cr_expect_str_eq(params.items[4].name, "flag");
	cr_expect_str_eq(params_text(&params, "name"), "张三", "the first one counts");
	for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
		Params none = { 0 };

		cr_expect_not_null(params_decode(&none, arena, broken[i], strlen(broken[i])), "%s", broken[i]);
	}
}

/* ---- multipart ---- */

static gboolean on_begin(void *data, const char *name, const char *file_name)
{
	g_string_append_printf(data, "[%s%s%s:", name, file_name != NULL ? "=" : "", file_name != NULL ? file_name : "");
	return TRUE;
}

static gboolean on_bytes(void *data, const char *bytes, gsize length)
{
	g_string_append_len(data, bytes, (gssize)length);
	return TRUE;
}

static gboolean on_end(void *data)
{
	g_string_append(data, "]");
	return TRUE;
}

#define PART(name, rest) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"" rest "\r\n\r\n"

Test(http_parse, multipart_parts_come_out_whole_however_they_arrive)
{
	static const MultipartEvents events = { .begin = on_begin, .bytes = on_bytes, .end = on_end };
	static const struct {
		const char *name;
		const char *text;
		const char *seen; /* NULL = broken or unfinished */
	} cases[] = {
		{ "field and file",
		  PART("a", "") "1\r\n" PART(
			  "f", "; filename=\"x.jpg\"\r\nContent-Type: image/jpeg") "\xff\r\n--X\r\r\n\r\n--XX--\r\n",
		  "[a:1][f=x.jpg:\xff\r\n--X\r\r\n]" },
		{ "empty parts", PART("a", "") "\r\n" PART("b", "; filename=\"\"") "\r\n--XX--", "[a:][b=:]" },
		{ "what follows the end is nobody's", PART("a", "") "1\r\n--XX--\r\nmore", "[a:1]" },
		{ "text before the first", "hello\r\n" PART("a", "") "1\r\n--XX--", NULL },
		{ "no name", "--XX\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XX--", NULL },
		{ "bare LF after the boundary", "--XX\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--", NULL },
		{ "cut in the data", PART("a", "") "1\r\n--X", NULL },
		{ "cut at the end", PART("a", "") "1\r\n--XX-", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		for (gsize step = 1; step < 400; step = step * 2 + 1) {
			g_autoptr(GString) seen = g_string_new(NULL);
			Multipart *multipart = multipart_new("multipart/form-data; boundary=XX", &events, seen);
			gsize length = strlen(cases[i].text);
			gboolean good = TRUE;

			for (gsize at = 0; at < length && good; at += step)
				good = multipart_feed(multipart, cases[i].text + at, MIN(step, length - at));
			good = good && multipart_done(multipart);
			cr_expect_eq(good, cases[i].seen != NULL, "%s by %zu", cases[i].name, step);
			if (good && cases[i].seen != NULL)
				cr_expect_str_eq(seen->str, cases[i].seen, "%s by %zu: %s", cases[i].name, step,
				                 seen->str);
			multipart_free(multipart);
		}
	cr_expect_null(multipart_new("multipart/form-data", &events, NULL));
	cr_expect_null(multipart_new("multipart/form-data; boundary=", &events, NULL));
}
