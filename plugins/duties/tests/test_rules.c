/* SPDX-License-Identifier: Apache-2.0
 * Every state × act × role of a list's processes: what is possible, and the exact refusal of all the rest. Who may is
 * asked
 * first (403), then the state (409). */
#include "world.h"

#define ALL_BUT "\"needed\": \"yes\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": "
#define ALL_YES ALL_BUT "\"yes\""
#define FILE_CSV "{\"content\": \"编码,名称,依据\\nBD-050,导入的,甲法\"}"
#define OPINION "{\"opinion\": \"意见\"}"
#define NOTHING "{}"

typedef struct Act {
	const char *verb, *json, *permission;
} Act;

typedef struct State {
	const char *name;
	int (*reach)(World *world); /* the id */
	const char *code;           /* of the refusal of what is not possible */
	const char *possible;       /* "verb=200 verb=409:code verb/role=403:code", the answer of each act that the state lets through */
} State;

typedef struct Process {
	const char *name;
	const Act *acts;
	size_t n_acts;
	const State *states;
	size_t n_states;
} Process;

/* As conf/roles.conf gives them; the last but one has everything, in another township. */
static const struct {
	const char *name, *body, *permissions;
} roles[] = {
	{ "township", "government-" TOWNSHIP, "duties.read duties.edit duties.post duties.people duties.personal" },
	{ "staffing", "county-staffing-" COUNTY,
	  "duties.read duties.catalogue duties.publish duties.admit duties.staffing duties.second duties.personal" },
	{ "prefecture", "prefecture-staffing-" PREFECTURE,
	  "duties.read duties.catalogue duties.publish duties.admit duties.staffing duties.second duties.personal" },
	{ "department", "county-agriculture-" COUNTY, "duties.read duties.apply" },
	{ "enforcement", "county-enforcement-" COUNTY, "duties.read duties.apply" },
	{ "supervisor", "county-" COUNTY, "duties.read" },
	{ "neighbour", "government-" OTHER_TOWNSHIP,
	  "duties.read duties.edit duties.catalogue duties.publish duties.apply duties.admit duties.post duties.people duties.staffing "
	  "duties.second duties.personal" },
	{ "anybody", NULL, "" },
};

static void as_role(World *world, size_t role)
{
	if (roles[role].body == NULL)
		zhen_test_anonymous(world->test);
	else
		zhen_test_as(world->test, roles[role].name, roles[role].body, NULL, roles[role].permissions);
}

/* Whether the role may at all: 0, or 401, 403 and the code. */
static int32_t kept_out(size_t role, const char *permission, char code[64])
{
	g_auto(GStrv) may = g_strsplit(roles[role].permissions, " ", -1);

	if (permission[0] == '\0' || g_strv_contains((const char *const *)may, permission))
		return 0;
	g_strlcpy(code, roles[role].body == NULL ? "login-required" : "forbidden", 64);
	return roles[role].body == NULL ? 401 : 403;
}

static int draft_state(World *world)
{
	import_shipped(world);
	int id = draft(world, TOWNSHIP);
	done(world, act(world, "lists", id, "choose", "{\"items\": [{\"code\": \"KX-001\"}]}"), 200, "choose");
	done(world, act(world, "lists", id, "add", "{\"code\": \"BD-001\", \"name\": \"甲\", \"basis\": \"甲法\"}"),
	     200, "add");
	return id;
}

static int published_state(World *world)
{
	return first_list(world);
}

static int discarded_state(World *world)
{
	int id = draft_state(world);

	done(world, act(world, "lists", id, "discard", NULL), 200, "discard");
	return id;
}

static int round_at(World *world, int steps)
{
	int id;

	first_list(world);
	as_township(world);
	done(world, post(world, "/rounds", "{\"township\": \"" TOWNSHIP "\"}"), 201, "round");
	id = (int)zhen_test_int(world->test, "id");
	done(world, act(world, "rounds", id, "survey", "{\"items\": [{\"code\": \"BD-001\", \"name\": \"甲\", \"act\": \"add\", \"finding\": \"实\"}]}"), 200,
	     "survey");
	if (steps > 0)
		done(world, act(world, "rounds", id, "survey-end", NULL), 200, "survey-end");
	as_staffing(world);
	if (steps > 1) {
		done(world, act(world, "rounds", id, "assess", "{\"items\": [{\"code\": \"BD-001\", " ALL_YES "}]}"),
		     200, "assess");
		done(world, act(world, "rounds", id, "assess-end", NULL), 200, "assess-end");
	}
	if (steps > 2) {
		done(world,
		     act(world, "rounds", id, "assess", "{\"items\": [{\"code\": \"BD-001\", " ALL_BUT "\"no\"}]}"),
		     200, "anew");
		done(world, act(world, "rounds", id, "close", NULL), 200, "close");
	}
	return id;
}

