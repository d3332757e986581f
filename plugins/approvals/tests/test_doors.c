/* SPDX-License-Identifier: Apache-2.0
 * Doors (C23): who may say that a matter came in through which, and at which point of it. */
#include "world.h"

/* C23: a door is said by who stands in it; whoever files from home went nowhere. */
#define AT_VILLAGE "YB0206" /* of the items as shipped, one that village stations take */
enum { ANYBODY, WINDOW, OFFICE, STATION, OTHER_STATION, OTHER_WINDOW, COUNTY, N_CALLERS };

static void as_caller(World *world, int caller)
{
	static const struct {
		const char *who, *body, *may;
	} callers[N_CALLERS] = {
		[WINDOW] = { "李窗口", "window-" TOWNSHIP, "approvals.accept" },
		[OFFICE] = { "王农办", "agriculture-" TOWNSHIP, "approvals.review" },
		[STATION] = { "村干部", "village-" VILLAGE, "approvals.accept approvals.agent" },
		[OTHER_STATION] = { "邻村", "village-532327101001", "approvals.accept" },
		[OTHER_WINDOW] = { "外镇", "window-" OTHER_TOWNSHIP, "approvals.accept" },
		[COUNTY] = { "县管理员", "county-service-532327000000", "*" },
	};

	if (caller == ANYBODY)
		as_resident(world);
	else
		zhen_test_as(world->test, callers[caller].who, callers[caller].body, NULL, callers[caller].may);
}

/* By whoever it is. */
static int32_t file_homestead(World *world, int n, const char *const *changes)
{
	g_autofree char *json = application(n, changes);

	return zhen_test_call(world->test, "POST", "/applications", json);
}

/* What the answer says, or the field of its first fault. */
static const char *door_found(World *world, int32_t status)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT channel FROM matter WHERE id = %d", (int)zhen_test_int(world->test, "id"));

	return status == 201 ? zhen_test_sql(world->test, sql) : value(world, status == 422 ? "errors.0.field" : "code");
}

Test(doors, nobody_says_that_he_came_through_a_door_that_is_not_his)
{
	static const char *const channels[] = { "", "online", "window", "station", "self", "agent" };
	/* By caller and channel: what is written down, or the field that is refused. */
	static const char *const wanted[N_CALLERS][G_N_ELEMENTS(channels)] = {
		[ANYBODY] = { "online", "online", "channel", "channel", "place", "channel" },
		[WINDOW] = { "window", "channel", "window", "channel", "channel", "channel" },
		[OFFICE] = { "channel", "channel", "channel", "channel", "channel", "channel" },
		[STATION] = { "station", "channel", "channel", "station", "channel", "channel" },
		[OTHER_STATION] = { "channel", "channel", "channel", "channel", "channel", "channel" },
		[OTHER_WINDOW] = { "channel", "channel", "channel", "channel", "channel", "channel" },
		[COUNTY] = { "channel", "channel", "channel", "channel", "channel", "channel" },
	};
	World world = world_at("2026-09-18");

	for (int caller = 0; caller < N_CALLERS; caller++)
		for (size_t i = 0; i < G_N_ELEMENTS(channels); i++) {
			g_autofree char *said = channels[i][0] == '\0' ? g_strdup("") :
			                                                 g_strdup_printf(", \"channel\": \"%s\"", channels[i]);
			g_autofree char *quoted = g_strdup_printf("\"%s\"", channels[i]);

			as_caller(&world, caller);
			int32_t status = ask_through(&world, AT_VILLAGE, said);
			cr_expect_str_eq(door_found(&world, status), wanted[caller][i], "%d through %s: %d %s", caller,
			                 channels[i], status, zhen_test_body(world.test));
			/* The homestead's form is asked the same. */
			as_caller(&world, caller);
			status = file_homestead(&world, 90 + caller * 10 + (int)i,
			                        (const char *const[]){ channels[i][0] != '\0' ? "channel" : NULL, quoted, NULL });
			cr_expect_str_eq(door_found(&world, status), wanted[caller][i], "homestead, %d through %s: %d %s", caller,
			                 channels[i], status, zhen_test_body(world.test));
		}
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM matter WHERE visits = 1"), "8");
	cr_expect_str_eq(
		zhen_test_sql(world.test, "SELECT COUNT(*) FROM matter WHERE visits = 0 AND channel = 'online'"), "4");
	world_clear(&world);
}

static int place(World *world, const char *kind, const char *division)
{
	g_autofree char *json =
		g_strdup_printf("{\"division\": \"%s\", \"kind\": \"%s\", \"name\": \"%s的点\"}", division, kind, kind);

	zhen_test_as(world->test, "县管理员", "county-service-532327000000", NULL, "approvals.places");
	expect_done(world, zhen_test_call(world->test, "POST", "/places", json), 201, kind);
	return (int)zhen_test_int(world->test, "id");
}

