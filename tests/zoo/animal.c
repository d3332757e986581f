/* SPDX-License-Identifier: Apache-2.0
 * The least of a plugin with one defect, or with what another's defect needs: tests/api/zoo.py says what each gets. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zhen/zhen.h>

#define NEED(id, ...) static const zhen_need needs[] = { { .plugin = id, __VA_ARGS__ }, { 0 } }
#define READ(field_, type_, ...)                                                                      \
	static zhen_result came(zhen_call *call)                                                      \
	{                                                                                             \
		(void)call;                                                                           \
		return ZHEN_NO_CONTENT;                                                               \
	}                                                                                             \
	static const zhen_field fields[] = { { .name = field_, .type = type_ }, { 0 } };              \
	static const zhen_subscription subscriptions[] = {                                            \
		{ .topic = "zoo.animal.came", .handle = came, .fields = fields, __VA_ARGS__ }, { 0 }, \
	}
#define PETS "CREATE TABLE pet(id {{id}}, name TEXT NOT NULL)"
#define MIGRATE(...) static const zhen_migration migrations[] = { __VA_ARGS__, { 0 } }
#define SETTING(...) static const zhen_setting settings[] = { { __VA_ARGS__ }, { 0 } }
#define START(...)                                \
	static zhen_result start(zhen_call *call) \
	{                                         \
		(void)call;                       \
		__VA_ARGS__                       \
	}
#define ANIMAL(id, ...) ZHEN_PLUGIN(id, "1.0.0", .title = "动物", __VA_ARGS__)

/* What a keeper answers; @version is its own. Each takes pets in. */
#define KEEP(version_)                                                                                        \
	static zhen_result told(zhen_call *call)                                                              \
	{                                                                                                     \
		return zhen_item(call, "SELECT '" version_ "' AS version, count(*) AS pets FROM pet");        \
	}                                                                                                     \
	static zhen_result take(zhen_call *call)                                                              \
	{                                                                                                     \
		return zhen_created(call, zhen_insert(call, "INSERT INTO pet(name) VALUES('" version_ "')")); \
	}
/* Grades for all, three at a time; then names are needed no more. */
#define NEXT                                                                                                           \
	static zhen_result grade(zhen_call *call)                                                                      \
	{                                                                                                              \
		return zhen_run(call, "UPDATE pet SET grade = 'a' WHERE id IN (SELECT id FROM pet WHERE grade IS NULL " \
				      "ORDER BY id LIMIT 3)") > 0 ?                                                    \
			       ZHEN_OK :                                                                               \
			       ZHEN_NO_CONTENT;                                                                        \
	}                                                                                                              \
	MIGRATE({ .number = 1, .sql = PETS }, { .number = 2, .sql = "ALTER TABLE pet ADD COLUMN grade TEXT" },         \
		{ .number = 3, .handle = grade, .phase = ZHEN_BACKFILL },                                              \
		{ .number = 4, .sql = "ALTER TABLE pet DROP COLUMN name", .phase = ZHEN_CONTRACT })
#define TOLD                                                                                                   \
	{                                                                                                      \
		.method = ZHEN_GET, .path = "/version", .handle = told, .flags = ZHEN_PUBLIC, .summary = "版本" \
	}
#define TAKE                                                                                                \
	{                                                                                                   \
		.method = ZHEN_POST, .path = "/pets", .handle = take, .flags = ZHEN_PUBLIC, .summary = "收" \
	}

#if defined(ANIMAL_SOUND)
ANIMAL(sound, .summary = "什么也不缺");

#elif defined(ANIMAL_ORPHAN)
NEED("nobody");
ANIMAL(orphan, .needs = needs);

#elif defined(ANIMAL_MODERN)
NEED("zoo", .min_version = "9.0.0");
ANIMAL(modern, .needs = needs);

#elif defined(ANIMAL_HEN)
NEED("egg");
ANIMAL(hen, .needs = needs);

#elif defined(ANIMAL_EGG)
NEED("hen");
ANIMAL(egg, .needs = needs);

#elif defined(ANIMAL_CHICK)
NEED("egg");
ANIMAL(chick, .needs = needs);

#elif defined(ANIMAL_READER)
READ("cage", ZHEN_TEXT);
ANIMAL(reader, .subscriptions = subscriptions);

#elif defined(ANIMAL_CONFUSED)
READ("id", ZHEN_TEXT);
ANIMAL(confused, .subscriptions = subscriptions);

#elif defined(ANIMAL_LATE)
READ("id", ZHEN_INT, .publisher_min = "9.0.0");
ANIMAL(late, .subscriptions = subscriptions);