static int survey_state(World *world) { return round_at(world, 0); }
static int assess_state(World *world) { return round_at(world, 1); }
static int adjust_state(World *world) { return round_at(world, 2); }
static int closed_state(World *world) { return round_at(world, 3); }

static int filed_state(World *world)
{
	first_list(world);
	as_department(world);
	done(world, post(world, "/admissions",
	                 "{\"unit\": \"" TOWNSHIP "\", \"as\": \"item\", \"code\": \"BD-001\", \"title\": \"甲\", "
	                 "\"reason\": \"乙\", "
	                 "\"basis\": \"甲法\", \"lead\": \"县局\", \"duty\": \"巡查\", \"support\": \"经费\"}"), 201,
	                 "file");
	return (int)zhen_test_int(world->test, "id");
}

static int decided_state(World *world, const char *verb)
{
	int id = filed_state(world);

	if (strcmp(verb, "retract") != 0)
		as_staffing(world);
	done(world, act(world, "admissions", id, verb, OPINION), 200, verb);
	return id;
}

static int approved_state(World *world) { return decided_state(world, "approve"); }
static int refused_state(World *world) { return decided_state(world, "refuse"); }
static int retracted_state(World *world) { return decided_state(world, "retract"); }

static int task_with(World *world, const char *code)
{
	g_autofree char *json =
		g_strdup_printf("{\"unit\": \"" TOWNSHIP "\", \"title\": \"事\", \"code\": \"%s\"}", code);

	first_list(world);
	as_department(world);
	done(world, post(world, "/tasks", json), 201, "task");
	return (int)zhen_test_int(world->test, "id");
}

static int blocked_state(World *world) { return task_with(world, "XX-1"); }
static int assigned_state(World *world) { return task_with(world, "FQ-001"); }

static int cancelled_state(World *world)
{
	int id = task_with(world, "FQ-001");

	done(world, act(world, "tasks", id, "cancel", NULL), 200, "cancel");
	return id;
}

static int transfer_with(World *world, bool whole)
{
	static const char *const parts[] = { "{\"part\": \"authority\", \"document\": \"文\"}",
		                             "{\"part\": \"people\", \"document\": \"文\", \"posts\": 1}",
		                             "{\"part\": \"money\", \"document\": \"文\", \"amount_fen\": 100}" };
	int id;

	first_list(world);
	done(world, post(world, "/transfers", "{\"township\": \"" TOWNSHIP "\", \"code\": \"FQ-001\"}"), 201,
	     "transfer");
	id = (int)zhen_test_int(world->test, "id");
	for (size_t i = 0; whole && i < G_N_ELEMENTS(parts); i++)
		done(world, act(world, "transfers", id, "record", parts[i]), 200, parts[i]);
	if (whole)
		done(world, act(world, "transfers", id, "complete", NULL), 200, "complete");
	return id;
}

static int open_state(World *world) { return transfer_with(world, false); }
static int complete_state(World *world) { return transfer_with(world, true); }

static int review_at(World *world, const char *day, bool record)
{
	first_list(world);
	turn_to(world, "2026-09-19");
	turn_to(world, day);
	int id = atoi(zhen_test_sql(world->test, "SELECT id FROM review WHERE quarter = 3"));
	as_township(world);
	if (record)
		done(world, act(world, "reviews", id, "record", "{\"finding\": \"无\"}"), 200, "record");
	return id;
}

static int due_state(World *world) { return review_at(world, "2026-09-21", false); }
static int overdue_state(World *world) { return review_at(world, "2026-10-21", false); }
static int reviewed_state(World *world) { return review_at(world, "2026-09-21", true); }

