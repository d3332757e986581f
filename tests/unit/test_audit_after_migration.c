/* SPDX-License-Identifier: Apache-2.0
 * A migration expires every statement of the writer, the host's own too: the next audit row must be written all the same. */
#include "runtime/audit.h"
#include "store_fixture.h"

typedef struct Recorded {
	StoreJob job;
	Audit *audit;
	GMutex lock;
	GCond ended;
	gboolean over, kept;
} Recorded;

static gboolean run(StoreJob *job, StoreConn *conn)
{
	(void)job;
	return store_exec(conn, STORE_PLUGIN, "INSERT INTO note(text) VALUES('x')", NULL, 0, NULL, NULL);
}

static gboolean record(StoreJob *job, StoreConn *conn, gboolean kept, GError **error)
{
	Recorded *recorded = (Recorded *)job;
	AuditRow row = { .at = 1, .account = "a", .body = "b", .route = "POST /notes", .subject = "", .outcome = kept ? 201 : 500,
		         .request = "r", .digest = "d" };

	recorded->kept = kept;
	return audit_append(recorded->audit, conn, &row, error);
}

static void done(StoreJob *job, const GError *error)
{
	Recorded *recorded = (Recorded *)job;

	g_mutex_lock(&recorded->lock);
	recorded->kept = recorded->kept && error == NULL;
	recorded->over = TRUE;
	g_cond_signal(&recorded->ended);
	g_mutex_unlock(&recorded->lock);
}

/* One call of the plugin, committed with its audit row. */
static void call(Fixture *f, Audit *audit)
{
	Recorded recorded = { .job = { .run = run, .record = record, .done = done }, .audit = audit };

	g_mutex_init(&recorded.lock);
	g_cond_init(&recorded.ended);
	cr_assert(store_submit(f->store, &recorded.job, NULL));
	g_mutex_lock(&recorded.lock);
	while (!recorded.over)
		g_cond_wait(&recorded.ended, &recorded.lock);
	g_mutex_unlock(&recorded.lock);
	g_mutex_clear(&recorded.lock);
	g_cond_clear(&recorded.ended);
	cr_assert(recorded.kept);
}

Test(audit_after_migration, the_next_batch_writes_its_audit_row)
{
	static const zhen_migration rows[] = {
		{ .number = 1, .sql = "CREATE TABLE note(id {{id}}, text TEXT NOT NULL)" },
		{ .number = 2, .sql = "ALTER TABLE note ADD COLUMN at BIGINT; CREATE INDEX note_at ON note(at)" },
		{ 0 },
	};
	static const zhen_migration first[] = { { .number = 1, .sql = "CREATE TABLE note(id {{id}}, text TEXT NOT NULL)" }, { 0 } };
	Fixture f = fixture();
	g_autoptr(GError) error = NULL;
	g_autofree char *anchors = g_build_filename(f.dir, "anchors", NULL);
	guint8 secret[KEY_SIZE] = { 1 }, seed[KEY_SIZE] = { 2 };
	Keys *keys = keys_from(secret, seed);
	Audit *audit;

	cr_assert(store_migrate(f.store, first, sizeof *first, NULL, NULL));
	audit = audit_new(f.store, anchors, keys, "notes", &error);
	cr_assert_not_null(audit, "%s", error != NULL ? error->message : "");
	call(&f, audit);
	call(&f, audit);
	cr_assert(store_migrate(f.store, rows, sizeof *rows, NULL, &error), "%s", error != NULL ? error->message : "");
	call(&f, audit);
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM _audit WHERE outcome = 201"), 3);
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT max(seq) FROM _audit"), 3);
	cr_assert_eq(read_int(&f, STORE_HOST, "SELECT count(*) FROM note"), 3);
	audit_free(audit);
	keys_free(keys);
	fixture_clear(&f);
}