#elif defined(ANIMAL_MISSPELT)
MIGRATE({ .number = 1, .sql = "CREATE TABEL pet(id {{id}})" });
ANIMAL(misspelt, .migrations = migrations);

#elif defined(ANIMAL_WORDY)
MIGRATE({ .number = 1, .sql = "CREATE TABLE pet(id {{identity}})" });
ANIMAL(wordy, .migrations = migrations);

#elif defined(ANIMAL_GREEDY)
MIGRATE({ .number = 1, .sql = "DROP TABLE _audit" });
ANIMAL(greedy, .migrations = migrations);

/* Three of one id: the first made the database that the others find. */
#elif defined(ANIMAL_KEEPER)
MIGRATE({ .number = 1, .sql = PETS });
START(zhen_run(call, "INSERT INTO pet(name) VALUES('a'), ('a')");
      zhen_run(call, "INSERT INTO pet(id, name) VALUES(1, 'a') ON CONFLICT(id) DO UPDATE SET name = 'a'");
      return ZHEN_OK;)
KEEP("1.0.0")
static zhen_result slow(zhen_call *call)
{
	const char *begun = getenv("ZOO_SLOW");
	FILE *told = begun != NULL ? fopen(begun, "w") : NULL;

	(void)call;
	if (told != NULL)
		fclose(told);
	nanosleep(&(struct timespec){ 1, 500000000 }, NULL);
	return ZHEN_OK;
}
static const zhen_route routes[] = {
	TOLD, TAKE, { .method = ZHEN_POST, .path = "/slow", .handle = slow, .flags = ZHEN_PUBLIC, .summary = "慢" }, { 0 },
};
ANIMAL(keeper, .migrations = migrations, .start = start, .routes = routes);

#elif defined(ANIMAL_KEEPER_CHANGED)
MIGRATE({ .number = 1, .sql = PETS " " });
ANIMAL(keeper, .migrations = migrations);

#elif defined(ANIMAL_KEEPER_UNIQUE)
MIGRATE({ .number = 1, .sql = PETS }, { .number = 2, .sql = "CREATE UNIQUE INDEX one ON pet(name)" });
ANIMAL(keeper, .migrations = migrations);

/* Next versions of it, which may come while it runs, or may not. */
#elif defined(ANIMAL_KEEPER_NEXT)
NEXT;
SETTING(.key = "meals", .type = ZHEN_INT, .def = "2", .min = 1, .max = 9, .help = "a day");
KEEP("1.1.0")
static const zhen_route routes[] = { TAKE, TOLD, { 0 } };
ZHEN_PLUGIN(keeper, "1.1.0", .title = "动物", .migrations = migrations, .settings = settings, .routes = routes);

/* The one after that, which needs no names; and one that never ends to rewrite. */
#elif defined(ANIMAL_KEEPER_LAST)
NEXT;
static zhen_result told(zhen_call *call)
{
	return zhen_item(call, "SELECT '1.2.0' AS version, count(*) AS pets, count(grade) AS graded FROM pet");
}
static const zhen_route routes[] = { TOLD, { 0 } };
ZHEN_PLUGIN(keeper, "1.2.0", .title = "动物", .migrations = migrations, .routes = routes);

/* Whose defect only running it shows. */
#elif defined(ANIMAL_KEEPER_FAILING)
MIGRATE({ .number = 1, .sql = PETS });
START(return zhen_fail(call, ZHEN_CONFLICT, "asleep", "睡着了");)
ANIMAL(keeper, .migrations = migrations, .start = start);

#elif defined(ANIMAL_KEEPER_HANGING)
MIGRATE({ .number = 1, .sql = PETS });
START(nanosleep(&(struct timespec){ 3600, 0 }, NULL); return ZHEN_OK;)
ANIMAL(keeper, .migrations = migrations, .start = start);

#elif defined(ANIMAL_KEEPER_CRASHING)
MIGRATE({ .number = 1, .sql = PETS });
START(__builtin_trap();)
ANIMAL(keeper, .migrations = migrations, .start = start);

#elif defined(ANIMAL_KEEPER_UNREADY)
MIGRATE({ .number = 1, .sql = PETS });
static zhen_result ready(zhen_call *call)
{
	return zhen_fail(call, ZHEN_UNAVAILABLE, "asleep", "睡着了");
}
ANIMAL(keeper, .migrations = migrations, .ready = ready);