static const Act list_acts[] = {
	{ "choose", "{\"items\": [{\"code\": \"KX-002\"}]}", "duties.edit" },
	{ "pick", "{\"items\": [{\"code\": \"KX-002\", \"take\": \"yes\"}]}", "duties.edit" },
	{ "add", "{\"code\": \"BD-009\", \"name\": \"乙\", \"basis\": \"乙法\"}", "duties.edit" },
	{ "place", "{\"code\": \"BD-001\", \"place\": \"assist\", \"lead\": \"县局\", \"duty\": \"巡查\"}",
	  "duties.edit" },
	{ "remove", "{\"code\": \"BD-001\", \"reason\": \"无件\"}", "duties.edit" },
	{ "import", FILE_CSV, "duties.edit" },
	{ "publish", NOTHING, "duties.publish" },
	{ "discard", NOTHING, "duties.edit" },
};
static const State list_states[] = {
	{ "draft", draft_state, "", "choose=200 pick=200 add=200 place=200 remove=200 import=200 publish=200 discard=200" },
	{ "published", published_state, "list-published", "" },
	{ "discarded", discarded_state, "list-discarded", "" },
};

static const Act round_acts[] = {
	{ "survey", "{\"items\": [{\"code\": \"BD-002\", \"name\": \"乙\", \"act\": \"add\", \"finding\": \"实\"}]}", "duties.edit" },
	{ "survey-end", NOTHING, "duties.edit" },
	{ "assess", "{\"items\": [{\"code\": \"BD-001\", " ALL_YES "}]}", "duties.publish" },
	{ "assess-end", NOTHING, "duties.publish" },
	{ "close", NOTHING, "duties.publish" },
};
static const State round_states[] = {
	{ "survey", survey_state, "round-in-survey", "survey=200 survey-end=200" },
	{ "assess", assess_state, "round-in-assessment", "assess=200 assess-end=409:assessment-missing" },
	{ "adjust", adjust_state, "round-in-adjustment", "assess=200 close=409:adjustment-missing" },
	{ "done", closed_state, "round-closed", "" },
};

static const Act admission_acts[] = {
	{ "approve", OPINION, "duties.admit" },
	{ "refuse", OPINION, "duties.admit" },
	{ "retract", OPINION, "duties.apply" },
};
static const State admission_states[] = {
	{ "filed", filed_state, "", "approve=200 refuse=200 retract/enforcement=403:wrong-body retract=200" },
	{ "approved", approved_state, "admission-decided", "" },
	{ "refused", refused_state, "admission-decided", "" },
	{ "retracted", retracted_state, "admission-retracted", "" },
};

static const Act task_acts[] = {
	{ "assign", NOTHING, "duties.apply" },
	{ "cancel", NOTHING, "duties.apply" },
};
static const State task_states[] = {
	{ "blocked", blocked_state, "task-blocked", "assign=409:outside-list cancel=200" },
	{ "assigned", assigned_state, "task-assigned", "cancel=200" },
	{ "closed", cancelled_state, "task-closed", "" },
};

static const Act transfer_acts[] = {
	{ "record", "{\"part\": \"authority\", \"document\": \"文\"}", "duties.publish" },
	{ "complete", NOTHING, "duties.publish" },
};
static const State transfer_states[] = {
	{ "open", open_state, "transfer-open", "record=200 complete=409:transfer-incomplete" },
	{ "complete", complete_state, "transfer-complete", "" },
};

static const Act review_acts[] = { { "record", "{\"finding\": \"无\"}", "duties.edit" } };
static const State review_states[] = {
	{ "open", due_state, "", "record=200" },
	{ "overdue", overdue_state, "", "record=200" },
	{ "done", reviewed_state, "review-done", "" },
};

#define PROCESS(name_, acts_, states_) { name_, acts_, G_N_ELEMENTS(acts_), states_, G_N_ELEMENTS(states_) }
static const Process processes[] = {
	PROCESS("lists", list_acts, list_states),          PROCESS("rounds", round_acts, round_states),
	PROCESS("admissions", admission_acts, admission_states), PROCESS("tasks", task_acts, task_states),
	PROCESS("transfers", transfer_acts, transfer_states), PROCESS("reviews", review_acts, review_states),
};

