/* SPDX-License-Identifier: Apache-2.0
 * Draws that anybody can draw again: 双随机 inspections (优化营商环境条例 54) and the files of a half-year evaluation (白沙镇).
 *
 * How one is drawn: of every key the SM3 of "SEED\nKEY" is taken; those with the smallest come first. The seed is made by the
 * host when the draw is, so nobody can choose it; seed, keys and the SM3 of all keys (one a line) are on record. */
#ifndef ENFORCEMENT_DRAW_H
#define ENFORCEMENT_DRAW_H

#include "penalty.h"

#define EVALUATION_STATE_CHOICES "due=待评查|sampled=已抽取案卷|closed=已评查"
#define GRADE_CHOICES "good=优秀|pass=合格|fail=不合格"
#define FILE_CHOICES "penalty=简易程序|proceeding=普通程序"
#define PREMISES_CHOICES "open=在营|closed=已注销"
/* Keys of one draw at most. */
#define KEYS_MAX 5000

enum evaluation_state { EVALUATION_DUE, EVALUATION_SAMPLED, EVALUATION_CLOSED };
enum evaluation_act { EVALUATION_SAMPLE, EVALUATION_MARK, EVALUATION_CLOSE };

/* Keys and where each comes: until a row is drawn. */
struct lots {
	const char *seed, *keys[KEYS_MAX], *hash[KEYS_MAX];
	int64_t ids[KEYS_MAX];
	size_t n;
};

/* In the host's arena. */
struct lots *lots_new(zhen_call *call);
/* false = there are KEYS_MAX already. */
bool lots_add(zhen_call *call, struct lots *lots, int64_t id, const char *key);
/* Sorts; the first come first. @prefix: put before each key and '/', when several draws go by one seed; "" = none. */
void lots_draw(zhen_call *call, struct lots *lots, const char *prefix);
/* The record of it; its id. Before lots_draw or after: the digest is of the keys in the order of their names. */
int64_t lots_keep(zhen_call *call, struct lots *lots, const char *township, const char *kind, const char *title,
                  const char *left_out);

extern const char draws_sql[];
extern const zhen_process evaluation_process;

extern const zhen_field premises_fields[], premise_fields[], premises_reply[], premise_reply[], close_premise_fields[],
	draw_fields[], draws_reply[], draw_reply[], drawn_fields[], replace_fields[], inspect_fields[], draws_fields[];
extern const zhen_field evaluations_fields[], evaluations_reply[], evaluation_reply[], evaluation_state_reply[],
	mark_fields[], grade_fields[], evaluation_event[];

zhen_handle list_premises, show_premise, add_premise, close_premise, add_draw, list_draws, show_draw, replace_drawn,
	inspect_drawn;
zhen_handle list_evaluations, show_evaluation, sample_evaluation, mark_sample, close_evaluation, make_evaluations;

#endif