/* It starts once, where it is tried, and never again. */
#elif defined(ANIMAL_KEEPER_LATE)
MIGRATE({ .number = 1, .sql = PETS });
SETTING(.key = "meals", .type = ZHEN_INT, .def = "2", .min = 1, .max = 9, .help = "a day");
START(const char *once = getenv("ZOO_ONCE"); FILE *made = once != NULL ? fopen(once, "wx") : NULL;
      if (made == NULL) return zhen_fail(call, ZHEN_CONFLICT, "asleep", "睡着了"); fclose(made); return ZHEN_OK;)
ANIMAL(keeper, .migrations = migrations, .settings = settings, .start = start);

/* What only a start takes in. */
#elif defined(ANIMAL_KEEPER_PERMITTED)
MIGRATE({ .number = 1, .sql = PETS });
KEEP("1.1.0")
static const zhen_permission permissions[] = { { .name = "keeper.tell", .title = "看" }, { 0 } };
static const zhen_route routes[] = {
	TAKE, { .method = ZHEN_GET, .path = "/version", .handle = told, .permission = "keeper.tell", .summary = "版本" }, { 0 },
};
ANIMAL(keeper, .migrations = migrations, .permissions = permissions, .routes = routes);

/* Which somebody has to be told before. */
#elif defined(ANIMAL_KEEPER_OFFICE)
MIGRATE({ .number = 1, .sql = PETS });
SETTING(.key = "office", .type = ZHEN_TEXT, .flags = ZHEN_REQUIRED, .max = 20, .help = "where it sits");
static zhen_result told(zhen_call *call)
{
	return zhen_item(call, "SELECT $1 AS version", zhen_setting_text(call, "office"));
}
static const zhen_route routes[] = { TOLD, { 0 } };
ANIMAL(keeper, .migrations = migrations, .settings = settings, .routes = routes);

#elif defined(ANIMAL_KEEPER_RENAMED)
MIGRATE({ .number = 1, .sql = PETS }, { .number = 2, .sql = "ALTER TABLE pet RENAME COLUMN name TO called" });
ANIMAL(keeper, .migrations = migrations);

#elif defined(ANIMAL_KEEPER_KEYLESS)
MIGRATE({ .number = 1, .sql = PETS }, { .number = 2, .sql = "CREATE TABLE p2(id BIGINT, name TEXT); DROP TABLE pet; "
						    "ALTER TABLE p2 RENAME TO pet" });
ANIMAL(keeper, .migrations = migrations);

#elif defined(ANIMAL_KEEPER_SLOW)
MIGRATE({ .number = 1, .sql = PETS },
        { .number = 2, .sql = "CREATE TABLE p2(name TEXT); INSERT INTO p2(name) WITH RECURSIVE c(n) AS (SELECT 1 UNION "
			      "ALL SELECT n + 1 FROM c WHERE n < 200000) SELECT n FROM c" });
ANIMAL(keeper, .migrations = migrations);

#elif defined(ANIMAL_KEEPER_NEEDY)
NEED("nobody");
MIGRATE({ .number = 1, .sql = PETS });
ANIMAL(keeper, .migrations = migrations, .needs = needs);

#elif defined(ANIMAL_CHOOSY)
SETTING(.key = "food", .type = ZHEN_CHOICE, .choices = "hay|fish", .def = "hay", .help = "what it eats");
static const zhen_feature features[] = { { .name = "flying", .title = "飞" }, { 0 } };
ANIMAL(choosy, .settings = settings, .features = features);

#elif defined(ANIMAL_PLACED)
SETTING(.key = "meals", .type = ZHEN_INT, .def = "2", .min = 1, .max = 9, .flags = ZHEN_PER_DIVISION, .help = "a day");
ANIMAL(placed, .settings = settings);

#elif defined(ANIMAL_DEMANDING)
SETTING(.key = "food", .type = ZHEN_TEXT, .help = "what it eats");
ANIMAL(demanding, .settings = settings);

/* What only running them shows. */
#elif defined(ANIMAL_FAILING)
START(return zhen_fail(call, ZHEN_CONFLICT, "asleep", "睡着了");)
ANIMAL(failing, .start = start);

#elif defined(ANIMAL_HANGING)
START(nanosleep(&(struct timespec){ 3600, 0 }, NULL); return ZHEN_OK;)
ANIMAL(hanging, .start = start);

#elif defined(ANIMAL_CRASHING)
START(__builtin_trap();)
ANIMAL(crashing, .start = start);

#elif defined(ANIMAL_WRITING)
START(zhen_run(call, "INSERT INTO nowhere(name) VALUES('a')"); return ZHEN_OK;)
ANIMAL(writing, .start = start);
#endif