/* "200" or "409:code" behind "@key=" in a list of such; NULL = not in it. */
static const char *answer_in(const char *answers, const char *key)
{
	size_t length = strlen(key);

	for (const char *p = answers; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
		if (strncmp(p, key, length) == 0 && p[length] == '=')
			return p + length + 1;
	return NULL;
}

static int32_t take_answer(const char *answer, char code[64])
{
	size_t digits = strcspn(answer, ": ");

	g_snprintf(code, 64, "%.*s", answer[digits] == ':' ? (int)strcspn(answer + digits + 1, " ") : 0, answer + digits + 1);
	return atoi(answer);
}

/* What one cell has to answer: status and code. */
static int32_t wanted(const State *state, const Act *one, size_t role, char code[64])
{
	g_autofree char *mine = g_strdup_printf("%s/%s", one->verb, roles[role].name);
	int32_t out = kept_out(role, one->permission, code);
	const char *answer;

	if (out != 0)
		return out;
	if (strcmp(roles[role].name, "neighbour") == 0) {
		g_strlcpy(code, "not-found", 64);
		return 404;
	}
	if ((answer = answer_in(state->possible, mine)) != NULL ||
	    (answer = answer_in(state->possible, one->verb)) != NULL)
		return take_answer(answer, code);
	g_strlcpy(code, state->code, 64);
	return 409;
}

static void expect_answer(World *world, const char *what, size_t role, int32_t answer, int32_t status, const char *code)
{
	cr_expect(answer == status && strcmp(status < 300 ? "" : value(world, "code"), code) == 0, "%s as %s: %d %s, not %d %s", what,
	          roles[role].name, answer, zhen_test_body(world->test), status, code);
}

static void cell(World *world, int id, const Process *process, const State *state, const Act *one, size_t role)
{
	g_autofree char *what = g_strdup_printf("%s %s %s", process->name, state->name, one->verb);
	char code[64] = "";
	int32_t status = wanted(state, one, role, code);

	as_role(world, role);
	expect_answer(world, what, role, act(world, process->name, id, one->verb, one->json), status, code);
}

/* The states of one process. Whoever is refused meets the state untouched; each that may does it in a world of its own. */
static void whole_table(const Process *process)
{
	for (size_t s = 0; s < process->n_states; s++) {
		const State *state = &process->states[s];

		for (size_t a = 0; a < process->n_acts; a++) {
			World world = world_at("2026-09-18");
			int id = state->reach(&world);
			char code[64];

			for (size_t r = 0; r < G_N_ELEMENTS(roles); r++)
				if (wanted(state, &process->acts[a], r, code) != 200)
					cell(&world, id, process, state, &process->acts[a], r);
			world_clear(&world);
			for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
				if (wanted(state, &process->acts[a], r, code) != 200)
					continue;
				World own = world_at("2026-09-18");
				cell(&own, state->reach(&own), process, state, &process->acts[a], r);
				world_clear(&own);
			}
		}
	}
}

/* What is done beside the processes: beginning them, files, registers, and what is only read. */
typedef struct Side {
	const char *method, *path, *json, *permission; /* "" = for everybody */
	const char *answers;                           /* "role=status:code", "*=" for the rest of who may */
} Side;

