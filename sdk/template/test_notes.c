/* SPDX-License-Identifier: Apache-2.0
 * The notes plugin in a host of its own: test_notes path/to/notes.so. With ZHEN_TEST_HOME=worker the plugin runs in a
 * process of its own; nothing else changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zhen/host.h>
#include <zhen/test.h>

static int failures;

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition)) {                                                                                    \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                \
			failures++;                                                                                    \
		}                                                                                                      \
	} while (0)

static int same(const char *a, const char *b)
{
	return a != NULL && strcmp(a, b) == 0;
}

static void a_note_is_kept_listed_and_announced(zhen_test *test)
{
	zhen_test_as(test, "1", "government-990101101000", NULL, "*");
	CHECK(zhen_test_call(test, "POST", "/notes", "{\"township\": \"990101101000\", \"text\": \"修路\"}") ==
	      ZHEN_CREATED);
	CHECK(zhen_test_int(test, "id") == 1);
	CHECK(zhen_test_call(test, "GET", "/notes", NULL) == ZHEN_OK);
	CHECK(same(zhen_test_value(test, "items.0.text"), "修路"));
	CHECK(same(zhen_test_value(test, "items.0.township"), "990101101000"));
	CHECK(zhen_test_event(test, 0) != NULL);
	CHECK(zhen_test_event(test, 0) != NULL && strstr(zhen_test_event(test, 0), "notes.added") != NULL);
	CHECK(zhen_test_event(test, 1) == NULL);
}

static void a_note_without_text_is_refused_and_leaves_nothing(zhen_test *test)
{
	CHECK(zhen_test_call(test, "POST", "/notes", "{\"township\": \"990101101000\"}") == ZHEN_INVALID);
	CHECK(zhen_test_call(test, "POST", "/notes", "{\"township\": \"000000000000\", \"text\": \"x\"}") ==
	      ZHEN_INVALID);
	CHECK(same(zhen_test_sql(test, "SELECT count(*) FROM note"), "1"));
	CHECK(zhen_test_event(test, 1) == NULL);
}

static void another_township_does_not_see_it(zhen_test *test)
{
	zhen_test_as(test, "2", "government-990101102000", NULL, "*");
	CHECK(zhen_test_call(test, "GET", "/notes", NULL) == ZHEN_OK);
	CHECK(zhen_test_value(test, "items.0.text") == NULL);
	/* Nor does he write into it. */
	CHECK(zhen_test_call(test, "POST", "/notes", "{\"township\": \"990101101000\", \"text\": \"路过\"}") ==
	      ZHEN_INVALID);
	CHECK(same(zhen_test_value(test, "errors.0.code"), "outside-division"));
}

static void the_newest_comes_first_page_by_page(zhen_test *test)
{
	zhen_test_as(test, "1", "government-990101101000", NULL, "*");
	CHECK(zhen_test_call(test, "POST", "/notes", "{\"township\": \"990101101000\", \"text\": \"架桥\"}") ==
	      ZHEN_CREATED);
	CHECK(zhen_test_call(test, "GET", "/notes?limit=1", NULL) == ZHEN_OK);
	CHECK(same(zhen_test_value(test, "items.0.text"), "架桥"));
	CHECK(zhen_test_value(test, "items.1.text") == NULL);
	CHECK(zhen_test_value(test, "next") != NULL);
}

int main(int argc, char **argv)
{
	zhen_test_options options = { .size = sizeof(options), .plugin = argc > 1 ? argv[1] : "./notes.so" };
	zhen_test *test = zhen_test_new(&options);

	if (test == NULL) {
		fprintf(stderr, "%s\n", zhen_test_error(NULL));
		return EXIT_FAILURE;
	}
	a_note_is_kept_listed_and_announced(test);
	a_note_without_text_is_refused_and_leaves_nothing(test);
	another_township_does_not_see_it(test);
	the_newest_comes_first_page_by_page(test);
	zhen_test_free(test);
	printf("%d failed\n", failures);
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
