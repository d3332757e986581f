/* SPDX-License-Identifier: Apache-2.0
 * Every state × act × role of a list's processes: what is possible, and the exact refusal of all the rest. Who may is
 * asked
 * first (403), then the state (409). */
#include "world.h"

#define ALL_YES "\"needed\": \"yes\", \"able\": \"yes\", \"too_technical\": \"no\", \"verdict\": \"yes\""
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
	const char *possible;       /* "verb=200 verb=409:code", the answer of each act that the state lets through */
} State;

typedef struct Process {
	const char *name;
	const Act *acts;
	size_t n_acts;
	const State *states;
	size_t n_states;
} Process;

static const struct {
	const char *name;
	void (*as)(World *world);
	const char *permissions;
} roles[] = {
	{ "township", as_township, "duties.read duties.edit" },
	{ "staffing", as_staffing, "duties.read duties.catalogue duties.publish duties.admit" },
	{ "department", as_department, "duties.read duties.apply" },
	{ "anybody", as_public, "" },
};

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
	done(world, act(world, "rounds", id, "survey", "{\"items\": [{\"code\": \"BD-001\", \"act\": \"add\", \"finding\": \"实\"}]}"), 200,
	     "survey");
	if (steps > 0)
		done(world, act(world, "rounds", id, "survey-end", NULL), 200, "survey-end");
	as_staffing(world);
	if (steps > 1) {
		done(world, act(world, "rounds", id, "assess", "{\"items\": [{\"code\": \"BD-001\", " ALL_YES "}]}"),
		     200, "assess");
		done(world, act(world, "rounds", id, "assess-end", NULL), 200, "assess-end");
	}
	if (steps > 2)
		done(world, act(world, "rounds", id, "close", NULL), 200, "close");
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
	{ "add", "{\"code\": \"BD-009\", \"name\": \"乙\", \"basis\": \"乙法\"}", "duties.edit" },
	{ "place", "{\"code\": \"BD-001\", \"place\": \"assist\", \"lead\": \"县局\", \"duty\": \"巡查\"}",
	  "duties.edit" },
	{ "remove", "{\"code\": \"BD-001\", \"reason\": \"无件\"}", "duties.edit" },
	{ "import", FILE_CSV, "duties.edit" },
	{ "publish", NOTHING, "duties.publish" },
	{ "discard", NOTHING, "duties.edit" },
};
static const State list_states[] = {
	{ "draft", draft_state, "", "choose=200 add=200 place=200 remove=200 import=200 publish=200 discard=200" },
	{ "published", published_state, "list-published", "" },
	{ "discarded", discarded_state, "list-discarded", "" },
};

static const Act round_acts[] = {
	{ "survey", "{\"items\": [{\"code\": \"BD-002\", \"act\": \"add\", \"finding\": \"实\"}]}", "duties.edit" },
	{ "survey-end", NOTHING, "duties.edit" },
	{ "assess", "{\"items\": [{\"code\": \"BD-001\", " ALL_YES "}]}", "duties.publish" },
	{ "assess-end", NOTHING, "duties.publish" },
	{ "close", NOTHING, "duties.publish" },
};
static const State round_states[] = {
	{ "survey", survey_state, "round-in-survey", "survey=200 survey-end=200" },
	{ "assess", assess_state, "round-in-assessment", "assess=200 assess-end=409:assessment-missing" },
	{ "adjust", adjust_state, "round-in-adjustment", "close=200" },
	{ "done", closed_state, "round-closed", "" },
};

static const Act admission_acts[] = {
	{ "approve", OPINION, "duties.admit" },
	{ "refuse", OPINION, "duties.admit" },
	{ "retract", OPINION, "duties.apply" },
};
static const State admission_states[] = {
	{ "filed", filed_state, "", "approve=200 refuse=200 retract=200" },
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

/* What one cell has to answer: status and code. */
static int32_t wanted(const State *state, const Act *one, size_t role, char code[64])
{
	g_auto(GStrv) possible = g_strsplit(state->possible, " ", -1);
	g_autofree char *prefix = g_strconcat(one->verb, "=", NULL);
	g_auto(GStrv) may = g_strsplit(roles[role].permissions, " ", -1);

	code[0] = '\0';
	if (roles[role].permissions[0] == '\0' || !g_strv_contains((const char *const *)may, one->permission)) {
		g_strlcpy(code, roles[role].permissions[0] == '\0' ? "login-required" : "forbidden", 64);
		return roles[role].permissions[0] == '\0' ? 401 : 403;
	}
	for (char **p = possible; *p != NULL; p++) {
		if (!g_str_has_prefix(*p, prefix))
			continue;
		const char *colon = strchr(*p, ':');
		g_strlcpy(code, colon != NULL ? colon + 1 : "", 64);
		return atoi(*p + strlen(prefix));
	}
	g_strlcpy(code, state->code, 64);
	return 409;
}

/* The states of one process, each act of each role on one made anew only where the act was done. */
static void whole_table(const Process *process)
{
	for (size_t s = 0; s < process->n_states; s++) {
		const State *state = &process->states[s];

		for (size_t a = 0; a < process->n_acts; a++) {
			World world = world_at("2026-09-18");
			int id = state->reach(&world);

			/* The role that may comes last, so that the others meet the state untouched. */
			for (int turn = 0; turn < 2; turn++)
				for (size_t r = 0; r < G_N_ELEMENTS(roles); r++) {
					char code[64];
					int32_t status = wanted(state, &process->acts[a], r, code);

					if ((status != 200) != (turn == 0))
						continue;
					roles[r].as(&world);
					int32_t answer = act(&world, process->name, id, process->acts[a].verb, process->acts[a].json);
					cr_expect(answer == status && strcmp(status == 200 ? "" : value(&world, "code"), code) == 0,
					          "%s %s %s as %s: %d %s, not %d %s", process->name, state->name,
					          process->acts[a].verb,
					          roles[r].name, answer, zhen_test_body(world.test), status, code);
				}
			world_clear(&world);
		}
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
	g_autoptr(GString) text = g_string_new(NULL);

	as_public(&world);
	done(&world, get(&world, "/processes"), 200, "processes");
	cr_expect_str_eq(value(&world, "rules.0.process"), "清单");
	cr_expect_str_eq(value(&world, "rules.0.by"), "乡镇人民政府");
	cr_expect_str_eq(value(&world, "rules.0.from"), "草案");
	world_clear(&world);
}
