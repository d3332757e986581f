/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include "store_fixture.h"

/* SM3 of "abc", GB/T 32905 appendix A.1 */
#define ABC "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"

static void put(Fixture *f, const char *text, char hex[65])
{
	g_autoptr(GError) error = NULL;
	g_autoptr(BlobWriter) writer = blob_writer_new(f->store, 1000, &error);
	gint64 bytes = 0;

	cr_assert_not_null(writer, "%s", error == NULL ? "" : error->message);
	for (const char *c = text; *c != '\0'; c++)
		cr_assert(blob_write(writer, c, 1, &error));
	cr_assert(blob_finish(writer, hex, &bytes, &error), "%s", error == NULL ? "" : error->message);
	cr_assert_eq(bytes, (gint64)strlen(text));
}

static guint files_in(Fixture *f, const char *folder)
{
	g_autofree char *path = g_build_filename(store_dir(f->store), folder, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	guint count = 0;

	while (dir != NULL && g_dir_read_name(dir) != NULL)
		count++;
	return count;
}

Test(blob, is_found_under_its_sm3_with_its_bytes)
{
	Fixture f = fixture();
	g_autofree char *path = NULL;
	g_autofree char *text = NULL;
	char hex[65];

	put(&f, "abc", hex);
	cr_assert_str_eq(hex, ABC);
	path = blob_path(f.store, hex);
	cr_assert_not_null(path);
	cr_assert(g_str_has_suffix(path, "/blobs/66/" ABC));
	cr_assert(g_file_get_contents(path, &text, NULL, NULL));
	cr_assert_str_eq(text, "abc");
	cr_assert_eq(files_in(&f, "staging"), 0);
	fixture_clear(&f);
}

Test(blob, the_same_bytes_twice_are_one_file)
{
	Fixture f = fixture();
	char one[65], two[65];

	put(&f, "abc", one);
	put(&f, "abc", two);
	cr_assert_str_eq(one, two);
	cr_assert_eq(files_in(&f, "blobs/66"), 1);
	cr_assert_eq(files_in(&f, "staging"), 0);
	fixture_clear(&f);
}

Test(blob, one_that_is_too_large_or_given_up_leaves_no_file)
{
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;
	BlobWriter *writer = blob_writer_new(f.store, 4, NULL);

	cr_assert(blob_write(writer, "1234", 4, NULL));
	cr_assert_not(blob_write(writer, "5", 1, &error));
	cr_assert_eq(error->code, ERROR_TOO_LARGE);
	cr_assert_eq(files_in(&f, "staging"), 1);
	blob_writer_free(writer);
	cr_assert_eq(files_in(&f, "staging"), 0);
	cr_assert_eq(files_in(&f, "blobs"), 0);
	fixture_clear(&f);
}

Test(blob, what_a_crash_left_in_staging_is_collected_but_not_what_is_being_written)
{
	Fixture f = fixture();
	g_autofree char *path = g_build_filename(store_dir(f.store), "staging", "blob-dead", NULL);
	struct timespec old[2] = { { 1000000, 0 }, { 1000000, 0 } };
	g_autoptr(BlobWriter) writer G_GNUC_UNUSED = blob_writer_new(f.store, 0, NULL);

	cr_assert(g_file_set_contents(path, "x", 1, NULL));
	cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0);
	/* Somebody opens the same store to look at it: nothing of another's is touched. */
	fixture_reopen(&f, (StoreOptions){ 0 });
	cr_assert_eq(files_in(&f, "staging"), 2);
	cr_assert(blob_collect(f.store, 1000 * 3600, NULL, NULL));
	cr_assert_eq(files_in(&f, "staging"), 1);
	cr_assert_not(g_file_test(path, G_FILE_TEST_EXISTS));
	fixture_clear(&f);
}

Test(blob, a_name_that_is_no_digest_names_nothing)
{
	static const char *const names[] = { "",
		                             "66",
		                             "../../data.db",
		                             ABC "0",
		                             "66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0",
		                             "0000000000000000000000000000000000000000000000000000000000000000" };
	Fixture f = fixture();
	char hex[65];

	put(&f, "abc", hex);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		cr_assert_null(blob_path(f.store, names[i]), "%s", names[i]);
	fixture_clear(&f);
}

static void make_old(Fixture *f, const char *hex)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	g_autofree char *path = blob_path(f->store, hex);

	cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

Test(blob, only_old_ones_that_no_row_names_are_collected)
{
	Fixture f = fixture();
	char named[65], orphan[65], fresh[65], again[65];
	g_autofree char *sql = NULL;
	guint removed = 0;

	put(&f, "named", named);
	put(&f, "orphan", orphan);
	put(&f, "fresh", fresh);
	put(&f, "again", again);
	sql = g_strdup_printf("INSERT INTO _blob(digest, subject, at) VALUES('%s', 'case/1', 1)", named);
	write_ok(&f, STORE_HOST, sql);
	make_old(&f, named);
	make_old(&f, orphan);
	make_old(&f, again);
	put(&f, "again", again);
	cr_assert(blob_collect(f.store, 60000, &removed, NULL));
	cr_assert_eq(removed, 1);
	for (guint i = 0; i < 4; i++) {
		const char *const all[] = { named, orphan, fresh, again };
		g_autofree char *path = blob_path(f.store, all[i]);

		cr_assert_eq(path == NULL, i == 1, "blob %u", i);
	}
	fixture_clear(&f);
}