Test(doors, a_point_is_one_of_the_door_and_of_this_township)
{
	enum { CENTRE, OF_VILLAGE, KIOSK, NEIGHBOURS, NONE };
	static const struct {
		int caller, place;
		const char *channel, *point; /* point NULL: refused */
	} rows[] = {
		{ ANYBODY, KIOSK, "self", "self的点" },       { ANYBODY, NEIGHBOURS, "self", NULL }, { ANYBODY, CENTRE, "self", NULL },
		{ ANYBODY, NONE, "self", NULL },              { ANYBODY, KIOSK, "online", NULL },    { WINDOW, CENTRE, "window", "centre的点" },
		{ WINDOW, KIOSK, "window", NULL },            { WINDOW, NEIGHBOURS, "window", NULL }, { STATION, OF_VILLAGE, "station", "station的点" },
		{ STATION, CENTRE, "station", NULL },
	};
	World world = world_at("2026-09-18");
	int places[] = { place(&world, "centre", TOWNSHIP), place(&world, "station", VILLAGE),
		         place(&world, "self", TOWNSHIP), place(&world, "self", OTHER_TOWNSHIP), 9999 };

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
		const int at = (int)(i / 2);
		g_autofree char *number = g_strdup_printf("%d", places[rows[at].place]);
		g_autofree char *quoted = g_strdup_printf("\"%s\"", rows[at].channel);
		g_autofree char *said = g_strdup_printf(", \"channel\": %s, \"place\": %s", quoted, number);

		as_caller(&world, rows[at].caller);
		int32_t status = i % 2 == 0 ? ask_through(&world, AT_VILLAGE, said) :
		                              file_homestead(&world, 30 + at,
		                                             (const char *const[]){ "channel", quoted, "place", number, NULL });
		g_autofree char *sql = g_strdup_printf("SELECT point FROM matter WHERE id = %d", (int)zhen_test_int(world.test, "id"));
		cr_expect_eq(status, rows[at].point != NULL ? 201 : 422, "%zu: %s", i, zhen_test_body(world.test));
		cr_expect_str_eq(rows[at].point != NULL ? zhen_test_sql(world.test, sql) : value(&world, "errors.0.field"),
		                 rows[at].point != NULL ? rows[at].point : "place", "%zu", i);
	}
	world_clear(&world);
}

Test(doors, a_self_service_point_opens_forms_that_say_where_and_agents_are_offered_their_own)
{
	World world = world_at("2026-09-18");
	g_autofree char *path = g_strdup_printf("/places/%d", place(&world, "self", TOWNSHIP));

	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "the point");
	cr_expect_not_null(strstr(zhen_test_body(world.test),
	                          "/p/approvals/items/" AT_VILLAGE "/apply?_form=POST&channel=self&place=1"),
	                   "%s", zhen_test_body(world.test));
	cr_expect_not_null(
		strstr(zhen_test_body(world.test), "/p/approvals/applications?_form=POST&channel=self&place=1"));
	as_caller(&world, STATION);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/" AT_VILLAGE, NULL), 200, "the item");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "/items/" AT_VILLAGE "/agency"));
	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/" AT_VILLAGE, NULL), 200, "the item");
	cr_expect_null(strstr(zhen_test_body(world.test), "/items/" AT_VILLAGE "/agency"));
	world_clear(&world);
}

/* How often the applicant filed last had to come, and for what the last time. */
static const char *came(World *world)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT visits || ' ' || over_visits FROM matter WHERE id = %d", world->id);

	return zhen_test_sql(world->test, sql);
}

Test(doors, who_brings_papers_or_collects_the_result_came)
{
	static const char window[] = "{\"method\": \"window\", \"receiver\": \"张三\", \"signed\": true}",
			  mail[] = "{\"method\": \"mail\", \"tracking\": \"EMS1\"}";
	static const struct {
		const char *setting, *hand, *papers, *handed;
	} rows[] = {
		{ "yes", window, "1 ", "2 领取" },
		{ "yes", mail, "1 ", "1 " },
		{ "no", window, "0 ", "0 " },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		World world = world_with("2026-09-18", "visits_to_collect", rows[i].setting);

		file_one(&world, 1);
		cr_expect_str_eq(came(&world), "0 ", "%zu", i);
		to_issued(&world);
		cr_expect_str_eq(came(&world), rows[i].papers, "%zu: %s", i, came(&world));
		zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "*");
		expect_done(&world, act(&world, "deliver", rows[i].hand), 200, "handed out");
		cr_expect(g_str_has_prefix(came(&world), rows[i].handed), "%zu: %s", i, came(&world));
		cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM visit_flag"), i == 0 ? "1" : "0", "%zu", i);
		world_clear(&world);
	}
}

Test(doors, who_collects_on_the_day_he_came_came_once)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "*");
	expect_done(&world, act(&world, "visits", "{\"place\": \"永定镇便民服务中心\", \"reason\": \"核对宗地图\"}"),
	            200, "a visit");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT visits FROM matter"), "2");
	expect_done(&world,
	            act(&world, "deliver", "{\"method\": \"window\", \"receiver\": \"张三\", \"signed\": true}"), 200,
	            "collected");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT visits FROM matter"), "2");
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT visits_more FROM tally WHERE township = '" TOWNSHIP "'"),
	                 "1");
	world_clear(&world);
}