#define UNIT_IS "{\"unit\": \"" TOWNSHIP "\""
#define AT_HOME "neighbour=422:invalid "
static const Side sides[] = {
	{ "GET", "/import", NULL, "duties.catalogue", "*=200" },
	{ "GET", "/import/people", NULL, "duties.read", "*=200" },
	{ "POST", "/catalogues",
	  "{\"code\": \"c\", \"title\": \"t\", \"kind\": \"statutory\", \"division\": \"" COUNTY
	  "\", \"content\": \"编码,名称,依据,层级\\nA-1,甲,甲法,省\"}",
	  "duties.catalogue", AT_HOME "*=201" },
	{ "GET", "/lists", NULL, "duties.read", "*=200" },
	{ "POST", "/lists", UNIT_IS "}", "duties.edit", AT_HOME "*=201" },
	{ "POST", "/units/" TOWNSHIP "/items/FQ-001/guide", "{\"steps\": \"一\", \"phone\": \"0878-1\"}", "duties.edit", AT_HOME "*=200" },
	{ "GET", "/rounds", NULL, "duties.read", "*=200" },
	{ "POST", "/rounds", "{\"township\": \"" TOWNSHIP "\"}", "duties.edit", AT_HOME "*=201" },
	{ "GET", "/reviews", NULL, "duties.read", "*=200" },
	{ "GET", "/admissions", NULL, "duties.read", "*=200" },
	{ "POST", "/admissions",
	  UNIT_IS ", \"as\": \"item\", \"code\": \"BD-001\", \"title\": \"甲\", \"reason\": \"乙\", \"basis\": \"甲法\", \"lead\": "
	          "\"县局\", \"duty\": \"巡查\", \"support\": \"经费\"}",
	  "duties.apply", AT_HOME "*=201" },
	{ "GET", "/tasks", NULL, "duties.read", "*=200" },
	{ "POST", "/tasks", UNIT_IS ", \"title\": \"事\", \"code\": \"FQ-001\"}", "duties.apply", AT_HOME "*=201" },
	{ "POST", "/usage", UNIT_IS ", \"code\": \"FQ-001\", \"orders\": 2}", "duties.apply", AT_HOME "*=200" },
	{ "POST", "/grid-types", "{\"division\": \"" COUNTY "\", \"code\": \"W-1\", \"name\": \"巡查\"}", "duties.admit", AT_HOME "*=201" },
	{ "POST", "/situations",
	  "{\"division\": \"" COUNTY "\", \"topic\": \"消防\", \"situation\": \"占道\", \"responsible\": \"公安\"}", "duties.publish",
	  AT_HOME "*=201" },
	{ "POST", "/organs", "{\"township\": \"" TOWNSHIP "\", \"name\": \"党政办\", \"kind\": \"office\"}", "duties.publish", AT_HOME "*=201" },
	{ "GET", "/transfers", NULL, "duties.read", "*=200" },
	{ "POST", "/transfers", "{\"township\": \"" TOWNSHIP "\", \"code\": \"FQ-001\"}", "duties.publish", AT_HOME "*=201" },
	{ "GET", "/tile", NULL, "duties.read", "*=200" },
	{ "GET", "/posts", NULL, "duties.read", "*=200" },
	{ "POST", "/posts", UNIT_IS ", \"code\": \"P1\", \"name\": \"综合岗\", \"rung\": \"staff\"}", "duties.post", AT_HOME "*=201" },
	{ "POST", "/posts/import", UNIT_IS ", \"content\": \"岗位编号,岗位,人员类别\\nP1,综合岗,staff\"}", "duties.post", AT_HOME "*=200" },
	{ "GET", "/units/" TOWNSHIP "/gaps", NULL, "duties.read", "neighbour=404:not-found *=200" },
	{ "GET", "/units/" TOWNSHIP "/supports", NULL, "duties.read", "neighbour=404:not-found *=200" },
	{ "POST", "/units/" TOWNSHIP "/supports", "{\"code\": \"FQ-001\", \"support\": \"people\", \"ready\": true}", "duties.post",
	  AT_HOME "*=200" },
	{ "GET", "/townships/" TOWNSHIP "/headcount", NULL, "duties.read", "*=200" }, /* its sums are public */
	{ "POST", "/townships/" TOWNSHIP "/headcount",
	  "{\"change\": 4, \"component\": \"base\", \"effective_on\": \"2026-09-18\", \"basis\": \"样本\", \"reason\": \"核定\"}",
	  "duties.staffing", AT_HOME "*=200" },
	{ "GET", "/persons", NULL, "duties.read", "*=200" },
	{ "GET", "/persons/eligible?rung=grid&years=1", NULL, "duties.read", "*=200" },
	{ "POST", "/persons/import", UNIT_IS ", \"content\": \"姓名,人员类别,任现级日期,来源,依据\\n李秀英,社区工作者,2024-03-01,选聘,公告\"}",
	  "duties.people", AT_HOME "*=200" },
	{ "GET", "/secondments", NULL, "duties.read", "*=200" },
	{ "POST", "/urban-residents",
	  "{\"division\": \"" COUNTY "\", \"residents\": 10000, \"source\": \"公报\"}", "duties.staffing", AT_HOME "*=200" },
	{ "GET", "/units", NULL, "", "*=200" },
	{ "GET", "/units/" TOWNSHIP "/diff", NULL, "", "*=200" },
	{ "GET", "/units/" TOWNSHIP "/boundary", NULL, "", "*=200" },
	{ "GET", "/catalogues", NULL, "", "*=200" },
	{ "GET", "/items", NULL, "", "*=200" },
	{ "GET", "/situations", NULL, "", "*=200" },
	{ "GET", "/situations/999", NULL, "", "*=404:not-found" },
	{ "POST", "/situations/999/remove", "{\"reason\": \"错\"}", "duties.publish", "*=404:not-found" },
	{ "POST", "/situations/999/change",
	  "{\"division\": \"" COUNTY "\", \"topic\": \"消防\", \"situation\": \"占道\", \"responsible\": \"公安\"}", "duties.publish",
	  AT_HOME "*=404:not-found" },
	{ "GET", "/situations/removed", NULL, "duties.read", "*=200" },
	{ "POST", "/situations/import",
	  "{\"division\": \"" TOWNSHIP "\", \"content\": \"事由,情形,责任单位\\n消防,占道,公安\"}", "duties.publish", AT_HOME "*=200" },
	{ "POST", "/situations/export", "{}", "duties.publish", "*=201" },
	{ "GET", "/exports/999", NULL, "duties.publish", "*=404:not-found" },
	{ "GET", "/lists/999/choose", NULL, "duties.edit", "*=404:not-found" },
	{ "GET", "/lists/999/add", NULL, "duties.edit", "*=404:not-found" },
	{ "GET", "/admissions/new?unit=" TOWNSHIP, NULL, "duties.apply", "*=200" },
	{ "GET", "/transfers/new?township=" TOWNSHIP, NULL, "duties.publish", "*=200" },
	{ "GET", "/tasks/new?unit=" TOWNSHIP, NULL, "duties.apply", "*=200" },
	{ "GET", "/tasks/grid?unit=" TOWNSHIP, NULL, "duties.apply", "*=200" },
	{ "GET", "/situations/new?division=" COUNTY, NULL, "duties.publish", "*=200" },
	{ "GET", "/grid-types/new?division=" COUNTY, NULL, "duties.admit", "*=200" },
	{ "GET", "/lists/999/place", NULL, "duties.edit", "*=404:not-found" },
	{ "GET", "/lists/999/remove", NULL, "duties.edit", "*=404:not-found" },
	{ "GET", "/rounds/999/survey", NULL, "duties.edit", "*=404:not-found" },
	{ "GET", "/rounds/999/assess", NULL, "duties.publish", "*=404:not-found" },
	{ "GET", "/posts/999/persons/1", NULL, "duties.post", "*=404:not-found" },
	{ "GET", "/grid-types", NULL, "", "*=200" },
	{ "GET", "/organs?township=" TOWNSHIP, NULL, "", "*=200" },
	{ "GET", "/reports/lists?division=" PREFECTURE, NULL, "", "*=200" },
	{ "GET", "/reports/adjustments?division=" PREFECTURE "&year=2026", NULL, "", "*=200" },
	{ "GET", "/reports/reviews?year=2026&quarter=3", NULL, "", "*=200" },
	{ "GET", "/reports/posts?division=" PREFECTURE, NULL, "", "*=200" },
	{ "GET", "/reports/sunk?division=" PREFECTURE, NULL, "", "*=200" },
	{ "GET", "/reports/headcount?division=" PREFECTURE, NULL, "", "*=200" },
};

