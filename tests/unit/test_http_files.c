/* SPDX-License-Identifier: Apache-2.0
 * The front as clients see it: files that go up and come down. */
#include "http_fixture.h"

/* ---- files ---- */

static guint files_below(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;
	guint count = 0;

	if (dir == NULL)
		return g_file_test(path, G_FILE_TEST_IS_REGULAR) ? 1 : 0;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		count += files_below(child);
	}
	g_dir_close(dir);
	return count;
}

static guint blob_files(const Front *front)
{
	g_autofree char *blobs = g_build_filename(store_dir(front->zoo.store), "blobs", NULL);
	g_autofree char *staging = g_build_filename(store_dir(front->zoo.store), "staging", NULL);

	return files_below(blobs) + files_below(staging);
}

static char *ticket(const Front *front, gint64 valid_ms)
{
	return ticket_make(front->keys, "zoo", "draft-1", clock_now_ms() + valid_ms);
}

static char *upload(const Front *front, const char *good_for, const char *headers, const char *body)
{
	return front_askf(front,
	                  "POST /p/zoo/_upload?ticket=%s HTTP/1.1\r\n" VILLAGE_HOST "%sContent-Length: %zu\r\n\r\n%s",
	                  good_for, headers, strlen(body), body);
}

Test(http_server, a_thousand_uploads_without_a_ticket_write_nothing)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *old = ticket(front, -1000);
	g_autofree char *others = ticket_make(front->keys, "notes", "draft-1", clock_now_ms() + 60000);
	const char *const bad[] = { "", "x", old, others };

	for (guint i = 0; i < 1000; i++) {
		g_autofree char *answer = upload(front, bad[i % G_N_ELEMENTS(bad)], i % 2 == 0 ? "" : "Content-Type: image/jpeg\r\n",
		                                 "some bytes of a file");

		cr_assert_eq(status_of(answer), 403, "%u: %s", i, answer);
		HAS(answer, "upload-ticket");
	}
	cr_expect_eq(blob_files(front), 0);
	front_free(front);
}

Test(http_server, an_upload_with_a_ticket_is_kept_under_its_digest_and_comes_down_again)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autofree char *raw = upload(front, good, "Content-Type: image/jpeg\r\nX-File-Name: a%20b.jpg\r\n", "some bytes of a file");
	g_autofree char *parts = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                                "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:/照片.jpg\"\r\n"
	                                "Content-Type: image/jpeg\r\n\r\nsome bytes of a file\r\n--XX--\r\n");
	g_autofree char *two = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                              "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1\r\n"
	                              "--XX\r\nContent-Disposition: form-data; name=\"b\"; filename=\"b\"\r\n\r\n2\r\n--XX--\r\n");
	g_autofree char *cut = upload(front, good, "Content-Type: multipart/form-data; boundary=XX\r\n",
	                              "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a\"\r\n\r\n1\r\n");
	g_autofree char *none = upload(front, good, "Content-Type: image/jpeg\r\n", "");
	const char *digest = strstr(raw, "\"digest\":\"");
	g_autofree char *hex = NULL, *down = NULL, *same = NULL, *missing = NULL, *head = NULL;

	STATUS(raw, 201);
	HAS(raw, "\"bytes\":20");
	HAS(raw, "\"name\":\"a b.jpg\"");
	STATUS(parts, 201);
	HAS(parts, "\"name\":\"照片.jpg\"");
	STATUS(two, 400);
	STATUS(cut, 400);
	STATUS(none, 400);
	cr_assert_not_null(digest);
	hex = g_strndup(digest + 10, 64);
	HAS(parts, hex);
	cr_expect_eq(blob_files(front), 1, "one blob, nothing left in staging");
	down = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST HTML "\r\n", hex);
	STATUS(down, 200);
	HAS(down, "Content-Type: application/pdf\r\n");
	HAS(down, "Content-Length: 20\r\n");
	HAS(down, "filename*=UTF-8''%E6%89%B9%E5%87%86%E4%B9%A6.pdf\r\n");
	HAS(down, "\r\n\r\nsome bytes of a file");
	head = front_askf(front, "HEAD /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "\r\n", hex);
	HAS(head, "Content-Length: 20\r\n");
	same = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "If-None-Match: \"%s\"\r\n\r\n", hex,
	                  hex);
	STATUS(same, 304);
	missing = front_askf(front, "GET /p/zoo/blob/%064d HTTP/1.1\r\n" VILLAGE_HOST "\r\n", 0);
	STATUS(missing, 404);
	front_free(front);
}

