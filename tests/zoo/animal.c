/* SPDX-License-Identifier: Apache-2.0
 * The least of a plugin with one defect, or with what another's defect needs: tests/api/zoo.py says what each gets. */
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
START(zhen_run(call, "INSERT INTO pet(name) VALUES('a'), ('a')"); return ZHEN_OK;)
ANIMAL(keeper, .migrations = migrations, .start = start);

#elif defined(ANIMAL_KEEPER_CHANGED)
MIGRATE({ .number = 1, .sql = PETS " " });
ANIMAL(keeper, .migrations = migrations);

#elif defined(ANIMAL_KEEPER_UNIQUE)
MIGRATE({ .number = 1, .sql = PETS }, { .number = 2, .sql = "CREATE UNIQUE INDEX one ON pet(name)" });
ANIMAL(keeper, .migrations = migrations);

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