/* Each by every role: who is kept out leaves it undone, so one world serves until somebody has done it. */
Test(rules, of_what_is_done_beside_the_processes)
{
	for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
		const Side *side = &sides[i];
		g_autofree char *what = g_strdup_printf("%s %s", side->method, side->path);
		bool clean = false;
		World world;

		for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
			char code[64] = "";
			int32_t status = kept_out(r, side->permission, code);
			const char *answer = answer_in(side->answers, roles[r].name);

			if (status == 0)
				status = take_answer(answer != NULL ? answer : answer_in(side->answers, "*"), code);
			if (!clean) {
				world = world_at("2026-09-18");
				first_list(&world);
			}
			as_role(&world, r);
			expect_answer(&world, what, r, zhen_test_call(world.test, side->method, side->path, side->json),
			              status, code);
			clean = status >= 300 || strcmp(side->method, "GET") == 0;
			if (!clean)
				world_clear(&world);
		}
		if (clean)
			world_clear(&world);
	}
}

Test(rules, of_a_list) { whole_table(&processes[0]); }
Test(rules, of_a_round) { whole_table(&processes[1]); }
Test(rules, of_an_admission) { whole_table(&processes[2]); }
Test(rules, of_a_task) { whole_table(&processes[3]); }
Test(rules, of_a_transfer) { whole_table(&processes[4]); }
Test(rules, of_a_review) { whole_table(&processes[5]); }

Test(rules, of_all_processes_are_told_to_everybody)
{
	World world = world_at("2026-09-18");

	as_public(&world);
	done(&world, get(&world, "/processes"), 200, "processes");
	cr_expect_str_eq(value(&world, "rules.0.process"), "清单");
	cr_expect_str_eq(value(&world, "rules.0.by"), "乡镇人民政府");
	cr_expect_str_eq(value(&world, "rules.0.from"), "草案");
	world_clear(&world);
}