Test(http_server, a_large_file_streams_up_chunked_and_down_again)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autoptr(GString) ask = g_string_new(NULL);
	g_autoptr(GString) file = g_string_new(NULL);
	g_autofree char *answer = NULL;
	g_autofree char *hex = NULL;
	g_autofree char *down = NULL;

	for (guint i = 0; file->len < 390000; i++)
		g_string_append_printf(file, "line %u\n", i);
	g_string_append_printf(
		ask, "POST /p/zoo/_upload?ticket=%s HTTP/1.1\r\n" VILLAGE_HOST "Transfer-Encoding: chunked\r\n\r\n",
		good);
	for (gsize at = 0; at < file->len; at += 7777) {
		gsize n = MIN(7777, file->len - at);

		g_string_append_printf(ask, "%zx\r\n", n);
		g_string_append_len(ask, file->str + at, (gssize)n);
		g_string_append(ask, "\r\n");
	}
	g_string_append(ask, "0\r\n\r\n");
	answer = front_ask(front, ask->str, ask->len);
	STATUS(answer, 201);
	hex = g_strndup(strstr(answer, "\"digest\":\"") + 10, 64);
	down = front_askf(front, "GET /p/zoo/blob/%s HTTP/1.1\r\n" VILLAGE_HOST "\r\n", hex);
	cr_expect(g_str_has_suffix(down, file->str));
	front_free(front);
}

Test(http_server, uploads_have_limits_of_size_number_and_address)
{
	HttpLimits limits = { .uploads_per_ticket = 3, .upload_bytes_per_address = 500000 };
	Front *front = front_new(&limits, NULL);
	g_autofree char *good = ticket(front, 60000);
	g_autofree char *other = ticket_make(front->keys, "zoo", "draft-2", clock_now_ms() + 60000);
	g_autofree char *large = g_strnfill(400001, 'x');
	g_autofree char *fair = g_strnfill(200000, 'x');
	g_autofree char *first = upload(front, good, "", large);
	g_autofree char *over = NULL;

	STATUS(first, 413);
	for (guint i = 0; i < 4; i++) {
		g_autofree char *answer = upload(front, good, "", "x");

		STATUS(answer, i < 3 ? 201 : 429);
	}
	for (guint i = 0; i < 2; i++) {
		g_autofree char *answer = upload(front, other, "", fair);

		STATUS(answer, 201);
	}
	over = upload(front, other, "", fair);
	STATUS(over, 429);
	cr_expect_eq(blob_files(front), 2, "what was refused half-way is gone");
	front_free(front);
}

Test(http_server, files_come_in_a_form_after_its_ticket)
{
	Front *front = front_new(NULL, NULL);
	g_autofree char *good = ticket(front, 60000);
#define FIELD(name, value) "--XX\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define PHOTO(name) "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"" name "\"\r\n\r\nbytes\r\n"
	g_autofree char *ticketed =
		g_strdup_printf(FIELD("_ticket", "%s") FIELD("text", "镇") PHOTO("a.jpg") "--XX--\r\n", good);
	g_autofree char *late = g_strdup_printf(PHOTO("a.jpg") FIELD("_ticket", "%s") "--XX--\r\n", good);
	const char *plain = FIELD(
		"text",
		"a") "--XX\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n";
	const char *without = FIELD("text", "a") PHOTO("a.jpg") "--XX--\r\n";
#define POST_PARTS(body) \
	front_askf(front, "POST /p/zoo/files HTTP/1.1\r\n" VILLAGE_HOST "Content-Type: multipart/form-data; boundary=XX\r\n" \
	           "Content-Length: %zu\r\n\r\n%s", strlen(body), body)
	g_autofree char *refused = POST_PARTS(without);
	g_autofree char *refused_late = POST_PARTS(late);
	g_autofree char *empty = POST_PARTS(plain);
	g_autofree char *before = g_strdup_printf("%u", blob_files(front));
	g_autofree char *kept = POST_PARTS(ticketed);

	STATUS(refused, 403);
	STATUS(refused_late, 403);
	STATUS(empty, 200);
	cr_expect_str_eq(before, "0");
	STATUS(kept, 200);
	HAS(kept, "\\\"text\\\":\\\"镇\\\"");
	HAS(kept, "\\\"photo\\\":\\\"");
	cr_expect_eq(blob_files(front), 1);
	front_free(front);
}
