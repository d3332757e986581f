/* SPDX-License-Identifier: Apache-2.0
 * Any bytes as a request: head, path, body and form. Whatever arrives in one piece must be read alike in two. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/framing.h"
#include "http/multipart.h"
#include "http/params.h"
#include "http/parser.h"

#define HEAD_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The head, given as @first bytes and then whole, each from memory of exactly that size. */
static ParseOutcome read_head(const char *bytes, size_t size, size_t first, Parser *parser, RequestHead *head)
{
	ParseOutcome outcome = PARSE_MORE;
	const size_t sizes[] = { first, size };

	parser_begin(parser);
	for (size_t i = 0; i < 2 && outcome == PARSE_MORE; i++) {
		char *copy = g_memdup2(bytes, sizes[i]);

		if (sizes[i] > 0)
			outcome = parser_feed(parser, copy, sizes[i], HEAD_MAX, head);
		g_free(copy);
	}
	return outcome;
}

static gboolean ignore_part(void *data, const char *name, const char *file_name)
{
	(void)data, (void)name, (void)file_name;
	return TRUE;
}

static gboolean ignore_bytes(void *data, const char *bytes, gsize length)
{
	*(gsize *)data += length + (length > 0 ? (gsize)(bytes[0] == '\0') : 0);
	return TRUE;
}

static gboolean ignore_end(void *data)
{
	(void)data;
	return TRUE;
}

static void read_body(const char *bytes, size_t size, const RequestHead *head)
{
	static const MultipartEvents events = { .begin = ignore_part, .bytes = ignore_bytes, .end = ignore_end };
	Multipart *parts = multipart_new("multipart/form-data; boundary=x", &events, &(gsize){ 0 });
	Framing framing;
	BodyOutcome outcome = BODY_PIECE;
	gint64 total = 0;

	body_begin(&framing, head->chunked, head->content_length);
	while (outcome == BODY_PIECE) {
		const char *piece = NULL;
		gsize used = 0;
		gsize length = 0;

		outcome = body_next(&framing, bytes, size, &used, &piece, &length);
		if (outcome == BODY_BROKEN)
			break;
		if (used > size || (outcome == BODY_PIECE && piece + length > bytes + size))
			abort();
		if (outcome == BODY_PIECE)
			multipart_feed(parts, piece, length);
		total += (gint64)length;
		bytes += used;
		size -= used;
	}
	if (head->content_length >= 0 && total > head->content_length)
		abort();
	multipart_free(parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;
	Parser parser, again;
	RequestHead head, other;
	ParseOutcome outcome, split;

	if (size < 2)
		return 0;
	size--;
	outcome = read_head(bytes, size, size, &parser, &head);
	split = read_head(bytes, size, data[0] % (size + 1), &again, &other);
	if (outcome != split || (outcome == PARSE_DONE && memcmp(&head, &other, sizeof(head)) != 0))
		abort();
	if (outcome == PARSE_DONE) {
		g_autoptr(Arena) arena = arena_new();
		char *path = arena_alloc(arena, head.path.length + 1);
		Params params = { 0 };
		gsize length = 0;

		if (head.length > size || head.length > HEAD_MAX)
			abort();
		if (path_decode(bytes + head.path.at, head.path.length, path, &length) == NULL &&
		    strstr(path, "/../") != NULL)
			abort();
		params_decode(&params, arena, bytes + head.query.at, head.query.length);
		read_body(bytes + head.length, size - head.length, &head);
	}
	return 0;
}
